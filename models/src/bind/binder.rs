//! Numbers aliases and keeps the places that names are resolved in: a frame for each SELECT, with the tables joined to it.

use super::{Alias, JoinedTable, Scalar, Typed};
use crate::expr::Expr;
use crate::prepare::CompileError;
use crate::query::{QuerySet, Scope};
use crate::registry::{Field, FieldId, Model, ModelId, Registry, Relation, RelationId};

/// Deepest nesting of an expression, computed fields expanded.
const MAX_DEPTH: usize = 128;
/// Most parts of the expressions of one statement, computed fields expanded.
const MAX_STEPS: usize = 50_000;

/// Numbers aliases and resolves names. One per statement.
#[derive(Debug)]
pub struct Binder<'a> {
    /// The models.
    pub registry: &'a Registry,
    next_alias: u32,
    pub(super) frames: Vec<Frame>,
    depth: usize,
    /// How many steps the expressions have taken, computed fields expanded.
    steps: usize,
    /// What joins are made for now.
    purpose: Purpose,
    /// The computed fields and default managers that are being expanded, the outermost first.
    computing: Vec<Computing>,
    /// What the first error was about.
    pub(super) blame: Option<(Computing, Vec<Computing>)>,
}

/// A computed field or a manager, by its model and its name.
pub(super) type Computing = (ModelId, String);

/// The tables of one SELECT: a root and what is joined to it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableScope {
    /// The root's model.
    pub model: ModelId,
    /// The root's alias.
    pub alias: Alias,
    /// Joined tables in the order of their creation.
    pub joins: Vec<JoinedTable>,
    joined: Vec<(Alias, RelationId, Alias)>,
}

/// Where names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Where the SELECT's own names are: its roots, its computed values.
    Select(usize),
    /// The names of one row of a SELECT: a joined table's.
    Row(usize, Alias, ModelId),
}

impl Place {
    /// The SELECT that it belongs to.
    pub(super) fn frame(self) -> usize {
        match self {
            Self::Select(frame) | Self::Row(frame, ..) => frame,
        }
    }
}

/// One SELECT while it is bound.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) scope: TableScope,
    /// Where names begin: the model's own names at the empty prefix, and the names of joins. The SELECT of an aggregate over
    /// related rows has only the prefixes of its relations: every other name is the enclosing row's.
    pub(super) roots: Vec<(Vec<String>, Alias, ModelId)>,
    /// Where this SELECT stands in another.
    pub(super) parent: Option<Place>,
    /// Values computed for each row, by name, as far as they may be used.
    pub(super) annotations: Vec<(String, Expr)>,
    /// The columns, when rows come from another query.
    pub(super) columns: Option<Vec<(String, Typed)>>,
    /// The keys, once rows are grouped.
    pub(super) group: Option<Vec<(String, Typed)>>,
    /// The query, once rows are grouped.
    pub(super) query: Option<Box<QuerySet>>,
    /// Within an aggregate's arguments the names of the group's rows are seen again.
    pub(super) in_aggregate: bool,
}

/// What a join is for: a filter or an ordering needs it before the page is cut, an output does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Condition,
    Output,
}

impl<'a> Binder<'a> {
    /// A binder that has given no alias yet.
    pub fn new(registry: &'a Registry) -> Self {
        Self {
            registry,
            next_alias: 0,
            frames: Vec::new(),
            depth: 0,
            steps: 0,
            purpose: Purpose::Condition,
            computing: Vec::new(),
            blame: None,
        }
    }

    /// A new alias.
    pub fn alias(&mut self) -> Alias {
        self.next_alias += 1;
        Alias(self.next_alias - 1)
    }

    /// A binder of a statement that stands within this one's: its aliases are others. Followed by [`Binder::go_on_after`].
    pub fn beside(&self) -> Self {
        Self { next_alias: self.next_alias, steps: self.steps, ..Self::new(self.registry) }
    }

    /// Goes on with aliases that another binder has not given.
    pub fn go_on_after(&mut self, other: &Self) {
        self.next_alias = self.next_alias.max(other.next_alias);
        self.steps = self.steps.max(other.steps);
    }

    /// Begins a SELECT over a model's table. Gives its alias.
    pub fn enter(&mut self, model: ModelId) -> Alias {
        let alias = self.alias();
        self.push(model, alias, None);
        let frame = self.frames.len() - 1;
        self.frames[frame].roots.push((Vec::new(), alias, model));
        alias
    }

    /// Ends the SELECT that was begun last.
    pub fn leave(&mut self) -> Option<TableScope> {
        self.frames.pop().map(|frame| frame.scope)
    }

    /// The tables of the outermost SELECT.
    pub fn scope(&self) -> Option<&TableScope> {
        self.frames.first().map(|frame| &frame.scope)
    }

    pub(super) fn push(&mut self, model: ModelId, alias: Alias, parent: Option<Place>) -> usize {
        self.frames.push(Frame {
            scope: TableScope { model, alias, joins: Vec::new(), joined: Vec::new() },
            roots: Vec::new(),
            parent,
            annotations: Vec::new(),
            columns: None,
            group: None,
            query: None,
            in_aggregate: false,
        });
        self.frames.len() - 1
    }

    pub(super) fn pop(&mut self) -> Result<Frame, CompileError> {
        self.frames.pop().ok_or_else(|| CompileError::Invalid("a query ended before it began".to_owned()))
    }

    /// The outermost SELECT, for the prepare stage, which binds one statement at a time.
    pub(super) fn root(&self) -> Place {
        Place::Select(0)
    }

    /// Values computed for each row of the outermost SELECT, by name.
    pub fn annotate(&mut self, annotations: &[(String, Expr)]) {
        if let Some(frame) = self.frames.first_mut() {
            frame.annotations.extend_from_slice(annotations);
        }
    }

    /// Groups the rows of the outermost SELECT: from here on its values are of the groups. Gives the keys.
    ///
    /// # Errors
    /// When a key does not bind.
    pub fn group(&mut self, keys: &[(String, Expr)]) -> Result<Vec<Typed>, CompileError> {
        let mut bound = Vec::with_capacity(keys.len());
        for (name, expr) in keys {
            bound.push((name.clone(), self.value(expr)?));
        }
        let typed = bound.iter().map(|(_, key)| key.clone()).collect();
        if let Some(frame) = self.frames.first_mut() {
            frame.group = Some(bound);
        }
        Ok(typed)
    }

    /// Runs a step one level deeper into an expression.
    pub(super) fn nested<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.too_large(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        // Computed fields that use others twice grow without bound.
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(self.too_large(format!("longer than {MAX_STEPS} parts")));
        }
        self.depth += 1;
        let result = step(self);
        self.depth -= 1;
        result
    }

    /// That an expression is too large, which is the matter of the computed field that began it.
    fn too_large(&mut self, how: String) -> CompileError {
        if let Some(outermost) = self.computing.first() {
            self.blame.get_or_insert((outermost.clone(), Vec::new()));
        }
        CompileError::Invalid(format!("the expression is {how}, computed fields expanded"))
    }

    /// Runs a step and takes back the aliases and joins that it made.
    pub(super) fn on_trial<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let (frames, next_alias) = (self.frames.clone(), self.next_alias);
        let result = step(self);
        (self.frames, self.next_alias) = (frames, next_alias);
        result
    }

    /// Expands a computed field or a default manager, which must not lead back to itself.
    pub(super) fn expand<T>(
        &mut self,
        model: ModelId,
        name: &str,
        step: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let own = (model, name.to_owned());
        if let Some(start) = self.computing.iter().position(|known| *known == own) {
            let circle = self.computing[start..].to_vec();
            let names: Vec<String> = circle
                .iter()
                .chain([&own])
                .map(|(model, name)| format!("{}.{name}", self.registry.model(*model).name))
                .collect();
            self.blame.get_or_insert((own, circle));
            return Err(CompileError::Invalid(format!(
                "`{name}` is computed from itself: {}",
                names.join(" → ")
            )));
        }
        self.computing.push(own.clone());
        let result = step(self);
        self.computing.pop();
        if result.is_err() {
            self.blame.get_or_insert((own, Vec::new()));
        }
        result
    }

    /// Runs a step whose joins only outputs need, so that they can be made after the page is cut.
    pub(super) fn for_output<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.purpose, Purpose::Output);
        let result = step(self);
        self.purpose = before;
        result
    }

    /// What a join of a SELECT is for: outputs are of the outermost alone.
    fn purpose_in(&self, frame: usize) -> Purpose {
        if frame == 0 { self.purpose } else { Purpose::Condition }
    }

    /// The condition of a model's scope; `None` keeps every row.
    pub fn scope_filter(&self, model: ModelId, scope: Scope) -> Option<&'a Expr> {
        let managers = &self.registry.model(model).managers;
        let manager = match scope {
            Scope::Default => managers.first(),
            Scope::Manager(position) => managers.get(position),
            Scope::Unscoped => None,
        };
        manager.and_then(|manager| manager.condition.as_ref())
    }

    /// Joins a to-one relation's table for outputs and gives its alias. A join that a condition made already is
    /// used again.
    pub fn output_join(&mut self, alias: Alias, model: &Model, relation: &Relation) -> Alias {
        self.join(0, alias, model, relation, Purpose::Output)
    }

    pub(super) fn join(
        &mut self,
        frame: usize,
        parent: Alias,
        model: &Model,
        relation: &Relation,
        purpose: Purpose,
    ) -> Alias {
        let purpose = if purpose == Purpose::Output { purpose } else { self.purpose_in(frame) };
        let known =
            self.frames[frame].scope.joined.iter().find(|(at, id, _)| *at == parent && *id == relation.id);
        if let Some((_, _, alias)) = known {
            let alias = *alias;
            if purpose == Purpose::Condition {
                self.keep_inside(frame, alias);
            }
            return alias;
        }
        if purpose == Purpose::Condition {
            self.keep_inside(frame, parent);
        }
        let target = self.registry.model(relation.target);
        let alias = self.alias();
        let scope = &mut self.frames[frame].scope;
        scope.joins.push(JoinedTable {
            alias,
            table: target.table.clone(),
            model: target.id,
            parent,
            pairs: columns_of(&relation.pairs, model, target),
            output_only: purpose == Purpose::Output,
            condition: None,
            inner: false,
        });
        scope.joined.push((parent, relation.id, alias));
        alias
    }

    /// A table that was joined for outputs is needed before the page is cut, with all that it is joined to.
    fn keep_inside(&mut self, frame: usize, alias: Alias) {
        let mut next = Some(alias);
        while let Some(alias) = next {
            let joined = self.frames[frame]
                .scope
                .joins
                .iter_mut()
                .find(|joined| joined.alias == alias && joined.output_only);
            next = joined.map(|joined| {
                joined.output_only = false;
                joined.parent
            });
        }
    }
}

/// A field's column of an alias.
pub(crate) fn column(alias: Alias, field: &Field) -> Typed {
    let column = field.column.clone();
    Typed {
        scalar: match field.db_type {
            None => Scalar::Column { alias, column },
            Some(_) => Scalar::Given { alias, column },
        },
        logical: field.logical.clone(),
        encoding: field.sqlite,
        nullable: field.null,
    }
}

pub(super) fn columns_of(pairs: &[(FieldId, FieldId)], here: &Model, there: &Model) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| (here.field(*a).column.clone(), there.field(*b).column.clone())).collect()
}
