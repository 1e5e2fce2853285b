//! One way through a module, with the scope that each part is evaluated in.
//!
//! A default, a decorator and the first iterable of a comprehension belong to the scope around, a
//! body to its own. Whoever walks a module meets its scopes in the same order, so that a number
//! names a scope.

use crate::parse::python::ast::visitor::{self, Visitor};
use crate::parse::python::ast::{
    Comprehension, Decorator, ExceptHandler, Expr, Parameters, Pattern, Stmt, StmtClassDef,
    StmtFunctionDef, TypeParams,
};

/// What a scope belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'a> {
    Module,
    Class,
    Function(&'a StmtFunctionDef),
    Lambda(Option<&'a Parameters>),
    /// The type parameters of a function, a class or an alias.
    Types(&'a TypeParams),
    Comprehension,
}

impl Owner<'_> {
    /// Whether its body runs later than where it stands.
    pub(super) const fn is_deferred(self) -> bool {
        matches!(self, Self::Function(_) | Self::Lambda(_))
    }
}

/// Where a walk is.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// The scopes around, outermost first: number, owner, and how many branches are open in each.
    around: Vec<(usize, Owner<'a>, u32)>,
    /// How many scopes were met so far.
    met: usize,
}

impl<'a> Place<'a> {
    /// The number of the scope.
    pub(super) fn scope(&self) -> usize {
        self.around.last().map_or(0, |(scope, ..)| *scope)
    }

    /// The number of the scope around it.
    pub(super) fn parent(&self) -> Option<usize> {
        let above = self.around.len().checked_sub(2)?;
        self.around.get(above).map(|(scope, ..)| *scope)
    }

    /// Whether this part runs only on some ways through its scope.
    pub(super) fn is_conditional(&self) -> bool {
        self.around.last().is_some_and(|(_, _, open)| *open > 0)
    }

    /// The owners of the scopes around, innermost first.
    pub(super) fn owners(&self) -> impl Iterator<Item = Owner<'a>> {
        self.around.iter().rev().map(|(_, owner, _)| *owner)
    }

    /// The scope that a walrus binds in: comprehensions are passed over.
    pub(super) fn binding_scope(&self) -> usize {
        let plain = self.around.iter().rev();
        plain
            .filter(|(_, owner, _)| !matches!(owner, Owner::Comprehension))
            .map(|(scope, ..)| *scope)
            .next()
            .unwrap_or(0)
    }
}

/// What a walk tells. Everything is told before its parts, and nothing has to be listened to.
pub(super) trait Walker<'a> {
    /// A scope begins; the place is inside it.
    fn scope(&mut self, _place: &Place<'a>, _owner: Owner<'a>) {}
    /// A statement, in the scope it stands in.
    fn statement(&mut self, _place: &Place<'a>, _statement: &'a Stmt) {}
    /// An expression.
    fn expression(&mut self, _place: &Place<'a>, _expression: &'a Expr) {}
    /// A decorator of a function or class.
    fn decorator(&mut self, _place: &Place<'a>, _decorator: &'a Decorator) {}
    /// A handler of exceptions.
    fn handler(&mut self, _place: &Place<'a>, _handler: &'a ExceptHandler) {}
    /// A loop of a comprehension, inside its scope.
    fn comprehension(&mut self, _place: &Place<'a>, _comprehension: &'a Comprehension) {}
    /// A pattern of a `match`.
    fn pattern(&mut self, _place: &Place<'a>, _pattern: &'a Pattern) {}
}

/// Walks the statements of a module.
pub(super) fn walk<'a>(body: &'a [Stmt], walker: &mut impl Walker<'a>) {
    let mut walk = Walk {
        place: Place {
            around: Vec::new(),
            met: 0,
        },
        walker,
    };
    walk.inside(Owner::Module, |walk| walk.visit_body(body));
}

struct Walk<'a, 'w, W> {
    place: Place<'a>,
    walker: &'w mut W,
}

impl<'a, W: Walker<'a>> Walk<'a, '_, W> {
    fn inside(&mut self, owner: Owner<'a>, take: impl FnOnce(&mut Self)) {
        self.place.around.push((self.place.met, owner, 0));
        self.place.met += 1;
        self.walker.scope(&self.place, owner);
        take(self);
        self.place.around.pop();
    }

    fn branch(&mut self, take: impl FnOnce(&mut Self)) {
        self.open(1);
        take(self);
        self.open(-1);
    }

    fn open(&mut self, by: i32) {
        if let Some((_, _, open)) = self.place.around.last_mut() {
            *open = open.saturating_add_signed(by);
        }
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.visit_decorator(decorator);
        }
        self.defaults(&function.parameters);
        self.typed(function.type_params.as_deref(), |walk| {
            walk.annotations(&function.parameters);
            if let Some(returns) = &function.returns {
                walk.visit_annotation(returns);
            }
            walk.inside(Owner::Function(function), |walk| {
                walk.visit_body(&function.body);
            });
        });
    }

    /// What stands in the scope of type parameters, where there are any.
    fn typed(&mut self, types: Option<&'a TypeParams>, take: impl FnOnce(&mut Self)) {
        match types {
            Some(types) => self.inside(Owner::Types(types), |walk| {
                walk.visit_type_params(types);
                take(walk);
            }),
            None => take(self),
        }
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        for decorator in &class.decorator_list {
            self.visit_decorator(decorator);
        }
        self.typed(class.type_params.as_deref(), |walk| {
            if let Some(arguments) = &class.arguments {
                walk.visit_arguments(arguments);
            }
            walk.inside(Owner::Class, |walk| walk.visit_body(&class.body));
        });
    }

    /// Defaults belong to the scope around.
    fn defaults(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.visit_expr(default);
            }
        }
    }

    /// Annotations belong to the scope around too, behind that of type parameters.
    fn annotations(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(annotation) = &parameter.parameter.annotation {
                self.visit_annotation(annotation);
            }
        }
        let variadic = [&parameters.vararg, &parameters.kwarg];
        for parameter in variadic.into_iter().flatten() {
            if let Some(annotation) = &parameter.annotation {
                self.visit_annotation(annotation);
            }
        }
    }

    fn generators(&mut self, loops: &'a [Comprehension], results: &[&'a Expr]) {
        let first = loops.first();
        if let Some(first) = first {
            self.visit_expr(&first.iter);
        }
        self.inside(Owner::Comprehension, |walk| {
            for (at, comprehension) in loops.iter().enumerate() {
                walk.walker.comprehension(&walk.place, comprehension);
                if at > 0 {
                    walk.visit_expr(&comprehension.iter);
                }
                walk.visit_expr(&comprehension.target);
                for condition in &comprehension.ifs {
                    walk.visit_expr(condition);
                }
            }
            for result in results {
                walk.visit_expr(result);
            }
        });
    }
}

impl<'a, W: Walker<'a>> Visitor<'a> for Walk<'a, '_, W> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.walker.statement(&self.place, statement);
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::TypeAlias(alias) => self.typed(alias.type_params.as_deref(), |walk| {
                walk.visit_expr(&alias.name);
                walk.visit_expr(&alias.value);
            }),
            Stmt::If(_) | Stmt::For(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::Match(_) => {
                self.branch(|walk| visitor::walk_stmt(walk, statement));
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.walker.expression(&self.place, expression);
        match expression {
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.as_deref();
                if let Some(parameters) = parameters {
                    self.defaults(parameters);
                }
                self.inside(Owner::Lambda(parameters), |walk| {
                    walk.visit_expr(&lambda.body);
                });
            }
            Expr::ListComp(comp) => self.generators(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.generators(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.generators(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => {
                let results: Vec<&Expr> = comp
                    .key
                    .iter()
                    .map(AsRef::as_ref)
                    .chain([comp.value.as_ref()])
                    .collect();
                self.generators(&comp.generators, &results);
            }
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_decorator(&mut self, decorator: &'a Decorator) {
        self.walker.decorator(&self.place, decorator);
        self.visit_expr(&decorator.expression);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        self.walker.handler(&self.place, handler);
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.walker.pattern(&self.place, pattern);
        visitor::walk_pattern(self, pattern);
    }
}
