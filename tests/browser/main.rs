//! The report in a browser: headless Chromium, axe-core, an HTML checker and a printer. Behind the
//! Cargo feature `browser`, because these programs come from elsewhere: `.ci/run` installs them.
//!
//! `CHROMIUM` names the browser where it is not called so; `BROWSER_TOOLS` names the folder that
//! holds `node_modules`, `target/browser` where nothing is said.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests prepare folders and start a browser; the rule is for the program itself"
)]

mod access;
mod driver;
mod fixtures;
mod large;
mod page;
mod print;
#[expect(dead_code, reason = "shared with the tests of the program")]
#[path = "../it/support.rs"]
mod support;
