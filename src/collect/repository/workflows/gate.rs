//! Checks that a workflow runs, and the job that speaks for all of them: it waits for them and fails
//! unless each has succeeded, so that one required check stands for all.
//!
//! A job that was skipped counts as a success where its check is required. So the job that gates has
//! to run whatever became of the others, and has to refuse those that failed, were cancelled or were
//! skipped.

use std::collections::BTreeSet;

use super::endings;
use super::tools::{self, Check};
use crate::collect::Sink;
use crate::model::fact::{Item, Source};
use crate::model::relations::{WORKFLOW_ARTIFACT, WORKFLOW_CHECK, WORKFLOW_GATE};
use crate::model::value::Value;
use crate::parse::yaml::{Data, Entry, Node};

/// Reads the checks and gates of a workflow.
pub(super) fn read(path: &str, root: &Node, sink: &mut Sink) {
    let jobs: Vec<Job<'_>> = root
        .get("jobs")
        .into_iter()
        .flat_map(Node::entries)
        .map(Job::of)
        .collect();
    let file = File {
        path,
        on_changes: on_changes(root.get("on")),
        scheduled: root.get("on").is_some_and(|on| names(on, "schedule")),
        shell: shell(root),
    };
    let gates: Vec<Gate<'_>> = jobs.iter().filter_map(|job| Gate::of(job, &jobs)).collect();
    for gate in &gates {
        sink.item(gate.item(&file, &jobs));
    }
    for job in &jobs {
        let sound = |gate: &&Gate<'_>| gate.is_sound() && gate.covers(job);
        let gate = gates.iter().find(sound).map(|gate| gate.job.check_name());
        for step in job.steps() {
            for (check, line) in checks(step, file.shell || shell(job.node)) {
                sink.item(check_item(&file, job, step, &check, line, gate));
            }
            if let Some(item) = artifact(path, job, step) {
                sink.item(item);
            }
        }
    }
}

/// What holds for the whole file.
struct File<'f> {
    path: &'f str,
    on_changes: bool,
    scheduled: bool,
    /// Whether a pipe fails with any of its commands: `shell: bash`, where it is said.
    shell: bool,
}

fn shell(of: &Node) -> bool {
    let run = of.get("defaults").and_then(|defaults| defaults.get("run"));
    let shell = run.and_then(|run| run.get("shell")).and_then(Node::text);
    shell == Some("bash")
}

fn names(on: &Node, event: &str) -> bool {
    on.texts().contains(&event) || on.get(event).is_some() || has_key(on, event)
}

fn has_key(node: &Node, key: &str) -> bool {
    node.entries().iter().any(|entry| entry.name() == key)
}

/// Whether a workflow runs for every change before it is merged: for pull requests, whatever files
/// they touch, or in the queue before the merge.
fn on_changes(on: Option<&Node>) -> bool {
    let Some(on) = on else { return false };
    if names(on, "merge_group") && !names(on, "pull_request") {
        return true;
    }
    if !names(on, "pull_request") {
        return false;
    }
    let Some(filter) = on.get("pull_request") else {
        return true;
    };
    let types = filter.get("types").map(Node::texts).unwrap_or_default();
    let left_out = ["paths", "paths-ignore"]
        .iter()
        .any(|key| has_key(filter, key));
    !left_out && (types.is_empty() || types.contains(&"synchronize"))
}

/// A job of the workflow.
struct Job<'j> {
    id: &'j str,
    line: u32,
    node: &'j Node,
    needs: Vec<&'j str>,
}

impl<'j> Job<'j> {
    fn of(entry: &'j Entry) -> Self {
        Self {
            id: entry.name(),
            line: entry.key.line,
            node: &entry.value,
            needs: entry
                .value
                .get("needs")
                .map(Node::texts)
                .unwrap_or_default(),
        }
    }

    /// What its check is called: its name, or else its key.
    fn check_name(&self) -> &'j str {
        self.node
            .get("name")
            .and_then(Node::text)
            .unwrap_or(self.id)
    }

    fn steps(&self) -> impl Iterator<Item = &'j Node> {
        let steps = self.node.get("steps").map(Node::members);
        steps.unwrap_or_default().iter().map(AsRef::as_ref)
    }

    /// Whether it checks out the whole history.
    fn has_history(&self) -> bool {
        self.steps().any(|step| {
            let uses = step.get("uses").and_then(Node::text).unwrap_or_default();
            let depth = step.get("with").and_then(|with| with.get("fetch-depth"));
            uses.starts_with("actions/checkout@") && depth.and_then(Node::text) == Some("0")
        })
    }
}

/// A condition without white space and the signs of an expression.
fn squeezed(text: &str) -> String {
    let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let bare = text
        .strip_prefix("${{")
        .and_then(|it| it.strip_suffix("}}"));
    bare.map_or(text.clone(), str::to_owned)
}

/// Whether a job or step runs only under a condition that something else decides.
fn is_conditional(node: &Node) -> bool {
    let condition = node.get("if").and_then(Node::text).map(squeezed);
    condition
        .is_some_and(|it| !["always()", "success()", "!cancelled()", "true"].contains(&it.as_str()))
}

/// A job that speaks for others.
struct Gate<'j> {
    job: &'j Job<'j>,
    always: bool,
    /// How a job may have ended that it lets pass all the same.
    accepts: Vec<&'static str>,
    /// The jobs that it waits for, through others.
    covered: BTreeSet<&'j str>,
}

impl<'j> Gate<'j> {
    /// A job that waits for others and looks at how they ended, or runs whatever became of them.
    fn of(job: &'j Job<'j>, jobs: &'j [Job<'j>]) -> Option<Self> {
        if job.needs.is_empty() {
            return None;
        }
        let condition = job.node.get("if").and_then(Node::text).map(squeezed);
        let condition = condition.unwrap_or_default();
        let said = said(job.node);
        let looks = said.contains("needs.*.result")
            || said.contains("toJSON(needs)")
            || said.contains("toJson(needs)")
            || job
                .needs
                .iter()
                .any(|need| said.contains(&format!("needs.{need}.result")));
        if !looks {
            return None;
        }
        Some(Self {
            job,
            always: condition == "always()",
            accepts: endings::accepts(&said, &job.needs),
            covered: covered(job, jobs),
        })
    }

    fn is_sound(&self) -> bool {
        self.always && self.accepts.is_empty()
    }

    fn covers(&self, job: &Job<'_>) -> bool {
        job.id == self.job.id || self.covered.contains(job.id)
    }

    fn item(&self, file: &File<'_>, jobs: &[Job<'_>]) -> Item {
        let others = jobs.iter().filter(|job| !self.covers(job));
        Item::new(&WORKFLOW_GATE, Source::line(file.path, self.job.line))
            .with("path", file.path)
            .with("line", self.job.line)
            .with("job", self.job.id)
            .with("name", self.job.check_name())
            .with("on_changes", file.on_changes)
            .with("always", self.always)
            .with("accepts", Value::texts(self.accepts.iter().copied()))
            .with("others", Value::texts(others.map(|job| job.id)))
    }
}

/// Everything that the steps of a job and their variables say, without white space.
fn said(job: &Node) -> String {
    fn gather(node: &Node, depth: usize, into: &mut String) {
        match &node.data {
            Data::Mapping(entries) if depth > 0 => {
                for entry in entries {
                    into.push_str(entry.name());
                    into.push(':');
                    gather(&entry.value, depth - 1, into);
                }
            }
            _ if depth > 0 && !node.members().is_empty() => {
                for member in node.members() {
                    gather(member, depth - 1, into);
                }
            }
            _ => {
                let text = node.text().unwrap_or_default();
                into.extend(text.chars().filter(|sign| !sign.is_whitespace()));
                into.push('\n');
            }
        }
    }
    let mut into = String::new();
    for key in ["steps", "env"] {
        if let Some(node) = job.get(key) {
            gather(node, 4, &mut into);
        }
    }
    into.replace('"', "'")
}

/// The jobs that a job waits for, through those that it waits for.
fn covered<'j>(job: &'j Job<'j>, jobs: &'j [Job<'j>]) -> BTreeSet<&'j str> {
    let mut covered: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = job.needs.clone();
    while let Some(id) = open.pop() {
        if !covered.insert(id) {
            continue;
        }
        let Some(next) = jobs.iter().find(|job| job.id == id) else {
            continue;
        };
        // One that runs whatever became of those before it does not pass on how they ended.
        if !is_always(next) {
            open.extend(next.needs.iter().copied());
        }
    }
    covered
}

fn is_always(job: &Job<'_>) -> bool {
    let condition = job.node.get("if").and_then(Node::text).map(squeezed);
    condition.is_some_and(|it| {
        it.contains("always()") || it.contains("cancelled()") || it.contains("failure()")
    })
}

/// The checks of a step, each with its line in the file.
fn checks(step: &Node, shell: bool) -> Vec<(Check, u32)> {
    if let Some(uses) = step.get("uses") {
        let check = tools::of_action(uses.text().unwrap_or_default());
        return check.map(|check| (check, uses.line)).into_iter().collect();
    }
    let Some(run) = step.get("run") else {
        return Vec::new();
    };
    let bash = shell || step.get("shell").and_then(Node::text) == Some("bash");
    let found = tools::of_script(run.text().unwrap_or_default(), bash).into_iter();
    found
        .map(|check| {
            let within = u32::try_from(check.line).unwrap_or(u32::MAX);
            // The text of a block begins on the line behind its sign.
            let first = run.line.saturating_add(within);
            (check, first)
        })
        .collect()
}

fn check_item(
    file: &File<'_>,
    job: &Job<'_>,
    step: &Node,
    check: &Check,
    line: u32,
    gate: Option<&str>,
) -> Item {
    let goes_on = |node: &Node| {
        let says = node.get("continue-on-error").and_then(Node::text);
        says.is_some_and(|says| says != "false")
    };
    let blocking = !check.ignored && !goes_on(step) && !goes_on(job.node);
    Item::new(&WORKFLOW_CHECK, Source::line(file.path, line))
        .with("path", file.path)
        .with("line", line)
        .with("job", job.id)
        .with("name", job.check_name())
        .with("kind", check.kind)
        .with("tool", check.tool.as_str())
        .with("on_changes", file.on_changes)
        .with("scheduled", file.scheduled)
        .with(
            "conditional",
            is_conditional(job.node) || is_conditional(step),
        )
        .with("blocking", blocking)
        .with("history", job.has_history())
        .with("gated", gate.is_some())
        .with("merge_check", gate.unwrap_or_else(|| job.check_name()))
}

/// A file that a step keeps.
fn artifact(path: &str, job: &Job<'_>, step: &Node) -> Option<Item> {
    let uses = step.get("uses")?;
    if !uses.text()?.starts_with("actions/upload-artifact@") {
        return None;
    }
    let with = |key: &str| {
        step.get("with")
            .and_then(|with| with.get(key))
            .and_then(Node::text)
    };
    let days = with("retention-days").and_then(|days| days.trim().parse::<i64>().ok());
    Some(
        Item::new(&WORKFLOW_ARTIFACT, Source::line(path, uses.line))
            .with("path", path)
            .with("line", uses.line)
            .with("job", job.id)
            .with("name", with("name"))
            .with("retention_days", days.map(Value::from)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::yaml::parse;

    /// Whether a gate with these lines always runs, and what it accepts.
    fn gate(condition: &str, steps: &str) -> Option<(bool, String)> {
        let text = format!(
            "jobs:\n  a: {{}}\n  b: {{}}\n  g:\n    needs: [a, b]\n    if: {condition}\n    steps:\n{steps}"
        );
        let root = parse(&text).expect("yaml");
        let jobs: Vec<Job<'_>> = root
            .get("jobs")
            .expect("jobs")
            .entries()
            .iter()
            .map(Job::of)
            .collect();
        let found = jobs.iter().find_map(|job| Gate::of(job, &jobs));
        found.map(|gate| (gate.always, gate.accepts.join(" ")))
    }

    #[test]
    fn a_gate_is_judged_by_what_it_lets_pass() {
        let sound = Some((true, String::new()));
        for steps in [
            "    - run: jq -e 'all(.[]; .result == \"success\")' <<< '${{ toJSON(needs) }}'\n",
            "    - uses: re-actors/alls-green@release/v1\n      with:\n        jobs: ${{ toJSON(needs) }}\n",
            "    - if: needs.a.result != 'success' || needs.b.result != 'success'\n      run: exit 1\n",
            "    - run: test \"${{ needs.a.result }}\" == \"success\" && test \"${{ needs.b.result }}\" == \"success\"\n",
            "    - if: contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled') || contains(needs.*.result, 'skipped')\n      run: exit 1\n",
            "    - run: test \"${{ needs.a.result }}\" = success && test \"${{ needs.b.result }}\" = success\n",
        ] {
            assert_eq!(gate("always()", steps), sound, "{steps}");
        }
    }

    #[test]
    fn a_gate_that_lets_other_endings_pass_says_which() {
        let sound = Some((true, String::new()));
        for (steps, accepts) in [
            (
                "    - if: contains(needs.*.result, 'failure')\n      run: exit 1\n",
                "cancelled skipped",
            ),
            (
                "    - if: contains(needs.*.result, 'failure')\n      run: echo bad\n",
                "failure cancelled skipped",
            ),
            (
                "    - if: needs.a.result != 'success' || needs.b.result != 'success'\n      run: echo bad\n",
                "failure cancelled skipped",
            ),
            (
                "    - run: if [ \"${{ needs.a.result }}\" = \"success\" ] && [ \"${{ needs.b.result }}\" = \"success\" ]; then echo good; fi\n",
                "failure cancelled skipped",
            ),
            (
                "    - run: jq 'all(.[]; .result == \"success\")' <<< '${{ toJSON(needs) }}'\n",
                "failure cancelled skipped",
            ),
            (
                "    - run: echo '${{ toJSON(needs) }}'\n",
                "failure cancelled skipped",
            ),
            (
                "    - if: needs.a.result != 'success'\n      run: exit 1\n",
                "failure cancelled skipped",
            ),
            (
                "    - run: jq -e 'all(.[]; .result == \"success\" or .result == \"skipped\")' <<< '${{ toJSON(needs) }}'\n",
                "failure cancelled skipped",
            ),
            (
                "    - uses: re-actors/alls-green@release/v1\n      with:\n        allowed-skips: a\n        jobs: ${{ toJSON(needs) }}\n",
                "skipped",
            ),
        ] {
            assert_eq!(
                gate("always()", steps),
                Some((true, accepts.to_owned())),
                "{steps}"
            );
        }
        let steps =
            "    - run: jq -e 'all(.[]; .result == \"success\")' <<< '${{ toJSON(needs) }}'\n";
        assert_eq!(gate("${{ always() }}", steps), sound);
        for condition in [
            "success()",
            "${{ !cancelled() }}",
            "always() && github.actor != 'x'",
        ] {
            assert_eq!(
                gate(condition, steps),
                Some((false, String::new())),
                "{condition}"
            );
        }
        assert_eq!(gate("always()", "    - run: echo done\n"), None);
    }

    #[test]
    fn a_filter_of_files_leaves_changes_out() {
        for (on, expected) in [
            ("pull_request", true),
            ("[push, pull_request]", true),
            ("{ merge_group: }", true),
            ("{ pull_request: { branches: [main] } }", true),
            ("{ pull_request: { paths: ['src/**'] } }", false),
            ("{ pull_request: { types: [closed] } }", false),
            ("push", false),
            ("pull_request_target", false),
        ] {
            let root = parse(&format!("on: {on}\n")).expect("yaml");
            assert_eq!(on_changes(root.get("on")), expected, "{on}");
        }
    }
}
