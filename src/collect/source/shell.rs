//! Whether a call starts a shell, and whether a value is true for Python.

use super::called::Called;
use super::calls::Verdict;
use super::names::literal;
use crate::parse::python::ast::{Expr, InterpolatedStringElement, Number, UnaryOp};

/// The rule about a shell that is given as an argument, by name or as the ninth of `Popen`; the
/// other functions hand theirs on.
pub(super) fn shell(called: &Called<'_, '_>) -> Verdict {
    let value = called.keyword("shell");
    let value = value.or_else(|| called.call.arguments.find_positional(8));
    let verdict = value.and_then(|value| shell_value("shell-true", value, called));
    verdict.or_else(|| by_name(called))
}

/// The rule about a shell that is started by its name with a command that is not written here.
fn by_name(called: &Called<'_, '_>) -> Verdict {
    let command = called.argument("args", 0)?;
    let mut lists = called.reached(command).into_iter();
    let runs = lists.any(|list| {
        let Expr::List(list) = list else { return false };
        let [shell, option, command, ..] = list.elts.as_slice() else {
            return false;
        };
        let shell = literal(shell).unwrap_or_default();
        let name = shell.rsplit('/').next().unwrap_or(&shell);
        let option = literal(option).unwrap_or_default();
        let is_shell = ["sh", "bash", "dash", "zsh", "ksh"].contains(&name);
        let is_command =
            option.starts_with('-') && !option.starts_with("--") && option.ends_with('c');
        let written = called
            .reached(command)
            .into_iter()
            .all(|it| literal(it).is_some());
        is_shell && is_command && !written
    });
    runs.then_some(("shell-true", Some("a shell is started by its name")))
}

/// The rule, where the value is not false whatever the program does.
pub(super) fn shell_value<'a>(
    rule: &'static str,
    value: &'a Expr,
    called: &Called<'_, 'a>,
) -> Verdict {
    let truths: Vec<Option<bool>> = called.reached(value).into_iter().map(truth).collect();
    if truths.contains(&Some(true)) {
        Some((rule, None))
    } else if truths.contains(&None) {
        Some((rule, Some("the value of shell is not a literal")))
    } else {
        None
    }
}

/// Whether a value is true for Python; nothing where only the run knows.
pub(super) fn truth(value: &Expr) -> Option<bool> {
    let known = match value {
        Expr::BooleanLiteral(literal) => literal.value,
        Expr::NoneLiteral(_) => false,
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int.as_u64() != Some(0),
            Number::Float(float) => *float != 0.0,
            Number::Complex { real, imag } => *real != 0.0 || *imag != 0.0,
        },
        Expr::UnaryOp(not) if matches!(not.op, UnaryOp::Not) => !truth(&not.operand)?,
        Expr::UnaryOp(minus) if matches!(minus.op, UnaryOp::USub) => truth(&minus.operand)?,
        Expr::StringLiteral(text) => !text.value.is_empty(),
        Expr::BytesLiteral(bytes) => !bytes.value.is_empty(),
        Expr::List(list) => !list.elts.is_empty(),
        Expr::Tuple(tuple) => !tuple.elts.is_empty(),
        Expr::Dict(dict) => {
            let truths = dict.items.iter().map(|item| match item.key {
                Some(_) => Some(true),
                // What is unpacked adds something if there is something in it.
                None => truth(&item.value),
            });
            let truths: Vec<Option<bool>> = truths.collect();
            if !truths.contains(&Some(true)) && truths.contains(&None) {
                return None;
            }
            truths.contains(&Some(true))
        }
        Expr::FString(text) => {
            let is_text = |it: &InterpolatedStringElement| {
                it.as_literal().is_some_and(|it| !it.value.is_empty())
            };
            let empty = text.value.elements().next().is_none();
            if !empty && !text.value.elements().any(is_text) {
                return None;
            }
            !empty
        }
        Expr::Set(_) | Expr::Lambda(_) | Expr::Generator(_) => true,
        _ => return None,
    };
    Some(known)
}
