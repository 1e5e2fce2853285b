//! Which rule a result is of, and its effective level (SARIF 2.1.0 §3.27, §3.52). Whatever names a
//! rule is looked up and not searched for: a log may have as many rules as results.

use std::collections::HashMap;

use super::gather::{Class, Says, filled};
use super::model::{Component, ComponentReference, Descriptor, Invocation, Reference, Run};

/// The rules, or the notifications, of a run.
pub(super) struct Descriptors<'r> {
    /// Those of the driver, then those of each extension.
    lists: Vec<Index<'r>>,
    by_guid: HashMap<&'r str, usize>,
    by_name: HashMap<&'r str, usize>,
}

/// The descriptors of one component.
struct Index<'r> {
    list: &'r [Descriptor],
    by_id: HashMap<&'r str, &'r Descriptor>,
    by_guid: HashMap<&'r str, &'r Descriptor>,
}

impl<'r> Index<'r> {
    fn of(list: &'r [Descriptor]) -> Self {
        let (mut by_id, mut by_guid) = (HashMap::new(), HashMap::new());
        for descriptor in list {
            if let Some(id) = descriptor.id.said() {
                by_id.entry(id).or_insert(descriptor);
            }
            if let Some(guid) = descriptor.guid.said() {
                by_guid.entry(guid).or_insert(descriptor);
            }
        }
        Self {
            list,
            by_id,
            by_guid,
        }
    }

    fn at(&self, index: u64) -> Option<&'r Descriptor> {
        self.list.get(usize::try_from(index).ok()?)
    }

    fn named(&self, id: &str) -> Option<&'r Descriptor> {
        names_above(id).find_map(|id| self.by_id.get(id).copied())
    }
}

impl<'r> Descriptors<'r> {
    pub(super) fn of(run: &'r Run, of: impl Fn(&'r Component) -> &'r [Descriptor]) -> Self {
        let (mut by_guid, mut by_name) = (HashMap::new(), HashMap::new());
        let components = || std::iter::once(&run.tool.driver).chain(&run.tool.extensions.0);
        for (at, component) in components().enumerate() {
            if let Some(guid) = component.guid.said() {
                by_guid.entry(guid).or_insert(at);
            }
            if let Some(name) = component.name.said() {
                by_name.entry(name).or_insert(at);
            }
        }
        Self {
            lists: components()
                .map(|component| Index::of(of(component)))
                .collect(),
            by_guid,
            by_name,
        }
    }

    /// Those of the driver, or of the component that is meant (§3.54).
    fn component(&self, reference: Option<&ComponentReference>) -> Option<&Index<'r>> {
        let at = match reference {
            None => 0,
            Some(reference) => match (
                reference.index.0,
                reference.guid.said(),
                reference.name.said(),
            ) {
                (Some(index), ..) => usize::try_from(index).ok()?.checked_add(1)?,
                (None, Some(guid), _) => *self.by_guid.get(guid)?,
                (None, None, Some(name)) => *self.by_name.get(name)?,
                (None, None, None) => 0,
            },
        };
        self.lists.get(at)
    }

    /// The one that a reference means.
    pub(super) fn meant(&self, reference: &Reference) -> Option<&'r Descriptor> {
        let component = self.component(reference.tool_component.as_ref())?;
        match (reference.index.0, reference.guid.said()) {
            (Some(index), _) => component.at(index),
            (None, Some(guid)) => component.by_guid.get(guid).copied(),
            (None, None) => component.named(reference.id.said()?),
        }
    }

    /// The one of this name in any component. The driver comes first: where two components use one
    /// name, its rule is meant.
    fn named(&self, id: &str) -> Option<&'r Descriptor> {
        let in_any = |id: &str| {
            self.lists
                .iter()
                .find_map(|list| list.by_id.get(id).copied())
        };
        names_above(id).find_map(in_any)
    }
}

/// The rules of a run, and what its invocations changed of them.
pub(super) struct Rules<'r> {
    run: &'r Run,
    descriptors: Descriptors<'r>,
    overrides: Vec<Overrides<'r>>,
}

/// The levels that an invocation gives to rules, each with its place: the first that fits counts.
#[derive(Default)]
struct Overrides<'r> {
    by_rule: HashMap<*const Descriptor, (usize, &'r str)>,
    /// Those that name no rule there is, by the name they give.
    unmet: HashMap<&'r str, (usize, &'r str)>,
    by_id: HashMap<&'r str, (usize, &'r str)>,
}

impl<'r> Overrides<'r> {
    fn of(invocation: &'r Invocation, rules: &Descriptors<'r>) -> Self {
        let mut overrides = Self::default();
        let list = &invocation.rule_configuration_overrides.0;
        for (at, change) in list.iter().enumerate() {
            let level = (at, change.configuration.level.said().unwrap_or_default());
            let meant = rules.meant(&change.descriptor);
            if let Some(rule) = meant {
                let rule = std::ptr::from_ref(rule);
                overrides.by_rule.entry(rule).or_insert(level);
            }
            if let Some(id) = change.descriptor.id.said() {
                overrides.by_id.entry(id).or_insert(level);
                if meant.is_none() {
                    overrides.unmet.entry(id).or_insert(level);
                }
            }
        }
        overrides
    }

    fn level(&self, id: Option<&str>, rule: Option<&Descriptor>) -> Option<&'r str> {
        let found = match rule {
            Some(rule) => {
                let of_rule = self.by_rule.get(&std::ptr::from_ref(rule));
                let of_name = id.and_then(|id| self.unmet.get(id));
                of_rule.into_iter().chain(of_name).min()
            }
            None => self.by_id.get(id?),
        };
        found
            .map(|(_, level)| *level)
            .filter(|level| !level.is_empty())
    }
}

impl<'r> Rules<'r> {
    pub(super) fn new(run: &'r Run) -> Self {
        let descriptors = Descriptors::of(run, |component| &component.rules.0);
        let invocations = run.invocations.0.iter();
        let overrides = invocations.map(|it| Overrides::of(it, &descriptors));
        Self {
            run,
            overrides: overrides.collect(),
            descriptors,
        }
    }

    /// The rule of a class of results: by its index in the component that is named, else by its
    /// name.
    pub(super) fn of(&self, class: &Class) -> Option<&'r Descriptor> {
        let reference = class.rule.tool_component.as_ref();
        let component = self.descriptors.component(reference);
        let index = class.rule.index.0.or(class.rule_index.0);
        let indexed = index.and_then(|at| component?.at(at));
        match (indexed, class.id()) {
            (Some(rule), None) => Some(rule),
            (Some(rule), Some(id)) if names(rule, id) => Some(rule),
            (indexed, Some(id)) => component
                .filter(|_| reference.is_some())
                .and_then(|component| component.named(id))
                .or_else(|| self.descriptors.named(id))
                .or(indexed),
            (None, None) => self.descriptors.meant(&class.rule),
        }
    }

    /// The effective level, in lower case (§3.27.10): explicit, else that of an override of the
    /// invocation, else that of the rule, else warning; and none for what is no failure.
    pub(super) fn level(&self, class: &Class, rule: Option<&Descriptor>) -> String {
        if class.kind() != "fail" {
            return "none".to_owned();
        }
        let level = class
            .level
            .said()
            .or_else(|| self.overridden(class, rule))
            .or_else(|| rule?.default_configuration.level.said())
            .unwrap_or("warning");
        level.trim().to_lowercase()
    }

    /// The standard asks for the invocation the result names; with a single one there is no doubt.
    fn overridden(&self, class: &Class, rule: Option<&Descriptor>) -> Option<&'r str> {
        let overrides = match (class.invocation.0, self.overrides.as_slice()) {
            (Some(at), all) => all.get(usize::try_from(at).ok()?)?,
            (None, [single]) => single,
            (None, _) => return None,
        };
        overrides.level(class.id(), rule)
    }

    /// What a result says: its own text, or the one its rule or tool keeps under a name (§3.11).
    pub(super) fn text(&self, says: Says, rule: Option<&Descriptor>) -> Option<String> {
        let (id, arguments) = match says {
            Says::Text(text) => return Some(text),
            Says::Named(id, arguments) => (id, arguments),
            Says::Nothing => return None,
        };
        let kept = rule.map(|rule| &rule.message_strings.0);
        let kept = kept.into_iter().flatten();
        let template = kept
            .chain(&self.run.tool.driver.global_message_strings.0)
            .find(|(name, _)| *name == id)
            .and_then(|(_, template)| template.text.said())?;
        Some(filled(template, &arguments))
    }
}

/// A name and those above it, the nearest first: `A/B` is a kind of `A` (§3.27.5).
fn names_above(id: &str) -> impl Iterator<Item = &str> {
    const LEVELS: usize = 32;
    std::iter::successors(Some(id), |id| id.rsplit_once('/').map(|(above, _)| above)).take(LEVELS)
}

/// Whether a rule is the one of this name: its own, or one above it.
fn names(rule: &Descriptor, id: &str) -> bool {
    rule.id.said().is_some_and(|own| {
        id.strip_prefix(own)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}
