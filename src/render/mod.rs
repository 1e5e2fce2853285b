//! Rendering: from a bundle to what people and machines read. Renderers take `&Bundle` and nothing
//! else: what was not sealed cannot be shown, and every format tells the same story.

pub mod causes;
pub mod exports;
pub mod github;
pub mod html;
pub mod json;
pub mod markdown;
pub mod register;
pub mod table;
pub mod tally;
pub mod verdict;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod schema;

use crate::seal::{Bundle, Member};
use crate::tree::digest::sha256;

use exports::sarif::Told;
pub use html::RenderError;

/// How to check a bundle, in words and stock commands.
const VERIFY: &str = include_str!("../../reports/templates/VERIFY.md");
/// The same for a bundle whose sums are signed.
const VERIFY_SIGNED: &str = include_str!("../../reports/templates/VERIFY-signed.md");

/// What is known only after the bundle was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closing {
    /// Where the bundle lies, as it is shown; `None` where none was written.
    pub bundle: Option<String>,
    /// Whether it is signed.
    pub signed: bool,
    /// What the ledger says of it; `None` where it stands in none.
    pub ledger: Option<String>,
    /// The branch that waivers count from, as it is shown: `origin/main`.
    pub waivers_from: Option<String>,
    /// Where a forge shows the repository; `None` where that is not known.
    pub links: Option<markdown::Links>,
}

/// A format of the result.
#[derive(Debug)]
pub struct Format {
    /// What it is called on the command line.
    pub name: &'static str,
    /// One document, or several that are written into a folder.
    pub documents: &'static [Document],
}

impl Format {
    /// The document, where there is no more than one.
    pub fn single(&'static self) -> Option<&'static Document> {
        match self.documents {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// A document that a run is written as.
#[derive(Debug)]
pub struct Document {
    /// The name of the format or, in a folder, of the file.
    pub name: &'static str,
    /// Writes it.
    pub write: fn(&Bundle, &Closing) -> Result<Vec<u8>, RenderError>,
}

/// The formats, in the order in which the help names them.
pub static FORMATS: &[Format] = &[
    Format {
        name: "json",
        documents: &[Document {
            name: "json",
            write: |bundle, _| Ok(json::report(bundle)),
        }],
    },
    Format {
        name: "html",
        documents: &[Document {
            name: "html",
            write: |bundle, _| html::report(bundle, &sha256(&json::report(bundle)).to_string()),
        }],
    },
    Format {
        name: "markdown",
        documents: &[Document {
            name: "markdown",
            write: |bundle, closing| {
                Ok(markdown::render(bundle, closing, markdown::COMMENT).into_bytes())
            },
        }],
    },
    Format {
        name: "github",
        documents: &[Document {
            name: "github",
            write: |bundle, _| Ok(github::annotations(bundle).text.into_bytes()),
        }],
    },
    Format {
        name: "sarif",
        documents: &[Document {
            name: "sarif",
            write: |bundle, closing| {
                let links = closing.links.as_ref();
                Ok(exports::sarif::report(bundle, links, Told::Everything))
            },
        }],
    },
    Format {
        name: "code-scanning",
        documents: &[Document {
            name: "code-scanning",
            write: |bundle, closing| {
                let links = closing.links.as_ref();
                Ok(exports::sarif::report(bundle, links, Told::Problems))
            },
        }],
    },
    Format {
        name: "junit",
        documents: &[Document {
            name: "junit",
            write: |bundle, _| Ok(exports::junit::report(bundle)),
        }],
    },
    Format {
        name: "csv",
        documents: &[
            Document {
                name: "results.csv",
                write: |bundle, _| Ok(exports::csv::results(bundle)),
            },
            Document {
                name: "deviations.csv",
                write: |bundle, _| Ok(exports::csv::deviations(bundle)),
            },
            Document {
                name: "evidence.csv",
                write: |bundle, _| Ok(exports::csv::evidence(bundle)),
            },
            Document {
                name: "requests.csv",
                write: |bundle, _| Ok(exports::csv::requests(bundle)),
            },
        ],
    },
    Format {
        name: "oscal",
        documents: &[Document {
            name: "oscal",
            write: |bundle, _| Ok(exports::oscal::report(bundle)),
        }],
    },
    Format {
        name: "hdf",
        documents: &[Document {
            name: "hdf",
            write: |bundle, _| Ok(exports::hdf::report(bundle)),
        }],
    },
];

/// The documents that every bundle holds.
///
/// # Errors
/// A defect of a template.
pub fn documents(bundle: &Bundle) -> Result<Vec<Member>, RenderError> {
    let guide = if bundle.signed() {
        VERIFY_SIGNED
    } else {
        VERIFY
    };
    let json = json::report(bundle);
    let pages = html::pages(bundle, &sha256(&json).to_string())?;
    let mut documents = vec![
        Member::new("report.json", json, "report", "application/json"),
        Member::new("report.html", pages.report, "report", "text/html"),
        Member::new("VERIFY.md", guide.into(), "guide", "text/markdown"),
    ];
    let lists = pages.sheets.into_iter();
    documents.extend(lists.map(|(path, page)| Member::new(path, page, "report", "text/html")));
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::model::exhibit::Content;
    use crate::seal::{Sealing, StoreError, store};

    #[test]
    fn evidence_that_changed_since_it_was_read_gets_into_no_bundle() {
        let folder = std::env::temp_dir().join(format!("audit-changed-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let (source, out) = (folder.join("coverage.xml"), folder.join("out"));
        let bundle = sample::bundle();
        let path = "out/coverage.xml";
        let exhibit = bundle.exhibit(path).expect("an exhibit");
        let read = exhibit.content.held().expect("its bytes").to_vec();
        let stored = |now: Option<&[u8]>| {
            let _ = fs::remove_file(&source);
            if let Some(now) = now {
                fs::write(&source, now).expect("a file");
            }
            let member = Member {
                content: Content::OnDisk(source.clone()),
                ..Member::evidence(bundle.evidence_path(path).expect("a place"), exhibit)
            };
            store(&bundle, vec![member], &out, (&Sealing::default(), None))
        };
        let longer = [read.as_slice(), b"more"].concat();
        let other = vec![b'x'; read.len()];
        for now in [None, Some(b"".as_slice()), Some(&longer), Some(&other)] {
            let error = stored(now).expect_err("no bundle");
            let names = matches!(&error, StoreError::Changed { path: named } if named == path);
            assert!(names, "{error}");
        }
        let stored = stored(Some(&read)).expect("a bundle");
        let kept: Vec<String> = crate::tree::file::folders(&out);
        assert_eq!(kept, [stored.name]);
        fs::remove_dir_all(&folder).expect("the folder");
    }
}
