//! What the blocklist looks for outside the name of a call: arguments, defaults, assignments and
//! constants.

use super::About;
use super::called::Called;
use super::calls::{is, may_be};
use super::markers::{self, Mark};
use super::names::{Names, literal};
use crate::parse::python::ast::{Expr, ExprCall, Parameters, UnaryOp};
use crate::parse::python::{Ranged, TextSize};

/// A place, the rule it breaks, and what stands there.
type Hit = (TextSize, &'static str, String);

/// Words in a name that say that what it names is a secret.
const SECRET: [&str; 14] = [
    "secret",
    "token",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "otp",
    "nonce",
    "salt",
    "apikey",
    "session_id",
    "sessionid",
    "credential",
    "private_key",
];

/// Whether a name says that it names a secret.
pub(super) fn says_secret(name: &str) -> bool {
    let ends_with = |word: &str| {
        let at = name.len().checked_sub(word.len());
        let end = at.and_then(|at| name.get(at..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    SECRET.iter().any(|word| contains(name, word))
        || ends_with("_key")
        || name.eq_ignore_ascii_case("key")
}

/// Whether a name contains a word, whatever the size of its letters. This is asked of every name, so
/// that nothing is copied.
pub(super) fn contains(name: &str, word: &str) -> bool {
    let Some(first) = word.bytes().next() else {
        return true;
    };
    let mut windows = name.as_bytes().windows(word.len());
    windows.any(|window| {
        let begins = window.first().map(u8::to_ascii_lowercase) == Some(first);
        begins && window.eq_ignore_ascii_case(word.as_bytes())
    })
}

/// The name that an assignment gives a value.
pub(super) fn target_name(target: &Expr) -> Option<&str> {
    match target {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// `session.verify = False`, `context.check_hostname = False`, `DEBUG = True` in Django's settings,
/// `HOST = "0.0.0.0"`. What a class holds are attributes as well.
pub(super) fn of_assignment<'a>(
    target: &'a Expr,
    value: &'a Expr,
    about: &About<'_>,
    names: &Names<'a>,
    (scope, in_class): (usize, bool),
) -> Vec<Hit> {
    let mut hits = Vec::new();
    let at = target.start();
    let may_be = |wanted| {
        names
            .reached(value, scope)
            .into_iter()
            .any(|it| is(it, wanted))
    };
    if let Expr::Subscript(of) = target {
        let config = target_name(&of.value).is_some_and(|name| name == "config");
        if config && literal(&of.slice).as_deref() == Some("DEBUG") && may_be(true) {
            hits.push((at, "debug-on", "config[\"DEBUG\"] = True".to_owned()));
        }
    }
    let Some(name) = target_name(target) else {
        return hits;
    };
    let member = matches!(target, Expr::Attribute(_)) || in_class;
    if member && is_verification(name) && may_be(false) {
        hits.push((at, "tls-verify-off", format!("{name} = False")));
    }
    let settings = about
        .path
        .split('/')
        .any(|part| part.starts_with("settings"));
    if name == "DEBUG" && is(value, true) && settings {
        hits.push((at, "debug-on", "DEBUG = True".to_owned()));
    }
    if let Expr::Attribute(of) = target
        && name == "debug"
        && is_application(&of.value, scope, names)
        && may_be(true)
    {
        hits.push((at, "debug-on", "debug = True".to_owned()));
    }
    if is_host(name) && is_all_interfaces(value) {
        hits.push((value.start(), "bind-all", name.to_owned()));
    }
    hits
}

/// Classes of web frameworks that take the switch for debugging.
const APPLICATIONS: [&str; 9] = [
    "flask.Flask",
    "quart.Quart",
    "fastapi.FastAPI",
    "starlette.applications.Starlette",
    "litestar.Litestar",
    "sanic.Sanic",
    "bottle.Bottle",
    "tornado.web.Application",
    "aiohttp.web.Application",
];

/// Whether an object is an application of a web framework: made by its class, or called so.
fn is_application<'a>(object: &'a Expr, scope: usize, names: &Names<'a>) -> bool {
    let called_so = matches!(target_name(object), Some("app" | "application"));
    called_so || {
        let found = names.resolve(object, scope);
        let mut classes = found.iter().filter_map(|name| name.strip_suffix("()"));
        classes.any(|name| APPLICATIONS.contains(&name))
    }
}

/// `def get(url, verify=False)`, `def serve(host="0.0.0.0")`.
pub(super) fn of_parameters(parameters: &Parameters) -> Vec<Hit> {
    let mut hits = Vec::new();
    for parameter in parameters.iter_non_variadic_params() {
        let Some(default) = &parameter.default else {
            continue;
        };
        let name = parameter.parameter.name.as_str();
        if is_verification(name) && is(default, false) {
            hits.push((default.start(), "tls-verify-off", format!("{name}=False")));
        }
        if is_host(name) && is_all_interfaces(default) {
            hits.push((default.start(), "bind-all", name.to_owned()));
        }
    }
    hits
}

/// `app.run(debug=True)`, `server.bind(("0.0.0.0", 80))`, `run(host="0.0.0.0")`.
pub(super) fn of_call(called: &Called<'_, '_>) -> Vec<Hit> {
    let (call, last) = (called.call, called.last);
    let mut hits = Vec::new();
    for keyword in &call.arguments.keywords {
        let name = keyword.arg.as_deref().unwrap_or_default();
        if matches!(name, "debug" | "DEBUG")
            && is_debugged(called, name)
            && may_be(called, &keyword.value, true)
        {
            hits.push((call.start(), "debug-on", last.to_owned()));
        }
        let host = is_host(name) || (name == "default" && is_option_of_host(call));
        if host && is_all_interfaces(&keyword.value) {
            hits.push((keyword.value.start(), "bind-all", name.to_owned()));
        }
    }
    // `serve("0.0.0.0", 80)`: an address with something behind it, which a comparison has not. `::`
    // parts more texts than it names addresses.
    if let [address, _, ..] = call.arguments.args.as_ref()
        && !last.starts_with("assert")
        && literal(address).is_none_or(|text| text != "::")
        && is_all_interfaces(address)
    {
        hits.push((address.start(), "bind-all", last.to_owned()));
    }
    if last == "bind"
        && let Some(address) = call.arguments.args.first()
        && called.reached(address).into_iter().any(is_open)
    {
        hits.push((address.start(), "bind-all", last.to_owned()));
    }
    hits.extend(of_setattr(called));
    hits
}

/// An address of a socket that is one of all interfaces; a host without a name is one too.
fn is_open(address: &Expr) -> bool {
    let host = address.as_tuple_expr().filter(|it| it.elts.len() > 1);
    let host = host.and_then(|it| it.elts.first());
    host.is_some_and(|it| is_all_interfaces(it) || literal(it).is_some_and(|it| it.is_empty()))
}

/// Whether a call takes the switch for debugging by this name. `asyncio.run(…, debug=True)` shows
/// nothing to anybody.
fn is_debugged(called: &Called<'_, '_>, name: &str) -> bool {
    let symbols = || called.resolved().iter();
    if name == "DEBUG" {
        let Expr::Attribute(function) = called.call.func.as_ref() else {
            return false;
        };
        let config = target_name(&function.value) == Some("config");
        return config && matches!(called.last, "update" | "from_mapping");
    }
    match called.last {
        "run" => !symbols().any(|name| name.starts_with("asyncio.")),
        _ => symbols().any(|name| APPLICATIONS.contains(&name.as_str())),
    }
}

/// `setattr(session, "verify", False)`.
fn of_setattr(called: &Called<'_, '_>) -> Option<Hit> {
    let [_, name, value] = called.call.arguments.args.as_ref() else {
        return None;
    };
    let name = literal(name).filter(|_| called.last == "setattr")?;
    let off = is_verification(&name) && may_be(called, value, false);
    off.then(|| {
        (
            called.call.start(),
            "tls-verify-off",
            format!("{name} = False"),
        )
    })
}

fn is_verification(name: &str) -> bool {
    [
        "verify",
        "verify_ssl",
        "ssl_verify",
        "check_hostname",
        "validate_certs",
        "verify_certs",
    ]
    .contains(&name)
}

/// `add_argument("--host", default="0.0.0.0")`, and an option of click.
fn is_option_of_host(call: &ExprCall) -> bool {
    let names = call.arguments.args.iter().filter_map(literal);
    names
        .into_iter()
        .any(|name| is_host(&name.trim_start_matches('-').replace('-', "_")))
}

fn is_host(name: &str) -> bool {
    [
        "host",
        "hostname",
        "bind",
        "address",
        "addr",
        "listen",
        "interface",
    ]
    .iter()
    .any(|word| {
        let Some((before, end)) = name
            .len()
            .checked_sub(word.len())
            .and_then(|at| name.split_at_checked(at))
        else {
            return false;
        };
        end.eq_ignore_ascii_case(word) && (before.is_empty() || before.ends_with('_'))
    })
}

fn is_all_interfaces(value: &Expr) -> bool {
    match value {
        Expr::StringLiteral(text) => matches!(text.value.to_str(), "0.0.0.0" | "::"),
        Expr::If(either) => is_all_interfaces(&either.body) || is_all_interfaces(&either.orelse),
        Expr::BoolOp(either) => either.values.iter().any(is_all_interfaces),
        _ => false,
    }
}

/// A constant that turns a check off or names an old protocol, wherever it is used.
pub(super) fn of_constant<'a>(
    expression: &'a Expr,
    scope: usize,
    names: &Names<'a>,
) -> Option<(&'static str, String)> {
    match expression {
        Expr::Attribute(attribute) => {
            of_name(attribute.attr.as_str(), false)?;
        }
        // `ctx.options &= ~ssl.OP_NO_TLSv1` lets in again what was kept out.
        Expr::UnaryOp(not) if matches!(not.op, UnaryOp::Invert) => {
            let found = names.resolve(&not.operand, scope);
            return of_symbols(found, true);
        }
        Expr::Name(name) if names.is_constant(&name.id) && name.ctx.is_load() => {}
        _ => return None,
    }
    of_symbols(names.resolve(expression, scope), false)
}

fn of_symbols(symbols: Vec<String>, inverted: bool) -> Option<(&'static str, String)> {
    let modules = [
        "ssl.",
        "OpenSSL.SSL.",
        "pyOpenSSL.SSL.",
        "urllib3.util.ssl_.",
    ];
    symbols.into_iter().find_map(|symbol| {
        let known = modules.iter().any(|module| symbol.starts_with(module));
        let last = symbol.rsplit('.').next().filter(|_| known)?;
        of_name(last, inverted).map(|rule| (rule, symbol))
    })
}

/// The rule about the last part of a constant's name.
fn of_name(last: &str, inverted: bool) -> Option<&'static str> {
    if inverted {
        let old = ["OP_NO_SSLv2", "OP_NO_SSLv3", "OP_NO_TLSv1", "OP_NO_TLSv1_1"];
        return old.contains(&last).then_some("tls-old");
    }
    match last {
        "CERT_NONE" | "VERIFY_NONE" => Some("tls-verify-off"),
        "PROTOCOL_SSLv2" | "PROTOCOL_SSLv3" | "PROTOCOL_TLSv1" | "PROTOCOL_TLSv1_1" | "SSLv3"
        | "TLSv1" | "TLSv1_1" | "SSLv2_METHOD" | "SSLv3_METHOD" | "SSLv23_METHOD"
        | "TLSv1_METHOD" | "TLSv1_1_METHOD" | "MINIMUM_SUPPORTED" => Some("tls-old"),
        _ => None,
    }
}

/// A mark that is added while the tests run: `item.add_marker(pytest.mark.skip)`, or by its name.
pub(super) fn added_mark<'a>(
    call: &'a ExprCall,
    scope: usize,
    names: &Names<'a>,
) -> Option<(TextSize, Mark)> {
    let adds = matches!(
        call.func.as_ref(),
        Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "add_marker" | "applymarker")
    );
    let given = call
        .arguments
        .find_argument_value("marker", 0)
        .filter(|_| adds)?;
    let mark = markers::of_mark(given, scope, names).or_else(|| markers::of_word(&literal(given)?));
    Some((given.start(), mark?))
}
