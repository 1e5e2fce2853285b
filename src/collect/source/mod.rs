//! What Python source shows, read as a compiler reads it: each file is parsed once, and every rule
//! looks at the same tree.
//!
//! A file that is not Python 3 is a gap of every relation, with its line; what could be read of it
//! counts all the same.

mod arguments;
mod bindings;
mod called;
mod calls;
pub(super) mod categories;
mod commented;
mod comments;
mod crypto;
mod encoding;
mod handlers;
mod logs;
mod look;
mod markers;
mod names;
mod places;
pub mod rules;
mod shell;
mod sql;
mod suppressions;
mod tests;
mod tracebacks;
mod values;
mod walk;

use categories::Categories;

use super::sink::{unparsable, unreadable};
use super::{Collector, Input, Sink, Spec, Wants};
use crate::model::fact::{Item, Source as Where, Unlisted};
use crate::model::gap::Gap;
use crate::model::relation::Relation;
use crate::model::relations::{
    CODE_CALL, CODE_COMMENTED_ASSERT, CODE_COMMENTED_TEST, CODE_CRYPTO, CODE_HANDLER,
    CODE_LOG_CALL, CODE_MARKER, CODE_PROPERTY_TEST, CODE_SQL, CODE_SUPPRESSION, CODE_TEST,
    CODE_TODO,
};
use crate::parse::error::ParseError;
use crate::parse::python::{self, Module, Ranged, TextSize};
use crate::tree::{File, Unreadable};

/// Fills the relations of code.
pub struct Source;

static RELATIONS: &[&Relation] = &[
    &CODE_CALL,
    &CODE_COMMENTED_ASSERT,
    &CODE_COMMENTED_TEST,
    &CODE_CRYPTO,
    &CODE_HANDLER,
    &CODE_LOG_CALL,
    &CODE_MARKER,
    &CODE_PROPERTY_TEST,
    &CODE_SQL,
    &CODE_SUPPRESSION,
    &CODE_TEST,
    &CODE_TODO,
];

static SPEC: Spec = Spec {
    name: "source",
    reads: "*.py",
    fills: RELATIONS,
    about: "Reads Python source: calls, handlers, tests, comments, logs, queries and cryptography.",
};

impl Collector for Source {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn wants(&self, path: &str, input: &Input<'_>) -> Wants {
        let python = path
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending == "py");
        if python && input.inside(path).is_some() {
            Wants::Visit
        } else {
            Wants::No
        }
    }

    fn visit(&self, file: &File, input: &Input<'_>, sink: &mut Sink) {
        let about = About::of(&file.path, input);
        if let Err(error) = read(file, &about, sink) {
            sink.examined_code(RELATIONS, file);
            about.unread(&unparsable(&file.path, &error), sink);
        }
    }

    fn unread(&self, problem: &Unreadable, input: &Input<'_>, sink: &mut Sink) {
        About::of(&problem.path, input).unread(&unreadable(problem), sink);
    }
}

/// What is known of a file before it is read.
struct About<'f> {
    path: &'f str,
    /// The same from the examined folder.
    inside: &'f str,
    scope: &'static str,
    categories: &'f Categories,
}

impl<'f> About<'f> {
    fn of(path: &'f str, input: &'f Input<'_>) -> Self {
        let inside = input.inside(path).unwrap_or(path);
        Self {
            path,
            inside,
            scope: input.globs.scope_of(inside),
            categories: input.globs.categories(),
        }
    }

    /// Says what could not be read of it. A control that looks at files of other scopes need not
    /// know.
    fn unread(&self, gap: &Gap, sink: &mut Sink) {
        for relation in RELATIONS {
            sink.unlisted(Unlisted {
                count: 0,
                each: self.begin(relation, Where::file(self.path)),
                gap: gap.clone(),
            });
        }
    }

    /// An item at a place of the file.
    fn item(&self, relation: &'static Relation, module: &Module<'_>, at: TextSize) -> Item {
        let (line, column) = module.place(at);
        let source = Where::place(self.path, line, column);
        let mut item = self.begin(relation, source).with("line", line);
        if relation.position("column").is_some() {
            item.set("column", column);
        }
        item
    }

    /// What is known of every item of the file.
    fn begin(&self, relation: &'static Relation, source: Where) -> Item {
        let mut item = Item::new(relation, source).with("path", self.path);
        if relation.position("in_tests").is_some() {
            item.set("in_tests", self.scope == "tests");
        }
        if relation.position("scope").is_some() {
            item.set("scope", self.scope);
        }
        item
    }
}

/// Reads one file.
///
/// # Errors
/// The first place that is not Python. What could be read has been put into the sink.
fn read(file: &File, about: &About<'_>, sink: &mut Sink) -> Result<(), ParseError> {
    let (text, encoding) = encoding::text_of(file)?;
    sink.examined_code(RELATIONS, file);
    python::read(&text, |module| {
        let followed = look::look(module, about, sink);
        comments(module, about, sink);
        commented(module, about, sink);
        module.error().map_or(followed.and(encoding), Err)
    })?
}

fn commented(module: &Module<'_>, about: &About<'_>, sink: &mut Sink) {
    for at in commented::asserts(module) {
        sink.item(about.item(&CODE_COMMENTED_ASSERT, module, at));
    }
    for test in commented::tests(module) {
        let item = about.item(&CODE_COMMENTED_TEST, module, test.at);
        sink.item(item.with("name", test.name));
    }
}

fn comments(module: &Module<'_>, about: &About<'_>, sink: &mut Sink) {
    let first = module.body().first().map(Ranged::start);
    for comment in module.comments() {
        for todo in comments::todos(comment.text) {
            let item = about
                .item(&CODE_TODO, module, comment.start)
                .with("tag", todo.tag)
                .with("issue", todo.issue);
            sink.item(item);
        }
        for suppression in suppressions::suppressions(comment.text) {
            // Before the first statement it tells type checkers to say nothing of the whole file.
            let begins = comment.alone && first.is_none_or(|first| comment.start < first);
            let whole =
                begins && suppression.kind == "type: ignore" && suppression.codes.is_empty();
            let file = (suppression.file && comment.alone) || whole;
            let item = about
                .item(&CODE_SUPPRESSION, module, comment.start)
                .with("kind", suppression.kind)
                .with(
                    "codes",
                    crate::model::value::Value::texts(suppression.codes),
                )
                .with("reason", suppression.reason)
                .with("file", file);
            sink.item(item);
        }
    }
}
