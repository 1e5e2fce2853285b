//! Calls on the blocklist, by what is called and with what.

use super::arguments::{keyword, unpacked};
use super::called::Called;
use super::names::{Names, literal};
use crate::parse::python::ast::{Expr, ExprCall, Number, UnaryOp};

/// A call that a rule is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The rule.
    pub(super) rule: &'static str,
    /// What is called.
    pub(super) symbol: String,
    /// Which reading the rule took, where it has several.
    pub(super) reading: Option<&'static str>,
}

/// The last parts of names that a rule may be about. Whatever is called by another name and was not
/// imported under one is nobody's business.
const LAST: [&str; 48] = [
    "eval",
    "exec",
    "compile",
    "system",
    "popen",
    "popen2",
    "popen3",
    "popen4",
    "Popen3",
    "Popen4",
    "getoutput",
    "getstatusoutput",
    "create_subprocess_shell",
    "Popen",
    "run",
    "call",
    "check_call",
    "check_output",
    "load",
    "loads",
    "load_all",
    "unsafe_load",
    "unsafe_load_all",
    "Unpickler",
    "open",
    "decode",
    "restore",
    "read_pickle",
    "mktemp",
    "md2",
    "md4",
    "md5",
    "sha",
    "sha1",
    "new",
    "parse",
    "iterparse",
    "fromstring",
    "XMLParser",
    "parseString",
    "make_parser",
    "create_parser",
    "XML",
    "fromstringlist",
    "XMLID",
    "wrap_socket",
    "_create_unverified_context",
    "_create_stdlib_context",
];

const SUBPROCESS: [&str; 5] = ["Popen", "run", "call", "check_call", "check_output"];

/// What bandit and ruff tell of wherever it stands.
const RANDOM: [&str; 9] = [
    "Random",
    "choice",
    "choices",
    "randbytes",
    "randint",
    "random",
    "randrange",
    "triangular",
    "uniform",
];

/// What makes a secret as badly, and is told of where one is made.
const RANDOM_FOR_SECRETS: [&str; 3] = ["getrandbits", "sample", "shuffle"];

/// The readings of the rule about `random`.
const ANY_USE: &str = "any use of the module";
pub(super) const FOR_SECRETS: &str = "a secret is made, by its name";

/// What the blocklist says of a call; a call may break several rules.
pub(super) fn judge(called: &Called<'_, '_>) -> Vec<Hit> {
    let call = called.call;
    let mut hits = Vec::new();
    if may_matter(called) {
        let hit = called.resolved().iter().find_map(|symbol| {
            let (rule, reading) = of_symbol(symbol, call, called.scope, called.names)?;
            let symbol = symbol.trim_start_matches("builtins.").to_owned();
            Some(Hit {
                rule,
                symbol,
                reading,
            })
        });
        hits.extend(hit);
    }
    let named = call.arguments.keywords.iter();
    let named = named.filter_map(|it| Some((it.arg.as_deref()?, &it.value)));
    for (name, value) in named.chain(unpacked(call, called.scope, called.names)) {
        let Some((rule, reading)) = of_keyword(name, value) else {
            continue;
        };
        let told = hits
            .iter()
            .any(|hit| hit.rule == rule || (rule == "shell-argument" && hit.rule == "shell-true"));
        let symbol = shown(called);
        if !told && !is_other_verification(rule, &symbol) {
            hits.push(Hit {
                rule,
                symbol,
                reading,
            });
        }
    }
    hits
}

/// The name of what is called, as far as it is known; else as it is written.
fn shown(called: &Called<'_, '_>) -> String {
    let resolved = called.resolved().first();
    let resolved = resolved.map(|name| name.trim_start_matches("builtins.").to_owned());
    resolved.unwrap_or_else(|| written(&called.call.func))
}

/// An expression of names and members as it is written.
pub(super) fn written(expression: &Expr) -> String {
    let mut members = Vec::new();
    let mut inner = expression;
    loop {
        match inner {
            Expr::Attribute(attribute) => {
                members.push(attribute.attr.as_str());
                inner = &attribute.value;
            }
            Expr::Call(call) => inner = &call.func,
            Expr::Subscript(subscript) => inner = &subscript.value,
            Expr::Name(name) => {
                members.push(&name.id);
                break;
            }
            _ => {
                members.push("…");
                break;
            }
        }
    }
    members.reverse();
    members.join(".")
}

fn may_matter(called: &Called<'_, '_>) -> bool {
    match called.call.func.as_ref() {
        Expr::Name(_) | Expr::Call(_) => true,
        Expr::Attribute(_) => {
            let last = called.last;
            LAST.contains(&last) || RANDOM.contains(&last) || RANDOM_FOR_SECRETS.contains(&last)
        }
        _ => false,
    }
}

type Verdict = Option<(&'static str, Option<&'static str>)>;

/// The rule about a call of this name with these arguments.
fn of_symbol<'a>(symbol: &str, call: &'a ExprCall, scope: usize, names: &Names<'a>) -> Verdict {
    let plain = |rule| Some((rule, None));
    let (module, last) = symbol.rsplit_once('.')?;
    match module {
        "builtins" => ["eval", "exec", "compile"]
            .into_iter()
            .find(|name| *name == last)
            .and_then(plain),
        "subprocess" if SUBPROCESS.contains(&last) => shell(call, scope, names),
        "asyncio" | "asyncio.subprocess" if last == "create_subprocess_shell" => {
            plain("shell-true")
        }
        "subprocess" | "commands" if matches!(last, "getoutput" | "getstatusoutput") => {
            plain("os-system")
        }
        "os" | "posix" | "nt"
            if matches!(last, "system" | "popen" | "popen2" | "popen3" | "popen4") =>
        {
            plain("os-system")
        }
        "popen2" => plain("os-system"),
        "pickle" | "cPickle" | "_pickle" | "dill" | "cloudpickle" | "six.moves.cPickle" => {
            matches!(last, "load" | "loads" | "Unpickler").then_some(("pickle", None))
        }
        "marshal" => matches!(last, "load" | "loads").then_some(("marshal", None)),
        "shelve" => matches!(last, "open" | "DbfilenameShelf").then_some(("shelve", None)),
        "jsonpickle" | "jsonpickle.unpickler" => {
            matches!(last, "decode" | "loads").then_some(("jsonpickle", None))
        }
        "jsonpickle.unpickler.Unpickler()" | "jsonpickle.Unpickler()" => {
            (last == "restore").then_some(("jsonpickle", None))
        }
        "pandas" => (last == "read_pickle").then_some(("read-pickle", None)),
        "joblib" => (last == "load").then_some(("read-pickle", None)),
        "numpy" => (last == "load" && is_true(keyword(call, "allow_pickle")))
            .then_some(("read-pickle", None)),
        "torch" => (last == "load" && !is_true(keyword(call, "weights_only")))
            .then_some(("torch-load", None)),
        "yaml" => yaml(last, call, scope, names),
        "hashlib" => hash(last, call),
        "random" if RANDOM.contains(&last) => Some(("insecure-random", Some(ANY_USE))),
        "random" if RANDOM_FOR_SECRETS.contains(&last) => {
            Some(("insecure-random", Some(FOR_SECRETS)))
        }
        "tempfile" => (last == "mktemp").then_some(("tempfile-mktemp", None)),
        "ssl" => match last {
            "_create_unverified_context" => plain("tls-verify-off"),
            "wrap_socket" => plain("tls-old"),
            _ => None,
        },
        _ => xml(module, last),
    }
}

fn is_true(value: Option<&Expr>) -> bool {
    matches!(value, Some(Expr::BooleanLiteral(literal)) if literal.value)
}

fn is_false(value: Option<&Expr>) -> bool {
    matches!(value, Some(Expr::BooleanLiteral(literal)) if !literal.value)
}

/// The rule about a shell that is given as an argument, by name or as the ninth of `Popen`; the
/// other functions hand theirs on.
fn shell<'a>(call: &'a ExprCall, scope: usize, names: &Names<'a>) -> Verdict {
    let value = keyword(call, "shell").or_else(|| call.arguments.find_positional(8));
    if let Some(value) = value {
        return shell_value("shell-true", value);
    }
    let mut unpacked = unpacked(call, scope, names).into_iter();
    unpacked.find_map(|(name, value)| shell_value("shell-true", value).filter(|_| name == "shell"))
}

/// The rule, where the value is not false whatever the program does.
fn shell_value(rule: &'static str, value: &Expr) -> Verdict {
    match truth(value) {
        Some(true) => Some((rule, None)),
        Some(false) => None,
        None => Some((rule, Some("the value of shell is not a literal"))),
    }
}

/// Whether a value is true for Python; nothing where only the run knows.
fn truth(value: &Expr) -> Option<bool> {
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
        Expr::Dict(dict) if dict.items.iter().all(|item| item.key.is_some()) => {
            !dict.items.is_empty()
        }
        Expr::Set(_) | Expr::Lambda(_) | Expr::Generator(_) => true,
        _ => return None,
    };
    Some(known)
}

/// Rules about an argument, whatever is called.
fn of_keyword(name: &str, value: &Expr) -> Verdict {
    match name {
        "shell" => shell_value("shell-argument", value),
        "verify" | "verify_ssl" | "verify_certs" | "ssl_verify" | "validate_certs"
        | "verify_tls" | "check_hostname" => {
            is_false(Some(value)).then_some(("tls-verify-off", None))
        }
        _ => None,
    }
}

/// Whether `verify=False` turns off another check than that of a certificate.
fn is_other_verification(rule: &str, symbol: &str) -> bool {
    let first = symbol.split('.').next().unwrap_or(symbol);
    rule == "tls-verify-off"
        && ["jwt", "jose", "authlib", "itsdangerous", "zipfile", "PIL"].contains(&first)
}

fn yaml<'a>(last: &str, call: &'a ExprCall, scope: usize, names: &Names<'a>) -> Verdict {
    const SAFE: [&str; 5] = [
        "yaml.SafeLoader",
        "yaml.CSafeLoader",
        "yaml.loader.SafeLoader",
        "yaml.cyaml.CSafeLoader",
        "yaml.loader.CSafeLoader",
    ];
    match last {
        "unsafe_load" | "unsafe_load_all" => Some(("yaml-load", Some("the unsafe loader by name"))),
        "load" | "load_all" => {
            let Some(loader) = call.arguments.find_argument_value("Loader", 1) else {
                return Some(("yaml-load", Some("no loader is named")));
            };
            let loaders = names.resolve(loader, scope);
            let safe = !loaders.is_empty() && loaders.iter().all(|it| SAFE.contains(&it.as_str()));
            (!safe).then_some(("yaml-load", Some("the loader is none of the safe ones")))
        }
        _ => None,
    }
}

fn hash(last: &str, call: &ExprCall) -> Verdict {
    const WEAK: [&str; 6] = ["md2", "md4", "md5", "sha", "sha1", "ripemd160"];
    let weak = |name: &str| WEAK.contains(&name.to_ascii_lowercase().as_str());
    let named = match last {
        "new" => call
            .arguments
            .find_argument_value("name", 0)
            .and_then(literal)
            .is_some_and(|name| weak(&name.replace('-', ""))),
        _ => weak(last),
    };
    (named && !is_false(keyword(call, "usedforsecurity"))).then_some(("weak-hash", None))
}

/// Parsers that read a document from outside. `defusedxml` has the same names in other modules.
fn xml(module: &str, last: &str) -> Verdict {
    let reads: &[&str] = match module {
        "xml.etree.ElementTree" | "xml.etree.cElementTree" => &[
            "parse",
            "iterparse",
            "fromstring",
            "fromstringlist",
            "XML",
            "XMLID",
            "XMLParser",
        ],
        "xml.sax" => &["parse", "parseString", "make_parser"],
        "xml.sax.expatreader" => &["create_parser"],
        "xml.dom.minidom" | "xml.dom.pulldom" | "xml.dom.expatbuilder" => &["parse", "parseString"],
        "lxml.etree" => &["parse", "iterparse", "fromstring", "XML", "XMLParser"],
        _ => &[],
    };
    reads.contains(&last).then_some(("xml", None))
}
