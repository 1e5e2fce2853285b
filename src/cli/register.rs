//! The register of waivers as a run counts it: the one of the work tree or, so that a change cannot
//! waive itself, only what stands on another commit as well.

use std::env;

use crate::git::Repository;
use crate::load::{Adoption, Problem, Text, WAIVERS, load_waivers};
use crate::model::control::Control;
use crate::model::run::DefinitionFile;
use crate::model::text::visible;
use crate::model::time::Moment;
use crate::model::waiver::{Waiver, WaiverState, WaiversFrom};
use crate::tree::file;

/// The ref that waivers count from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// As it is shown: `origin/main`.
    shown: String,
    /// As git is asked for it.
    name: String,
}

impl Base {
    /// What `--waivers-from` names; in CI the base branch of a pull request; else nothing.
    ///
    /// # Errors
    /// A value that can be no ref. It is refused rather than taken for none given, after which the
    /// work tree would count.
    pub(crate) fn asked(given: Option<&str>) -> Result<Option<Self>, Problem> {
        let set = |name: &str| {
            let value = env::var_os(name).unwrap_or_default();
            value.to_string_lossy().into_owned()
        };
        Self::choose(given, &set("GITHUB_ACTIONS"), &set("GITHUB_BASE_REF"))
    }

    fn choose(given: Option<&str>, actions: &str, branch: &str) -> Result<Option<Self>, Problem> {
        match given {
            Some(name) if name.trim().is_empty() || name.starts_with('-') => {
                let found = match name.trim() {
                    "" => "none".into(),
                    _ => visible(name),
                };
                let title =
                    format!("expected a branch, tag or commit, found {found} (--waivers-from)");
                let fix = "Name where approved waivers stand: --waivers-from origin/main";
                Err(Problem::new("value", title, fix))
            }
            Some(name) => Ok(Some(Self {
                shown: name.to_owned(),
                name: name.to_owned(),
            })),
            // The full name: a tag that is called origin/main must not take the branch's place.
            None if actions == "true" && !branch.is_empty() => Ok(Some(Self {
                shown: format!("origin/{branch}"),
                name: format!("refs/remotes/origin/{branch}"),
            })),
            None => Ok(None),
        }
    }

    /// Its register, and what the run seals of it.
    fn read(&self, repository: Option<&Repository>) -> (WaiversFrom, Option<Text>) {
        let mut from = WaiversFrom {
            name: self.shown.clone(),
            commit: None,
            found: None,
            fault: None,
        };
        let Some(repository) = repository else {
            from.fault = Some("there is no git repository".to_owned());
            return (from, None);
        };
        let commit = match repository.commit_of(&self.name) {
            Ok(commit) => commit,
            Err(error) => {
                from.fault = Some(error.to_string());
                return (from, None);
            }
        };
        let path = format!("{}{WAIVERS}", repository.scope);
        let bytes = repository.file_at(&commit, &path);
        from.commit = Some(commit);
        let text = bytes.map_err(|error| error.to_string());
        match text.and_then(|bytes| bytes.map(|bytes| file::decode(&bytes)).transpose()) {
            Ok(text) => (from, text.map(|text| Text { path, text })),
            Err(says) => {
                from.fault = Some(unreadable(&says));
                (from, None)
            }
        }
    }
}

fn unreadable(says: &str) -> String {
    format!("its {WAIVERS} cannot be read: {says}")
}

/// All waivers of the work tree, with what is known of each.
pub(crate) struct Register {
    /// The file; `None` where there is none.
    pub(crate) file: Option<Text>,
    /// Its entries.
    pub(crate) waivers: Vec<Waiver>,
    /// Everything that is wrong with them.
    pub(crate) faults: Vec<Problem>,
    /// What they count from, if not from the work tree.
    pub(crate) from: Option<WaiversFrom>,
    /// The register they count from, as it is shipped.
    pub(crate) shipped: Option<DefinitionFile>,
}

impl Register {
    /// Reads the register of the work tree and, where there is a base, what of it stands there.
    pub(crate) fn read(
        adoption: &Adoption,
        controls: &[Control],
        base: Option<&Base>,
        repository: Option<&Repository>,
    ) -> Self {
        let file = adoption.waivers.clone();
        let (waivers, faults) = file
            .as_ref()
            .map(|file| load_waivers(file, controls))
            .unwrap_or_default();
        let mut register = Self {
            file,
            waivers,
            faults,
            from: None,
            shipped: None,
        };
        if let Some(base) = base {
            register.count_from(base.read(repository), controls);
        }
        register
    }

    /// The register as another run counted it: its file, and what that run found on the base.
    pub(crate) fn recorded(
        adoption: &Adoption,
        controls: &[Control],
        base: Option<(WaiversFrom, Option<Text>)>,
    ) -> Self {
        let mut register = Self::read(adoption, controls, None, None);
        if let Some(base) = base {
            register.count_from(base, controls);
        }
        register
    }

    /// Lets those count that stand on the base with the same content.
    fn count_from(&mut self, (mut from, text): (WaiversFrom, Option<Text>), controls: &[Control]) {
        let (there, faults) = text
            .as_ref()
            .map(|text| load_waivers(text, controls))
            .unwrap_or_default();
        if from.fault.is_none() {
            match faults.first().filter(|_| there.is_empty()) {
                Some(problem) => from.fault = Some(unreadable(&problem.title)),
                None => from.found = Some(there.len()),
            }
        }
        for waiver in &mut self.waivers {
            // An entry that covers nothing there must not begin to count because the work tree
            // mends what is wrong around it, such as a second entry of the same id.
            let stands = |known: &Waiver| known.faults.is_empty() && known.says_the_same(waiver);
            waiver.on_base = Some(from.found.is_some() && there.iter().any(stands));
        }
        self.shipped = text.map(|text| DefinitionFile {
            path: "policy/base/waivers.yaml".to_owned(),
            source: format!(
                "{} at {}",
                text.path,
                from.commit.as_deref().unwrap_or_default()
            ),
            bytes: text.text.into_bytes(),
        });
        self.from = Some(from);
    }

    /// The waivers for the controls that are examined, with their states.
    pub(crate) fn states(&self, only: &[String], as_of: Moment) -> Vec<(Waiver, WaiverState)> {
        let meant = |waiver: &&Waiver| only.is_empty() || only.contains(&waiver.control);
        self.waivers
            .iter()
            .filter(meant)
            .map(|waiver| (waiver.clone(), waiver.state(as_of)))
            .collect()
    }
}

/// Where waivers count from, as the table names it.
pub(crate) fn shown(from: &WaiversFrom) -> String {
    match from.found {
        Some(_) => from.name.clone(),
        None => format!("{}, which cannot be read", from.name),
    }
}

/// The notice beside the table: where waivers count from, and how many stand there.
pub(crate) fn notice(from: &WaiversFrom) -> String {
    let name = visible(&from.name);
    let at = from.commit.as_deref().map_or(String::new(), |commit| {
        let short: String = commit.chars().take(12).collect();
        format!(" at {short}")
    });
    let says = match (from.found, &from.fault) {
        (Some(0), _) => "which has none".to_owned(),
        (Some(found), _) => format!("which has {found}"),
        (None, fault) => format!(
            "but {}: no waiver counts",
            visible(fault.as_deref().unwrap_or("it cannot be read"))
        ),
    };
    format!("audit: waivers count from {name}{at}, {says}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(given: Option<&str>, actions: &str, branch: &str) -> Option<String> {
        Base::choose(given, actions, branch)
            .expect("a ref or none")
            .map(|base| base.name)
    }

    #[test]
    fn the_base_is_the_flags_then_that_of_the_pull_request_then_none() {
        assert_eq!(name(None, "", ""), None);
        assert_eq!(name(None, "true", ""), None);
        assert_eq!(name(None, "", "main"), None);
        assert_eq!(
            name(None, "true", "main").as_deref(),
            Some("refs/remotes/origin/main")
        );
        assert_eq!(name(Some("v1"), "true", "main").as_deref(), Some("v1"));
    }

    #[test]
    fn what_can_be_no_ref_is_refused_and_not_taken_for_none() {
        for wrong in ["", " ", "-n", "--all"] {
            let refused = Base::choose(Some(wrong), "", "");
            assert!(refused.is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_known_is_said() {
        let mut from = WaiversFrom {
            name: "origin/main".to_owned(),
            commit: None,
            found: None,
            fault: Some("it is not in this clone".to_owned()),
        };
        assert_eq!(
            notice(&from),
            "audit: waivers count from origin/main, but it is not in this clone: no waiver counts\n"
        );
        from.found = Some(3);
        from.commit = Some("e11fd03b2c5487".to_owned());
        assert_eq!(
            notice(&from),
            "audit: waivers count from origin/main at e11fd03b2c54, which has 3\n"
        );
    }
}
