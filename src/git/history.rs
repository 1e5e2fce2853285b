//! What git is asked once evidence was read, with every answer kept, so that the same can be said again
//! where there is no git to ask.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::command::{Git, GitError};
use super::past::Past;
use super::repository::{Head, Repository, TreeEntry};
use crate::model::inventory::{self, Answer, Answers};
use crate::model::time::Moment;
use crate::tree::digest::ObjectFormat;

/// Where answers come from.
#[derive(Debug, Clone)]
pub(super) enum History {
    /// From git; every one of them is kept.
    Asked(Arc<Mutex<Answers>>),
    /// From the record of another run, and which questions it has no answer to.
    Recorded(Arc<Answers>, Arc<Mutex<BTreeSet<String>>>),
}

impl Default for History {
    fn default() -> Self {
        Self::Asked(Arc::default())
    }
}

/// Another commit than the examined one, as far as evidence is bound by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// When it was made, as its committer's clock said.
    pub committed_at: Option<Moment>,
    /// How many commits were made since, and how many of these change something that matters.
    pub since: Option<(u64, u64)>,
    /// The digest over its sources.
    pub sources: String,
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The kinds of signature that are told apart.
const SIGNATURES: [&str; 4] = ["none", "pgp", "ssh", "x509"];

impl Repository {
    /// A repository as the record of another run has it. `None` where the record is none.
    pub fn recorded(said: &inventory::Said, entries: Vec<TreeEntry>, scope: &str) -> Option<Self> {
        let formats = [ObjectFormat::Sha1, ObjectFormat::Sha256];
        let head = match &said.head {
            None => None,
            Some(head) => Some(Head {
                commit: head.commit.clone(),
                tree: head.tree.clone(),
                committed_at: moment(head.committed_at.as_deref())?,
                signature: SIGNATURES.iter().find(|it| **it == head.signature)?,
            }),
        };
        Some(Self {
            git: Git::closed(),
            top: std::path::PathBuf::new(),
            scope: scope.to_owned(),
            object_format: *formats.iter().find(|it| it.name() == said.object_format)?,
            head,
            unreadable: said.unreadable.clone(),
            branch: said.branch.clone(),
            shallow: said.shallow,
            replaced_objects: said.replaced_objects,
            grafts: said.grafts,
            entries,
            history: History::Recorded(Arc::new(said.answers.clone()), Arc::default()),
        })
    }

    /// What this run took from git, for the record.
    pub fn said(&self) -> inventory::Said {
        let head = self.head.as_ref().map(|head| inventory::Head {
            commit: head.commit.clone(),
            committed_at: head.committed_at.map(|moment| moment.to_string()),
            signature: head.signature.to_owned(),
            tree: head.tree.clone(),
        });
        let answers = match &self.history {
            History::Asked(kept) => lock(kept).clone(),
            History::Recorded(answers, _) => Answers::clone(answers),
        };
        inventory::Said {
            answers,
            branch: self.branch.clone(),
            grafts: self.grafts,
            head,
            object_format: self.object_format.name().to_owned(),
            replaced_objects: self.replaced_objects,
            shallow: self.shallow,
            unreadable: self.unreadable.clone(),
        }
    }

    /// The questions to which a record has no answer.
    pub fn unanswered(&self) -> BTreeSet<String> {
        match &self.history {
            History::Asked(_) => BTreeSet::new(),
            History::Recorded(_, unanswered) => lock(unanswered).clone(),
        }
    }

    /// How many objects that the examined commit names are not in the clone.
    ///
    /// # Errors
    /// git's own, when the commit's trees cannot be read.
    pub fn missing_objects(&self) -> Result<usize, GitError> {
        match &self.history {
            History::Asked(kept) => {
                let answer = self.count_missing();
                lock(kept).missing_objects = Some(kept_of(&answer));
                answer
            }
            History::Recorded(answers, unanswered) => replayed(
                answers.missing_objects.as_ref(),
                "missing objects",
                unanswered,
            ),
        }
    }

    /// What `git fsck` says of every object: `clean`, or its first fault.
    ///
    /// # Errors
    /// No end in time.
    pub fn check_objects(&self) -> Result<String, GitError> {
        match &self.history {
            History::Asked(kept) => {
                let answer = self.fsck();
                lock(kept).checked_objects = Some(kept_of(&answer));
                answer
            }
            History::Recorded(answers, unanswered) => {
                replayed(answers.checked_objects.as_ref(), "git fsck", unanswered)
            }
        }
    }

    /// The newest commit that changed anything that matches `relevant`. `None` where that cannot be
    /// known: history was left out of the clone, whose oldest commit then seems to have changed
    /// everything.
    pub fn newest_change(&self, relevant: &[String]) -> Option<String> {
        match &self.history {
            History::Asked(kept) => {
                let found = self.find_newest_change(relevant);
                lock(kept).newest_change = Some(Answer {
                    fault: None,
                    found: found.clone(),
                });
                found
            }
            History::Recorded(answers, unanswered) => {
                let answer = answers.newest_change.as_ref();
                if answer.is_none() {
                    lock(unanswered).insert("the newest change of the sources".to_owned());
                }
                answer.and_then(|answer| answer.found.clone())
            }
        }
    }

    /// When the newest commit that changed `path` was made, where it is `change` or came after it.
    /// Looks at nothing older than `change`.
    pub fn committed_since(&self, path: &str, change: &str) -> Option<Moment> {
        match &self.history {
            History::Asked(kept) => {
                let found = self.find_committed_since(path, change);
                let text = found.map(|moment| moment.to_string());
                lock(kept).committed_since.insert(path.to_owned(), text);
                found
            }
            History::Recorded(answers, unanswered) => {
                if let Some(found) = answers.committed_since.get(path) {
                    return moment(found.as_deref()).flatten();
                }
                lock(unanswered).insert(format!("when {path} was committed"));
                None
            }
        }
    }

    /// Another commit that evidence names, with the digest over its sources that `sources` computes.
    /// `None` where the clone has none of that name.
    pub fn known(
        &self,
        commit: &str,
        relevant: &[String],
        sources: impl FnOnce(&[TreeEntry]) -> String,
    ) -> Option<Known> {
        match &self.history {
            History::Asked(kept) => {
                let found = self.past(commit, relevant).map(|past: Past| Known {
                    committed_at: past.committed_at,
                    since: past.since,
                    sources: sources(&past.entries),
                });
                let written = found.as_ref().map(|known| inventory::Past {
                    committed_at: known.committed_at.map(|moment| moment.to_string()),
                    since: known.since,
                    sources: known.sources.clone(),
                });
                lock(kept).past.insert(commit.to_owned(), written);
                found
            }
            History::Recorded(answers, unanswered) => {
                let Some(found) = answers.past.get(commit) else {
                    lock(unanswered).insert(format!("commit {commit}"));
                    return None;
                };
                let found = found.as_ref()?;
                Some(Known {
                    committed_at: moment(found.committed_at.as_deref()).flatten(),
                    since: found.since,
                    sources: found.sources.clone(),
                })
            }
        }
    }
}

fn kept_of<T: Clone>(answer: &Result<T, GitError>) -> Answer<T> {
    Answer {
        fault: answer.as_ref().err().map(GitError::to_string),
        found: answer.as_ref().ok().cloned(),
    }
}

fn replayed<T: Clone>(
    answer: Option<&Answer<T>>,
    question: &str,
    unanswered: &Mutex<BTreeSet<String>>,
) -> Result<T, GitError> {
    match answer {
        Some(Answer {
            found: Some(found), ..
        }) => Ok(found.clone()),
        Some(Answer {
            fault: Some(fault), ..
        }) => Err(GitError::Recorded(fault.clone())),
        _ => {
            lock(unanswered).insert(question.to_owned());
            Err(GitError::Recorded("the record has no answer".to_owned()))
        }
    }
}

/// A moment as it is written, or none; nothing where it is something else.
#[expect(
    clippy::option_option,
    reason = "what is no moment is told from what has none"
)]
fn moment(text: Option<&str>) -> Option<Option<Moment>> {
    match text {
        None => Some(None),
        Some(text) => Moment::parse(text).map(Some),
    }
}
