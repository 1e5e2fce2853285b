//! The catalogues that come with the program; the list is made from the folder by `build.rs`.

use super::Text;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The names of the embedded catalogues.
pub(super) fn names() -> Vec<&'static str> {
    EMBEDDED.iter().map(|(name, _)| *name).collect()
}

/// The files of an embedded catalogue.
pub(super) fn files(name: &str) -> Option<Vec<Text>> {
    let (_, files) = EMBEDDED.iter().find(|(known, _)| *known == name)?;
    Some(
        files
            .iter()
            .map(|(path, text)| Text {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect(),
    )
}
