//! Tests as they are written: functions, their marks, whether they can fail, and property tests.

use std::collections::BTreeSet;

use super::About;
use super::calls::written;
use super::look::Found;
use super::names::{Names, literal};
use super::places::contains;
use super::shell::truth;
use crate::model::fact::{Item, Source};
use crate::model::relations::{CODE_PROPERTY_TEST, CODE_TEST};
use crate::model::value::Value;
use crate::parse::python::ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use crate::parse::python::ast::{Decorator, Expr, Number, Stmt, StmtClassDef, StmtFunctionDef};
use crate::parse::python::{Module, Ranged};

/// Looks for tests: pytest's by its default names, unittest's by their class.
pub(super) fn look<'a>(
    module: &'a Module<'a>,
    about: &About<'_>,
    names: &Names<'a>,
    found: &mut Found,
) {
    let file = about.path.rsplit('/').next().unwrap_or_default();
    let of_pytest = file.starts_with("test_") || file.ends_with("_test.py") || file == "tests.py";
    let mut marks = Vec::new();
    add(&mut marks, marks_of(module.body(), names));
    let mut look = Look {
        module,
        about,
        names,
        found,
        of_pytest,
        helpers: helpers(module.body()),
        collected: of_pytest || file.starts_with("test"),
    };
    look.body(module.body(), None, &marks);
}

/// How many marks of one test are kept. No runner knows as many, and each test of a file would hold
/// them again.
const MARKS: usize = 200;

/// The class around a test.
struct Class<'a> {
    definition: &'a StmtClassDef,
    /// Its name behind those of the classes around it.
    name: String,
    /// Whether it, or a class around it, keeps its tests from being run.
    off: bool,
}

struct Look<'l, 'a, 'f> {
    module: &'a Module<'a>,
    about: &'l About<'f>,
    names: &'l Names<'a>,
    found: &'l mut Found,
    of_pytest: bool,
    /// Functions of the module that check something, by name.
    helpers: BTreeSet<&'a str>,
    /// Whether a runner looks for tests in this file.
    collected: bool,
}

impl<'a> Look<'_, 'a, '_> {
    fn body(&mut self, body: &'a [Stmt], class: Option<&Class<'a>>, marks: &[String]) {
        for statement in body {
            match statement {
                Stmt::FunctionDef(function) => self.function(function, class, marks),
                Stmt::ClassDef(inner) => {
                    let is_test =
                        is_unittest(inner) || (self.of_pytest && inner.name.starts_with("Test"));
                    if is_test {
                        let mut all = marks.to_vec();
                        add(&mut all, marks_of(&inner.body, self.names));
                        add(&mut all, self.marks(&inner.decorator_list));
                        let around = class.map(|class| format!("{}.", class.name));
                        let inner = Class {
                            definition: inner,
                            name: format!("{}{}", around.unwrap_or_default(), inner.name),
                            off: class.is_some_and(|class| class.off) || is_off(&inner.body),
                        };
                        self.body(&inner.definition.body, Some(&inner), &all);
                    }
                }
                Stmt::If(either) => {
                    self.body(&either.body, class, marks);
                    for clause in &either.elif_else_clauses {
                        self.body(&clause.body, class, marks);
                    }
                }
                Stmt::Try(attempt) => {
                    self.body(&attempt.body, class, marks);
                    self.body(&attempt.orelse, class, marks);
                }
                _ => {}
            }
        }
    }

    fn marks(&self, decorators: &'a [Decorator]) -> Vec<String> {
        let marks = decorators
            .iter()
            .filter_map(|it| mark_of(&it.expression, self.names));
        marks.collect()
    }

    fn function(
        &mut self,
        function: &'a StmtFunctionDef,
        class: Option<&Class<'a>>,
        above: &[String],
    ) {
        let given = function
            .decorator_list
            .iter()
            .find_map(|it| given(&it.expression, self.names));
        if let Some(strategies) = &given {
            self.property(function, strategies);
        }
        let unittest = class.is_some_and(|class| is_unittest(class.definition));
        if self.is_fixture(function)
            || !function.name.starts_with("test")
            || !(self.of_pytest || unittest)
        {
            return;
        }
        let mut marks = above.to_vec();
        add(&mut marks, self.marks(&function.decorator_list));
        let checks = Checks::of(&function.body, &self.helpers);
        let at = function.name.start();
        let line = self.module.line(at);
        let name = function.name.as_str();
        let class_name = class.map(|class| class.name.as_str());
        let classes = class_name.map(|name| format!("{}::", name.replace('.', "::")));
        let full = format!("{}{name}", classes.unwrap_or_default());
        let test = format!("{}::{full}", self.about.path);
        let categories = self.about.categories.of(self.about.inside, &full, &marks);
        let item = Item::new(&CODE_TEST, Source::line(self.about.path, line))
            .with("path", self.about.path)
            .with("line", line)
            .with("name", name)
            .with("class", class_name)
            .with("test", test)
            .with("language", "python")
            .with(
                "collected",
                self.collected && !class.is_some_and(|class| class.off),
            )
            .with("scope", self.about.scope)
            .with("category", Value::texts(categories))
            .with("markers", Value::texts(marks))
            .with("asserts", checks.found)
            .with("property", given.is_some());
        self.found.push((at, item));
    }

    /// Whether a function is a fixture, whatever its name.
    fn is_fixture(&self, function: &'a StmtFunctionDef) -> bool {
        let fixtures = [
            "pytest.fixture",
            "pytest_asyncio.fixture",
            "pytest.yield_fixture",
        ];
        function.decorator_list.iter().any(|decorator| {
            let target = match &decorator.expression {
                Expr::Call(call) => call.func.as_ref(),
                other => other,
            };
            let named = self.names.resolve(target, 0);
            named.iter().any(|name| fixtures.contains(&name.as_str()))
        })
    }

    fn property(&mut self, function: &'a StmtFunctionDef, strategies: &[String]) {
        let mut examples = None;
        let mut others = Vec::new();
        for decorator in &function.decorator_list {
            let Expr::Call(call) = &decorator.expression else {
                continue;
            };
            if !self.names.is(&call.func, 0, "hypothesis.settings") {
                continue;
            }
            for keyword in &call.arguments.keywords {
                let Some(name) = &keyword.arg else { continue };
                match (name.as_str(), &keyword.value) {
                    ("max_examples", Expr::NumberLiteral(number)) => {
                        examples = match &number.value {
                            Number::Int(int) => int.as_u64(),
                            _ => None,
                        };
                    }
                    _ => others.push(self.module.slice(keyword.range()).to_owned()),
                }
            }
        }
        let at = function.name.start();
        let line = self.module.line(at);
        let item = Item::new(&CODE_PROPERTY_TEST, Source::line(self.about.path, line))
            .with("path", self.about.path)
            .with("line", line)
            .with("name", function.name.as_str())
            .with("strategies", Value::texts(strategies.to_vec()))
            .with("max_examples", examples)
            .with("settings", Value::texts(others));
        self.found.push((at, item));
    }
}

/// Adds marks to those that are there, each once.
fn add(marks: &mut Vec<String>, more: Vec<String>) {
    for mark in more {
        if marks.len() < MARKS && !marks.contains(&mark) {
            marks.push(mark);
        }
    }
}

/// The marks that a module or class gives to all its tests by `pytestmark`.
fn marks_of<'a>(body: &'a [Stmt], names: &Names<'a>) -> Vec<String> {
    let values = body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => Some((target, assign.value.as_ref())),
            _ => None,
        },
        Stmt::AnnAssign(assign) => Some((assign.target.as_ref(), assign.value.as_deref()?)),
        Stmt::AugAssign(assign) => Some((assign.target.as_ref(), assign.value.as_ref())),
        _ => None,
    });
    let given =
        values.filter(|(target, _)| matches!(target, Expr::Name(name) if name.id == "pytestmark"));
    let several = given.flat_map(|(_, value)| match value {
        Expr::List(list) => list.elts.as_slice(),
        Expr::Tuple(tuple) => tuple.elts.as_slice(),
        one => std::slice::from_ref(one),
    });
    several.filter_map(|mark| mark_of(mark, names)).collect()
}

/// Whether a class says `__test__ = False`.
fn is_off(body: &[Stmt]) -> bool {
    body.iter().any(|statement| {
        let Stmt::Assign(assign) = statement else {
            return false;
        };
        let named = |target: &Expr| matches!(target, Expr::Name(name) if name.id == "__test__");
        let off = matches!(assign.value.as_ref(), Expr::BooleanLiteral(it) if !it.value);
        off && assign.targets.iter().any(named)
    })
}

/// The mark that an expression is: `pytest.mark.security` is `security`, with its first literal
/// argument behind a colon.
fn mark_of<'a>(expression: &'a Expr, names: &Names<'a>) -> Option<String> {
    let (target, call) = match expression {
        Expr::Call(call) => (call.func.as_ref(), Some(call)),
        other => (other, None),
    };
    let found = names.resolve(target, 0);
    let name = found
        .iter()
        .find_map(|name| name.strip_prefix("pytest.mark."))?;
    let argument = call
        .and_then(|call| call.arguments.find_positional(0))
        .and_then(literal);
    let name = name.trim_end_matches("()");
    Some(match argument {
        Some(argument) => format!("{name}:{argument}"),
        None => name.to_owned(),
    })
}

/// The strategies of `@given`.
fn given<'a>(expression: &'a Expr, names: &Names<'a>) -> Option<Vec<String>> {
    let Expr::Call(call) = expression else {
        return None;
    };
    let is_given = names.is(&call.func, 0, "hypothesis.given")
        || names.is(&call.func, 0, "schemathesis.given");
    is_given.then(|| {
        let positional = call.arguments.args.iter();
        let all = positional.chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        all.map(written).collect()
    })
}

fn is_unittest(class: &StmtClassDef) -> bool {
    let bases = class
        .arguments
        .as_deref()
        .map_or(&[][..], |arguments| &arguments.args);
    bases.iter().any(|base| {
        let name = written(base);
        name.rsplit('.').next().is_some_and(|last| {
            last.ends_with("TestCase") || last.ends_with("Test") || last.ends_with("TestBase")
        })
    })
}

/// Functions and methods of a module in which something is checked, themselves or through others of
/// the module.
fn helpers(body: &[Stmt]) -> BTreeSet<&str> {
    let mut functions = Functions { found: Vec::new() };
    functions.visit_body(body);
    let mut checking = BTreeSet::new();
    // Few helpers call helpers that call helpers.
    for _ in 0..3 {
        let before = checking.len();
        for function in &functions.found {
            let name = function.name.as_str();
            if !checking.contains(name) && Checks::of(&function.body, &checking).found {
                checking.insert(name);
            }
        }
        if checking.len() == before {
            break;
        }
    }
    checking
}

/// Every function of a module.
struct Functions<'a> {
    found: Vec<&'a StmtFunctionDef>,
}

impl<'a> SourceOrderVisitor<'a> for Functions<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(function) = statement {
            self.found.push(function);
        }
        walk_stmt(self, statement);
    }
}

/// Whether anything in a test can fail on purpose.
struct Checks<'h> {
    found: bool,
    helpers: &'h BTreeSet<&'h str>,
}

impl<'h> Checks<'h> {
    fn of(body: &[Stmt], helpers: &'h BTreeSet<&'h str>) -> Self {
        let mut checks = Self {
            found: false,
            helpers,
        };
        for statement in body {
            checks.visit_stmt(statement);
        }
        checks
    }
}

impl<'a> SourceOrderVisitor<'a> for Checks<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.found |= match statement {
            // What is true whatever happens checks nothing.
            Stmt::Assert(assert) => truth(&assert.test) != Some(true),
            Stmt::Raise(_) => true,
            _ => false,
        };
        if !self.found {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let last = match call.func.as_ref() {
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                Expr::Name(name) => name.id.as_str(),
                _ => "",
            };
            self.found |= self.helpers.contains(last);
            // Helpers of other modules are known by their names alone.
            self.found |= last != "xfail"
                && [
                    "assert", "raises", "warns", "fail", "expect", "check", "verify", "validate",
                ]
                .iter()
                .any(|word| contains(last, word));
        }
        if !self.found {
            walk_expr(self, expression);
        }
    }
}
