//! One control as it is in force: parameters, requirements, tests.

use crate::model::control::{
    Aggregate, Bound, Check, Clause, Comparator, Control, Operand, Parameter, Requirement,
    Selection, Test, Unit, shown,
};
use crate::model::text::visible;
use crate::model::value::Value;
use crate::render::table::grid::{Fit, Grid};
use crate::render::table::layout::margin;
use crate::render::table::{Style, Text};

/// The column of the values.
const VALUES: usize = 11;

/// The definition in force.
pub(crate) fn text(control: &Control, style: &Style) -> String {
    let mut out = String::new();
    if !control.parameters.is_empty() {
        out.push_str(&parameters(control, style));
    }
    for (index, requirement) in control.requires.iter().enumerate() {
        let label = if index == 0 { "requires" } else { "" };
        let text = requires(control, requirement);
        margin(&mut out, label, &Text::new(text), style, VALUES);
    }
    if let Some(relation) = control.applies_when {
        let text = format!("where there is {}: {}", relation.noun.0, relation.name);
        margin(&mut out, "applies", &Text::new(text), style, VALUES);
    }
    let mut tests = Text::default();
    for (index, test) in control.tests.iter().enumerate() {
        if index > 0 {
            tests = tests.and(format!(" {} ", style.dot()));
        }
        tests = tests.and(visible(&logic(test)));
    }
    margin(&mut out, "tests", &tests, style, VALUES);
    out
}

fn parameters(control: &Control, style: &Style) -> String {
    let mut grid = Grid::new(&[
        ("PARAMETER", Fit::Fixed),
        ("IN FORCE", Fit::Wrap),
        ("DEFAULT", Fit::Wrap),
        ("FLOOR", Fit::Wrap),
        ("SET BY", Fit::Fixed),
        ("MEANING", Fit::Wrap),
    ]);
    for parameter in &control.parameters {
        let floor = parameter.floor.as_ref();
        let by = parameter.set_by.as_ref();
        grid.row([
            visible(&parameter.name).into_owned(),
            in_unit(parameter, &parameter.value),
            in_unit(parameter, &parameter.default),
            floor.map_or_else(|| "-".to_owned(), |floor| in_unit(parameter, floor)),
            by.map_or_else(
                || "catalogue".to_owned(),
                |by| format!("{}:{}", visible(&by.path), by.line),
            ),
            visible(&parameter.meaning).into_owned(),
        ]);
    }
    grid.render(style)
}

fn in_unit(parameter: &Parameter, value: &Value) -> String {
    visible(&shown(value, parameter.unit)).into_owned()
}

/// `coverage.report: complete, L1 or better, of this commit where it names one, at most 7 d old`.
fn requires(control: &Control, requirement: &Requirement) -> String {
    let mut parts = vec![format!("{}: complete", requirement.report.name)];
    if let Some(origin) = &requirement.origin {
        parts.push(format!("{} or better", in_force(control, origin)));
    }
    parts.push("of this commit where it names one".to_owned());
    if let Some(age) = &requirement.max_age {
        let same = if requirement.same_sources {
            " or committed with the same sources"
        } else {
            ""
        };
        parts.push(format!("at most {} old{same}", in_force(control, age)));
    }
    if let Some(undated) = &requirement.undated {
        let words = match in_force(control, undated).as_str() {
            "refuse" => "undated ones refused".to_owned(),
            "accept" => "undated ones accepted".to_owned(),
            other => format!("undated: {other}"),
        };
        parts.push(words);
    }
    if let Some(most) = &requirement.files_elsewhere {
        let most = in_force(control, most);
        parts.push(format!("at most {most} files of another tree"));
    }
    parts.join(", ")
}

/// An operand as a value with its unit.
fn in_force(control: &Control, operand: &Operand) -> String {
    let text = match operand {
        Operand::Parameter(name) => control.parameter(name).map_or_else(
            || format!("${name}"),
            |parameter| in_unit(parameter, &parameter.value),
        ),
        Operand::Literal(value) => shown(value, Unit::Days),
        Operand::Field(field) => format!("its {field}"),
    };
    visible(&text).into_owned()
}

/// A test as it is written, with the names of its parameters.
fn logic(test: &Test) -> String {
    match &test.check {
        Check::Every { of, must, .. } => format!("every {} must {}", population(of), clauses(must)),
        Check::Count { of, bound, .. } => {
            format!("count of {} is {}", population(of), limit(bound))
        }
        Check::Measure {
            of,
            field,
            aggregate,
            bound,
            ..
        } => {
            let what = match aggregate {
                Aggregate::Ratio => "covered of total".to_owned(),
                other => other.name().to_owned(),
            };
            format!(
                "{what} in {field} of {} is {}",
                population(of),
                limit(bound)
            )
        }
        Check::Fresh {
            of, field, within, ..
        } => format!(
            "{field} of every {} is at most {} d old",
            population(of),
            operand(within)
        ),
        Check::Reconcile {
            each,
            key,
            within,
            per,
            ..
        } => {
            let per = per.as_ref().map_or_else(String::new, |per| {
                format!(", for each {per} that has any there")
            });
            format!(
                "every {key} of {} stands in {}{per}",
                population(each),
                population(within)
            )
        }
        Check::Attested { statement } => format!("a person stated {statement}"),
        Check::AllOf(tests) => joined(tests, "and"),
        Check::AnyOf(tests) => joined(tests, "or"),
    }
}

fn joined(tests: &[Test], word: &str) -> String {
    let parts: Vec<String> = tests.iter().map(logic).collect();
    format!("({})", parts.join(&format!(" {word} ")))
}

fn population(of: &Selection) -> String {
    if of.filter.is_empty() {
        of.relation.name.to_owned()
    } else {
        format!("{} where {}", of.relation.name, clauses(&of.filter))
    }
}

fn clauses(clauses: &[Clause]) -> String {
    let parts: Vec<String> = clauses
        .iter()
        .map(|clause| {
            let operand = operand(&clause.operand);
            format!("{} {} {operand}", clause.field, words(clause.comparator))
        })
        .collect();
    parts.join(" and ")
}

fn limit(bound: &Bound) -> String {
    format!("{} {}", words(bound.comparator), operand(&bound.operand))
}

/// The comparator in words.
fn words(comparator: Comparator) -> String {
    comparator.name().replace('-', " ")
}

fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Literal(Value::List(list)) => {
            let members: Vec<String> = list.iter().map(ToString::to_string).collect();
            format!("[{}]", members.join(", "))
        }
        Operand::Literal(value) => value.to_string(),
        Operand::Parameter(name) => format!("${name}"),
        Operand::Field(field) => format!("its {field}"),
    }
}
