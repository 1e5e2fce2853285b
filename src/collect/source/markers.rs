//! Tests that do not run, or may fail: skips and expected failures, wherever they are written.

use super::called::Called;
use super::calls::written;
use super::names::{Names, literal};
use crate::parse::python::ast::{Expr, ExprCall};

/// A mark that keeps a test from running or from failing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Its short name: `skip`, `skipif`, `xfail`.
    pub(super) marker: &'static str,
    /// Whose it is.
    pub(super) framework: &'static str,
    /// Its whole name.
    pub(super) symbol: String,
    /// Why, where that is a literal.
    pub(super) reason: Option<String>,
    /// Whether it holds only under a condition.
    pub(super) conditional: bool,
}

/// The marks of a decorator, an element of `pytestmark` or an argument of `marks`.
pub(super) fn of_mark<'a>(expression: &'a Expr, scope: usize, names: &Names<'a>) -> Option<Mark> {
    let (target, call) = match expression {
        Expr::Call(call) => (call.func.as_ref(), Some(call)),
        other => (other, None),
    };
    let symbol = names
        .resolve(target, scope)
        .into_iter()
        .find(|name| short(name).is_some())?;
    let (framework, marker) = short(&symbol)?;
    Some(Mark {
        marker,
        framework,
        reason: call.and_then(|call| reason(marker, call)),
        conditional: is_conditional(marker, call),
        symbol,
    })
}

/// The mark of a call inside a test, or of what is raised there.
pub(super) fn of_call(called: &Called<'_, '_>) -> Option<Mark> {
    let call = called.call;
    // unittest's method is known by its name: whose `self` it is, only the run knows.
    if called.last == "skipTest" && called.is_member() {
        return Some(Mark {
            marker: "skipTest",
            framework: "unittest",
            symbol: written(&call.func),
            reason: call
                .arguments
                .find_argument_value("reason", 0)
                .and_then(literal),
            conditional: false,
        });
    }
    let calls = ["skip", "xfail", "importorskip"];
    if called.last.is_empty() || (called.is_member() && !calls.contains(&called.last)) {
        return None;
    }
    let (symbol, marker) = called.resolved().iter().find_map(|symbol| {
        let marker = match symbol.as_str() {
            "pytest.skip" => "skip",
            "pytest.xfail" => "xfail",
            "pytest.importorskip" => "importorskip",
            _ => return None,
        };
        Some((symbol.clone(), marker))
    })?;
    let reason = call
        .arguments
        .find_keyword("reason")
        .map(|keyword| &keyword.value);
    let reason = reason.or_else(|| {
        call.arguments
            .find_positional(0)
            .filter(|_| marker != "importorskip")
    });
    Some(Mark {
        marker,
        framework: "pytest",
        symbol,
        reason: reason.and_then(literal),
        conditional: marker == "importorskip",
    })
}

/// The mark of what a `raise` raises.
pub(super) fn of_raise<'a>(raised: &'a Expr, scope: usize, names: &Names<'a>) -> Option<Mark> {
    let (target, call) = match raised {
        Expr::Call(call) => (call.func.as_ref(), Some(call)),
        other => (other, None),
    };
    let symbols = [
        "unittest.SkipTest",
        "unittest.case.SkipTest",
        "_pytest.outcomes.Skipped",
        "pytest.skip.Exception",
    ];
    let found = names.resolve(target, scope);
    let symbol = found
        .into_iter()
        .find(|name| symbols.contains(&name.as_str()))?;
    Some(Mark {
        marker: "SkipTest",
        framework: if symbol.starts_with("unittest") {
            "unittest"
        } else {
            "pytest"
        },
        reason: call
            .and_then(|call| call.arguments.find_positional(0))
            .and_then(literal),
        conditional: false,
        symbol,
    })
}

fn short(symbol: &str) -> Option<(&'static str, &'static str)> {
    // A mark that was made by a call before: `slow = pytest.mark.skip(reason="slow")`.
    let symbol = symbol.strip_suffix("()").unwrap_or(symbol);
    let found = match symbol {
        "pytest.mark.skip" => ("pytest", "skip"),
        "pytest.mark.skipif" => ("pytest", "skipif"),
        "pytest.mark.xfail" => ("pytest", "xfail"),
        "unittest.skip" | "unittest.case.skip" => ("unittest", "skip"),
        "unittest.skipIf" | "unittest.case.skipIf" => ("unittest", "skipIf"),
        "unittest.skipUnless" | "unittest.case.skipUnless" => ("unittest", "skipUnless"),
        "unittest.expectedFailure" | "unittest.case.expectedFailure" => {
            ("unittest", "expectedFailure")
        }
        _ => return None,
    };
    Some(found)
}

fn reason(marker: &str, call: &ExprCall) -> Option<String> {
    let named = call
        .arguments
        .find_keyword("reason")
        .map(|keyword| &keyword.value);
    let position = match marker {
        "skip" => 0,
        "skipIf" | "skipUnless" => 1,
        _ => return named.and_then(literal),
    };
    named
        .or_else(|| call.arguments.find_positional(position))
        .and_then(literal)
}

fn is_conditional(marker: &str, call: Option<&ExprCall>) -> bool {
    let condition = call.and_then(|call| call.arguments.find_argument_value("condition", 0));
    match marker {
        "skipIf" | "skipUnless" | "skipif" => !matches!(
            condition,
            Some(Expr::BooleanLiteral(_) | Expr::NumberLiteral(_))
        ),
        // Without a condition an expected failure is expected everywhere.
        "xfail" => condition
            .is_some_and(|it| !matches!(it, Expr::BooleanLiteral(_) | Expr::NumberLiteral(_))),
        _ => false,
    }
}
