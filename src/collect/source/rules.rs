//! The blocklist: what each rule looks for, what can come of it, and what to do instead.

/// A rule of the blocklist.
#[derive(Debug)]
pub struct Rule {
    /// Its name in facts and controls.
    pub name: &'static str,
    /// The weakness, by the number of MITRE's CWE.
    pub cwe: u32,
    /// What it finds.
    pub finds: &'static str,
    /// What can come of it.
    pub risk: &'static str,
    /// What to do instead.
    pub instead: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
}

const fn rule(
    name: &'static str,
    cwe: u32,
    finds: &'static str,
    risk: &'static str,
    instead: &'static str,
    source: &'static str,
) -> Rule {
    Rule {
        name,
        cwe,
        finds,
        risk,
        instead,
        source,
    }
}

const RUNS: &str = "whoever controls the data runs code in the process";
const SHELL: &str = "a part of the command that comes from outside is run by the shell";
const PLAIN: &str = "whoever stands between the two reads and changes what they send";
const GUESS: &str = "the value can be computed by whoever sees a few others";

/// Every rule, sorted by name.
pub static RULES: &[Rule] = &[
    rule(
        "assert",
        703,
        "`assert` outside tests",
        "the check is gone when Python runs with `-O`",
        "raise an exception of its own",
        "bandit B101, ruff S101",
    ),
    rule(
        "bind-all",
        605,
        "an address of all interfaces, given to a call or as a host",
        "the service answers in networks it was not meant for",
        "bind to one address, taken from the configuration",
        "bandit B104, ruff S104",
    ),
    rule(
        "code-handed-on",
        94,
        "`eval`, `exec`, `os.system` and kin, handed on as a value",
        RUNS,
        "hand on a function that takes data as data",
        "ruff S102, S307 and S605, of references",
    ),
    rule(
        "compile",
        94,
        "the builtin `compile`",
        RUNS,
        "`ast.literal_eval`, or a parser for what is really expected",
        "Python's documentation of `compile`",
    ),
    rule(
        "debug-on",
        489,
        "a web framework made or run with `debug=True`, `app.debug`, or `DEBUG = True` in settings",
        "errors show code, and in some frameworks a console, to whoever meets them",
        "take the switch from the environment, off by default",
        "bandit B201, ruff S201",
    ),
    rule(
        "debugger",
        489,
        "`breakpoint`, `set_trace` of `pdb` and kin, and an embedded shell",
        "the process stops, and whoever has its terminal commands it",
        "take it out",
        "flake8-debugger, ruff T100",
    ),
    rule(
        "ecb",
        327,
        "a cipher in ECB mode",
        "equal blocks of plain text stay equal",
        "an authenticated mode, such as GCM",
        "bandit B305, NIST SP 800-38A",
    ),
    rule(
        "eval",
        95,
        "the builtin `eval`",
        RUNS,
        "`ast.literal_eval`, or a parser for what is really expected",
        "bandit B307, ruff S307",
    ),
    rule(
        "exec",
        95,
        "the builtin `exec`",
        RUNS,
        "a function, or a table of functions by name",
        "bandit B102, ruff S102",
    ),
    rule(
        "insecure-random",
        330,
        "the module `random`",
        GUESS,
        "`secrets`, or `random.SystemRandom`, where a secret is made",
        "bandit B311, ruff S311",
    ),
    rule(
        "jsonpickle",
        502,
        "`jsonpickle.decode` and kin",
        RUNS,
        "JSON, with a schema",
        "bandit B301's family, jsonpickle's documentation",
    ),
    rule(
        "marshal",
        502,
        "`marshal.load` and `marshal.loads`",
        RUNS,
        "JSON, with a schema",
        "bandit B302, ruff S302",
    ),
    rule(
        "os-system",
        78,
        "`os.system`, `os.popen`, `subprocess.getoutput` and their ancestors",
        SHELL,
        "`subprocess.run` with a list of arguments",
        "bandit B605, ruff S605",
    ),
    rule(
        "pickle",
        502,
        "`pickle`, `cPickle`, `dill` or `cloudpickle` reading data",
        RUNS,
        "JSON, with a schema",
        "bandit B301, ruff S301",
    ),
    rule(
        "print",
        1295,
        "`print` without `file`, outside tests",
        "what was written while looking for a mistake is shown to whoever runs the program",
        "a logger, or `sys.stdout.write` for what is meant to be shown",
        "flake8-print, ruff T201",
    ),
    rule(
        "read-pickle",
        502,
        "a library's reader of pickles: `pandas.read_pickle`, `numpy.load` with `allow_pickle`, `joblib.load`",
        RUNS,
        "a format that holds data alone: Parquet, CSV, `.npy` without pickles",
        "the libraries' documentation",
    ),
    rule(
        "reader-handed-on",
        502,
        "`pickle.loads` and kin, handed on as a value",
        RUNS,
        "JSON, with a schema",
        "ruff S301, of references",
    ),
    rule(
        "shell-argument",
        78,
        "`shell=True` given to something else than `subprocess`",
        SHELL,
        "a list of arguments, without a shell",
        "bandit B604, ruff S604",
    ),
    rule(
        "shell-true",
        78,
        "`subprocess` or `asyncio` with a shell, by `shell=True` or by its name",
        SHELL,
        "a list of arguments, without a shell",
        "bandit B602, ruff S602",
    ),
    rule(
        "shelve",
        502,
        "`shelve.open`",
        RUNS,
        "`sqlite3`, or JSON",
        "bandit B301, ruff S301",
    ),
    rule(
        "static-iv",
        329,
        "a cipher given a literal as its initialisation vector",
        "equal plain texts give equal cipher texts",
        "`os.urandom` for every message",
        "CWE-329, NIST SP 800-38A",
    ),
    rule(
        "tempfile-mktemp",
        377,
        "`tempfile.mktemp`",
        "another process takes the name first",
        "`tempfile.mkstemp` or `NamedTemporaryFile`",
        "bandit B306, ruff S306",
    ),
    rule(
        "tls-old",
        327,
        "TLS before 1.2, or SSL",
        PLAIN,
        "`ssl.create_default_context`, with TLS 1.2 at least",
        "bandit B502 and B503, RFC 8996",
    ),
    rule(
        "tls-verify-off",
        295,
        "a certificate or host name that is not checked: `verify=False`, `CERT_NONE`, `check_hostname = False`",
        PLAIN,
        "leave the check on; give the authority's certificate where it is a private one",
        "bandit B501 and B323, ruff S501",
    ),
    rule(
        "torch-load",
        502,
        "`torch.load` without `weights_only=True`",
        RUNS,
        "`weights_only=True`, or safetensors",
        "bandit B614, PyTorch's documentation",
    ),
    rule(
        "traceback-returned",
        209,
        "a traceback in what a function returns",
        "a client reads paths, code and values of the server",
        "log it, and return a number by which it is found",
        "CWE-209",
    ),
    rule(
        "weak-cipher",
        327,
        "DES, triple DES, RC2, RC4, Blowfish, CAST, IDEA or SEED",
        "the cipher text can be read without the key",
        "AES-GCM or ChaCha20-Poly1305",
        "bandit B304, ruff S304",
    ),
    rule(
        "weak-hash",
        327,
        "MD2, MD4, MD5 or SHA-1, of `hashlib`, `cryptography`, PyCryptodome or `crypt`, unless `usedforsecurity=False`",
        "two texts with one digest can be made",
        "SHA-256 or better; `usedforsecurity=False` where nothing rests on it",
        "bandit B324, ruff S324",
    ),
    rule(
        "weak-key",
        326,
        "an RSA or DSA key under 2048 bits, or a curve under 224 bits",
        "the private key can be computed",
        "RSA with 3072 bits, or Ed25519",
        "bandit B505, NIST SP 800-131A",
    ),
    rule(
        "xml",
        611,
        "a parser of the standard library or `lxml` reading XML",
        "a document reads files, or fills the memory",
        "`defusedxml`",
        "bandit B314 to B319, ruff S314 to S319",
    ),
    rule(
        "yaml-load",
        502,
        "`yaml.load` without a safe loader, `full_load`, `unsafe_load`, and `ruamel.yaml` asked for the unsafe",
        RUNS,
        "`yaml.safe_load`",
        "bandit B506, ruff S506",
    ),
];

/// The rule of a name.
pub(super) fn of(name: &str) -> Option<&'static Rule> {
    let found = RULES.binary_search_by(|rule| rule.name.cmp(name)).ok()?;
    RULES.get(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_sorted_and_found() {
        assert!(RULES.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(RULES.iter().all(|rule| of(rule.name).is_some()));
    }
}
