//! A call on its way past the rules: what it calls is looked up once, and only if a rule asks.

use std::cell::OnceCell;

use super::arguments::{keyword, unpacked};
use super::names::{Names, literal};
use crate::parse::python::ast::{Expr, ExprCall};

/// A call in its scope.
pub(super) struct Called<'l, 'a> {
    /// The call.
    pub(super) call: &'a ExprCall,
    /// The number of the scope it stands in.
    pub(super) scope: usize,
    /// What the names of the module stand for.
    pub(super) names: &'l Names<'a>,
    /// The last part of the name that is called, empty where it has none.
    pub(super) last: &'a str,
    resolved: OnceCell<Vec<String>>,
}

impl<'l, 'a> Called<'l, 'a> {
    /// A call.
    pub(super) fn new(call: &'a ExprCall, scope: usize, names: &'l Names<'a>) -> Self {
        let last = match call.func.as_ref() {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        Self {
            call,
            scope,
            names,
            last,
            resolved: OnceCell::new(),
        }
    }

    /// The names that what is called may stand for.
    pub(super) fn resolved(&self) -> &[String] {
        let resolve = || self.names.resolve(&self.call.func, self.scope);
        self.resolved.get_or_init(resolve)
    }

    /// The expressions that an argument may come to.
    pub(super) fn reached(&self, value: &'a Expr) -> Vec<&'a Expr> {
        self.names.reached(value, self.scope)
    }

    /// The argument of this name or place.
    pub(super) fn argument(&self, name: &str, position: usize) -> Option<&'a Expr> {
        self.call.arguments.find_argument_value(name, position)
    }

    /// The argument of this name, written out or in a mapping that is unpacked.
    pub(super) fn keyword(&self, name: &str) -> Option<&'a Expr> {
        keyword(self.call, name).or_else(|| {
            let mut unpacked = unpacked(self.call, self.scope, self.names).into_iter();
            unpacked.find_map(|(it, value)| (it == name).then_some(value))
        })
    }

    /// The texts that an argument may be, as far as they are written.
    pub(super) fn texts(&self, value: &'a Expr) -> Vec<String> {
        self.reached(value)
            .into_iter()
            .filter_map(literal)
            .collect()
    }

    /// Whether it is a member of something, so that an import cannot have given it another name.
    pub(super) fn is_member(&self) -> bool {
        matches!(self.call.func.as_ref(), Expr::Attribute(_))
    }
}
