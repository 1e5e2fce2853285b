//! Tracebacks that a client is handed.

use super::names::{Names, literal};
use super::walk::{Owner, Place};
use crate::parse::python::ast::visitor::source_order::{SourceOrderVisitor, walk_expr};
use crate::parse::python::ast::{Decorator, Expr};
use crate::parse::python::{Ranged, TextSize};

/// What makes a text of a traceback.
const FORMATTED: [&str; 3] = [
    "traceback.format_exc",
    "traceback.format_exception",
    "traceback.format_tb",
];

/// Decorators that hand what a function returns to a client, whatever they are given: those of
/// Flask, Django, `FastAPI`, Starlette, Bottle and Pyramid.
const HANDLERS: [&str; 9] = [
    "route",
    "errorhandler",
    "app_errorhandler",
    "exception_handler",
    "api_view",
    "api_route",
    "view_config",
    "exception_view_config",
    "require_http_methods",
];

/// Methods of HTTP that are decorators where they are given a path.
const METHODS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "options"];

/// A traceback inside what is returned.
pub(super) fn returned<'a>(
    value: &'a Expr,
    place: &Place<'a>,
    names: &Names<'a>,
) -> Option<(TextSize, String)> {
    let mut look = Look {
        scope: place.scope(),
        names,
        found: None,
    };
    let function = place.owners().next();
    if matches!(function, Some(Owner::Function(it)) if it.decorator_list.iter().any(is_handler)) {
        look.visit_expr(value);
        return look.found;
    }
    // What is only formatted and returned is a string helper's business; what is put into a
    // response, beside a status or as a body, reaches a client.
    if matches!(value, Expr::Call(_) | Expr::Tuple(_) | Expr::Dict(_)) {
        look.visit_expr(value);
    }
    let outer = value.start();
    look.found
        .filter(|(at, _)| *at != outer || !matches!(value, Expr::Call(_)))
}

/// Whether a decorator makes a function the answer to a request.
fn is_handler(decorator: &Decorator) -> bool {
    let (named, arguments) = match &decorator.expression {
        Expr::Call(call) => (call.func.as_ref(), call.arguments.args.as_ref()),
        named => (named, [].as_slice()),
    };
    let name = match named {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => return false,
    };
    let path = || arguments.first().and_then(literal);
    HANDLERS.contains(&name)
        || METHODS.contains(&name) && path().is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

struct Look<'n, 'a> {
    scope: usize,
    names: &'n Names<'a>,
    found: Option<(TextSize, String)>,
}

impl<'a> Look<'_, 'a> {
    /// The function that formats a traceback here, itself or through a name that holds its text.
    fn formatted(&self, expression: &'a Expr) -> Option<String> {
        let called = |value: &'a Expr| match value {
            Expr::Call(call) => {
                let mut named = self.names.resolve(&call.func, self.scope).into_iter();
                named.find(|name| FORMATTED.contains(&name.as_str()))
            }
            _ => None,
        };
        called(expression).or_else(|| {
            let mut values = self.names.values(expression, self.scope).into_iter();
            values.find_map(called)
        })
    }
}

impl<'a> SourceOrderVisitor<'a> for Look<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.found.is_none() {
            let symbol = self.formatted(expression);
            self.found = symbol.map(|symbol| (expression.start(), symbol));
        }
        walk_expr(self, expression);
    }
}
