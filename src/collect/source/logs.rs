//! Calls of loggers, and what the names of their arguments say.

use super::About;
use super::called::Called;
use super::look::Found;
use super::names::Names;
use super::sql::built;
use crate::model::relations::CODE_LOG_CALL;
use crate::model::value::Value;
use crate::parse::python::ast::Expr;
use crate::parse::python::ast::visitor::source_order::{SourceOrderVisitor, walk_expr};
use crate::parse::python::{Module, Ranged};

const LEVELS: [&str; 9] = [
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "critical",
    "fatal",
    "exception",
    "log",
];

/// Words in the name of a value that has no place in a log.
const SENSITIVE: [&str; 22] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "auth_header",
    "api_key",
    "apikey",
    "private_key",
    "access_key",
    "credential",
    "cookie",
    "session_id",
    "ssn",
    "social_security",
    "credit_card",
    "card_number",
    "cvv",
    "iban",
    "date_of_birth",
    "email",
];

/// Words after which a name is about a secret and not one: its length, whether there is one.
const ABOUT: [&str; 12] = [
    "_count", "_len", "_length", "_type", "_name", "_id", "_url", "_expires", "_expiry", "_valid",
    "_path", "_limit",
];

/// How many calls that may be of loggers are followed inside one.
const NESTED: usize = 16;

/// Puts a call of a logger among what was found.
pub(super) fn look(
    called: &Called<'_, '_>,
    module: &Module<'_>,
    about: &About<'_>,
    found: &mut Found,
) {
    let (call, level) = (called.call, called.last);
    let Expr::Attribute(attribute) = call.func.as_ref() else {
        return;
    };
    if !LEVELS.contains(&level) || !is_logger(&attribute.value, called.scope, called.names) {
        return;
    }
    let mut said = Named::default();
    for argument in &call.arguments.args {
        said.visit_expr(argument);
    }
    for keyword in &call.arguments.keywords {
        if let Some(name) = &keyword.arg {
            said.name(name.as_str());
        }
        said.visit_expr(&keyword.value);
    }
    let message = call.arguments.find_positional(usize::from(level == "log"));
    let item = about
        .item(&CODE_LOG_CALL, module, call.start())
        .with("level", level)
        .with("sensitive", Value::texts(said.sensitive))
        .with(
            "built",
            message.map_or("literal", |message| built(message).unwrap_or("literal")),
        );
    found.push((call.start(), item));
}

/// Whether the object is a logger: the module itself, what its functions return, or what is named
/// like one, as most loggers are.
fn is_logger<'a>(object: &'a Expr, scope: usize, names: &Names<'a>) -> bool {
    let last = match object {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    let last = last.trim_matches('_').to_ascii_lowercase();
    if ["log", "logger"].contains(&last.as_str())
        || last.ends_with("_logger")
        || last.ends_with("_log")
    {
        return true;
    }
    let makers = [
        "logging",
        "logging.getLogger()",
        "structlog.get_logger()",
        "structlog.getLogger()",
        "loguru.logger",
    ];
    let resolved = names.resolve(object, scope);
    resolved.iter().any(|name| makers.contains(&name.as_str()))
}

/// The names in an expression that say something sensitive.
#[derive(Default)]
struct Named {
    sensitive: Vec<String>,
    /// How many calls that may be of loggers were met.
    nested: usize,
}

impl Named {
    fn name(&mut self, name: &str) {
        let lower = name.to_ascii_lowercase();
        let says = SENSITIVE.iter().any(|word| lower.contains(word));
        let only_about = ABOUT.iter().any(|ending| lower.ends_with(ending))
            || ["has_", "is_", "num_", "no_"]
                .iter()
                .any(|start| lower.starts_with(start));
        if says && !only_about && !self.sensitive.iter().any(|known| known == name) {
            self.sensitive.push(name.to_owned());
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Named {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => self.name(&name.id),
            Expr::Attribute(attribute) => self.name(attribute.attr.as_str()),
            Expr::Subscript(subscript) => {
                if let Expr::StringLiteral(key) = subscript.slice.as_ref() {
                    self.name(key.value.to_str());
                }
            }
            // Logs inside logs are told of themselves; without an end each would be read by all around.
            Expr::Call(call) if matches!(call.func.as_ref(), Expr::Attribute(it) if LEVELS.contains(&it.attr.as_str())) =>
            {
                self.nested += 1;
                if self.nested > NESTED {
                    return;
                }
            }
            // What a function makes of a secret is not known to be one: `mask(token)`, `len(token)`.
            Expr::Call(call) if !matches!(call.func.as_ref(), Expr::Attribute(_)) => {
                let kept = match call.func.as_ref() {
                    Expr::Name(name) => ["str", "repr", "dict", "vars"].contains(&name.id.as_str()),
                    _ => false,
                };
                if !kept {
                    return;
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}
