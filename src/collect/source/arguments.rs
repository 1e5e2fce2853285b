//! What a call is given by name: written out, or in a mapping that is unpacked.

use super::names::Names;
use crate::parse::python::ast::{Expr, ExprCall};

/// An argument that is given by its name.
pub(super) fn keyword<'c>(call: &'c ExprCall, name: &str) -> Option<&'c Expr> {
    let keyword = call.arguments.find_keyword(name)?;
    Some(&keyword.value)
}

/// The arguments in mappings that are unpacked, as far as they are written: `**{"name": value}`, and
/// a name that was assigned such a mapping. Those of `dict(name=value)` are told of where they stand.
pub(super) fn unpacked<'a>(
    call: &'a ExprCall,
    scope: usize,
    names: &Names<'a>,
) -> Vec<(&'a str, &'a Expr)> {
    let mut found = Vec::new();
    for keyword in call.arguments.keywords.iter().filter(|it| it.arg.is_none()) {
        let mut mappings = names.values(&keyword.value, scope);
        mappings.push(&keyword.value);
        for mapping in mappings {
            if let Expr::Dict(dict) = mapping
                && !names.is_too_much()
            {
                names.spend(dict.items.len());
                found.extend(dict.items.iter().filter_map(|item| match &item.key {
                    Some(Expr::StringLiteral(key)) => Some((key.value.to_str(), &item.value)),
                    _ => None,
                }));
            }
        }
    }
    found
}
