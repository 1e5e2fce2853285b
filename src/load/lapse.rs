//! What is unsound without being a fault of the file: a waiver that is over, or that covers nothing;
//! a statement that is over, has not begun or is not signed. A run reports it; whoever keeps the
//! files wants to be refused.

use crate::model::attestation::{Signature, Statement, StatementState};
use crate::model::text;
use crate::model::time::{Day, Moment};
use crate::model::waiver::Waiver;
use crate::parse::yaml::{self, Node};

use super::Text;
use super::attestations::NAMESPACE;
use super::problem::Problem;
use super::reader::Reader;

/// A waiver whose last day was before `today`. `places` is how many exceptions it would cover;
/// `None` where that is not known, because its control could not be tested.
pub fn expired(file: &Text, waiver: &Waiver, today: Day, places: Option<usize>) -> Option<Problem> {
    let last = waiver.expires.filter(|last| *last < today)?;
    let (id, control) = (text::excerpt(&waiver.id), text::excerpt(&waiver.control));
    let title = format!("expected a last day of {today} or later in {id}, found {last}");
    let fix = match places {
        Some(0) => format!("Take it out: {control} has no exception that it would cover."),
        Some(1) => format!("Fix {control} at 1 place, or have a new waiver approved."),
        Some(places) => {
            let places = text::grouped(places as u64);
            format!("Fix {control} at {places} places, or have a new waiver approved.")
        }
        None => format!("Fix {control}, or have a new waiver approved."),
    };
    let fix = format!("{fix} (In a run: reported, exit 1.)");
    Some(at(
        Problem::new("waiver-expired", title, fix),
        file,
        waiver,
        "expires",
    ))
}

/// A waiver in force that covers none of the exceptions of its control.
pub fn unmatched(file: &Text, waiver: &Waiver) -> Problem {
    let (id, control) = (text::excerpt(&waiver.id), text::excerpt(&waiver.control));
    let title = format!("expected an exception of {control} that {id} covers, found none");
    let fix = "Take it out, or mend its scope. (In a run: reported.)";
    at(
        Problem::new("waiver-unmatched", title, fix),
        file,
        waiver,
        "scope",
    )
}

/// What is unsound in a statement that can be read: it is over, it has not begun, or nobody signed
/// it.
pub fn unsound(file: &Text, statement: &Statement, as_of: Moment) -> Vec<Problem> {
    let name = text::excerpt(&statement.name);
    let today = as_of.day();
    let mut found = Vec::new();
    let mut say = |code, title: String, fix: String, field| {
        let problem = Problem::new(code, title, fix);
        let place = yaml::parse(&file.text).ok().map(|root| {
            let node = root.get(field).unwrap_or(&root);
            Reader::new(file).place(node)
        });
        found.push(match place {
            Some(place) => problem.at(place),
            None => problem,
        });
    };
    let again = "Have it stated again, and sign it anew. (In a run: reported.)";
    match (statement.state(as_of), statement.issued, statement.expires) {
        (StatementState::Malformed, ..) => return found,
        (StatementState::Expired, _, Some(last)) => {
            let title = format!("expected a last day of {today} or later in {name}, found {last}");
            say("attestation-expired", title, again.to_owned(), "expires");
        }
        (StatementState::NotYet, Some(first), _) => {
            let title =
                format!("expected a first day of {today} or earlier in {name}, found {first}");
            let fix = "Write the day on which it was stated. (In a run: reported.)";
            say("attestation-early", title, fix.to_owned(), "issued");
        }
        _ => {}
    }
    let found_there = match statement.signature {
        Signature::NotChecked => return found,
        Signature::Absent => "none",
        Signature::Bad => "something else",
    };
    let path = &file.path;
    let title = format!("expected the signature of {name} at {path}.sig, found {found_there}");
    let fix = format!("Sign the file: ssh-keygen -Y sign -f KEY -n {NAMESPACE} FILE");
    say("attestation-signature", title, fix, "statement");
    found
}

/// At a field of an entry, or at the entry.
fn at(problem: Problem, file: &Text, waiver: &Waiver, field: &str) -> Problem {
    let document = yaml::parse(&file.text).ok();
    let entries = document.as_ref().and_then(|it| it.get("waivers"));
    let mut entries = entries.map(Node::members).unwrap_or_default().iter();
    match entries.find(|entry| entry.line == waiver.line) {
        Some(entry) => {
            let node = entry.get(field).unwrap_or(entry);
            problem.at(Reader::new(file).place(node))
        }
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load_waivers;

    const REGISTER: &str = "\
apiVersion: audit/v1
waivers:
  - id: W-002
    control: CI-01
    scope: { path: .github/** }
    reason: The vendor has no other release.
    owner: maria
    approver: jo
    issued: 2026-08-03
    expires: 2026-10-31
";

    fn problem(places: Option<usize>, today: &str) -> Option<Problem> {
        let file = Text {
            path: ".audit/waivers.yaml".to_owned(),
            text: REGISTER.to_owned(),
        };
        let (waivers, _) = load_waivers(&file, &[]);
        let waiver = waivers.first().expect("a waiver");
        expired(&file, waiver, Day::parse(today).expect("a day"), places)
    }

    #[test]
    fn a_waiver_is_over_after_its_last_day() {
        assert_eq!(problem(Some(1), "2026-10-31"), None);
        let over = problem(Some(1), "2026-11-22").expect("a problem");
        assert_eq!(
            over.title,
            "expected a last day of 2026-11-22 or later in W-002, found 2026-10-31"
        );
        assert_eq!(
            over.fix,
            "Fix CI-01 at 1 place, or have a new waiver approved. (In a run: reported, exit 1.)"
        );
        let place = over.place.expect("a place");
        assert_eq!((place.line, place.column, place.width), (10, 14, 10));
    }

    #[test]
    fn what_to_do_about_it_follows_from_what_it_would_cover() {
        let fix = |places| problem(places, "2026-11-22").expect("a problem").fix;
        assert!(fix(Some(0)).starts_with("Take it out: "));
        assert!(fix(Some(1_214)).starts_with("Fix CI-01 at 1,214 places, "));
        assert!(fix(None).starts_with("Fix CI-01, or "));
    }
}
