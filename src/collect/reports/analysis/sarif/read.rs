//! Reads a log row by row: each result is handed over and forgotten, whatever the order in which the
//! parts of a run stand.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::model::{Log, Notification, Notifications, Outcome, Run};
use crate::parse::json::{Text, nullable};

/// The most runs of a log.
const RUNS: usize = 10_000;
/// The most notifications of a run that are kept.
const NOTIFICATIONS: usize = 10_000;

/// Takes a result of a run, both from 0; or says why it cannot.
pub(super) trait Take: FnMut(usize, u64, Outcome) -> Result<(), String> {}

impl<F: FnMut(usize, u64, Outcome) -> Result<(), String>> Take for F {}

/// Reads a log, and hands each result to what it holds.
pub(super) struct LogSeed<'t, T>(pub(super) &'t mut T);

impl<'de, T: Take> DeserializeSeed<'de> for LogSeed<'_, T> {
    type Value = Log;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Log, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de, T: Take> Visitor<'de> for LogSeed<'_, T> {
    type Value = Log;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a log")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Log, A::Error> {
        let (mut version, mut runs) = (None, None);
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "version" => once(&mut version, "version", members.next_value()?)?,
                "runs" => once(
                    &mut runs,
                    "runs",
                    members.next_value_seed(RunsSeed(&mut *self.0))?,
                )?,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Log {
            version: version.unwrap_or_default(),
            runs: runs.flatten(),
        })
    }
}

/// Keeps a member that may stand once.
fn once<T, E: Error>(kept: &mut Option<T>, name: &'static str, value: T) -> Result<(), E> {
    match kept.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

struct RunsSeed<'t, T>(&'t mut T);

impl<'de, T: Take> DeserializeSeed<'de> for RunsSeed<'_, T> {
    type Value = Option<Vec<Run>>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, T: Take> Visitor<'de> for RunsSeed<'_, T> {
    type Value = Option<Vec<Run>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {RUNS} runs")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut runs = Vec::new();
        loop {
            let seed = RunSeed {
                take: &mut *self.0,
                at: runs.len(),
            };
            let Some(run) = members.next_element_seed(seed)? else {
                return Ok(Some(runs));
            };
            if runs.len() == RUNS {
                return Err(A::Error::invalid_length(RUNS + 1, &self));
            }
            runs.push(run);
        }
    }
}

struct RunSeed<'t, T> {
    take: &'t mut T,
    at: usize,
}

impl<'de, T: Take> DeserializeSeed<'de> for RunSeed<'_, T> {
    type Value = Run;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Run, D::Error> {
        reader.deserialize_map(self)
    }
}

/// A member that may be `null`, which stands for its default.
struct Nullable<T>(T);

impl<'de, T: Default + Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        nullable(reader).map(Self)
    }
}

impl<'de, T: Take> Visitor<'de> for RunSeed<'_, T> {
    type Value = Run;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a run")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Run, A::Error> {
        let (mut tool, mut invocations, mut results) = (None, None, None);
        let (mut artifacts, mut control, mut external) = (None, None, None);
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "tool" => once(&mut tool, "tool", members.next_value::<Nullable<_>>()?.0)?,
                "invocations" => once(&mut invocations, "invocations", members.next_value()?)?,
                "results" => {
                    let seed = ResultsSeed {
                        take: &mut *self.take,
                        run: self.at,
                    };
                    once(&mut results, "results", members.next_value_seed(seed)?)?;
                }
                "artifacts" => once(&mut artifacts, "artifacts", members.next_value()?)?,
                "versionControlProvenance" => {
                    once(
                        &mut control,
                        "versionControlProvenance",
                        members.next_value()?,
                    )?;
                }
                "externalPropertyFileReferences" => {
                    let value = members.next_value::<Nullable<_>>()?.0;
                    once(&mut external, "externalPropertyFileReferences", value)?;
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Run {
            tool: tool.unwrap_or_default(),
            invocations: invocations.unwrap_or_default(),
            results: results.flatten(),
            artifacts: artifacts.unwrap_or_default(),
            version_control_provenance: control.unwrap_or_default(),
            external_property_file_references: external.unwrap_or_default(),
        })
    }
}

struct ResultsSeed<'t, T> {
    take: &'t mut T,
    run: usize,
}

impl<'de, T: Take> DeserializeSeed<'de> for ResultsSeed<'_, T> {
    type Value = Option<u64>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, T: Take> Visitor<'de> for ResultsSeed<'_, T> {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of results")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut count = 0;
        while let Some(outcome) = members.next_element()? {
            (self.take)(self.run, count, outcome).map_err(A::Error::custom)?;
            count += 1;
        }
        Ok(Some(count))
    }
}

impl<'de> Deserialize<'de> for Notifications {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(NotificationsVisitor)
    }
}

struct NotificationsVisitor;

impl<'de> Visitor<'de> for NotificationsVisitor {
    type Value = Notifications;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of notifications")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Notifications::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut notifications = Notifications::default();
        while let Some(notification) = members.next_element::<Notification>()? {
            let may_be_error = |level: &Text| level.said().is_none_or(|level| level == "error");
            if !may_be_error(&notification.level) {
                continue;
            }
            if notifications.kept.len() < NOTIFICATIONS {
                notifications.kept.push(notification);
            } else {
                notifications.more += 1;
            }
        }
        Ok(notifications)
    }
}
