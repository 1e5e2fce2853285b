//! Which rule a result is of, and its effective kind, level and standing (SARIF 2.1.0 §3.27).

use std::collections::HashMap;

use super::model::{Component, ComponentReference, Descriptor, Message, Outcome, Reference, Run};

/// The rules of a run, by name.
pub(super) struct Rules<'r> {
    run: &'r Run,
    by_id: HashMap<&'r str, &'r Descriptor>,
}

/// Whether and why a result does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A failure that stands.
    Active,
    /// A failure that was accepted.
    Suppressed,
    /// It was in the baseline and is gone.
    Absent,
    /// No failure.
    Other,
}

impl<'r> Rules<'r> {
    pub(super) fn new(run: &'r Run) -> Self {
        let mut by_id = HashMap::new();
        // The driver comes first: where two components use one name, its rule is meant.
        let components = std::iter::once(&run.tool.driver).chain(&run.tool.extensions);
        for rule in components.flat_map(|component| &component.rules) {
            if let Some(id) = rule.id.said() {
                by_id.entry(id).or_insert(rule);
            }
        }
        Self { run, by_id }
    }

    /// The rule of a result: by its index in the component that is named, else by its name, where
    /// `A/B` is a kind of `A` (§3.27.5, §3.52).
    pub(super) fn of(&self, outcome: &'r Outcome) -> Option<&'r Descriptor> {
        let component = component(self.run, outcome.rule.tool_component.as_ref());
        let index = outcome.rule.index.0.or(outcome.rule_index.0);
        let indexed = index.and_then(|at| component?.rules.get(usize::try_from(at).ok()?));
        let id = id_of(outcome);
        match (indexed, id) {
            (Some(rule), None) => Some(rule),
            (Some(rule), Some(id)) if names(rule, id) => Some(rule),
            (indexed, Some(id)) => component
                .filter(|_| outcome.rule.tool_component.is_some())
                .and_then(|component| component.rules.iter().find(|rule| names(rule, id)))
                .or_else(|| self.named(id))
                .or(indexed),
            (None, None) => descriptor(self.run, &outcome.rule, |component| &component.rules),
        }
    }

    fn named(&self, id: &str) -> Option<&'r Descriptor> {
        let mut id = id;
        loop {
            if let Some(rule) = self.by_id.get(id) {
                return Some(rule);
            }
            id = id.rsplit_once('/')?.0;
        }
    }

    /// The effective level, in lower case (§3.27.10): explicit, else that of an override of the
    /// invocation, else that of the rule, else warning; and none for what is no failure.
    pub(super) fn level(&self, outcome: &Outcome, rule: Option<&Descriptor>) -> String {
        if kind(outcome) != "fail" {
            return "none".to_owned();
        }
        let level = outcome
            .level
            .said()
            .or_else(|| self.overridden(outcome, rule))
            .or_else(|| rule?.default_configuration.level.said())
            .unwrap_or("warning");
        level.trim().to_lowercase()
    }

    /// The standard asks for the invocation the result names; with a single one there is no doubt.
    fn overridden(&self, outcome: &Outcome, rule: Option<&Descriptor>) -> Option<&'r str> {
        let invocations = &self.run.invocations;
        let invocation = match (
            outcome.provenance.invocation_index.0,
            invocations.as_slice(),
        ) {
            (Some(at), _) => invocations.get(usize::try_from(at).ok()?)?,
            (None, [single]) => single,
            (None, _) => return None,
        };
        let id = id_of(outcome);
        let found = invocation.rule_configuration_overrides.iter().find(|it| {
            let meant = descriptor(self.run, &it.descriptor, |component| &component.rules);
            match (meant, rule) {
                (Some(meant), Some(rule)) => std::ptr::eq(meant, rule),
                _ => it.descriptor.id.said().is_some_and(|of| Some(of) == id),
            }
        });
        found?.configuration.level.said()
    }
}

/// The name of the rule of a result.
pub(super) fn id_of(outcome: &Outcome) -> Option<&str> {
    outcome.rule_id.said().or_else(|| outcome.rule.id.said())
}

/// Whether a rule is the one of this name: its own, or one above it.
fn names(rule: &Descriptor, id: &str) -> bool {
    rule.id.said().is_some_and(|own| {
        id.strip_prefix(own)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The driver, or the extension that is meant.
fn component<'r>(run: &'r Run, reference: Option<&ComponentReference>) -> Option<&'r Component> {
    let Some(reference) = reference else {
        return Some(&run.tool.driver);
    };
    if let Some(at) = reference.index.0 {
        return run.tool.extensions.get(usize::try_from(at).ok()?);
    }
    let same = |component: &&Component| {
        let guid = reference.guid.said();
        let name = reference.name.said();
        (guid.is_some() && component.guid.said() == guid)
            || (guid.is_none() && name.is_some() && component.name.said() == name)
    };
    std::iter::once(&run.tool.driver)
        .chain(&run.tool.extensions)
        .find(same)
        .or_else(|| {
            Some(&run.tool.driver)
                .filter(|_| reference.guid.said().is_none() && reference.name.said().is_none())
        })
}

/// The rule or notification a reference means.
pub(super) fn descriptor<'r>(
    run: &'r Run,
    reference: &Reference,
    of: impl Fn(&'r Component) -> &'r [Descriptor],
) -> Option<&'r Descriptor> {
    let list = of(component(run, reference.tool_component.as_ref())?);
    if let Some(at) = reference.index.0 {
        return list.get(usize::try_from(at).ok()?);
    }
    let (id, guid) = (reference.id.said(), reference.guid.said());
    list.iter().find(|descriptor| {
        (guid.is_some() && descriptor.guid.said() == guid)
            || (guid.is_none() && id.is_some_and(|id| names(descriptor, id)))
    })
}

/// The kind, in lower case; a failure where nothing is said (§3.27.9).
pub(super) fn kind(outcome: &Outcome) -> String {
    outcome.kind.said().unwrap_or("fail").trim().to_lowercase()
}

/// Suppressed is what has suppressions, all of them accepted or without a status (§3.27.23).
pub(super) fn suppressed(outcome: &Outcome) -> bool {
    !outcome.suppressions.is_empty()
        && outcome.suppressions.iter().all(|suppression| {
            let status = suppression.status.said().or(suppression.state.said());
            status.is_none_or(|status| status == "accepted")
        })
}

pub(super) fn standing(outcome: &Outcome) -> Standing {
    if outcome.baseline_state.said() == Some("absent") {
        Standing::Absent
    } else if kind(outcome) != "fail" {
        Standing::Other
    } else if suppressed(outcome) {
        Standing::Suppressed
    } else {
        Standing::Active
    }
}

/// The text of a message: its own, or the one the rule or tool keeps under its name, with the
/// arguments put in (§3.11).
pub(super) fn text(message: &Message, rule: Option<&Descriptor>, run: &Run) -> Option<String> {
    let own = message.text.said().or_else(|| message.markdown.said());
    let template = own.or_else(|| {
        let id = message.id.said()?;
        let kept = rule
            .map(|rule| &rule.message_strings.0)
            .into_iter()
            .flatten();
        kept.chain(&run.tool.driver.global_message_strings.0)
            .find(|(name, _)| name == id)
            .and_then(|(_, text)| text.text.said())
    })?;
    let mut text = template.to_owned();
    for (at, argument) in message.arguments.iter().enumerate() {
        text = text.replace(
            &format!("{{{at}}}"),
            argument.0.as_deref().unwrap_or_default(),
        );
    }
    Some(text)
}
