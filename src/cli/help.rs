//! Help: one screen for `--help`, every flag with its reason for `audit help main`. Both name only
//! what this program has.

use clap::Command;

use crate::render::table::layout::{margin, pad, width};
use crate::render::table::{Paint, Style, Text};

/// The first line of the help.
pub(crate) const ABOUT: &str =
    "Turn a repository, its tools' reports and its history into evidence for a SOC 2® examination.";

/// The column at which an example is explained.
const EXPLAINED: usize = 45;
/// The column at which a flag is explained.
const REASONS: usize = 34;

/// Examples, with the flag or command each of them needs.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "--controls",
        "audit --controls soc2",
        "examine this directory, write a bundle, gate the build",
    ),
    (
        "explain",
        "audit explain CI-01",
        "what a control asks, what was found, what to do",
    ),
];

/// The commands by what they are for.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Look",
        &[
            "explain",
            "controls",
            "relations",
            "inspect",
            "facts",
            "diff",
            "waivers",
        ],
    ),
    (
        "Quarter",
        &["population", "sample", "attest", "ledger", "rollup"],
    ),
    ("Hand over", &["verify", "reperform", "export"]),
    ("Set up", &["init", "run", "keys", "completions", "man"]),
];

/// A flag with its reason.
type Flag = (&'static str, &'static str);

/// The flags of the main command in groups; one sentence each, with its reason.
const FLAGS: &[(&str, &[Flag])] = &[
    (
        "Examine",
        &[
            (
                "[PATH]",
                "the directory; all paths are shown from its git root [.]",
            ),
            (
                "--controls NAME|DIR",
                "what to hold it against; required, so that no run is against nothing",
            ),
            (
                "--period 2026-Q4|2026-11|FROM..TO",
                "the period that the run is kept for, into which it has to fall; examines nothing more; days inclusive, UTC [the quarter]",
            ),
            (
                "--policy FILE",
                "one policy for many repositories [.audit/policy.yaml]",
            ),
            (
                "--only ID,…",
                "some controls, while a fix is being written; no bundle, so it is no evidence",
            ),
            (
                "--as-of TIME",
                "judge ages and expiries at a time, which is printed in the report with where it came from [now; env: SOURCE_DATE_EPOCH]",
            ),
            ("--git FILE", "the git to run, where it is not on PATH"),
            (
                "--check-objects",
                "have git check every object against its name; it takes minutes",
            ),
            (
                "--max-value SIZE",
                "the longest single value that is read, so that no report can fill the memory [64 MiB]",
            ),
        ],
    ),
    (
        "Write",
        &[
            (
                "--out DIR",
                "where bundles go; none is ever overwritten [audit-evidence]",
            ),
            (
                "--format NAME[:FILE]",
                "table json html markdown github sarif code-scanning junit csv oscal hdf; repeatable; one without FILE takes stdout, csv needs a folder [table]",
            ),
            (
                "--sign KEY",
                "without it every page says unsigned [env: AUDIT_SIGNING_KEY]",
            ),
            (
                "--announce",
                "say in the ledger that a run begins, so that one begun until it comes out well is seen",
            ),
            (
                "--tsa URL",
                "have an authority stamp the ledger: shows that the run was made no later",
            ),
            (
                "--challenge TEXT",
                "a word from the auditor: shows the bundle was not made before it",
            ),
            (
                "--redaction-key FILE",
                "commits to reports out of which secrets were taken, so that it can be shown later which they were [env: AUDIT_REDACTION_KEY]",
            ),
            (
                "--redact-unknown mask|exclude",
                "what to do with a file that may hold a secret; without it, refuse",
            ),
        ],
    ),
    (
        "Gate",
        &[
            (
                "--fail-on critical|high|medium|low",
                "exceptions below it do not set exit 1; they are printed all the same [low]",
            ),
            (
                "--waivers-from REF",
                "so that a change cannot waive itself [in CI the base branch]",
            ),
        ],
    ),
    (
        "Show",
        &[
            (
                "--color auto|always|never",
                "colours mark what a word says already [auto; env: NO_COLOR]",
            ),
            (
                "--width N",
                "columns of a line, 60 to 120 [the terminal's, else 100; env: COLUMNS]",
            ),
            (
                "--ascii",
                "x ? ~ ! - for the signs, where a font lacks them",
            ),
            ("-q", "titles, counts and the end"),
            ("-v", "every deviation and gap"),
            ("-vv", "every file read, with times, on standard error"),
        ],
    ),
];

const ENVIRONMENT: &str = "Environment also: GITHUB_ACTIONS (annotations), GITHUB_BASE_REF (waivers), GITHUB_STEP_SUMMARY (summary), AUDIT_SIGNING_KEY (the key), AUDIT_REDACTION_KEY (the key for redaction), GITHUB_SERVER_URL and GITHUB_REPOSITORY (links), what GitHub Actions and GitLab say of a job (as claims), TERM, PATH, HOME; nothing else is read.";

/// Exit codes with their meanings.
const EXITS: &[(&str, &str)] = &[
    ("0", "nothing stands against the gate"),
    ("1", "exceptions noted, not waived"),
    ("2", "usage, policy or catalogue invalid"),
    ("3", "no exceptions, but something was not tested"),
    ("4", "verification failed"),
    ("5", "verified, trust not established"),
    (
        "70",
        "a bug: the message asks for a report and shows no backtrace without RUST_BACKTRACE",
    ),
];

/// The help of one command.
const SHAPE: &str = "{about}\n\n  {usage}\n\n{all-args}\n";

/// A command whose help has the shape of all others.
pub(crate) fn shaped(command: Command) -> Command {
    let usage = format!("audit {}", command.get_name());
    command
        .help_template(SHAPE)
        .bin_name(usage)
        .disable_help_subcommand(true)
        .mut_subcommands(shaped)
}

/// The help of one command, as `audit COMMAND --help` prints it.
pub(crate) fn of(command: &Command) -> String {
    command.clone().render_help().to_string()
}

/// Whether the program has a command, a flag or a positional.
fn has(command: &Command, name: &str) -> bool {
    match name {
        "[PATH]" => command.get_positionals().next().is_some(),
        flag => match flag.strip_prefix("--") {
            Some(long) => command
                .get_arguments()
                .any(|it| it.get_long() == Some(long)),
            None => match flag.strip_prefix('-').and_then(|it| it.chars().next()) {
                Some(short) => command
                    .get_arguments()
                    .any(|it| it.get_short() == Some(short)),
                None => command.find_subcommand(flag).is_some(),
            },
        },
    }
}

/// One screen: what it is for, how to start, which commands there are.
pub(crate) fn short(command: &Command, style: &Style) -> String {
    let mut out = format!("{}\n\n", style.own(ABOUT));
    for (_, example, about) in EXAMPLES.iter().filter(|(needs, ..)| has(command, needs)) {
        out.push_str(&pad(&format!("  {example}"), EXPLAINED));
        out.push_str(about);
        out.push('\n');
    }
    out.push('\n');
    for (group, names) in GROUPS {
        let names: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| has(command, name))
            .collect();
        if !names.is_empty() {
            out.push_str(&style.paint(Paint::Bold, group));
            out.push_str(&" ".repeat(11_usize.saturating_sub(width(group))));
            out.push_str(&names.join("  "));
            out.push('\n');
        }
    }
    out.push_str(&style.own(
        "Exit 0 nothing stands against the gate · 1 exceptions · 3 not tested · more: audit help main\n",
    ));
    out
}

/// Every flag of the main command, with its reason.
pub(crate) fn long(command: &Command, style: &Style) -> String {
    let mut out = format!("{}\n\naudit [PATH] --controls NAME|DIR\n", style.own(ABOUT));
    for (group, flags) in FLAGS {
        let flags: Vec<&Flag> = flags
            .iter()
            .filter(|(flag, _)| has(command, flag.split(' ').next().unwrap_or(flag)))
            .collect();
        if flags.is_empty() {
            continue;
        }
        out.push('\n');
        out.push_str(&style.paint(Paint::Bold, group));
        out.push('\n');
        for (flag, reason) in flags {
            entry(&mut out, &style.own(flag), reason, style);
        }
    }
    out.push('\n');
    let text = Text::new(ENVIRONMENT);
    crate::render::table::layout::write(&mut out, &text, style, 0, 0);
    out.push('\n');
    out.push_str(&style.paint(Paint::Bold, "Exit"));
    out.push('\n');
    for (code, meaning) in EXITS {
        out.push_str("  ");
        let indent = 6;
        out.push_str(&pad(code, indent - 2));
        let text = Text::new(*meaning);
        crate::render::table::layout::write(&mut out, &text, style, indent, indent);
    }
    out.push_str(
        "\nNothing turns exit 3 into 0, hides a line, or skips a control and still writes a bundle.\n",
    );
    out
}

/// A flag and its reason; a long flag stands on its own line.
fn entry(out: &mut String, flag: &str, reason: &str, style: &Style) {
    let flag = format!("  {flag}");
    let text = Text::new(reason);
    if width(&flag) + 2 <= REASONS {
        margin(out, &flag, &text, style, REASONS);
    } else {
        out.push_str(&flag);
        out.push('\n');
        margin(out, "", &text, style, REASONS);
    }
}
