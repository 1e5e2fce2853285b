//! The reports that are opened: the example, a repository that means harm, and one with very much
//! to say. Each is made once, through the front door.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::support::{AS_OF, Scratch, audit, bundles, commit_all, copy, ledger, package, read};

/// Texts that would act in a page that let them.
pub(crate) const HARM: [&str; 6] = [
    "<script>document.title='harm'</script>",
    "\"><img src=x onerror=document.title='harm'>",
    "javascript:document.title='harm'",
    "</style><style>*{display:none}</style>",
    "\u{202e}txt.exe\u{2066}",
    "\u{1b}[2J\u{7}gone",
];

/// A bundle in a folder that lasts as long as the tests.
pub(crate) struct Made {
    _scratch: Scratch,
    folder: PathBuf,
}

impl Made {
    /// The report.
    pub(crate) fn report(&self) -> PathBuf {
        self.folder.join("report.html")
    }

    /// A file of the bundle.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The same as data.
    pub(crate) fn data(&self) -> Json {
        serde_json::from_str(&read(&self.folder.join("report.json"))).expect("JSON")
    }
}

/// Writes a file, with the folders above it.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
    fs::write(path, text).expect("a file");
}

fn made(scratch: Scratch, repository: &Path) -> Made {
    let out = scratch.path("out");
    let said = audit(
        &scratch.path(""),
        &[
            repository.as_os_str(),
            "--controls".as_ref(),
            "soc2".as_ref(),
            "--as-of".as_ref(),
            AS_OF.as_ref(),
            "--out".as_ref(),
            out.as_os_str(),
        ],
    );
    assert!(matches!(said.code, Some(0 | 1 | 3)), "{}", said.stderr);
    let folder = bundles(&out).remove(0);
    Made {
        _scratch: scratch,
        folder,
    }
}

/// The example.
pub(crate) fn example() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let scratch = Scratch::new();
        let repository = ledger(&scratch);
        made(scratch, &repository)
    })
}

/// The example with harm in every place where a repository can put text.
pub(crate) fn hostile() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let scratch = Scratch::new();
        let repository = scratch.path("repository");
        copy(&package("examples/ledger"), &repository);
        let quoted = |text: &str| serde_json::to_string(text).expect("a quoted text");
        let mut policy = read(&repository.join(".audit/policy.yaml"));
        policy = policy.replace("Example Ledger", &quoted(&HARM.concat()));
        policy = policy.replace(
            "Branch coverage is part of how we decide that a change is tested.",
            &quoted(HARM[0]),
        );
        write(&repository.join(".audit/policy.yaml"), &policy);
        let mut waivers = String::from("apiVersion: audit/v1\nwaivers:\n");
        for (number, harm) in HARM.iter().enumerate() {
            let _ = writeln!(
                waivers,
                "  - {{ id: W-{number}, control: CP-01, reason: {0}, compensating: {0}, owner: {0}, \
                 approver: {0}, ticket: {0}, issued: 2026-11-01, expires: 2026-12-01, scope: {{ path: {0} }} }}",
                quoted(harm)
            );
        }
        write(&repository.join(".audit/waivers.yaml"), &waivers);
        let mut source = String::new();
        for harm in HARM {
            let one_line = harm.replace(['\u{1b}', '\u{7}'], "\\x1b");
            let _ = writeln!(source, "eval({one_line:?})  # TODO {one_line} {}", "wide".repeat(60));
        }
        for name in [
            "<img src=x onerror=alert(1)>.py",
            "javascript:alert(1).py",
            "\u{202e}yp.txt.py",
            "a\u{1b}[2Jb.py",
            &format!("{}.py", "long_name_without_a_break".repeat(8)),
        ] {
            write(&repository.join("src").join(name), &source);
        }
        // More than a page of a control lists.
        for number in 0..70 {
            write(&repository.join(format!("src/many/part_{number}.py")), "eval('1')\n");
        }
        let workflow = format!(
            "name: {0}\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: {1}\n      - run: {0}\n",
            quoted(HARM[0]),
            quoted(&format!("evil/{}@main", HARM[1])),
        );
        write(&repository.join(".github/workflows/harm.yml"), &workflow);
        write(
            &repository.join("reports/gitleaks.json"),
            &format!("[{}]", quoted(HARM[0])),
        );
        commit_all(&repository);
        made(scratch, &repository)
    })
}

/// How many controls the large report has that deviate.
pub(crate) const WIDE: usize = 25;

/// In how many files they stand.
const FILES: usize = 400;

/// A repository with this many deviations for each of [`WIDE`] controls of its own, beside those of
/// the catalogue.
pub(crate) fn large(each: usize) -> Made {
    let scratch = Scratch::new();
    let repository = scratch.path("repository");
    for number in 0..FILES {
        let mut source = String::new();
        for line in 0..each / FILES {
            let _ = writeln!(
                source,
                "x{line} = {line}  # TODO: take this out of the way, {line}"
            );
        }
        write(
            &repository.join(format!("src/part_{number}/work.py")),
            &source,
        );
    }
    let control =
        fs::read_to_string(package("controls/soc2/TQ-07-no-work-left.yaml")).expect("text");
    for number in 0..WIDE {
        let own = control.replace("id: TQ-07", &format!("id: XX-{:02}", number + 1));
        write(
            &repository.join(format!(".audit/controls/XX-{:02}.yaml", number + 1)),
            &own,
        );
    }
    commit_all(&repository);
    made(scratch, &repository)
}
