//! What the blocklist looks for outside the name of a call: arguments, defaults, assignments and
//! constants.

use super::About;
use super::called::Called;
use super::markers::{self, Mark};
use super::names::{Names, literal};
use crate::parse::python::ast::{Expr, ExprCall, Parameters};
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

fn is(value: &Expr, wanted: bool) -> bool {
    matches!(value, Expr::BooleanLiteral(literal) if literal.value == wanted)
}

/// `session.verify = False`, `context.check_hostname = False`, `DEBUG = True` in Django's settings,
/// `HOST = "0.0.0.0"`.
pub(super) fn of_assignment(target: &Expr, value: &Expr, about: &About<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let at = target.start();
    let Some(name) = target_name(target) else {
        return hits;
    };
    let member = matches!(target, Expr::Attribute(_));
    if member && is_verification(name) && is(value, false) {
        hits.push((at, "tls-verify-off", format!("{name} = False")));
    }
    let file = about.path.rsplit('/').next().unwrap_or_default();
    if name == "DEBUG" && is(value, true) && file.starts_with("settings") {
        hits.push((at, "debug-on", "DEBUG = True".to_owned()));
    }
    if is_host(name) && is_all_interfaces(value) {
        hits.push((value.start(), "bind-all", name.to_owned()));
    }
    hits
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
        if name == "debug" && is(&keyword.value, true) && last == "run" {
            // `asyncio.run(…, debug=True)` shows nothing to anybody.
            if !called
                .resolved()
                .iter()
                .any(|name| name.starts_with("asyncio."))
            {
                hits.push((call.start(), "debug-on", "run".to_owned()));
            }
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
        && let Some(Expr::Tuple(address)) = call.arguments.args.first()
        && address.elts.first().is_some_and(is_all_interfaces)
    {
        hits.push((address.start(), "bind-all", last.to_owned()));
    }
    hits
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
    let Expr::Attribute(attribute) = expression else {
        return None;
    };
    let last = attribute.attr.as_str();
    let rule = match last {
        "CERT_NONE" | "VERIFY_NONE" => "tls-verify-off",
        "PROTOCOL_SSLv2" | "PROTOCOL_SSLv3" | "PROTOCOL_TLSv1" | "PROTOCOL_TLSv1_1" | "SSLv3"
        | "TLSv1" | "TLSv1_1" | "SSLv2_METHOD" | "SSLv3_METHOD" | "SSLv23_METHOD"
        | "TLSv1_METHOD" | "TLSv1_1_METHOD" => "tls-old",
        _ => return None,
    };
    let modules = [
        "ssl.",
        "OpenSSL.SSL.",
        "pyOpenSSL.SSL.",
        "urllib3.util.ssl_.",
    ];
    let mut found = names.resolve(expression, scope).into_iter();
    let symbol = found.find(|name| modules.iter().any(|module| name.starts_with(module)))?;
    Some((rule, symbol))
}

/// A mark that is added while the tests run: `item.add_marker(pytest.mark.skip)`.
pub(super) fn added_mark<'a>(
    call: &'a ExprCall,
    argument: &'a Expr,
    scope: usize,
    names: &Names<'a>,
) -> Option<Mark> {
    let adds = matches!(
        call.func.as_ref(),
        Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "add_marker" | "applymarker")
    );
    adds.then(|| markers::of_mark(argument, scope, names))?
}
