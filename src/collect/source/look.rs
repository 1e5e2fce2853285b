//! The one look at a module: every rule is asked about every part it may be about.

use std::collections::HashSet;

use super::bindings::TURNS;
use super::called::Called;
use super::names::Names;
use super::walk::{Owner, Place, Walker, walk};
use super::{
    About, calls, crypto, handlers, logs, markers, places, rules, sql, tests, tracebacks, values,
};
use crate::collect::Sink;
use crate::model::fact::Item;
use crate::model::relations::{CODE_CALL, CODE_HANDLER, CODE_MARKER};
use crate::parse::error::ParseError;
use crate::parse::python::ast::{
    Decorator, ExceptHandler, Expr, ExprCall, ExprDictComp as DictComp, ExprGenerator as Generator,
    ExprListComp as ListComp, ExprSetComp as SetComp, Parameters, Stmt,
};
use crate::parse::python::{Module, Ranged, TextRange, TextSize};

/// Looks at a module and puts what was found into the sink, in the order of the text.
///
/// # Errors
/// Names that stand for so much that not all of them were followed. What was found stays.
pub(super) fn look(
    module: &Module<'_>,
    about: &About<'_>,
    sink: &mut Sink,
) -> Result<(), ParseError> {
    let names = Names::of(module.body());
    let mut look = Look {
        module,
        about,
        names: &names,
        found: Vec::new(),
        secret: Vec::new(),
        followed: HashSet::new(),
    };
    walk(module.body(), &mut look);
    tests::look(module, about, &names, &mut look.found);
    let is_too_much = names.is_too_much();
    let mut found = look.found;
    found.sort_by_key(|(at, _)| *at);
    for (_, item) in found {
        sink.item(item);
    }
    if is_too_much {
        let says = "expected names that can be followed, found too many that stand for each other";
        return Err(ParseError::whole(says));
    }
    Ok(())
}

/// What was found, with its place.
pub(super) type Found = Vec<(TextSize, Item)>;

struct Look<'a> {
    module: &'a Module<'a>,
    about: &'a About<'a>,
    names: &'a Names<'a>,
    found: Found,
    /// Where something is made whose name says that it is a secret.
    secret: Vec<TextRange>,
    /// Where lists begin whose members are followed to what they are assigned to.
    followed: HashSet<TextSize>,
}

impl<'a> Look<'a> {
    fn hit(&mut self, at: TextSize, rule: &str, symbol: &str, reading: Option<&str>) {
        let rule = rules::of(rule);
        debug_assert!(rule.is_some(), "a rule is in the table");
        let Some(rule) = rule else { return };
        let item = self
            .about
            .item(&CODE_CALL, self.module, at)
            .with("rule", rule.name)
            .with("symbol", symbol)
            .with("cwe", rule.cwe)
            .with("reading", reading)
            .with("instead", rule.instead);
        self.found.push((at, item));
    }

    fn mark(&mut self, at: TextSize, form: &str, mark: markers::Mark) {
        let item = self
            .about
            .item(&CODE_MARKER, self.module, at)
            .with("marker", mark.marker)
            .with("framework", mark.framework)
            .with("symbol", mark.symbol.trim_end_matches("()"))
            .with("form", form)
            .with("reason", mark.reason)
            .with("conditional", mark.conditional);
        self.found.push((at, item));
    }

    fn call(&mut self, place: &Place<'a>, call: &'a ExprCall) {
        let scope = place.scope();
        let called = Called::new(call, scope, self.names);
        for hit in calls::judge(&called) {
            let mut reading = hit.reading;
            if hit.rule == "insecure-random" {
                let secret = self.makes_a_secret(place, call.start());
                if !secret && reading == Some(calls::FOR_SECRETS) {
                    continue;
                }
                reading = reading.filter(|_| !secret).or(Some(calls::FOR_SECRETS));
            }
            self.hit(call.start(), hit.rule, &hit.symbol, reading);
        }
        if let Some(mark) = markers::of_call(&called) {
            self.mark(call.start(), "call", mark);
        }
        if let Some((at, mark)) = places::added_mark(call, scope, self.names) {
            self.mark(at, "dynamic", mark);
        }
        if let Expr::Attribute(grows) = call.func.as_ref()
            && matches!(called.last, "append" | "extend")
            && is_pytestmark(&grows.value)
        {
            for added in &call.arguments.args {
                self.marks(added, "module", scope);
            }
        }
        if let Some(keyword) = call.arguments.find_keyword("marks") {
            self.marks(&keyword.value, "parameter", scope);
        }
        for (rule, symbol) in crypto::weak(&called) {
            self.hit(call.start(), rule, &symbol, None);
        }
        for (at, rule, symbol) in places::of_call(&called) {
            self.hit(at, rule, &symbol, None);
        }
        for (at, rule, symbol) in values::of_call(&called) {
            self.hit(at, rule, &symbol, None);
        }
        if let Some((rule, symbol)) = values::left_over(&called)
            && (rule != "print" || self.about.scope != "tests")
        {
            self.hit(call.start(), rule, &symbol, None);
        }
        logs::look(&called, self.module, self.about, &mut self.found);
        crypto::look(&called, self.module, self.about, &mut self.found);
        sql::look(&called, self.module, self.about, &mut self.found);
    }

    /// The marks of a value that is one mark or a list of them.
    fn marks(&mut self, value: &'a Expr, form: &str, scope: usize) {
        let several: &[Expr] = match value {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            one => std::slice::from_ref(one),
        };
        for one in several {
            if let Some(mark) = markers::of_mark(one, scope, self.names) {
                self.mark(one.start(), form, mark);
            }
        }
    }

    fn makes_a_secret(&self, place: &Place<'a>, at: TextSize) -> bool {
        let named = place.owners().any(|owner| match owner {
            Owner::Function(function) => places::says_secret(&function.name),
            _ => false,
        });
        named || self.secret.iter().any(|range| range.contains(at))
    }

    /// The members of a list that is looped over are followed to the names of the loop, if they are
    /// not too many.
    fn turns(&mut self, over: &'a Expr) {
        let members = values::kept(over);
        if members.len() <= TURNS {
            self.followed.insert(over.start());
            let inner = members.into_iter().filter(|it| it.is_tuple_expr());
            self.followed.extend(inner.map(Ranged::start));
        }
    }

    /// A value that is used elsewhere than where it stands.
    fn kept(&mut self, value: &'a Expr, scope: usize) {
        if let Some((at, rule, symbol)) = values::handed_on(value, scope, self.names) {
            self.hit(at, rule, &symbol, None);
        }
    }

    fn assigned(&mut self, place: &Place<'a>, target: &'a Expr, value: &'a Expr) {
        let scope = place.scope();
        let several = |it: &'a Expr| match it {
            Expr::Tuple(tuple) => Some(&tuple.elts),
            Expr::List(list) => Some(&list.elts),
            _ => None,
        };
        if let Some(targets) = several(target) {
            if let Some(values) = several(value).filter(|it| it.len() == targets.len()) {
                self.followed.insert(value.start());
                for (target, value) in targets.iter().zip(values) {
                    self.assigned(place, target, value);
                }
            }
            return;
        }
        let in_class = matches!(place.owners().next(), Some(Owner::Class));
        if in_class || !matches!(target, Expr::Name(_)) {
            self.kept(value, scope);
        }
        if places::target_name(target).is_some_and(places::says_secret) {
            // What ended before can contain nothing that follows.
            self.secret.retain(|range| range.end() > value.start());
            self.secret.push(value.range());
        }
        if is_pytestmark(target) {
            self.marks(value, "module", scope);
        }
        let within = (scope, in_class);
        for (at, rule, symbol) in
            places::of_assignment(target, value, self.about, self.names, within)
        {
            self.hit(at, rule, &symbol, None);
        }
    }
}

fn is_pytestmark(target: &Expr) -> bool {
    matches!(target, Expr::Name(name) if name.id == "pytestmark")
}

impl<'a> Walker<'a> for Look<'a> {
    fn scope(&mut self, place: &Place<'a>, owner: Owner<'a>) {
        let parameters = match owner {
            Owner::Function(function) => Some(function.parameters.as_ref()),
            Owner::Lambda(parameters) => parameters,
            _ => None,
        };
        for (at, rule, symbol) in parameters.into_iter().flat_map(places::of_parameters) {
            self.hit(at, rule, &symbol, None);
        }
        let around = place.parent().unwrap_or_default();
        let parameters = parameters.into_iter();
        for parameter in parameters.flat_map(Parameters::iter_non_variadic_params) {
            if let Some(default) = &parameter.default {
                self.kept(default, around);
            }
        }
    }

    fn statement(&mut self, place: &Place<'a>, statement: &'a Stmt) {
        let scope = place.scope();
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assigned(place, target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assigned(place, &assign.target, value);
                }
            }
            Stmt::AugAssign(assign) if is_pytestmark(&assign.target) => {
                self.marks(&assign.value, "module", scope);
            }
            Stmt::For(each) => {
                self.turns(&each.iter);
            }
            Stmt::Raise(raise) => {
                let mark = raise.exc.as_deref();
                let mark = mark.and_then(|raised| markers::of_raise(raised, scope, self.names));
                if let Some(mark) = mark {
                    self.mark(raise.start(), "raise", mark);
                }
            }
            Stmt::Assert(assert) if self.about.scope != "tests" => {
                self.hit(assert.start(), "assert", "assert", None);
            }
            Stmt::Return(returned) => {
                let value = returned.value.as_deref();
                if let Some(value) = value {
                    self.kept(value, scope);
                }
                let traceback =
                    value.and_then(|value| tracebacks::returned(value, place, self.names));
                if let Some((at, symbol)) = traceback {
                    self.hit(at, "traceback-returned", &symbol, None);
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, place: &Place<'a>, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => self.call(place, call),
            Expr::ListComp(ListComp { generators, .. })
            | Expr::SetComp(SetComp { generators, .. })
            | Expr::Generator(Generator { generators, .. })
            | Expr::DictComp(DictComp { generators, .. }) => {
                for one in generators {
                    self.turns(&one.iter);
                }
            }
            Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) | Expr::Dict(_) | Expr::Yield(_)
                if !self.followed.contains(&expression.start()) =>
            {
                for value in values::kept(expression) {
                    self.kept(value, place.scope());
                }
            }
            Expr::Attribute(_) | Expr::Name(_) | Expr::UnaryOp(_) => {
                let found = places::of_constant(expression, place.scope(), self.names);
                if let Some((rule, symbol)) = found {
                    self.hit(expression.start(), rule, &symbol, None);
                }
            }
            _ => {}
        }
    }

    fn decorator(&mut self, place: &Place<'a>, decorator: &'a Decorator) {
        let expression = &decorator.expression;
        if let Some(mark) = markers::of_mark(expression, place.scope(), self.names) {
            // `@slow`, where `slow = pytest.mark.skip()` stands elsewhere.
            let alias = mark.symbol.ends_with("()") && !matches!(expression, Expr::Call(_));
            let form = if alias { "alias" } else { "decorator" };
            self.mark(expression.start(), form, mark);
        }
    }

    fn handler(&mut self, place: &Place<'a>, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        let Some((catches, body)) = handlers::judge(handler, place.scope(), self.names) else {
            return;
        };
        let at = handler.start();
        let item = self
            .about
            .item(&CODE_HANDLER, self.module, at)
            .with("catches", catches)
            .with("body", body);
        self.found.push((at, item));
    }
}
