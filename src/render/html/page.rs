//! The whole page, section by section, in the order of the report.

use serde::Serialize;

use super::age::Age;
use super::anchors::Anchors;
use super::control::ControlPage;
use super::cover::Cover;
use super::index::Index;
use super::matrix::Matrix;
use super::scope::Scope;
use super::summary::{ExceptionEntry, GapRow, Summary};
use super::waivers::{CountedFrom, WaiverRecord};
use super::{age, control, cover, index, matrix, scope, summary, waivers};

/// Everything that the templates lay out.
#[derive(Serialize)]
pub(super) struct Page<'r> {
    pub(super) cover: Cover,
    pub(super) scope: Scope<'r>,
    pub(super) summary: Summary,
    pub(super) matrix: Matrix,
    pub(super) exceptions: Vec<ExceptionEntry<'r>>,
    pub(super) gaps: Vec<GapRow<'r>>,
    pub(super) controls: Vec<ControlPage<'r>>,
    pub(super) waivers: Vec<WaiverRecord<'r>>,
    pub(super) waivers_from: Option<CountedFrom<'r>>,
    pub(super) age: Age,
    pub(super) index: Index<'r>,
}

impl<'r> Page<'r> {
    /// Prepares the page of a bundle.
    pub(super) fn of(anchors: &Anchors<'r>, report_json_sha256: &str) -> Self {
        Self {
            cover: cover::cover(anchors, report_json_sha256),
            scope: scope::scope(anchors),
            summary: summary::summary(anchors),
            matrix: matrix::matrix(anchors),
            exceptions: summary::exceptions(anchors),
            gaps: summary::gaps(anchors),
            controls: control::pages(anchors),
            waivers: waivers::records(anchors),
            waivers_from: waivers::counted_from(anchors),
            age: age::age(anchors),
            index: index::index(anchors),
        }
    }
}
