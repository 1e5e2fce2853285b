//! Tests and checks that somebody turned into comments, so that they are neither run nor counted as
//! skipped.
//!
//! A comment that speaks of one is none: what stands behind the signs has to be a whole function or
//! statement of Python, as the parser reads it.

use crate::parse::python::ast::{Expr, Stmt};
use crate::parse::python::{self, Comment, Module, TextSize};

/// A test in comments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Commented {
    /// Its function.
    pub(super) name: String,
    /// Where its first comment begins.
    pub(super) at: TextSize,
}

/// How many lines of one function are looked at.
const LONGEST: usize = 2_000;

/// A comment that stands alone on its line, without its sign.
struct Line<'t> {
    number: u32,
    column: u32,
    text: &'t str,
    at: TextSize,
}

/// The tests of a module that are comments.
pub(super) fn tests(module: &Module<'_>) -> Vec<Commented> {
    let alone = module.comments().filter(|comment| comment.alone);
    let lines: Vec<Line<'_>> = alone.map(|comment| line(module, &comment)).collect();
    let mut found = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, after)) = rest.split_first() {
        match taken(first, after) {
            Some((name, length)) => {
                found.push(Commented { name, at: first.at });
                rest = after.get(length..).unwrap_or_default();
            }
            None => rest = after,
        }
    }
    found
}

fn line<'t>(module: &Module<'_>, comment: &Comment<'t>) -> Line<'t> {
    let (number, column) = module.place(comment.start);
    let text = comment.text.trim_start_matches('#');
    Line {
        number,
        column,
        text,
        at: comment.start,
    }
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The name of the test whose definition a line is, and how many of the lines behind it are its body.
fn taken(first: &Line<'_>, after: &[Line<'_>]) -> Option<(String, usize)> {
    let definition = first.text.trim_start();
    let function = definition.strip_prefix("async ").unwrap_or(definition);
    if !function.starts_with("def test") {
        return None;
    }
    let margin = indent(first.text);
    let goes_on = |(at, line): &(usize, &Line<'_>)| {
        let number = u32::try_from(at + 1).map(|step| first.number.saturating_add(step));
        let next = Ok(line.number) == number && line.column == first.column;
        let closing = line.text.trim_start().starts_with(')');
        next && (line.text.trim().is_empty() || indent(line.text) > margin || closing)
    };
    let body = after.iter().take(LONGEST).enumerate().take_while(goes_on);
    let length = body.count();
    let mut text = String::new();
    for line in std::iter::once(first).chain(after.iter().take(length)) {
        text.push_str(line.text.get(margin..).unwrap_or_default());
        text.push('\n');
    }
    let name = python::read(&text, |module| match module.body() {
        [Stmt::FunctionDef(it)] if module.error().is_none() => Some(it.name.to_string()),
        _ => None,
    });
    name.ok().flatten().map(|name| (name, length))
}

/// Where checks stand that are comments: `# assert total == 3`, `# self.assertEqual(a, b)`.
pub(super) fn asserts(module: &Module<'_>) -> Vec<TextSize> {
    let alone = module.comments().filter(|comment| comment.alone);
    alone
        .filter(|comment| is_check(comment.text.trim_start_matches('#').trim()))
        .map(|comment| comment.start)
        .collect()
}

fn is_check(text: &str) -> bool {
    if !text.starts_with("assert ") && !text.starts_with("self.assert") {
        return false;
    }
    let read = python::read(text, |module| match module.body() {
        // A sentence may begin with the word; one that compares or calls is no sentence.
        [Stmt::Assert(it)] => {
            let says = matches!(
                it.test.as_ref(),
                Expr::Compare(_) | Expr::Call(_) | Expr::BoolOp(_) | Expr::UnaryOp(_)
            );
            says && module.error().is_none()
        }
        [Stmt::Expr(it)] => matches!(it.value.as_ref(), Expr::Call(_)) && module.error().is_none(),
        _ => false,
    });
    read.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(u32, String)> {
        let read = python::read(text, |module| {
            let found = tests(module).into_iter();
            let placed = found.map(|it| (module.line(it.at), it.name));
            placed.collect::<Vec<_>>()
        });
        read.expect("Python")
    }

    #[test]
    fn a_whole_function_behind_comments_is_a_test() {
        let text = "x = 1\n# @pytest.mark.slow\n# def test_a(\n#     one,\n# ):\n#     assert one\n#\n#     assert x\n\n\
            class TestB:\n    #async def test_c(self):\n    #    await self.x()\n    def test_d(self): ...\n\
            # def test_e(): assert 1\n# def test_f():\n#     pass\n";
        assert_eq!(
            names(text),
            [
                (3, "test_a".to_owned()),
                (11, "test_c".to_owned()),
                (14, "test_e".to_owned()),
                (15, "test_f".to_owned()),
            ]
        );
    }

    #[test]
    fn a_check_behind_a_comment_is_a_whole_statement() {
        let text = "# assert total == 3\n# assert that it is 3\n#self.assertEqual(a, b)\n\
            # assert it\nx = 1  # assert x == 1\n# assert not a\n# self.assertEqual is meant\n\
            y = '# assert a == b'\n";
        let lines = python::read(text, |module| {
            let found = asserts(module).into_iter().map(|at| module.line(at));
            found.collect::<Vec<_>>()
        });
        assert_eq!(lines.expect("Python"), [1, 3, 6]);
    }

    #[test]
    fn what_only_speaks_of_a_test_is_none() {
        for text in [
            "# def test_x is called by the runner\n",
            "# def test_x():\n# the body was lost\n",
            "# see def test_x():\n",
            "y = 1  # def test_x(): pass\n",
            "'''\n# def test_x(): pass\n'''\n",
            "# def test_x():\n\n#     pass\n",
            "# def helper(): pass\n",
        ] {
            assert_eq!(names(text), [], "{text}");
        }
    }
}
