//! What binds a name, and which bindings reach a place: scopes by the rules of Python.
//!
//! A name is looked up in the scope it is used in, then in the functions around it, then in the
//! module. In the scope of the use only what was bound before counts; in a body that runs later,
//! whatever the scope around holds in the end. Where branches bind a name differently, each of
//! them is an answer.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::walk::{Owner, Place, Walker, walk};
use crate::parse::python::ast::{
    Comprehension, ExceptHandler, Expr, Identifier, Operator, Parameters, Pattern, Stmt,
    StmtAugAssign, StmtImportFrom,
};
use crate::parse::python::{Ranged, TextSize};

/// How many members of a list that is looped over are followed.
pub(super) const TURNS: usize = 16;

/// What a name was bound to.
#[derive(Debug, Clone, Copy)]
pub(super) enum What<'a> {
    /// A module, by its dotted name.
    Module(&'a str),
    /// The first part of a dotted module that was imported without another name.
    Package(&'a str),
    /// A member of a module.
    Member(&'a StmtImportFrom, &'a str),
    /// The value of an expression.
    Value(&'a Expr),
    /// What it was bound to before, with something added: `x += y`.
    Grown(&'a StmtAugAssign),
    /// Anything else: a parameter, a loop variable, a function, a class.
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Binding<'a> {
    /// What it was bound to.
    pub(super) what: What<'a>,
    at: TextSize,
    conditional: bool,
    /// Where the expression of a value is evaluated.
    pub(super) scope: usize,
}

#[derive(Debug, Default)]
struct Scope<'a> {
    parent: Option<usize>,
    is_class: bool,
    is_deferred: bool,
    /// Whether its result stands before its loops in the text, and is evaluated after them.
    is_comprehension: bool,
    names: HashMap<&'a str, Vec<Binding<'a>>>,
    /// Names that a `global` or `nonlocal` sends elsewhere.
    elsewhere: HashMap<&'a str, Elsewhere>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Elsewhere {
    Global,
    Around,
}

/// The scopes of a module.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    all: Vec<Scope<'a>>,
    /// Modules whose members were all imported, in any scope.
    stars: Vec<&'a str>,
    /// Names that an import of a member binds, in any scope.
    members: HashSet<&'a str>,
    /// Names that an import gives to constants of `ssl` and `OpenSSL`, in any scope.
    constants: HashSet<&'a str>,
    /// How many bindings were looked at so far.
    looked_at: Cell<u64>,
}

impl<'a> Scopes<'a> {
    /// Gathers every binding of a module.
    pub(super) fn of(body: &'a [Stmt]) -> Self {
        let mut scopes = Self::default();
        walk(body, &mut scopes);
        scopes.settle();
        scopes
    }

    /// The modules whose members were all imported, in any scope.
    pub(super) fn stars(&self) -> &[&'a str] {
        &self.stars
    }

    /// Whether an import of a member binds this name in any scope.
    pub(super) fn is_member(&self, name: &str) -> bool {
        self.members.contains(name)
    }

    /// Whether an import gives this name to a constant of `ssl` or `OpenSSL` in any scope.
    pub(super) fn is_constant(&self, name: &str) -> bool {
        self.constants.contains(name)
    }

    /// How many bindings were looked at so far.
    pub(super) fn looked_at(&self) -> u64 {
        self.looked_at.get()
    }

    /// The bindings that may hold where a name is used.
    pub(super) fn bindings(&self, name: &str, scope: usize, at: TextSize) -> Vec<Binding<'a>> {
        let mut next = Some(scope);
        let mut deferred = false;
        let mut first = true;
        while let Some(scope) = next.and_then(|number| self.all.get(number)) {
            match scope.elsewhere.get(name) {
                Some(Elsewhere::Global) => {
                    let module = self.all.first().and_then(|module| module.names.get(name));
                    return module.map_or_else(Vec::new, |all| self.reaching(all, None));
                }
                Some(Elsewhere::Around) => {}
                // A class's own names are not seen from the functions in it.
                None if scope.is_class && !first => {}
                None => {
                    if let Some(all) = scope.names.get(name) {
                        let any = deferred || scope.is_comprehension;
                        let found = self.reaching(all, (!any).then_some(at));
                        let passes_on = scope.is_class && found.is_empty();
                        if !found.is_empty() {
                            return found;
                        }
                        if !passes_on {
                            // Used before it is bound, as in a loop: whatever it is bound to.
                            return self.reaching(all, None);
                        }
                    }
                }
            }
            first = false;
            deferred |= scope.is_deferred;
            next = scope.parent;
        }
        Vec::new()
    }

    /// The bindings that reach a place, or the end of their scope: from the last that is always
    /// run. `None` as a value stands for a module that could not be imported, and hides nothing.
    fn reaching(&self, all: &[Binding<'a>], at: Option<TextSize>) -> Vec<Binding<'a>> {
        self.looked_at
            .set(self.looked_at.get().saturating_add(all.len() as u64));
        let is_none =
            |binding: &Binding<'a>| matches!(binding.what, What::Value(Expr::NoneLiteral(_)));
        let before = || {
            let last_first = all.iter().rev();
            last_first.filter(move |binding| at.is_none_or(|at| binding.at <= at))
        };
        let only_none = before().all(is_none);
        let mut found = Vec::new();
        for binding in before().filter(|binding| only_none || !is_none(binding)) {
            found.push(*binding);
            if !binding.conditional {
                break;
            }
        }
        found.reverse();
        found
    }

    fn bind(&mut self, scope: usize, name: &'a str, binding: Binding<'a>) {
        if let Some(scope) = self.all.get_mut(scope) {
            scope.names.entry(name).or_default().push(binding);
        }
    }

    fn other(&mut self, place: &Place<'a>, name: &'a str, at: TextSize) {
        self.put(place, name, at, What::Other);
    }

    fn put(&mut self, place: &Place<'a>, name: &'a str, at: TextSize, what: What<'a>) {
        self.put_if(place, name, at, what, place.is_conditional());
    }

    fn put_if(
        &mut self,
        place: &Place<'a>,
        name: &'a str,
        at: TextSize,
        what: What<'a>,
        conditional: bool,
    ) {
        let scope = place.scope();
        let binding = Binding {
            what,
            at,
            conditional,
            scope,
        };
        self.bind(scope, name, binding);
    }

    /// Binds what an assignment to a target binds.
    fn assign(&mut self, place: &Place<'a>, target: &'a Expr, value: Option<&'a Expr>) {
        match (target, value) {
            (Expr::Name(name), value) => {
                let what = value.map_or(What::Other, What::Value);
                // The value is evaluated before the name is bound: `x = x.y` means the old `x`.
                let at = value.map_or(name.end(), Ranged::end);
                self.put(place, &name.id, at, what);
            }
            (Expr::Tuple(_) | Expr::List(_), value) => {
                let targets = members(target);
                let values = value
                    .map(members)
                    .filter(|them| them.len() == targets.len());
                for (at, target) in targets.iter().enumerate() {
                    let value = values.and_then(|values| values.get(at));
                    self.assign(place, target, value);
                }
            }
            (Expr::Starred(starred), _) => self.assign(place, &starred.value, None),
            _ => {}
        }
    }

    /// Binds what a loop over written members binds: each of them in turn.
    fn looped(&mut self, place: &Place<'a>, target: &'a Expr, over: &'a Expr) {
        self.assign(place, target, None);
        let names = |expression: &Expr| matches!(expression, Expr::Name(_) | Expr::Attribute(_));
        let targets = match target {
            Expr::Name(_) => std::slice::from_ref(target),
            _ => members(target),
        };
        for member in members(over).iter().take(TURNS) {
            let values = match target {
                Expr::Name(_) => std::slice::from_ref(member),
                _ => members(member),
            };
            for (target, value) in targets.iter().zip(values) {
                if let Expr::Name(name) = target
                    && names(value)
                {
                    self.put_if(place, &name.id, over.end(), What::Value(value), true);
                }
            }
        }
    }

    fn parameters(&mut self, place: &Place<'a>, parameters: &'a Parameters) {
        for parameter in parameters {
            let name = parameter.name();
            self.other(place, name.as_str(), name.start());
        }
    }

    fn import_from(&mut self, place: &Place<'a>, import: &'a StmtImportFrom) {
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                let module = import.module.as_ref().filter(|_| import.level == 0);
                self.stars.extend(module.map(Identifier::as_str));
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.members.insert(bound.as_str());
            let module = import.module.as_ref().map_or("", Identifier::as_str);
            if import.level == 0 && matches!(module, "ssl" | "OpenSSL.SSL" | "urllib3.util.ssl_") {
                self.constants.insert(bound.as_str());
            }
            let what = What::Member(import, alias.name.as_str());
            self.put(place, bound.as_str(), alias.start(), what);
        }
    }

    fn sent_elsewhere(&mut self, place: &Place<'a>, names: &'a [Identifier], to: Elsewhere) {
        if let Some(scope) = self.all.get_mut(place.scope()) {
            scope
                .elsewhere
                .extend(names.iter().map(|name| (name.as_str(), to)));
        }
    }

    /// What a function binds under a global or nonlocal name, it binds elsewhere.
    fn settle(&mut self) {
        let mut moved = Vec::new();
        for (number, scope) in self.all.iter().enumerate() {
            #[expect(clippy::iter_over_hash_type, reason = "sorted below")]
            for (name, to) in &scope.elsewhere {
                let bound = scope.names.get(name).into_iter().flatten();
                let target = match to {
                    Elsewhere::Global => Some(0),
                    Elsewhere::Around => scope.parent,
                };
                moved.extend(
                    target
                        .filter(|target| *target != number)
                        .into_iter()
                        .flat_map(|target| {
                            bound.clone().map(move |binding| (target, *name, *binding))
                        }),
                );
            }
        }
        moved.sort_by_key(|(target, name, binding)| (binding.at, *target, *name));
        for (target, name, mut binding) in moved {
            binding.conditional = true;
            self.bind(target, name, binding);
        }
    }
}

fn members(expression: &Expr) -> &[Expr] {
    match expression {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        Expr::Set(set) => &set.elts,
        _ => &[],
    }
}

impl<'a> Walker<'a> for Scopes<'a> {
    fn scope(&mut self, place: &Place<'a>, owner: Owner<'a>) {
        self.all.push(Scope {
            parent: place.parent(),
            is_class: matches!(owner, Owner::Class),
            is_deferred: owner.is_deferred(),
            is_comprehension: matches!(owner, Owner::Comprehension),
            ..Scope::default()
        });
        match owner {
            Owner::Function(function) => self.parameters(place, &function.parameters),
            Owner::Lambda(Some(parameters)) => self.parameters(place, parameters),
            Owner::Types(types) => {
                for one in &types.type_params {
                    let name = one.name();
                    self.other(place, name.as_str(), name.start());
                }
            }
            _ => {}
        }
    }

    fn statement(&mut self, place: &Place<'a>, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.as_str();
                    let (bound, what) = match &alias.asname {
                        Some(other) => (other.as_str(), What::Module(name)),
                        None => (name.split('.').next().unwrap_or(name), What::Package(name)),
                    };
                    self.put(place, bound, alias.start(), what);
                }
            }
            Stmt::ImportFrom(import) => self.import_from(place, import),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(place, target, Some(&assign.value));
                }
            }
            Stmt::AnnAssign(assign) if assign.value.is_some() => {
                self.assign(place, &assign.target, assign.value.as_deref());
            }
            Stmt::AugAssign(assign) => match assign.target.as_ref() {
                Expr::Name(name) if assign.op == Operator::Add => {
                    self.put(place, &name.id, assign.end(), What::Grown(assign));
                }
                target => self.assign(place, target, None),
            },
            Stmt::For(each) => self.looped(place, &each.target, &each.iter),
            Stmt::With(with) => {
                for item in &with.items {
                    // What is opened is nearly always what is entered: a session, a client.
                    if let Some(target) = &item.optional_vars {
                        self.assign(place, target, Some(&item.context_expr));
                    }
                }
            }
            Stmt::FunctionDef(function) => {
                self.other(place, function.name.as_str(), function.name.start());
            }
            Stmt::ClassDef(class) => {
                self.other(place, class.name.as_str(), class.name.start());
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = alias.name.as_ref() {
                    self.other(place, &name.id, name.start());
                }
            }
            Stmt::Global(global) => self.sent_elsewhere(place, &global.names, Elsewhere::Global),
            Stmt::Nonlocal(nonlocal) => {
                self.sent_elsewhere(place, &nonlocal.names, Elsewhere::Around);
            }
            _ => {}
        }
    }

    fn expression(&mut self, place: &Place<'a>, expression: &'a Expr) {
        if let Expr::Named(named) = expression
            && let Expr::Name(name) = named.target.as_ref()
        {
            let binding = Binding {
                what: What::Value(&named.value),
                at: named.end(),
                conditional: true,
                scope: place.scope(),
            };
            self.bind(place.binding_scope(), &name.id, binding);
        }
    }

    fn handler(&mut self, place: &Place<'a>, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        if let Some(name) = &handler.name {
            self.other(place, name.as_str(), name.start());
        }
    }

    fn comprehension(&mut self, place: &Place<'a>, comprehension: &'a Comprehension) {
        self.looped(place, &comprehension.target, &comprehension.iter);
    }

    fn pattern(&mut self, place: &Place<'a>, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.other(place, name.as_str(), name.start());
        }
    }
}
