//! Where collectors put what they read.

use std::collections::BTreeMap;

use crate::model::exhibit::{Content, Exhibit, Level};
use crate::model::fact::{Facts, Item, Population, Source, Unlisted};
use crate::model::gap::{Cause, Gap};
use crate::model::relation::Relation;
use crate::parse::error::ParseError;
use crate::tree::file::Body;
use crate::tree::{File, Unreadable};

/// What helps against a file that is larger than what is read.
pub(in crate::collect) const TOO_LARGE_REMEDY: &str =
    "Leave embedded files out of it, or raise --max-value.";

/// A file as an exhibit that says nothing of where it comes from.
pub(in crate::collect) fn exhibit_of(file: &File) -> Option<Exhibit> {
    let (Body::Held(bytes), Ok(sha256)) = (&file.body, file.sha256()) else {
        return None;
    };
    let tracked = file.is_tracked();
    Some(Exhibit {
        path: file.path.clone(),
        sha256,
        bytes: file.size(),
        level: if tracked { Level::Tree } else { Level::L0 },
        tracked,
        code: false,
        needed: true,
        tool: None,
        tool_version: None,
        produced_at: None,
        record: None,
        format: None,
        redaction: None,
        content: Content::Held(bytes.clone()),
    })
}

/// What is said of a file that cannot be opened, or is larger than what is read.
pub(in crate::collect) fn unreadable(problem: &Unreadable) -> Gap {
    let (cause, remedy) = if problem.too_large {
        (Cause::TooLarge, TOO_LARGE_REMEDY)
    } else {
        let remedy = "Make the file readable, then run again.";
        (Cause::Unreadable, remedy)
    };
    Gap::at(cause, &Source::file(&problem.path), &problem.says, remedy)
}

/// What is said of a file that cannot be parsed.
pub(in crate::collect) fn unparsable(path: &str, error: &ParseError) -> Gap {
    let source = match (error.line, error.column) {
        (0, _) => Source::file(path),
        (line, 0) => Source::line(path, line),
        (line, column) => Source::place(path, line, column),
    };
    let remedy = "Mend the file, then run again.";
    Gap::at(Cause::Unreadable, &source, &error.says, remedy)
}

/// What collectors found.
#[derive(Debug, Default)]
pub struct Sink {
    populations: BTreeMap<&'static str, Population>,
    exhibits: BTreeMap<String, Exhibit>,
}

impl Sink {
    /// Adds an item to its relation.
    pub fn item(&mut self, item: Item) {
        self.population(item.relation()).items.push(item);
    }

    /// Records items that are counted and not listed.
    pub fn unlisted(&mut self, unlisted: Unlisted) {
        self.population(unlisted.each.relation())
            .unlisted
            .push(unlisted);
    }

    /// Whether any report is a file of the commit.
    pub fn holds_tracked_reports(&self) -> bool {
        self.exhibits
            .values()
            .any(|exhibit| exhibit.format.is_some() && exhibit.tracked)
    }

    /// The paths of the items of a relation that are files of the commit.
    pub fn tracked_paths(&self, relation: &'static Relation) -> Vec<String> {
        let items = self
            .populations
            .get(relation.name)
            .map(|population| population.items.as_slice());
        let paths = items
            .unwrap_or_default()
            .iter()
            .map(|item| &item.source.path);
        paths
            .filter(|path| self.exhibits.get(*path).is_some_and(|it| it.tracked))
            .cloned()
            .collect()
    }

    /// The items of a relation so far.
    pub fn items_mut(&mut self, relation: &'static Relation) -> impl Iterator<Item = &mut Item> {
        self.population(relation).items.iter_mut()
    }

    /// Takes out the items of a relation that `which` answers `true` for.
    pub fn take_items(
        &mut self,
        relation: &'static Relation,
        which: impl FnMut(&mut Item) -> bool,
    ) -> Vec<Item> {
        let items = &mut self.population(relation).items;
        items.extract_if(.., which).collect()
    }

    /// Adds an item where its source stands among those that are there.
    pub fn insert(&mut self, item: Item) {
        let items = &mut self.population(item.relation()).items;
        let at = items.partition_point(|other| other.source.path <= item.source.path);
        items.insert(at, item);
    }

    /// Forgets what was said of one file that is read for what it is elsewhere.
    pub fn drop_gaps(&mut self, relation: &'static Relation, path: &str) {
        let gaps = &mut self.population(relation).gaps;
        gaps.retain(|gap| gap.path != path);
    }

    /// Records that a file was read for a relation, whether or not an item came of it, and keeps
    /// it as an exhibit.
    pub fn examined(&mut self, relation: &'static Relation, file: &File) {
        let population = self.population(relation);
        if population.examined.last() != Some(&file.path) {
            population.examined.push(file.path.clone());
        }
        self.exhibit(file);
    }

    /// Records that a file of source code was read for some relations, and keeps it as an exhibit that
    /// is shipped only where a reader has to look at it, unless it is one for another reason as well.
    pub fn examined_code(&mut self, relations: &[&'static Relation], file: &File) {
        for relation in relations {
            self.population(relation).examined.push(file.path.clone());
        }
        if let Some(known) = self.exhibits.get_mut(&file.path) {
            known.code = true;
            return;
        }
        if let Some(exhibit) = exhibit_of(file) {
            self.put(Exhibit {
                code: true,
                needed: false,
                ..exhibit
            });
        }
    }

    /// Keeps a file of the tree as an exhibit. One that stays on disk is kept by who asked for it,
    /// who knows whether it could be read to its end.
    pub fn exhibit(&mut self, file: &File) {
        if let Some(known) = self.exhibits.get_mut(&file.path) {
            known.needed = true;
            return;
        }
        if let Some(exhibit) = exhibit_of(file) {
            self.put(exhibit);
        }
    }

    /// The exhibit at a path.
    pub fn exhibit_mut(&mut self, path: &str) -> Option<&mut Exhibit> {
        self.exhibits.get_mut(path)
    }

    /// The items of a relation so far, to be looked at.
    pub fn items(&self, relation: &'static Relation) -> &[Item] {
        let population = self.populations.get(relation.name);
        population.map_or(&[], |population| population.items.as_slice())
    }

    /// Records that an exhibit was looked at for a relation as well.
    pub fn also_examined(&mut self, relation: &'static Relation, path: &str) {
        self.population(relation).examined.push(path.to_owned());
    }

    /// Keeps an exhibit with its provenance.
    pub fn put(&mut self, exhibit: Exhibit) {
        self.exhibits.insert(exhibit.path.clone(), exhibit);
    }

    /// Whether something of a relation could not be relied on so far.
    pub fn has_gaps(&self, relation: &'static Relation) -> bool {
        self.populations
            .get(relation.name)
            .is_some_and(|population| !population.gaps.is_empty())
    }

    /// Records what could not be relied on.
    pub fn gap(&mut self, relation: &'static Relation, gap: Gap) {
        self.population(relation).gaps.push(gap);
    }

    /// Records a file that could not be opened, in every relation that reads it.
    pub fn unreadable(&mut self, relations: &[&'static Relation], problem: &Unreadable) {
        for relation in relations {
            self.gap(relation, unreadable(problem));
        }
    }

    /// Records a file that could not be parsed, in every relation that reads it.
    pub fn unparsable(&mut self, relations: &[&'static Relation], file: &File, error: &ParseError) {
        for relation in relations {
            self.examined(relation, file);
            self.gap(relation, unparsable(&file.path, error));
        }
    }

    /// Takes over what another sink holds.
    pub fn merge(&mut self, other: Self) {
        for (name, population) in other.populations {
            let mine = self
                .populations
                .entry(name)
                .or_insert_with(Population::absent);
            mine.items.extend(population.items);
            mine.gaps.extend(population.gaps);
            mine.examined.extend(population.examined);
            mine.unlisted.extend(population.unlisted);
        }
        for (path, mut exhibit) in other.exhibits {
            let Some(known) = self.exhibits.get_mut(&path) else {
                self.exhibits.insert(path, exhibit);
                continue;
            };
            exhibit.code |= known.code;
            exhibit.needed |= known.needed;
            if exhibit.format.is_some() {
                *known = exhibit;
            } else {
                (known.code, known.needed) = (exhibit.code, exhibit.needed);
            }
        }
    }

    /// The facts and exhibits, with the state of every relation settled. `declared` names the
    /// relations that were looked for; those nothing was found of are absent.
    pub fn finish(
        mut self,
        declared: impl IntoIterator<Item = &'static Relation>,
    ) -> (Facts, Vec<Exhibit>) {
        for relation in declared {
            self.population(relation);
        }
        for population in self.populations.values_mut() {
            population.examined.sort();
            population.examined.dedup();
            population.settle();
        }
        (self.populations, self.exhibits.into_values().collect())
    }

    fn population(&mut self, relation: &'static Relation) -> &mut Population {
        self.populations
            .entry(relation.name)
            .or_insert_with(Population::absent)
    }
}
