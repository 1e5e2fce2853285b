//! Tests that do not run, or may fail: skips and expected failures, wherever they are written.

use super::called::Called;
use super::calls::written;
use super::names::{Names, literal};
use super::shell::truth;
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
        other => (other, made_before(other, scope, names)),
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
        conditional: is_conditional(marker, call, scope, names),
        symbol,
    })
}

/// The call that made a mark which is used by a name: `slow = pytest.mark.skipif(…)`.
fn made_before<'a>(mark: &'a Expr, scope: usize, names: &Names<'a>) -> Option<&'a ExprCall> {
    let mut reached = names.reached(mark, scope).into_iter();
    reached.find_map(Expr::as_call_expr)
}

/// A mark of pytest by its name alone, as `add_marker` takes it.
pub(super) fn of_word(word: &str) -> Option<Mark> {
    let symbol = format!("pytest.mark.{word}");
    let (framework, marker) = short(&symbol)?;
    Some(Mark {
        marker,
        framework,
        reason: None,
        conditional: false,
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

fn is_conditional<'a>(
    marker: &str,
    call: Option<&'a ExprCall>,
    scope: usize,
    names: &Names<'a>,
) -> bool {
    let condition = call.and_then(|call| call.arguments.find_argument_value("condition", 0));
    let depends = |it| !is_fixed(it, scope, names);
    match marker {
        "skipIf" | "skipUnless" | "skipif" => condition.is_none_or(depends),
        // Without a condition an expected failure is expected everywhere.
        "xfail" => condition.is_some_and(depends),
        _ => false,
    }
}

/// Whether a condition is the same in every run: a constant, itself or through a name, as a text as
/// well, which pytest evaluates.
fn is_fixed<'a>(condition: &'a Expr, scope: usize, names: &Names<'a>) -> bool {
    let constant = |it: &Expr| match it {
        Expr::StringLiteral(text) => match text.value.to_str().trim() {
            "True" | "1" => Some(true),
            "False" | "0" => Some(false),
            _ => None,
        },
        // Of two constants, whatever they come to.
        Expr::Compare(compare) => {
            let both = std::iter::once(compare.left.as_ref()).chain(&compare.comparators);
            both.map(truth).all(|it| it.is_some()).then_some(true)
        }
        other => truth(other),
    };
    let reached = names.reached(condition, scope);
    let mut values = reached.into_iter().map(constant);
    let first = values.next().flatten();
    first.is_some() && values.all(|it| it == first)
}
