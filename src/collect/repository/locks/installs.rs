//! Commands of workflows that install dependencies, and whether each installs what a lock file
//! fixes and nothing else.
//!
//! What a tool does without being told differs: npm's `ci` and Poetry's `install` keep to the lock
//! file, npm's `install` and Cargo's `build` may change it. pip checks digests as soon as a list of
//! requirements holds any.

use super::commands::{self, Command};
use crate::collect::repository::place;
use crate::collect::{Input, Scene, Sink};
use crate::model::fact::{Item, Source};
use crate::model::relations::WORKFLOW_INSTALL;
use crate::parse::yaml::{self, Node};

const FOLDER: &str = ".github/workflows/";

/// Whether a file holds scripts of the pipeline: a workflow, or an action of the repository.
pub(super) fn is_script(path: &str, input: &Input<'_>) -> bool {
    let ending = path
        .rsplit_once('.')
        .is_some_and(|(_, it)| matches!(it, "yml" | "yaml"));
    // Where workflows lie is looked up only for what may be one.
    if !ending {
        return false;
    }
    let Some(inside) = path.strip_prefix(input.base_with(FOLDER)) else {
        return false;
    };
    let (folder, name) = super::parts(inside);
    let workflow = format!("{folder}/") == FOLDER;
    workflow || matches!(name, "action.yml" | "action.yaml")
}

/// What the rest of the repository says about an installation.
pub(super) struct Installs {
    /// Lists of requirements with a digest of every package, from the git root.
    hashed: Vec<String>,
    modern_yarn: bool,
}

/// What a command installs, and whether it keeps to a lock file.
#[derive(Debug, PartialEq, Eq)]
struct Install {
    tool: &'static str,
    what: &'static str,
    frozen: bool,
}

impl Installs {
    pub(super) const fn new(hashed: Vec<String>, modern_yarn: bool) -> Self {
        Self {
            hashed,
            modern_yarn,
        }
    }

    /// Reads the scripts of the pipeline.
    pub(super) fn collect(&self, scene: &Scene<'_>, tracked: &[&str], sink: &mut Sink) {
        let mut paths: Vec<&str> = tracked.to_vec();
        // Workflows may lie above the folder that is examined.
        paths.extend(scene.files().map(|(path, _)| path));
        paths.retain(|path| is_script(path, scene.input));
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            let Some((file, text)) = place::text(scene, path, &[&WORKFLOW_INSTALL], sink) else {
                continue;
            };
            match yaml::parse(&text) {
                Ok(root) => {
                    sink.examined(&WORKFLOW_INSTALL, file);
                    self.file(path, &root, sink);
                }
                Err(error) => sink.unparsable(&[&WORKFLOW_INSTALL], file, &error),
            }
        }
    }

    fn file(&self, path: &str, root: &Node, sink: &mut Sink) {
        let mut set = variables(root);
        let jobs = root.get("jobs").map(Node::entries).unwrap_or_default();
        for job in jobs {
            let outer = set.len();
            set.extend(variables(&job.value));
            let folder = defaults(&job.value).or_else(|| defaults(root));
            self.steps(path, job.value.get("steps"), folder, &set, sink);
            set.truncate(outer);
        }
        let steps = root.get("runs").and_then(|runs| runs.get("steps"));
        self.steps(path, steps, None, &set, sink);
    }

    fn steps(
        &self,
        path: &str,
        steps: Option<&Node>,
        folder: Option<&str>,
        set: &[String],
        sink: &mut Sink,
    ) {
        for step in steps.map(Node::members).unwrap_or_default() {
            let Some(run) = step.get("run") else { continue };
            let script = run.text().unwrap_or_default();
            let own = step.get("working-directory").and_then(Node::text);
            let folder = own.or(folder).unwrap_or_default();
            let mut all = set.to_vec();
            all.extend(variables(step));
            for command in commands::of(script) {
                let Some(install) = self.install(&command, folder, &all) else {
                    continue;
                };
                let within = u32::try_from(command.line).unwrap_or(u32::MAX);
                let line = run.line.saturating_add(within);
                sink.item(
                    Item::new(&WORKFLOW_INSTALL, Source::line(path, line))
                        .with("path", path)
                        .with("line", line)
                        .with("tool", install.tool)
                        .with("command", command.words.join(" "))
                        .with("what", install.what)
                        .with("frozen", install.frozen),
                );
            }
        }
    }

    fn install(&self, command: &Command, folder: &str, set: &[String]) -> Option<Install> {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let words = bare(&words);
        let (tool, rest) = words.split_first()?;
        let tool = tool.rsplit('/').next().unwrap_or(tool);
        let is_set = |name: &str| {
            let value = |it: &String| it.strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
            let values = command.set.iter().chain(set).filter_map(value);
            values
                .into_iter()
                .any(|value| !matches!(value.as_str(), "" | "0" | "false"))
        };
        match tool {
            "pip" | "pip3" => self.pip("pip", rest, folder, is_set("PIP_REQUIRE_HASHES")),
            "python" | "python3" | "py" => match rest {
                ["-m", "pip", rest @ ..] => {
                    self.pip("pip", rest, folder, is_set("PIP_REQUIRE_HASHES"))
                }
                _ => None,
            },
            "uv" => match rest {
                ["pip", rest @ ..] => self.pip("uv", rest, folder, is_set("UV_REQUIRE_HASHES")),
                ["sync", rest @ ..] => {
                    let told = has(rest, &["--locked", "--frozen"]);
                    let set = is_set("UV_LOCKED") || is_set("UV_FROZEN");
                    Some(project("uv", told || set))
                }
                _ => None,
            },
            "yarn" => yarn(
                rest,
                self.modern_yarn,
                is_set("YARN_ENABLE_IMMUTABLE_INSTALLS"),
            ),
            "bundle" | "bundler" => {
                let set = is_set("BUNDLE_FROZEN") || is_set("BUNDLE_DEPLOYMENT");
                let install = rest.first() == Some(&"install");
                let told = has(rest, &["--deployment", "--frozen"]);
                install.then(|| project("bundler", told || set))
            }
            _ => by_itself(tool, rest),
        }
    }

    /// pip, by itself or as uv has it.
    fn pip(&self, tool: &'static str, words: &[&str], folder: &str, told: bool) -> Option<Install> {
        let (verb, rest) = words.split_first()?;
        let lists: Vec<&str> = match *verb {
            "install" => values_of(rest, &["-r", "--requirement", "--requirements"]),
            "sync" => rest
                .iter()
                .filter(|word| !word.starts_with('-'))
                .copied()
                .collect(),
            _ => return None,
        };
        let told = told || has(rest, &["--require-hashes"]);
        if !lists.is_empty() {
            let hashed = |list: &&str| self.is_hashed(list, folder);
            return Some(project(tool, told || lists.iter().all(hashed)));
        }
        let own = |word: &&str| *word == "." || word.starts_with(".[") || word.starts_with("./");
        if rest.iter().any(own) {
            // Without its dependencies nothing comes from outside.
            return Some(project(tool, has(rest, &["--no-deps"])));
        }
        Some(named(tool))
    }

    /// Whether a list that a script names is one with a digest of every package.
    fn is_hashed(&self, list: &str, folder: &str) -> bool {
        let folder = folder.trim_start_matches("./").trim_end_matches('/');
        let path = super::below(folder, list.trim_start_matches("./"));
        self.hashed.contains(&path)
    }
}

fn project(tool: &'static str, frozen: bool) -> Install {
    let what = "project";
    Install { tool, what, frozen }
}

/// Packages that the command itself names are fixed by no lock file.
fn named(tool: &'static str) -> Install {
    Install {
        tool,
        what: "named",
        frozen: false,
    }
}

fn has(words: &[&str], options: &[&str]) -> bool {
    words.iter().any(|word| options.contains(word))
}

/// The values of an option, as its own word or after an equals sign.
fn values_of<'w>(words: &[&'w str], options: &[&str]) -> Vec<&'w str> {
    let mut values = Vec::new();
    let mut next = false;
    for word in words {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        if next {
            values.push(*word);
            next = false;
        } else if options.contains(&name) && !value.is_empty() {
            values.push(value);
        } else if options.contains(word) {
            next = true;
        } else if let Some(joined) = word.strip_prefix("-r").filter(|it| !it.is_empty()) {
            values.push(joined);
        }
    }
    values
}

/// A command without those that merely run it in an environment.
fn bare<'w>(words: &'w [&'w str]) -> &'w [&'w str] {
    match words {
        [
            "poetry" | "pdm" | "pipenv" | "hatch" | "uv" | "rye",
            "run",
            rest @ ..,
        ] => bare(rest),
        other => other,
    }
}

/// Tools whose command alone tells what they do.
fn by_itself(tool: &str, rest: &[&str]) -> Option<Install> {
    let names = rest.iter().skip(1).any(|word| !word.starts_with('-'));
    let verb = rest.first().copied().unwrap_or_default();
    Some(match (tool, verb) {
        ("poetry", "install" | "sync") => project("poetry", true),
        ("poetry", "update") => project("poetry", false),
        ("pdm", "sync") => project("pdm", true),
        ("pdm", "install") => project("pdm", has(rest, &["--frozen-lockfile", "--check"])),
        ("pipenv", "sync") => project("pipenv", true),
        ("pipenv", "install") if names => named("pipenv"),
        ("pipenv", "install") => project("pipenv", has(rest, &["--deploy", "--ignore-pipfile"])),
        ("npm", "ci" | "clean-install") => project("npm", true),
        ("npm", "install" | "i" | "add") if names => named("npm"),
        ("npm", "install" | "i") => project("npm", false),
        ("pnpm", "add") => named("pnpm"),
        // In a pipeline pnpm refuses to change its lock file unless it is told to.
        ("pnpm", "install" | "i") => project("pnpm", !has(rest, &["--no-frozen-lockfile"])),
        ("bun", "ci") => project("bun", true),
        ("bun", "install" | "i") if names => named("bun"),
        ("bun", "install" | "i") => project("bun", has(rest, &["--frozen-lockfile"])),
        ("cargo", "install") if !has(rest, &["--path"]) => named("cargo"),
        (
            "cargo",
            "build" | "b" | "install" | "publish" | "package" | "run" | "r" | "test" | "t",
        ) => project("cargo", has(rest, &["--locked", "--frozen"])),
        ("go", "get") => named("go"),
        // Go refuses what its lists of digests do not hold.
        ("go", "build" | "test") => project("go", !has(rest, &["-mod=mod"])),
        ("go", "mod") if rest.get(1) == Some(&"download") => project("go", true),
        ("composer", "install") => project("composer", true),
        ("composer", "update") => project("composer", false),
        _ => return None,
    })
}

/// Yarn installs without a verb too. Since version 2 it refuses to change its lock file in a
/// pipeline unless it is told to.
fn yarn(rest: &[&str], modern: bool, set: bool) -> Option<Install> {
    match rest.first() {
        None | Some(&"install") => {}
        Some(&"add") => return Some(named("yarn")),
        Some(option) if option.starts_with("--") && *option != "--version" => {}
        Some(_) => return None,
    }
    let told = has(rest, &["--immutable", "--frozen-lockfile"]);
    let loosened = has(rest, &["--no-immutable"]);
    Some(project("yarn", (told || modern || set) && !loosened))
}

/// The variables that a workflow, job or step sets, as `NAME=value`.
fn variables(node: &Node) -> Vec<String> {
    let entries = node.get("env").map(Node::entries).unwrap_or_default();
    let line = |entry: &yaml::Entry| Some(format!("{}={}", entry.name(), entry.value.text()?));
    entries.iter().filter_map(line).collect()
}

/// The folder in which the scripts of a workflow or job run, unless a step says another.
fn defaults(node: &Node) -> Option<&str> {
    let run = node.get("defaults")?.get("run")?;
    run.get("working-directory")?.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(script: &str, set: &[&str]) -> String {
        let installs = Installs::new(vec!["app/requirements.txt".to_owned()], false);
        let set: Vec<String> = set.iter().map(|it| (*it).to_owned()).collect();
        let command = commands::of(script).remove(0);
        match installs.install(&command, "app", &set) {
            None => "nothing".to_owned(),
            Some(it) => format!("{} {} {}", it.tool, it.what, it.frozen),
        }
    }

    #[test]
    fn each_tool_keeps_to_its_lock_file_in_its_own_way() {
        for (script, expected) in [
            ("pip install -r requirements.txt", "pip project true"),
            ("pip install --requirement=other.txt", "pip project false"),
            (
                "pip install -rother.txt --require-hashes",
                "pip project true",
            ),
            ("python -m pip install -e .[dev]", "pip project false"),
            ("pip install --no-deps .", "pip project true"),
            ("pip install --upgrade pip", "pip named false"),
            ("pip list", "nothing"),
            ("uv sync", "uv project false"),
            ("UV_FROZEN=1 uv sync", "uv project true"),
            ("uv sync --locked --all-extras", "uv project true"),
            ("uv pip sync requirements.txt", "uv project true"),
            ("uv run pytest", "nothing"),
            ("poetry install --no-root", "poetry project true"),
            ("pipenv install --deploy", "pipenv project true"),
            ("npm ci", "npm project true"),
            ("npm install --no-audit", "npm project false"),
            ("npm install -g npm@latest", "npm named false"),
            ("npm run build", "nothing"),
            ("yarn", "yarn project false"),
            ("yarn install --immutable", "yarn project true"),
            ("yarn test", "nothing"),
            ("pnpm install", "pnpm project true"),
            ("cargo test --locked", "cargo project true"),
            ("cargo build --release", "cargo project false"),
            ("cargo install cargo-deny --locked", "cargo named false"),
            ("cargo fmt --check", "nothing"),
            ("go build ./...", "go project true"),
            ("bundle install", "bundler project false"),
        ] {
            assert_eq!(seen(script, &[]), expected, "{script}");
        }
        assert_eq!(
            seen("bundle install", &["BUNDLE_FROZEN=true"]),
            "bundler project true"
        );
        assert_eq!(seen("uv sync", &["UV_LOCKED=0"]), "uv project false");
    }
}
