//! The tracked files of source code, by the ending of their names.

use crate::collect::{Collector, Scene, Sink, Spec};
use crate::model::fact::{Item, Source};
use crate::model::gap::{Cause, Gap};
use crate::model::relations::SOURCE_FILE;

/// Fills `source.file`.
pub struct Sources;

static SPEC: Spec = Spec {
    name: "sources",
    reads: "the names of tracked files",
    fills: &[&SOURCE_FILE],
    about: "Lists the files of source code that the commit holds, and what each is for.",
};

/// Languages by ending.
const LANGUAGES: &[(&str, &str)] = &[
    ("py", "python"),
    ("pyx", "python"),
    ("js", "javascript"),
    ("jsx", "javascript"),
    ("mjs", "javascript"),
    ("cjs", "javascript"),
    ("ts", "typescript"),
    ("tsx", "typescript"),
    ("go", "go"),
    ("rs", "rust"),
    ("java", "java"),
    ("kt", "kotlin"),
    ("scala", "scala"),
    ("rb", "ruby"),
    ("php", "php"),
    ("cs", "csharp"),
    ("c", "c"),
    ("h", "c"),
    ("cc", "cpp"),
    ("cpp", "cpp"),
    ("hpp", "cpp"),
    ("swift", "swift"),
    ("ex", "elixir"),
    ("exs", "elixir"),
];

/// Endings of files that are no source code and still decide what a tool finds.
const SETTINGS: &[&str] = &["toml", "cfg", "ini", "lock"];

/// The pathspecs of everything below a scope that decides what tests and analyses find.
pub(in crate::collect) fn relevant(scope: &str) -> Vec<String> {
    let endings = LANGUAGES.iter().map(|(ending, _)| ending).chain(SETTINGS);
    endings
        .map(|ending| format!(":(top,glob){scope}**/*.{ending}"))
        .collect()
}

/// Whether a path has one of those endings.
pub(in crate::collect) fn is_relevant(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    LANGUAGES.iter().any(|(known, _)| *known == ending) || SETTINGS.contains(&ending)
}

impl Collector for Sources {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn collect(&self, scene: &Scene<'_>, sink: &mut Sink) {
        let input = scene.input;
        let mut add = |path: &str| {
            let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
            let language = LANGUAGES
                .iter()
                .find(|(known, _)| *known == ending)
                .map(|(_, language)| *language);
            if let (Some(language), Some(inside)) = (language, input.inside(path)) {
                let item = Item::new(&SOURCE_FILE, Source::file(path))
                    .with("path", path)
                    .with("language", language)
                    .with("scope", input.globs.scope_of(inside));
                sink.item(item);
            }
        };
        if let Some(says) = input
            .repository
            .and_then(|repository| repository.unreadable.as_ref())
        {
            let says = format!("the files of the commit cannot be listed: {says}");
            let remedy = "Fetch the missing objects, or clone again.";
            let gap = Gap::at(Cause::Unreadable, &Source::object("HEAD"), says, remedy);
            sink.gap(&SOURCE_FILE, gap);
            return;
        }
        match input.repository {
            Some(repository) if repository.head.is_some() => {
                repository
                    .scoped_entries()
                    .filter(|entry| entry.is_file())
                    .for_each(|entry| add(&entry.path));
            }
            _ => input.tree.entries.iter().for_each(|entry| add(&entry.path)),
        }
    }
}
