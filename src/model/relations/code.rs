//! What the source of a Python project shows.

use super::super::relation::{Field, Kind, Origin, Relation};
use super::{LINE, PATH, field};

const COLUMN: Field = field("column", Kind::Int, "the column, from 1, in characters");
const IN_TESTS: Field = field("in_tests", Kind::Bool, "whether the file is one of tests");
const SCOPE: Field = field(
    "scope",
    Kind::Text,
    "production, tests, vendored, generated or examples, as the policy's scopes say",
);
/// The security categories of a test, in the source and in a report alike.
pub(super) const CATEGORY: Field = field(
    "category",
    Kind::Texts,
    "the security categories it is declared to be of: input_validation, authentication, \
     authorization, data_protection or error_handling",
);
/// By which reports of other languages are told apart.
pub(super) const LANGUAGE: Field = field("language", Kind::Text, "python");
const REASON: Field = field("reason", Kind::Text, "why, as written");

const SOUGHT: &str = "*.py";
const REMEDY: &str =
    "Mend the file so that Python 3 can read it, or name it under scopes in the policy.";

/// Calls on the blocklist.
pub static CODE_CALL: Relation = Relation {
    name: "code.call",
    item: "a call on the blocklist in Python source",
    noun: ("call on the blocklist", "calls on the blocklist"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field("rule", Kind::Text, "the rule of the blocklist"),
        field(
            "symbol",
            Kind::Text,
            "what is called, through imports and aliases",
        ),
        field(
            "cwe",
            Kind::Int,
            "the number of the weakness in MITRE's CWE",
        ),
        field(
            "reading",
            Kind::Text,
            "which reading the rule took, where it has several",
        ),
        field("instead", Kind::Text, "what to do instead"),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["rule", "symbol"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Checks that are comments.
pub static CODE_COMMENTED_ASSERT: Relation = Relation {
    name: "code.commented_assert",
    item: "an assert, or a call of one of unittest's, that stands in comments",
    noun: ("assert in comments", "asserts in comments"),
    fields: &[PATH, LINE, COLUMN, IN_TESTS, SCOPE],
    shown: &["path", "line"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Tests that are comments.
pub static CODE_COMMENTED_TEST: Relation = Relation {
    name: "code.commented_test",
    item: "a test function that stands in comments",
    noun: ("test in comments", "tests in comments"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field("name", Kind::Text, "its function"),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["name"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Handlers that swallow.
pub static CODE_HANDLER: Relation = Relation {
    name: "code.handler",
    item: "an except that swallows what it catches, or that is bare",
    noun: ("exception handler", "exception handlers"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field("catches", Kind::Text, "bare, broad or typed"),
        field(
            "body",
            Kind::Text,
            "pass, continue or ellipsis; for a bare one also raise or other",
        ),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["catches", "body"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Skips and expected failures.
pub static CODE_MARKER: Relation = Relation {
    name: "code.marker",
    item: "a skip or expected failure in a Python test",
    noun: ("skip or expected failure", "skips and expected failures"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field(
            "marker",
            Kind::Text,
            "skip, skipif, xfail, importorskip, skipIf, skipUnless, expectedFailure, skipTest or SkipTest",
        ),
        field("framework", Kind::Text, "pytest or unittest"),
        field("symbol", Kind::Text, "its whole name"),
        field(
            "form",
            Kind::Text,
            "decorator, call, module, parameter, raise, alias or dynamic",
        ),
        REASON,
        field(
            "conditional",
            Kind::Bool,
            "whether it holds only under a condition",
        ),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["marker", "form"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Work that comments leave.
pub static CODE_TODO: Relation = Relation {
    name: "code.todo",
    item: "a TODO, FIXME, XXX or HACK in a comment",
    noun: ("comment of work left", "comments of work left"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field("tag", Kind::Text, "TODO, FIXME, XXX or HACK"),
        field("issue", Kind::Text, "the issue it names, as written"),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["tag"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Warnings that comments switch off.
pub static CODE_SUPPRESSION: Relation = Relation {
    name: "code.suppression",
    item: "a comment that switches a tool's warning off",
    noun: ("suppression", "suppressions"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field(
            "kind",
            Kind::Text,
            "noqa, nosec, type: ignore, pragma: no cover, nosemgrep, pylint: disable, pylint or mypy",
        ),
        field(
            "codes",
            Kind::Texts,
            "the rules it names; none switches off all of them",
        ),
        REASON,
        field("file", Kind::Bool, "whether it holds for the whole file"),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["kind", "codes"],
    idioms: &[],
    origin: Origin::Tree,
    sought: SOUGHT,
    remedy: REMEDY,
};

/// Tests as they are written.
pub static CODE_TEST: Relation = Relation {
    name: "code.test",
    item: "a test in Python source",
    noun: ("test", "tests"),
    fields: &[
        PATH,
        LINE,
        field("name", Kind::Text, "its function"),
        field(
            "class",
            Kind::Text,
            "the class around it, behind those around that one",
        ),
        field(
            "test",
            Kind::Text,
            "by which it is known: tests/test_a.py::TestB::test_c",
        ),
        LANGUAGE,
        field(
            "collected",
            Kind::Bool,
            "whether a runner looks for it there: in a file that is named as tests are, and not switched off by __test__",
        ),
        field(
            "markers",
            Kind::Texts,
            "pytest's marks on it, its class and its module",
        ),
        CATEGORY,
        field(
            "asserts",
            Kind::Bool,
            "whether anything in it can fail: an assert, a raises, a method of unittest, a call of another function that is named so",
        ),
        field(
            "property",
            Kind::Bool,
            "whether it is a property test of Hypothesis",
        ),
        SCOPE,
    ],
    shown: &["name"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "functions named test_* in test_*.py and *_test.py, and in classes of unittest",
    remedy: REMEDY,
};

/// Property tests.
pub static CODE_PROPERTY_TEST: Relation = Relation {
    name: "code.property_test",
    item: "a property test of Hypothesis",
    noun: ("property test", "property tests"),
    fields: &[
        PATH,
        LINE,
        field("name", Kind::Text, "its function"),
        field("strategies", Kind::Texts, "the strategies it draws from"),
        field(
            "max_examples",
            Kind::Int,
            "how many examples it asks for, where it says",
        ),
        field("settings", Kind::Texts, "its other settings, as written"),
    ],
    shown: &["name"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "functions decorated with Hypothesis' @given",
    remedy: REMEDY,
};

/// Calls of loggers.
pub static CODE_LOG_CALL: Relation = Relation {
    name: "code.log_call",
    item: "a call of a logger",
    noun: ("log call", "log calls"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field(
            "level",
            Kind::Text,
            "debug, info, warning, error, critical, exception or log",
        ),
        field(
            "sensitive",
            Kind::Texts,
            "names of its arguments that say secret, token, password, authorization or personal data",
        ),
        field(
            "built",
            Kind::Text,
            "literal, f-string, percent, format or concatenation: how the message is made",
        ),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["level", "sensitive"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "calls of logging, structlog and loguru",
    remedy: REMEDY,
};

/// Cryptography.
pub static CODE_CRYPTO: Relation = Relation {
    name: "code.crypto",
    item: "a use of cryptography",
    noun: ("use of cryptography", "uses of cryptography"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field(
            "use",
            Kind::Text,
            "cipher, mode, key, digest (of the weak ones), tls, password-hash or random",
        ),
        field("algorithm", Kind::Text, "the algorithm, mode or version"),
        field("symbol", Kind::Text, "what is called"),
        field(
            "size",
            Kind::Int,
            "the size of the key in bits, or the rounds of a password hash, where it is a literal",
        ),
        field(
            "strong",
            Kind::Bool,
            "whether it is none of those the blocklist names",
        ),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["use", "algorithm"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "calls of cryptography, PyCryptodome, hashlib, ssl, secrets, bcrypt, argon2 and passlib",
    remedy: REMEDY,
};

/// Queries.
pub static CODE_SQL: Relation = Relation {
    name: "code.sql",
    item: "a query in SQL",
    noun: ("query in SQL", "queries in SQL"),
    fields: &[
        PATH,
        LINE,
        COLUMN,
        field(
            "built",
            Kind::Text,
            "literal, f-string, percent, format or concatenation: how the query is made",
        ),
        field("symbol", Kind::Text, "what it is given to, as written"),
        field(
            "parameters",
            Kind::Bool,
            "whether parameters are given beside it",
        ),
        IN_TESTS,
        SCOPE,
    ],
    shown: &["built", "symbol"],
    idioms: &[],
    origin: Origin::Tree,
    sought: "texts of SQL given to execute and its kin",
    remedy: REMEDY,
};
