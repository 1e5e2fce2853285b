//! Functions of the blocklist that are handed to another function, which calls them.

use super::called::Called;
use super::names::Names;
use crate::parse::python::ast::{Expr, ExprCall};
use crate::parse::python::{Ranged, TextSize};

/// A place, the rule it breaks, and what stands there.
type Hit = (TextSize, &'static str, String);

/// Functions that run what they are given.
const CODE: [&str; 8] = [
    "builtins.eval",
    "builtins.exec",
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "commands.getoutput",
    "asyncio.create_subprocess_shell",
];

/// Functions that build objects from data.
const READERS: [&str; 16] = [
    "pickle.load",
    "pickle.loads",
    "cPickle.load",
    "cPickle.loads",
    "dill.load",
    "dill.loads",
    "cloudpickle.load",
    "cloudpickle.loads",
    "marshal.load",
    "marshal.loads",
    "yaml.unsafe_load",
    "yaml.unsafe_load_all",
    "jsonpickle.decode",
    "pandas.read_pickle",
    "joblib.load",
    "torch.load",
];

/// Functions that make a context in which no certificate is checked.
const UNVERIFIED: &str = "ssl._create_unverified_context";

/// The arguments of a call that are such functions: `map(eval, lines)`, `submit(pickle.loads, data)`.
pub(super) fn of_call(called: &Called<'_, '_>) -> Vec<Hit> {
    let arguments = arguments(called.call);
    let handed = arguments.filter_map(|it| handed_on(it, called.scope, called.names));
    handed.collect()
}

/// Such a function where a value stands that is used elsewhere: in a list or mapping, as a default or
/// an attribute, returned.
pub(super) fn handed_on<'a>(value: &'a Expr, scope: usize, names: &Names<'a>) -> Option<Hit> {
    if !may_matter(value, names) {
        return None;
    }
    names.resolve(value, scope).into_iter().find_map(|symbol| {
        let rule = if CODE.contains(&symbol.as_str()) {
            "code-handed-on"
        } else if READERS.contains(&symbol.as_str()) {
            "reader-handed-on"
        } else if symbol == UNVERIFIED {
            "tls-verify-off"
        } else {
            return None;
        };
        let symbol = symbol.trim_start_matches("builtins.").to_owned();
        Some((value.start(), rule, symbol))
    })
}

/// The parts of an expression that are values used elsewhere.
pub(super) fn kept(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::List(list) => list.elts.iter().collect(),
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        Expr::Set(set) => set.elts.iter().collect(),
        Expr::Dict(dict) => dict.items.iter().map(|item| &item.value).collect(),
        Expr::Yield(given) => given.value.as_deref().into_iter().collect(),
        _ => Vec::new(),
    }
}

fn arguments(call: &ExprCall) -> impl Iterator<Item = &Expr> {
    let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
    call.arguments.args.iter().chain(named)
}

/// Whether an argument has the last name of such a function, or one that an import gave it.
fn may_matter(argument: &Expr, names: &Names<'_>) -> bool {
    let last = |name: &str| {
        matches!(
            name,
            "eval"
                | "exec"
                | "system"
                | "popen"
                | "getoutput"
                | "getstatusoutput"
                | "create_subprocess_shell"
                | "load"
                | "loads"
                | "unsafe_load"
                | "unsafe_load_all"
                | "decode"
                | "read_pickle"
                | "_create_unverified_context"
        )
    };
    match argument {
        Expr::Name(name) => last(&name.id) || names.is_member(&name.id),
        Expr::Attribute(attribute) => last(attribute.attr.as_str()),
        _ => false,
    }
}

/// Whether a call is what somebody leaves who was looking for a mistake: the rule and its symbol.
pub(super) fn left_over(called: &Called<'_, '_>) -> Option<(&'static str, String)> {
    let calls = [
        "print",
        "breakpoint",
        "set_trace",
        "post_mortem",
        "embed",
        "interact",
        "runcall",
        "wait_for_client",
    ];
    if called.last.is_empty() || (called.is_member() && !calls.contains(&called.last)) {
        return None;
    }
    called.resolved().iter().find_map(|symbol| {
        let (module, last) = symbol.rsplit_once('.')?;
        let rule = match (module, last) {
            ("builtins", "breakpoint")
            | (
                "pdb"
                | "ipdb"
                | "pudb"
                | "wdb"
                | "celery.contrib.rdb"
                | "pdb.Pdb()"
                | "IPython.core.debugger.Pdb()",
                "set_trace",
            )
            | ("pdb" | "ipdb" | "pudb", "post_mortem" | "runcall")
            | ("IPython" | "IPython.terminal.embed", "embed")
            | ("code", "interact")
            | ("debugpy", "breakpoint" | "wait_for_client") => "debugger",
            ("builtins", "print") if called.call.arguments.find_keyword("file").is_none() => {
                "print"
            }
            _ => return None,
        };
        Some((rule, symbol.trim_start_matches("builtins.").to_owned()))
    })
}
