//! Handlers of exceptions that swallow what they catch, and bare ones whatever they do.

use super::names::Names;
use crate::parse::python::ast::{ExceptHandlerExceptHandler, Expr, Stmt};

/// What a handler catches and does, where it is one to be told of.
pub(super) fn judge<'a>(
    handler: &'a ExceptHandlerExceptHandler,
    scope: usize,
    names: &Names<'a>,
) -> Option<(&'static str, &'static str)> {
    let catches = catches(handler.type_.as_deref(), scope, names);
    let body = match body(&handler.body) {
        Some(body) => body,
        None if catches == "bare" && is_reraised(&handler.body) => "raise",
        None if catches == "bare" => "other",
        None => return None,
    };
    Some((catches, body))
}

fn catches<'a>(caught: Option<&'a Expr>, scope: usize, names: &Names<'a>) -> &'static str {
    let Some(caught) = caught else {
        return "bare";
    };
    let broad = |expression: &'a Expr| {
        let resolved = names.resolve(expression, scope);
        let all = ["builtins.Exception", "builtins.BaseException"];
        resolved.iter().any(|name| all.contains(&name.as_str()))
    };
    let any = match caught {
        Expr::Tuple(several) => several.elts.iter().any(broad),
        one => broad(one),
    };
    if any { "broad" } else { "typed" }
}

/// What a body does that does nothing.
fn body(statements: &[Stmt]) -> Option<&'static str> {
    let mut nothing = None;
    for statement in statements {
        let this = match statement {
            Stmt::Pass(_) => "pass",
            Stmt::Continue(_) => "continue",
            Stmt::Expr(expression) => match expression.value.as_ref() {
                Expr::EllipsisLiteral(_) => "ellipsis",
                // A text that nobody reads, where a comment was meant.
                Expr::StringLiteral(_) => nothing.unwrap_or("pass"),
                _ => return None,
            },
            _ => return None,
        };
        nothing = Some(match nothing {
            None | Some("pass") => this,
            Some(before) => before,
        });
    }
    nothing
}

/// Whether a body ends by raising again what it caught.
fn is_reraised(statements: &[Stmt]) -> bool {
    matches!(statements.last(), Some(Stmt::Raise(raise)) if raise.exc.is_none())
}
