//! What a name stands for: imports, aliases, assignments and shadowing.
//!
//! What may be `pickle` is treated as `pickle`: where branches bind a name differently, each of
//! them is an answer. What is bound to something of this file is nothing that a rule knows.

use std::cell::Cell;
use std::collections::HashSet;

use super::bindings::{Scopes, What};
use crate::parse::python::ast::{
    Expr, ExprAttribute, ExprName, ExprSubscript, Identifier, Operator, Stmt, StmtImportFrom,
};
use crate::parse::python::{Ranged, TextSize};

/// How many assignments are followed from a name to what it stands for.
const STEPS: usize = 6;

/// Of how many pieces a name is put together that is fetched.
const PIECES: usize = 8;

/// How much is followed in one module, counted in bindings and parts of names. No file of a real
/// project comes near it; one that is made to would keep us busy for days.
const ENOUGH: u64 = 50_000_000;

/// The names of a module.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    scopes: Scopes<'a>,
    /// How many parts of names were followed so far.
    followed: Cell<u64>,
}

/// What a name may hold where it is used.
#[derive(Debug, Default)]
pub(super) struct Grown<'a> {
    /// What it may have been assigned.
    pub(super) from: Vec<&'a Expr>,
    /// What may have been added to it since.
    pub(super) added: Vec<&'a Expr>,
}

impl<'a> Names<'a> {
    /// Gathers every binding of a module.
    pub(super) fn of(body: &'a [Stmt]) -> Self {
        Self {
            scopes: Scopes::of(body),
            followed: Cell::new(0),
        }
    }

    /// Whether so much had to be followed that the rest was not.
    pub(super) fn is_too_much(&self) -> bool {
        let spent = self.scopes.looked_at().saturating_add(self.followed.get());
        spent > ENOUGH
    }

    /// Counts what was followed beside names, so that no file keeps us busy for days.
    pub(super) fn spend(&self, parts: usize) {
        // A part of a name takes a text of its own, and so more time than a binding.
        let cost = (parts as u64).saturating_mul(16);
        self.followed.set(self.followed.get().saturating_add(cost));
    }

    /// The dotted names that an expression may stand for: `subprocess.Popen`, `builtins.eval`,
    /// `requests.Session().get`. A call adds `()`. None where it is something of this file.
    pub(super) fn resolve(&self, expression: &'a Expr, scope: usize) -> Vec<String> {
        let mut found = self.follow(expression, scope, STEPS);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether an import of a member binds this name in any scope.
    pub(super) fn is_member(&self, name: &str) -> bool {
        self.scopes.is_member(name)
    }

    /// Whether an expression may stand for this name.
    pub(super) fn is(&self, expression: &'a Expr, scope: usize, name: &str) -> bool {
        self.resolve(expression, scope).iter().any(|it| it == name)
    }

    /// The expressions that a name may have been assigned, where it is an assigned name.
    pub(super) fn values(&self, expression: &'a Expr, scope: usize) -> Vec<&'a Expr> {
        let Expr::Name(name) = expression else {
            return Vec::new();
        };
        let found = self.scopes.bindings(&name.id, scope, name.start());
        let values = found.iter().filter_map(|binding| match binding.what {
            What::Value(value) => Some(value),
            _ => None,
        });
        values.collect()
    }

    /// What a name may have been assigned, and what may have been added to it since.
    pub(super) fn grown(&self, name: &'a ExprName, scope: usize) -> Grown<'a> {
        let mut grown = Grown::default();
        let mut seen = HashSet::new();
        let mut places = vec![name.start()];
        while let Some(at) = places.pop().filter(|_| !self.is_too_much()) {
            for binding in self.scopes.bindings(&name.id, scope, at) {
                match binding.what {
                    What::Value(value) if seen.insert(value.start()) => grown.from.push(value),
                    What::Grown(more) if seen.insert(more.start()) => {
                        grown.added.push(&more.value);
                        places.push(more.start());
                    }
                    _ => {}
                }
            }
        }
        grown
    }

    /// The expressions that one may come to: through names, and each branch of a choice. A name that
    /// may hold anything else, as a parameter does, stands for itself.
    pub(super) fn reached(&self, expression: &'a Expr, scope: usize) -> Vec<&'a Expr> {
        let mut found = Vec::new();
        self.reach(expression, scope, STEPS, &mut found);
        found
    }

    fn reach(&self, expression: &'a Expr, scope: usize, steps: usize, found: &mut Vec<&'a Expr>) {
        let Some(steps) = steps.checked_sub(1).filter(|_| !self.is_too_much()) else {
            found.push(expression);
            return;
        };
        self.spend(1);
        match expression {
            Expr::Name(name) => {
                let bindings = self.scopes.bindings(&name.id, scope, name.start());
                if bindings.is_empty() {
                    found.push(expression);
                }
                for binding in bindings {
                    match binding.what {
                        What::Value(value) => self.reach(value, binding.scope, steps, found),
                        _ => found.push(expression),
                    }
                }
            }
            Expr::If(either) => {
                self.reach(&either.body, scope, steps, found);
                self.reach(&either.orelse, scope, steps, found);
            }
            Expr::Named(named) => self.reach(&named.value, scope, steps, found),
            _ => found.push(expression),
        }
    }

    /// Whether a name was given to a constant of the rules by an import.
    pub(super) fn is_constant(&self, name: &str) -> bool {
        self.scopes.is_constant(name)
    }

    fn follow(&self, expression: &'a Expr, scope: usize, steps: usize) -> Vec<String> {
        let Some(steps) = steps.checked_sub(1).filter(|_| !self.is_too_much()) else {
            return Vec::new();
        };
        self.spend(1);
        let ending = |found: Vec<String>, ending: &str| {
            let ended = found.into_iter().map(|name| name + ending);
            ended.collect::<Vec<_>>()
        };
        match expression {
            Expr::Name(name) => self.named(&name.id, scope, name.start(), steps),
            Expr::Attribute(attribute) => self.attributes(attribute, scope, steps),
            Expr::Call(call) => {
                let found = self.follow(&call.func, scope, steps);
                if let Some(named) = imported(&found, &call.arguments.args) {
                    return vec![named];
                }
                if let Some(member) = self.fetched(&found, &call.arguments.args, scope) {
                    let [object, _, default @ ..] = call.arguments.args.as_ref() else {
                        return Vec::new();
                    };
                    let mut found =
                        ending(self.follow(object, scope, steps), &format!(".{member}"));
                    let default = default.first().into_iter();
                    found.extend(default.flat_map(|it| self.follow(it, scope, steps)));
                    return found;
                }
                ending(found, "()")
            }
            Expr::Subscript(subscript) => self.kept(subscript, scope, steps),
            Expr::Await(inner) => self.follow(&inner.value, scope, steps),
            Expr::Named(named) => self.follow(&named.value, scope, steps),
            Expr::If(either) => {
                let mut found = self.follow(&either.body, scope, steps);
                found.extend(self.follow(&either.orelse, scope, steps));
                found
            }
            Expr::BoolOp(either) => {
                let values = either.values.iter().take(STEPS);
                values
                    .flat_map(|value| self.follow(value, scope, steps))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn attributes(&self, attribute: &'a ExprAttribute, scope: usize, steps: usize) -> Vec<String> {
        let mut members = vec![attribute.attr.as_str()];
        let mut inner = attribute.value.as_ref();
        // A chain of attributes is one step, however long.
        while let Expr::Attribute(attribute) = inner {
            members.push(attribute.attr.as_str());
            inner = &attribute.value;
        }
        members.reverse();
        self.spend(members.len());
        let found = self.follow(inner, scope, steps);
        if found.is_empty() {
            return found;
        }
        let members = members.join(".");
        let found = found.into_iter();
        found.map(|object| format!("{object}.{members}")).collect()
    }

    /// What a mapping of names holds: that of `os.__dict__`, `vars(os)`, `__builtins__` or `sys.modules`.
    fn kept(&self, subscript: &'a ExprSubscript, scope: usize, steps: usize) -> Vec<String> {
        let Some(member) = literal(&subscript.slice) else {
            return Vec::new();
        };
        if let Expr::Call(call) = subscript.value.as_ref()
            && let [object] = call.arguments.args.as_ref()
            && self.is(&call.func, scope, "builtins.vars")
        {
            let found = self.follow(object, scope, steps).into_iter();
            return found.map(|object| format!("{object}.{member}")).collect();
        }
        let found = self.follow(&subscript.value, scope, steps).into_iter();
        let members = found.filter_map(|name| match name.as_str() {
            "sys.modules" => Some(member.clone()),
            "builtins" => Some(format!("builtins.{member}")),
            other => Some(format!("{}.{member}", other.strip_suffix(".__dict__")?)),
        });
        members.collect()
    }

    /// The member that `getattr` fetches by a name that is written, in one piece or in several.
    fn fetched(&self, callee: &[String], arguments: &'a [Expr], scope: usize) -> Option<String> {
        let fetches = callee.iter().any(|name| name == "builtins.getattr");
        let name = arguments.get(1).filter(|_| fetches)?;
        let mut written = self.reached(name, scope).into_iter();
        written.find_map(|name| pieced(name, PIECES))
    }

    fn named(&self, name: &str, scope: usize, at: TextSize, steps: usize) -> Vec<String> {
        let bindings = self.scopes.bindings(name, scope, at);
        if bindings.is_empty() {
            return self.unbound(name);
        }
        let mut found = Vec::new();
        for binding in bindings {
            match binding.what {
                What::Module(module) => found.push(module.to_owned()),
                What::Package(module) => {
                    found.push(module.split('.').next().unwrap_or(module).to_owned());
                }
                What::Member(import, member) => {
                    found.push(format!("{}.{member}", module_of(import)));
                }
                What::Value(value) => found.extend(self.follow(value, binding.scope, steps)),
                What::Grown(_) | What::Other => {}
            }
        }
        found
    }

    /// A builtin, or whatever a star may have brought.
    fn unbound(&self, name: &str) -> Vec<String> {
        self.spend(self.scopes.stars().len());
        let mut found: Vec<String> = self
            .scopes
            .stars()
            .iter()
            .map(|module| format!("{module}.{name}"))
            .collect();
        found.push(if name == "__builtins__" {
            "builtins".to_owned()
        } else {
            format!("builtins.{name}")
        });
        found
    }
}

/// The dotted name of the module that members are imported from; a relative one keeps its dots, so
/// that it is never taken for a module of the same name.
fn module_of(import: &StmtImportFrom) -> String {
    let dots = ".".repeat(import.level as usize);
    let module = import.module.as_ref().map_or("", Identifier::as_str);
    format!("{dots}{module}")
}

/// A module that is imported by a call with its name.
fn imported(callee: &[String], arguments: &[Expr]) -> Option<String> {
    let by_name = [
        "builtins.__import__",
        "importlib.import_module",
        "pytest.importorskip",
    ];
    let imports = callee.iter().any(|name| by_name.contains(&name.as_str()));
    imports.then(|| literal(arguments.first()?)).flatten()
}

/// A text that is put together from literals, of so many pieces.
fn pieced(expression: &Expr, pieces: usize) -> Option<String> {
    let pieces = pieces.checked_sub(1)?;
    match expression {
        Expr::BinOp(both) if matches!(both.op, Operator::Add) => {
            Some(pieced(&both.left, pieces)? + &pieced(&both.right, pieces)?)
        }
        one => literal(one),
    }
}

/// The text of a literal.
pub(super) fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::python;

    /// What the last expression of a module may stand for.
    fn last(text: &str) -> Vec<String> {
        let read = python::read(text, |module| {
            let names = Names::of(module.body());
            let Some(Stmt::Expr(expression)) = module.body().last() else {
                panic!("an expression at the end");
            };
            names.resolve(&expression.value, 0)
        });
        read.expect("Python")
    }

    /// What is called in the body of the last function.
    fn called(text: &str) -> Vec<String> {
        let read = python::read(text, |module| {
            let names = Names::of(module.body());
            let mut look = Calls {
                names: &names,
                found: Vec::new(),
            };
            super::super::walk::walk(module.body(), &mut look);
            look.found
        });
        read.expect("Python")
    }

    struct Calls<'n, 'a> {
        names: &'n Names<'a>,
        found: Vec<String>,
    }

    impl<'a> super::super::walk::Walker<'a> for Calls<'_, 'a> {
        fn expression(&mut self, place: &super::super::walk::Place<'a>, expression: &'a Expr) {
            if let Expr::Call(call) = expression {
                let found = self.names.resolve(&call.func, place.scope());
                self.found.push(found.join("|"));
            }
        }
    }

    #[test]
    fn imports_and_aliases_are_followed() {
        for (text, name) in [
            ("import subprocess as s\ns.Popen", "subprocess.Popen"),
            ("import os.path\nos.system", "os.system"),
            ("from os import system as run\nrun", "os.system"),
            ("from pickle import *\nloads", "pickle.loads"),
            ("import pickle\nload = pickle.loads\nload", "pickle.loads"),
            ("p = __import__('pickle')\np.loads", "pickle.loads"),
            (
                "import importlib as i\ni.import_module('dill').loads",
                "dill.loads",
            ),
            ("import os\ngetattr(os, 'system')", "os.system"),
            ("import a\nb, c = a.x, a.y\nc", "a.y"),
            (
                "import requests\nwith requests.Session() as s: pass\ns.get",
                "requests.Session().get",
            ),
            ("from .pickle import loads\nloads", ".pickle.loads"),
            ("eval", "builtins.eval"),
        ] {
            assert!(
                last(text).iter().any(|found| found == name),
                "{text}: {:?}",
                last(text)
            );
        }
    }

    #[test]
    fn a_name_that_is_bound_otherwise_is_no_hit() {
        for text in [
            "import yaml\nyaml = make()\nyaml.load",
            "def eval(x): pass\neval",
            "import random\nrandom = 7\nrandom.choice",
            "for pickle in x: pass\npickle.loads",
        ] {
            let found = last(text);
            let known = |name: &String| {
                [
                    "yaml.load",
                    "builtins.eval",
                    "random.choice",
                    "pickle.loads",
                ]
                .contains(&name.as_str())
            };
            assert!(!found.iter().any(known), "{text}: {found:?}");
        }
        assert_eq!(
            called("import random\ndef f(random):\n    random.choice()\n"),
            [""]
        );
        assert_eq!(
            called("import random\n[random.choice() for random in x]\n"),
            [""]
        );
        assert_eq!(
            called("class A:\n    import os\n    def f(self):\n        os.system()\n"),
            ["builtins.os.system"]
        );
    }

    #[test]
    fn scopes_and_branches_are_those_of_python() {
        assert_eq!(
            called("def f():\n    os.system()\nimport os\n"),
            ["os.system"]
        );
        assert_eq!(
            called(
                "try:\n    import cPickle as p\nexcept ImportError:\n    import pickle as p\np.loads()\n"
            ),
            ["cPickle.loads|pickle.loads"]
        );
        assert_eq!(
            called("try:\n    import yaml\nexcept ImportError:\n    yaml = None\nyaml.load()\n"),
            ["yaml.load"]
        );
        assert_eq!(
            called("def f():\n    global m\n    import os as m\ndef g():\n    m.system()\n"),
            ["os.system"]
        );
        assert_eq!(
            called("import os\nos = os.path\nos.join()\n"),
            ["os.path.join"]
        );
        assert_eq!(called("lambda: os.system()\nimport os\n"), ["os.system"]);
    }

    #[test]
    fn a_name_that_stands_for_itself_ends() {
        assert_eq!(last("a = b\nb = a\na.x"), [""; 0]);
    }
}
