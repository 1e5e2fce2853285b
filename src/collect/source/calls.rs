//! Calls on the blocklist, by what is called and with what.

use super::arguments::unpacked;
use super::called::Called;
use super::shell::{shell, shell_value};
use crate::parse::python::ast::Expr;

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
const LAST: [&str; 52] = [
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
    "full_load",
    "full_load_all",
    "YAML",
    "file_digest",
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
            let (rule, reading) = of_symbol(symbol, called)?;
            let symbol = symbol.trim_start_matches("builtins.").to_owned();
            Some(Hit {
                rule,
                symbol,
                reading,
            })
        });
        hits.extend(hit);
    }
    // A loop of asyncio is known by its method: whose `self.loop` it is, only the run knows.
    if called.last == "subprocess_shell" && called.is_member() {
        hits.push(Hit {
            rule: "shell-true",
            symbol: shown(called),
            reading: None,
        });
    }
    let named = call.arguments.keywords.iter();
    let named = named.filter_map(|it| Some((it.arg.as_deref()?, &it.value)));
    for (name, value) in named.chain(unpacked(call, called.scope, called.names)) {
        let Some((rule, reading)) = of_keyword(name, value, called) else {
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
        Expr::Name(_)
        | Expr::Call(_)
        | Expr::Subscript(_)
        | Expr::If(_)
        | Expr::BoolOp(_)
        | Expr::Named(_) => true,
        Expr::Attribute(_) => {
            let last = called.last;
            LAST.contains(&last) || RANDOM.contains(&last) || RANDOM_FOR_SECRETS.contains(&last)
        }
        _ => false,
    }
}

/// A rule, and which reading it took.
pub(super) type Verdict = Option<(&'static str, Option<&'static str>)>;

/// The rule about a call of this name with these arguments.
fn of_symbol(symbol: &str, called: &Called<'_, '_>) -> Verdict {
    let plain = |rule| Some((rule, None));
    let (module, last) = symbol.rsplit_once('.')?;
    match module {
        "builtins" => ["eval", "exec", "compile"]
            .into_iter()
            .find(|name| *name == last)
            .and_then(plain),
        "subprocess" if SUBPROCESS.contains(&last) => shell(called),
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
        "numpy" => (last == "load"
            && called
                .keyword("allow_pickle")
                .is_some_and(|it| may_be(called, it, true)))
        .then_some(("read-pickle", None)),
        "torch" => (last == "load" && !is_always(called, "weights_only", true))
            .then_some(("torch-load", None)),
        "yaml" | "ruamel.yaml" => yaml(last, called),
        "hashlib" => hash(last, called),
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

/// Whether an expression is this truth value.
pub(super) fn is(value: &Expr, wanted: bool) -> bool {
    matches!(value, Expr::BooleanLiteral(literal) if literal.value == wanted)
}

/// Whether an argument may be this truth value, itself or through a name.
pub(super) fn may_be<'a>(called: &Called<'_, 'a>, value: &'a Expr, wanted: bool) -> bool {
    called.reached(value).into_iter().any(|it| is(it, wanted))
}

/// Whether an argument is given and is nothing but this truth value.
fn is_always(called: &Called<'_, '_>, name: &str, wanted: bool) -> bool {
    let value = called.keyword(name);
    value.is_some_and(|it| called.reached(it).into_iter().all(|it| is(it, wanted)))
}

/// Rules about an argument, whatever is called.
fn of_keyword<'a>(name: &str, value: &'a Expr, called: &Called<'_, 'a>) -> Verdict {
    let off = match name {
        "shell" => return shell_value("shell-argument", value, called),
        "verify" | "verify_ssl" | "verify_certs" | "ssl_verify" | "validate_certs"
        | "verify_tls" | "check_hostname" => may_be(called, value, false),
        "cert_reqs" => called.texts(value).iter().any(|it| it == "CERT_NONE"),
        // Of aiohttp this is the check; of a database it is the whole of TLS.
        "ssl" => {
            let first = |it: &String| it.starts_with("aiohttp.");
            may_be(called, value, false) && called.resolved().iter().any(first)
        }
        _ => false,
    };
    off.then_some(("tls-verify-off", None))
}

/// Whether `verify=False` turns off another check than that of a certificate.
fn is_other_verification(rule: &str, symbol: &str) -> bool {
    let first = symbol.split('.').next().unwrap_or(symbol);
    rule == "tls-verify-off"
        && ["jwt", "jose", "authlib", "itsdangerous", "zipfile", "PIL"].contains(&first)
}

fn yaml(last: &str, called: &Called<'_, '_>) -> Verdict {
    const SAFE: [&str; 7] = [
        "yaml.SafeLoader",
        "yaml.CSafeLoader",
        "yaml.loader.SafeLoader",
        "yaml.cyaml.CSafeLoader",
        "yaml.loader.CSafeLoader",
        "ruamel.yaml.SafeLoader",
        "ruamel.yaml.CSafeLoader",
    ];
    match last {
        "unsafe_load" | "unsafe_load_all" => Some(("yaml-load", Some("the unsafe loader by name"))),
        "full_load" | "full_load_all" => {
            Some(("yaml-load", Some("the loader is none of the safe ones")))
        }
        "load" | "load_all" => {
            let Some(loader) = called.argument("Loader", 1) else {
                return Some(("yaml-load", Some("no loader is named")));
            };
            let loaders = called.names.resolve(loader, called.scope);
            let safe = !loaders.is_empty() && loaders.iter().all(|it| SAFE.contains(&it.as_str()));
            (!safe).then_some(("yaml-load", Some("the loader is none of the safe ones")))
        }
        // Of ruamel's own class.
        "YAML" => {
            let kind = called.argument("typ", 0)?;
            let unsafe_kind = called.texts(kind).iter().any(|it| it == "unsafe");
            unsafe_kind.then_some(("yaml-load", Some("the unsafe loader by name")))
        }
        _ => None,
    }
}

fn hash(last: &str, called: &Called<'_, '_>) -> Verdict {
    const WEAK: [&str; 6] = ["md2", "md4", "md5", "sha", "sha1", "ripemd160"];
    let weak = |name: &str| WEAK.contains(&name.to_ascii_lowercase().replace('-', "").as_str());
    let by_text = |name: &str, position: usize| {
        let name = called.argument(name, position);
        name.is_some_and(|it| called.texts(it).iter().any(|text| weak(text)))
    };
    let named = match last {
        "new" => by_text("name", 0),
        "file_digest" => by_text("digest", 1),
        _ => weak(last),
    };
    (named && !is_always(called, "usedforsecurity", false)).then_some(("weak-hash", None))
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
