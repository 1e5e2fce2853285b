//! Problems as a person reads them: all that can be found at once.

use crate::load::Problem;

/// The text of problems.
pub(crate) fn render(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&format!(
            "error[{}] {}\n",
            problem.code,
            crate::model::text::visible(&problem.title)
        ));
        if let Some(place) = &problem.place {
            text.push_str(&format!(
                "  where       {}:{}:{}\n",
                place.path, place.line, place.column
            ));
        }
        text.push_str(&format!("  fix         {}\n", problem.fix));
    }
    text
}
