//! Results. Deviations and gaps stand once, with the control; a test says how many are its own.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::control::Severity;
use crate::model::exhibit::Digest;
use crate::model::gap::Gap;
use crate::model::result::{ControlResult, Deviation, Outcome, TestResult, WaiverUse};
use crate::model::value::Ratio;

/// What the engine says of a control.
#[derive(serde::Serialize)]
pub(super) struct ResultView<'r> {
    control: &'r str,
    severity: Severity,
    outcome: Outcome,
    waived: bool,
    reason: Option<&'r str>,
    tests: Vec<TestView<'r>>,
    deviations: Vec<DeviationView<'r>>,
    gaps: &'r [Gap],
    waivers: &'r [WaiverUse],
    evidence: &'r [String],
    sources: usize,
}

#[derive(serde::Serialize)]
struct TestView<'r> {
    attribute: &'r str,
    outcome: Outcome,
    sentence: &'r str,
    logic: &'r str,
    relation: Option<&'static str>,
    items: usize,
    population: usize,
    observed: &'r str,
    required: &'r str,
    measured: Option<Ratio>,
    deviations: usize,
    gaps: usize,
    exhibits: usize,
    sources: usize,
    parts: Vec<TestView<'r>>,
}

/// One item that is not as required, with its fields by name.
#[derive(serde::Serialize)]
struct DeviationView<'r> {
    attribute: &'r str,
    place: &'r str,
    path: &'r str,
    line: Option<u32>,
    column: Option<u32>,
    item: Fields<'r>,
    observed: Fields<'r>,
    required: &'r str,
    fingerprint: &'r Digest,
    waiver: Option<&'r str>,
}

/// Named values in the order of the relation.
struct Fields<'r>(&'r [(String, String)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (at, (name, value)) in self.0.iter().enumerate() {
            // A name that comes twice would be lost by most readers: the first one stands.
            if !self.0.iter().take(at).any(|(earlier, _)| earlier == name) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl<'r> ResultView<'r> {
    /// The view of a result.
    pub(super) fn of(result: &'r ControlResult) -> Self {
        Self {
            control: &result.control,
            severity: result.severity,
            outcome: result.outcome,
            waived: result.waived,
            reason: result.reason.as_deref(),
            tests: result.tests.iter().map(TestView::of).collect(),
            deviations: result.deviations.iter().map(DeviationView::of).collect(),
            gaps: &result.gaps,
            waivers: &result.waivers,
            evidence: &result.evidence,
            sources: result.sources,
        }
    }
}

impl<'r> TestView<'r> {
    fn of(test: &'r TestResult) -> Self {
        Self {
            attribute: &test.attribute,
            outcome: test.outcome,
            sentence: &test.sentence,
            logic: &test.logic,
            relation: test.relation,
            items: test.items,
            population: test.population,
            observed: &test.observed,
            required: &test.required,
            measured: test.measured,
            deviations: test.deviations.len(),
            gaps: test.gaps.len(),
            exhibits: test.evidence.len(),
            sources: test.sources,
            parts: test.parts.iter().map(TestView::of).collect(),
        }
    }
}

impl<'r> DeviationView<'r> {
    fn of(deviation: &'r Deviation) -> Self {
        Self {
            attribute: &deviation.attribute,
            place: &deviation.place,
            path: &deviation.path,
            line: deviation.line,
            column: deviation.column,
            item: Fields(&deviation.item),
            observed: Fields(&deviation.observed),
            required: &deviation.required,
            fingerprint: &deviation.fingerprint,
            waiver: deviation.waiver.as_deref(),
        }
    }
}
