//! What the page does in a browser: it asks for nothing, runs nothing, fits every window and can be
//! read without a mouse.

use serde_json::Value as Json;

use crate::driver::Browser;
use crate::fixtures::{Made, example, hostile};

/// Lays out what the browser would lay out when it comes near: measured is the whole page.
pub(crate) const WHOLE: &str = "(() => { const all = new CSSStyleSheet(); \
    all.replaceSync('.control,.chunk{content-visibility:visible!important}'); \
    document.adoptedStyleSheets = [all]; })()";

/// Everything that reaches out of the window, or that is cut by what holds it. What scrolls by
/// itself may be wider than its frame.
pub(crate) const OUTSIDE: &str = "[...document.querySelectorAll('body *')].filter(e => \
    !e.closest('.vh, svg, .skip') && \
    !(matchMedia('screen').matches && e.closest('.scroll, thead')) && \
    e.getBoundingClientRect().width > 0 && \
    (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)) \
    .slice(0, 5).map(e => e.outerHTML.slice(0, 160))";

fn both() -> [(&'static str, &'static Made); 2] {
    [("example", example()), ("hostile", hostile())]
}

#[test]
fn nothing_is_loaded_run_or_said_on_the_console() {
    let mut browser = Browser::start();
    for (name, made) in both() {
        browser.window(1280, false);
        browser.open(&made.report());
        for event in [
            "Runtime.consoleAPICalled",
            "Runtime.exceptionThrown",
            "Log.entryAdded",
        ] {
            let told = browser.told(event);
            assert!(told.is_empty(), "{name}: {told:?}");
        }
        let asked: Vec<String> = browser
            .told("Network.requestWillBeSent")
            .iter()
            .map(|event| event["request"]["url"].to_string())
            .collect();
        assert_eq!(asked.len(), 1, "{name}: {asked:?}");
        let count = "document.querySelectorAll('script,img,iframe,object,embed,link,form,base,\
            [style],[onerror],[onload],[onclick]').length";
        assert_eq!(browser.evaluate(count), 0, "{name}");
        let title = browser.evaluate("document.title");
        assert!(
            title
                .as_str()
                .is_some_and(|it| it.starts_with("Evidence report: ")),
            "{title}"
        );
        let schemes = "[...new Set([...document.querySelectorAll('a')].map(a => a.protocol))]";
        assert_eq!(
            browser.evaluate(schemes),
            serde_json::json!(["file:"]),
            "{name}"
        );
    }
}

#[test]
fn a_script_that_got_in_would_not_run_and_a_foreign_style_would_not_hold() {
    let mut browser = Browser::start();
    browser.window(1280, false);
    browser.open(&example().report());
    let run = "(() => { const s = document.createElement('script'); s.textContent = \
        'window.ran = true'; document.body.append(s); const i = document.createElement('img'); \
        i.src = 'file:///etc/hostname'; document.body.append(i); \
        document.body.setAttribute('style', 'color: red'); \
        return [window.ran === undefined, getComputedStyle(document.body).color]; })()";
    let [ran, colour] = [0, 1].map(|at| browser.evaluate(run)[at].clone());
    assert_eq!(ran, true);
    assert_ne!(colour, "rgb(255, 0, 0)");
    assert!(
        !browser.told("Log.entryAdded").is_empty(),
        "the policy speaks up"
    );
}

#[test]
fn nothing_is_wider_than_the_window() {
    let mut browser = Browser::start();
    for (name, made) in both() {
        for width in [360, 390, 768, 1280, 1920] {
            browser.window(width, false);
            browser.open(&made.report());
            browser.evaluate(WHOLE);
            let wide = browser.evaluate("document.documentElement.scrollWidth");
            let outside = browser.evaluate(OUTSIDE);
            assert_eq!(wide, width, "{name} at {width}: {outside}");
            assert_eq!(outside, Json::Array(Vec::new()), "{name} at {width}");
        }
    }
}

#[test]
fn the_page_is_read_by_keyboard() {
    let mut browser = Browser::start();
    browser.window(1280, false);
    browser.open(&example().report());
    let focused = "(e => [e.className, e.id, getComputedStyle(e).outlineStyle, \
        e.getBoundingClientRect().top >= 0])(document.activeElement)";
    browser.press("Tab", 9);
    assert_eq!(
        browser.evaluate(focused),
        serde_json::json!(["skip", "", "solid", true])
    );
    browser.call(
        "Input.dispatchKeyEvent",
        &serde_json::json!({"type": "keyDown", "key": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}),
    );
    assert_eq!(browser.evaluate("document.activeElement.id"), "main");
    // From there, each step lands on something that is seen to have the focus.
    for step in 0..40 {
        browser.press("Tab", 9);
        let on = "(e => [document.querySelector('main').contains(e), \
            getComputedStyle(e).outlineStyle])(document.activeElement)";
        let on = browser.evaluate(on);
        assert_eq!(on, serde_json::json!([true, "solid"]), "step {step}");
    }
    // What scrolls sideways can be reached, and nothing takes the focus out of its order.
    browser.window(360, false);
    let stuck = "[...document.querySelectorAll('.scroll, pre')].filter(e => \
        e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 && !e.querySelector('a')) \
        .map(e => e.outerHTML.slice(0, 160))";
    browser.evaluate(WHOLE);
    assert_eq!(browser.evaluate(stuck), Json::Array(Vec::new()));
    let order = "[...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0).length";
    assert_eq!(browser.evaluate(order), 0);
}
