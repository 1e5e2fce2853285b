//! Cryptography: ciphers, modes, keys, protocols, hashing of passwords, and random values.

use super::About;
use super::look::Found;
use super::names::{Names, literal};
use crate::model::relations::CODE_CRYPTO;
use crate::parse::python::ast::{Expr, ExprCall, Number};
use crate::parse::python::{Module, Ranged};

/// Ciphers by the last part of the module or class that names them.
const WEAK: [&str; 12] = [
    "DES",
    "DES3",
    "ARC2",
    "ARC4",
    "Blowfish",
    "CAST",
    "CAST5",
    "IDEA",
    "SEED",
    "TripleDES",
    "RC2",
    "XOR",
];
const STRONG: [&str; 8] = [
    "AES",
    "AES128",
    "AES256",
    "AESGCM",
    "AESCCM",
    "AESSIV",
    "ChaCha20",
    "ChaCha20Poly1305",
];

/// The smallest key of RSA or DSA that is not weak, in bits: NIST SP 800-131A.
const KEY_BITS: u64 = 2048;

/// A use of cryptography.
struct Use {
    what: &'static str,
    algorithm: String,
    size: Option<u64>,
    strong: bool,
}

/// Puts a use of cryptography among what was found.
pub(super) fn look<'a>(
    call: &'a ExprCall,
    scope: usize,
    names: &Names<'a>,
    module: &Module<'_>,
    about: &About<'_>,
    found: &mut Found,
) {
    if !may_matter(call) {
        return;
    }
    for symbol in names.resolve(&call.func, scope) {
        if let Some(seen) = of_symbol(&symbol, call) {
            let item = about
                .item(&CODE_CRYPTO, module, call.start())
                .with("use", seen.what)
                .with("algorithm", seen.algorithm)
                .with("symbol", symbol)
                .with("size", seen.size)
                .with("strong", seen.strong);
            found.push((call.start(), item));
            return;
        }
    }
}

/// The rules of the blocklist that a use breaks.
pub(super) fn weak<'a>(
    call: &'a ExprCall,
    scope: usize,
    names: &Names<'a>,
) -> Vec<(&'static str, String)> {
    let mut hits = Vec::new();
    if !may_matter(call) {
        return hits;
    }
    for symbol in names.resolve(&call.func, scope) {
        let Some(seen) = of_symbol(&symbol, call) else {
            continue;
        };
        match seen.what {
            "cipher" if !seen.strong => hits.push(("weak-cipher", symbol.clone())),
            "mode" if !seen.strong => hits.push(("ecb", symbol.clone())),
            "key" if !seen.strong => hits.push(("weak-key", symbol.clone())),
            _ => {}
        }
        let mode = call.arguments.find_argument_value("mode", 1);
        let ecb = mode.is_some_and(|mode| {
            let resolved = names.resolve(mode, scope);
            resolved.iter().any(|name| name.ends_with(".MODE_ECB"))
        });
        if seen.what == "cipher" && ecb {
            hits.push(("ecb", symbol.clone()));
        }
        if is_static_iv(&seen, &symbol, call) {
            hits.push(("static-iv", symbol));
        }
        break;
    }
    hits
}

fn is_static_iv(seen: &Use, symbol: &str, call: &ExprCall) -> bool {
    let named = call
        .arguments
        .find_keyword("iv")
        .or_else(|| call.arguments.find_keyword("nonce"));
    let value = named.map(|keyword| &keyword.value);
    let value = value.or_else(|| match seen.what {
        "mode" => call.arguments.find_positional(0),
        "cipher" if symbol.rsplit('.').next() == Some("new") => call.arguments.find_positional(2),
        _ => None,
    });
    value.is_some_and(is_constant)
}

/// Bytes that are the same in every run: a literal, or one repeated.
fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::BytesLiteral(_) => true,
        Expr::BinOp(both) => is_constant(&both.left) || is_constant(&both.right),
        Expr::Call(call) => {
            let empty = matches!(call.func.as_ref(), Expr::Name(name) if name.id == "bytes");
            empty && matches!(call.arguments.args.first(), Some(Expr::NumberLiteral(_)))
        }
        _ => false,
    }
}

fn may_matter(call: &ExprCall) -> bool {
    match call.func.as_ref() {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => {
            let last = attribute.attr.as_str();
            let known = [
                "new",
                "generate",
                "generate_private_key",
                "pbkdf2_hmac",
                "scrypt",
                "hashpw",
                "hash",
                "token_bytes",
                "token_hex",
                "token_urlsafe",
                "randbelow",
                "urandom",
                "ECB",
                "CBC",
                "CTR",
                "GCM",
                "CFB",
                "OFB",
                "XTS",
                "SSLContext",
                "create_default_context",
                "PasswordHasher",
                "using",
                "encrypt",
            ];
            known.contains(&last) || WEAK.contains(&last) || STRONG.contains(&last)
        }
        _ => false,
    }
}

fn of_symbol(symbol: &str, call: &ExprCall) -> Option<Use> {
    let (module, last) = symbol.rsplit_once('.')?;
    if module.starts_with("cryptography.hazmat") {
        return of_cryptography(module, last, call);
    }
    if module.starts_with("Crypto.") || module.starts_with("Cryptodome.") {
        return of_pycryptodome(module, last, call);
    }
    if module.starts_with("passlib.hash") {
        return of_passlib(module, last, call);
    }
    let hashed = |algorithm: &str, rounds| made("password-hash", algorithm, rounds, true);
    let seen = match (module, last) {
        ("hashlib", "pbkdf2_hmac") => {
            let hash = call
                .arguments
                .find_argument_value("hash_name", 0)
                .and_then(literal);
            let name = format!("pbkdf2-{}", hash.unwrap_or_default());
            hashed(name.trim_end_matches('-'), size(call, "iterations", 3))
        }
        ("hashlib", "scrypt") => hashed("scrypt", size(call, "n", 4)),
        ("bcrypt", "hashpw") => hashed("bcrypt", None),
        ("argon2", "PasswordHasher") | ("argon2.PasswordHasher()", "hash") => {
            hashed("argon2", None)
        }
        ("secrets", "token_bytes" | "token_hex" | "token_urlsafe" | "randbelow" | "choice")
        | ("os", "urandom") => made("random", last, None, true),
        ("ssl", "create_default_context" | "SSLContext") => made("tls", last, None, true),
        _ => return None,
    };
    Some(seen)
}

fn made(what: &'static str, algorithm: &str, size: Option<u64>, strong: bool) -> Use {
    Use {
        what,
        algorithm: algorithm.to_owned(),
        size,
        strong,
    }
}

fn last_of(module: &str) -> &str {
    module.rsplit('.').next().unwrap_or(module)
}

fn of_cryptography(module: &str, last: &str, call: &ExprCall) -> Option<Use> {
    let family = last_of(module);
    if WEAK.contains(&last) || STRONG.contains(&last) {
        return Some(made("cipher", last, None, STRONG.contains(&last)));
    }
    if family == "modes" {
        return Some(made("mode", last, None, last != "ECB"));
    }
    (last == "generate_private_key").then(|| {
        let size = size(call, "key_size", usize::from(family == "rsa"));
        let enough = !matches!(family, "rsa" | "dsa") || size.is_none_or(|size| size >= KEY_BITS);
        made("key", family, size, enough)
    })
}

fn of_pycryptodome(module: &str, last: &str, call: &ExprCall) -> Option<Use> {
    let family = last_of(module);
    match last {
        "new" if module.contains(".Cipher.") => {
            Some(made("cipher", family, None, !WEAK.contains(&family)))
        }
        "generate" if matches!(family, "RSA" | "DSA") => {
            let size = size(call, "bits", 0);
            let enough = size.is_none_or(|size| size >= KEY_BITS);
            Some(made("key", &family.to_ascii_lowercase(), size, enough))
        }
        _ => None,
    }
}

fn of_passlib(module: &str, last: &str, call: &ExprCall) -> Option<Use> {
    const WEAK_SCHEMES: [&str; 9] = [
        "md5_crypt",
        "des_crypt",
        "lmhash",
        "nthash",
        "plaintext",
        "hex_md5",
        "hex_sha1",
        "ldap_md5",
        "ldap_sha1",
    ];
    let scheme = module
        .split('.')
        .nth(2)
        .unwrap_or(last)
        .trim_end_matches("()");
    let rounds = size(call, "rounds", usize::MAX);
    matches!(last, "hash" | "encrypt" | "using").then(|| {
        made(
            "password-hash",
            scheme,
            rounds,
            !WEAK_SCHEMES.contains(&scheme),
        )
    })
}

fn size(call: &ExprCall, name: &str, position: usize) -> Option<u64> {
    match call.arguments.find_argument_value(name, position)? {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int.as_u64(),
            _ => None,
        },
        _ => None,
    }
}
