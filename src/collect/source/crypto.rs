//! Cryptography: ciphers, modes, keys, protocols, hashing of passwords, and random values.

use super::About;
use super::called::Called;
use super::look::Found;
use super::names::literal;
use crate::model::relations::CODE_CRYPTO;
use crate::parse::python::ast::{Expr, Number, Operator};
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
pub(super) fn look(
    called: &Called<'_, '_>,
    module: &Module<'_>,
    about: &About<'_>,
    found: &mut Found,
) {
    if !may_matter(called) {
        return;
    }
    let call = called.call;
    for symbol in called.resolved() {
        if let Some(seen) = of_symbol(symbol, called) {
            let item = about
                .item(&CODE_CRYPTO, module, call.start())
                .with("use", seen.what)
                .with("algorithm", seen.algorithm)
                .with("symbol", symbol.as_str())
                .with("size", seen.size)
                .with("strong", seen.strong);
            found.push((call.start(), item));
            return;
        }
    }
}

/// The rules of the blocklist that a use breaks.
pub(super) fn weak(called: &Called<'_, '_>) -> Vec<(&'static str, String)> {
    let mut hits = Vec::new();
    if !may_matter(called) {
        return hits;
    }
    let call = called.call;
    for symbol in called.resolved() {
        let Some(seen) = of_symbol(symbol, called) else {
            continue;
        };
        match seen.what {
            "digest" if !seen.strong => hits.push(("weak-hash", symbol.clone())),
            "cipher" if !seen.strong => hits.push(("weak-cipher", symbol.clone())),
            "mode" if !seen.strong => hits.push(("ecb", symbol.clone())),
            "key" if !seen.strong => hits.push(("weak-key", symbol.clone())),
            _ => {}
        }
        let mode = call.arguments.find_argument_value("mode", 1);
        let ecb = mode.is_some_and(|mode| {
            let resolved = called.names.resolve(mode, called.scope);
            // The constant is 1 in every cipher of PyCryptodome.
            let numbered = number(mode) == Some(1) && called.last == "new";
            numbered || resolved.iter().any(|name| name.ends_with(".MODE_ECB"))
        });
        if seen.what == "cipher" && ecb {
            hits.push(("ecb", symbol.clone()));
        }
        if is_static_iv(&seen, symbol, called) {
            hits.push(("static-iv", symbol.clone()));
        }
        break;
    }
    hits
}

fn is_static_iv(seen: &Use, symbol: &str, called: &Called<'_, '_>) -> bool {
    let mut named = ["iv", "nonce", "initialization_vector"].into_iter();
    let value = named.find_map(|name| called.keyword(name));
    let positional = |at| called.call.arguments.find_positional(at);
    let value = value.or_else(|| match seen.what {
        "mode" => positional(0),
        "cipher" if symbol.rsplit('.').next() == Some("new") => positional(2),
        _ => None,
    });
    let reached = value.map(|value| called.reached(value));
    reached.into_iter().flatten().any(is_constant)
}

/// Bytes that are the same in every run: a literal, one repeated or put together, or one that a
/// function decodes.
fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::BytesLiteral(_) => true,
        Expr::BinOp(both) if matches!(both.op, Operator::Mult) => {
            is_constant(&both.left) || is_constant(&both.right)
        }
        Expr::BinOp(both) => is_constant(&both.left) && is_constant(&both.right),
        Expr::Call(call) => {
            let given = call.arguments.args.first();
            match call.func.as_ref() {
                Expr::Name(name) if matches!(name.id.as_str(), "bytes" | "bytearray") => {
                    matches!(
                        given,
                        Some(
                            Expr::NumberLiteral(_) | Expr::BytesLiteral(_) | Expr::StringLiteral(_)
                        )
                    )
                }
                Expr::Attribute(it) if it.attr.as_str() == "encode" => literal(&it.value).is_some(),
                Expr::Attribute(it)
                    if matches!(it.attr.as_str(), "fromhex" | "unhexlify" | "b64decode") =>
                {
                    matches!(given, Some(Expr::StringLiteral(_) | Expr::BytesLiteral(_)))
                }
                _ => false,
            }
        }
        _ => false,
    }
}

fn may_matter(called: &Called<'_, '_>) -> bool {
    match called.call.func.as_ref() {
        Expr::Name(_) => true,
        Expr::Attribute(_) => {
            let last = called.last;
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
                "crypt",
                "mksalt",
                "MD5",
                "SHA1",
            ];
            known.contains(&last) || WEAK.contains(&last) || STRONG.contains(&last)
        }
        _ => false,
    }
}

fn of_symbol(symbol: &str, called: &Called<'_, '_>) -> Option<Use> {
    let (module, last) = symbol.rsplit_once('.')?;
    let call = called.call;
    if module.starts_with("cryptography.hazmat") {
        return of_cryptography(module, last, called);
    }
    if module.starts_with("Crypto.") || module.starts_with("Cryptodome.") {
        return of_pycryptodome(module, last, called);
    }
    if module == "crypt" && matches!(last, "crypt" | "mksalt") {
        return of_crypt(last, called);
    }
    if module.starts_with("passlib.hash") {
        return of_passlib(module, last, called);
    }
    let hashed = |algorithm: &str, rounds| made("password-hash", algorithm, rounds, true);
    let seen = match (module, last) {
        ("hashlib", "pbkdf2_hmac") => {
            let hash = call
                .arguments
                .find_argument_value("hash_name", 0)
                .and_then(literal);
            let name = format!("pbkdf2-{}", hash.unwrap_or_default());
            hashed(name.trim_end_matches('-'), size(called, "iterations", 3))
        }
        ("hashlib", "scrypt") => hashed("scrypt", size(called, "n", 4)),
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

/// The methods of the old module `crypt`, of which only those of SHA-2 are sound.
fn of_crypt(last: &str, called: &Called<'_, '_>) -> Option<Use> {
    let (name, position) = if last == "crypt" {
        ("salt", 1)
    } else {
        ("method", 0)
    };
    let method = called.call.arguments.find_argument_value(name, position)?;
    let methods = called.names.resolve(method, called.scope);
    let method = methods
        .iter()
        .find_map(|it| it.strip_prefix("crypt.METHOD_"))?;
    let weak = matches!(method, "CRYPT" | "MD5" | "BLOWFISH");
    Some(made("digest", &format!("crypt-{method}"), None, !weak))
}

/// Curves on which a logarithm takes less than 2 to the power of 112: NIST SP 800-131A.
const WEAK_CURVES: [&str; 10] = [
    "SECT163K1",
    "SECT163R2",
    "SECP192R1",
    "PRIME192V1",
    "P-192",
    "P192",
    "NIST P-192",
    "SECP160R1",
    "SECP160K1",
    "SECP112R1",
];

fn of_cryptography(module: &str, last: &str, called: &Called<'_, '_>) -> Option<Use> {
    let call = called.call;
    let family = last_of(module);
    if family == "hashes" && matches!(last, "MD5" | "SHA1") {
        return Some(made("digest", last, None, false));
    }
    if family == "ec" && last == "generate_private_key" {
        let curve = call.arguments.find_argument_value("curve", 0);
        let curves = curve.map(|curve| called.names.resolve(curve, called.scope));
        let named = curves
            .iter()
            .flatten()
            .map(|name| last_of(name.trim_end_matches("()")));
        let weak = named.clone().any(|name| WEAK_CURVES.contains(&name));
        return Some(made("key", family, None, !weak));
    }
    if WEAK.contains(&last) || STRONG.contains(&last) {
        return Some(made("cipher", last, None, STRONG.contains(&last)));
    }
    if family == "modes" {
        return Some(made("mode", last, None, last != "ECB"));
    }
    (last == "generate_private_key").then(|| {
        let size = size(called, "key_size", usize::from(family == "rsa"));
        let enough = !matches!(family, "rsa" | "dsa") || size.is_none_or(|size| size >= KEY_BITS);
        made("key", family, size, enough)
    })
}

fn of_pycryptodome(module: &str, last: &str, called: &Called<'_, '_>) -> Option<Use> {
    let family = last_of(module);
    let call = called.call;
    match last {
        "new" if module.contains(".Hash.") => {
            let weak = ["MD2", "MD4", "MD5", "SHA", "SHA1", "RIPEMD", "RIPEMD160"];
            weak.contains(&family)
                .then(|| made("digest", family, None, false))
        }
        "generate" if family == "ECC" => {
            let curve = call
                .arguments
                .find_argument_value("curve", 0)
                .and_then(literal);
            let weak =
                curve.is_some_and(|it| WEAK_CURVES.contains(&it.to_ascii_uppercase().as_str()));
            Some(made("key", "ec", None, !weak))
        }
        "new" if module.contains(".Cipher.") => {
            Some(made("cipher", family, None, !WEAK.contains(&family)))
        }
        "generate" if matches!(family, "RSA" | "DSA") => {
            let size = size(called, "bits", 0);
            let enough = size.is_none_or(|size| size >= KEY_BITS);
            Some(made("key", &family.to_ascii_lowercase(), size, enough))
        }
        _ => None,
    }
}

fn of_passlib(module: &str, last: &str, called: &Called<'_, '_>) -> Option<Use> {
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
    let rounds = size(called, "rounds", usize::MAX);
    matches!(last, "hash" | "encrypt" | "using").then(|| {
        made(
            "password-hash",
            scheme,
            rounds,
            !WEAK_SCHEMES.contains(&scheme),
        )
    })
}

/// The smallest number that an argument may be.
fn size(called: &Called<'_, '_>, name: &str, position: usize) -> Option<u64> {
    let value = called.argument(name, position)?;
    called.reached(value).into_iter().filter_map(number).min()
}

/// A number that is written, or calculated from such.
fn number(value: &Expr) -> Option<u64> {
    match value {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int.as_u64(),
            _ => None,
        },
        Expr::BinOp(both) => {
            let (left, right) = (number(&both.left)?, number(&both.right)?);
            let small = u32::try_from(right);
            match both.op {
                Operator::Add => left.checked_add(right),
                Operator::Sub => left.checked_sub(right),
                Operator::Mult => left.checked_mul(right),
                Operator::Pow => left.checked_pow(small.ok()?),
                Operator::LShift => left.checked_mul(2_u64.checked_pow(small.ok()?)?),
                _ => None,
            }
        }
        _ => None,
    }
}
