//! From the arguments of a step to the [`Mutation`] of the write stage. What the schema cannot say of an input is checked
//! here, and everything that is wrong is told at once.

use super::super::arguments::Resolving;
use super::super::input::Input;
use super::super::node_id::{Width, key_values};
use super::super::{ArgumentSource, Planner};
use super::Write;
use super::given::Given;
use super::rows::{Around, NOTHING_AROUND};
use crate::error::{Code, RequestError};
use crate::expose::{ExposedModel, ExposedWrites, KeyShape, WriteKind, WriteMember};
use crate::operation::variables::Inquiry;
use nuages_models::expr::{Expr, Slot};
use nuages_models::query::QuerySet;
use nuages_models::registry::{FieldId, LogicalType, ModelId};
use nuages_models::run::PathSegment;
use nuages_models::value::Value;
use nuages_models::write::{
    Action, Change, InputPath, Key, Mutation, OnConflict, Problem, Target, at, below,
};
use std::mem::take;

/// What became of the arguments of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Built {
    /// What is to be written.
    Mutation(Box<Mutation>),
    /// Everything that is wrong with the shape of the input, and what could be read of it.
    Problems(Vec<Problem>, Box<Mutation>),
}

/// Reads what a step writes.
///
/// # Errors
/// `BAD_INPUT` for a filter, an expression or a bound that makes no sense, `LIMIT_EXCEEDED` for more rows than
/// `max_rows` or deeper nesting than any need has. Problems of rows are no errors: see [`Built::Problems`].
pub fn build<'a>(
    write: &Write,
    resolving: &Resolving<'a>,
    operation: &'a crate::operation::Operation,
    inquiry: Inquiry<'a>,
    max_rows: u32,
) -> Result<Built, RequestError> {
    let mut builder = Builder {
        planner: Planner::new(resolving.registry, resolving.exposure, operation, inquiry),
        resolving: *resolving,
        problems: Vec::new(),
        rows: 0,
        max_rows: max_rows as usize,
        depth: 0,
    };
    let mutation =
        builder.mutation(write).map_err(|error| error.located(write.field.location(), resolving.sources))?;
    Ok(if builder.problems.is_empty() {
        Built::Mutation(Box::new(mutation))
    } else {
        Built::Problems(builder.problems, Box::new(mutation))
    })
}

/// Deepest nesting of rows in rows.
const MAX_DEPTH: usize = 32;

pub(super) struct Builder<'a> {
    pub(super) planner: Planner<'a>,
    pub(super) resolving: Resolving<'a>,
    problems: Vec<Problem>,
    rows: usize,
    max_rows: usize,
    depth: usize,
}

impl<'a> Builder<'a> {
    fn mutation(&mut self, write: &Write) -> Result<Mutation, RequestError> {
        let model = write.target.model;
        let argument = |builder: &Self, name: &str| builder.planner.argument(&write.field, name);
        let action = match write.target.kind {
            WriteKind::Create => {
                let input = argument(self, "input");
                let row = self.row(model, self.given(&input), root("input"), NOTHING_AROUND)?;
                Action::Create { rows: vec![row], on_conflict: None }
            }
            WriteKind::CreateMany => {
                let input = argument(self, "input");
                let path = root("input");
                let elements = self.given(&input).elements(self.resolving.variables);
                let mut rows = Vec::with_capacity(elements.len().min(self.max_rows));
                for (index, element) in elements.into_iter().enumerate() {
                    rows.push(self.row(model, element, at(&path, index), NOTHING_AROUND)?);
                }
                let conflict = argument(self, "onConflict");
                let on_conflict = match self.given(&conflict).or_nothing() {
                    Some(given) => self.on_conflict(model, given)?,
                    None => None,
                };
                Action::Create { rows, on_conflict }
            }
            WriteKind::Update => {
                let target = self.by_key(write)?;
                Action::Update { target, change: self.root_change(write, "set", true)? }
            }
            WriteKind::UpdateMany => {
                let target = self.by_filter(write)?;
                Action::Update { target, change: self.root_change(write, "set", true)? }
            }
            WriteKind::Upsert => {
                let (key, create) = (argument(self, "key"), argument(self, "create"));
                let path = root("key");
                let key = self.key(model, self.given(&key), &path)?;
                // What the key says need not be said again.
                let of_key: Vec<FieldId> = key.0.iter().map(|(field, _)| *field).collect();
                let create = self.row(
                    model,
                    self.given(&create),
                    root("create"),
                    Around { supplied: &[], said: &of_key },
                )?;
                Action::Upsert { key, path, create, update: self.root_change(write, "update", false)? }
            }
            WriteKind::Delete => Action::Delete { target: self.by_key(write)? },
            WriteKind::DeleteMany => Action::Delete { target: self.by_filter(write)? },
        };
        Ok(Mutation { model, action })
    }

    /// What stands at an argument.
    pub(super) fn given<'i>(&self, input: &'i Option<Input>) -> Given<'i>
    where
        'a: 'i,
    {
        input.as_ref().map_or(Given::Absent, |input| Given::at(input, self.resolving.variables))
    }

    /// `set` (or `update`) and `calc` of a root field.
    fn root_change(&mut self, write: &Write, set: &str, is_needed: bool) -> Result<Change, RequestError> {
        let (values, calc) =
            (self.planner.argument(&write.field, set), self.planner.argument(&write.field, "calc"));
        let (values, calc) = (self.given(&values), self.given(&calc));
        if is_needed && !values.is_value() && !calc.is_value() {
            return Err(RequestError::bad_input(format!(
                "`{}` changes nothing: say what in `{set}`{}",
                write.field.name,
                if self.writes_of(write.target.model)?.1.calc.is_empty() { "" } else { " or `calc`" }
            )));
        }
        let paths = (root(set), root("calc"));
        self.change(write.target.model, (values, calc), paths)
    }

    /// The row with the key in `id`.
    fn by_key(&mut self, write: &Write) -> Result<Target, RequestError> {
        let model = write.target.model;
        let name = self.planner.exposure.key_name();
        let (id, expect) =
            (self.planner.argument(&write.field, name), self.planner.argument(&write.field, "expect"));
        let path = root(name);
        let key = self.id(model, self.given(&id), &path)?;
        let expect = self.expected(model, self.given(&expect), &root("expect"))?;
        Ok(Target::Key { key, expect, path })
    }

    /// The rows of the filter in `where`.
    fn by_filter(&mut self, write: &Write) -> Result<Target, RequestError> {
        let model = write.target.model;
        let field = &write.field;
        let manager = self.planner.manager(model, field)?;
        let mut filter = self.planner.filter_of(model, field)?;
        let values = self.resolved()?;
        if let Some(filter) = &mut filter {
            settle(filter, &values);
        }
        let at_most = self.planner.argument(field, "atMost");
        let at_most = match self.given(&at_most).or_nothing().and_then(Given::text) {
            None => None,
            Some(number) => Some(number.parse().map_err(|_| {
                RequestError::bad_input(format!("`atMost` of `{}` must not be negative", field.name))
            })?),
        };
        let query = Box::new(QuerySet { manager, filter, ..QuerySet::all(model) });
        Ok(Target::Rows { query, at_most, path: root("where") })
    }

    /// The values of the arguments that planning a filter has found.
    fn resolved(&mut self) -> Result<Vec<Value>, RequestError> {
        let sources: Vec<ArgumentSource> = take(&mut self.planner.arguments);
        Ok(self.resolving.resolve(&sources, &[], "UTC")?.values)
    }

    fn on_conflict(&mut self, model: ModelId, given: Given<'_>) -> Result<Option<OnConflict>, RequestError> {
        let (exposed, writes) = self.writes_of(model)?;
        let definition = self.planner.registry.model(model);
        let path = root("onConflict");
        let (mut fields, mut update) = (Vec::new(), Vec::new());
        for (name, member) in given.members(self.resolving.variables) {
            let is_key = name == "fields";
            let into = if is_key { &mut fields } else { &mut update };
            for element in member.elements(self.resolving.variables) {
                let column = |name: String| match writes.set.get(&name) {
                    _ if is_key => exposed.distinct.get(&name).copied(),
                    Some(WriteMember::Column(id)) => Some(*id),
                    _ => None,
                };
                let Some(id) = element.text().and_then(column) else { continue };
                if !into.contains(&id) {
                    into.push(id);
                }
            }
        }
        let is_key =
            |key: &Vec<FieldId>| key.len() == fields.len() && key.iter().all(|id| fields.contains(id));
        let any = fields.is_empty() && update.is_empty();
        if !any && !definition.unique_keys().iter().any(is_key) {
            let keys: Vec<String> = definition
                .unique_keys()
                .iter()
                .map(|key| {
                    let names: Vec<&str> = key
                        .iter()
                        .map(|id| {
                            exposed.column(*id).map_or(definition.field(*id).name.as_str(), |it| &it.name)
                        })
                        .collect();
                    format!("[{}]", names.join(", "))
                })
                .collect();
            return Err(RequestError::bad_input(format!(
                "`fields` of `onConflict` must be a unique key of `{}`: {}",
                exposed.type_name,
                keys.join(" or ")
            )));
        }
        Ok(Some(OnConflict { fields, update, path }))
    }

    /// What a row must be.
    fn expected(
        &mut self,
        model: ModelId,
        given: Given<'_>,
        path: &InputPath,
    ) -> Result<Vec<(FieldId, Value)>, RequestError> {
        let exposed = self.planner.exposed(model)?;
        let Some(writes) = &exposed.writes else { return Ok(Vec::new()) };
        let mut expected = Vec::new();
        for (name, member) in given.members(self.resolving.variables) {
            let Some(id) = writes.expect.get(name).copied() else { continue };
            if let Some(value) = self.column(model, id, member, &|| below(path, name))? {
                expected.push((id, value));
            }
        }
        Ok(expected)
    }

    /// The primary key that an `ID` says. An empty key stands for one that is wrong.
    fn id(&mut self, model: ModelId, given: Given<'_>, path: &InputPath) -> Result<Key, RequestError> {
        let definition = self.planner.registry.model(model);
        let text = given.text().unwrap_or_default();
        match key_values(self.planner.registry, model, &text, Width::Column) {
            Ok(values) => Ok(Key(definition.primary_key.iter().copied().zip(values).collect())),
            Err(message) => {
                let field = definition.primary_key.first().copied().unwrap_or(FieldId(0));
                self.problem(model, field, "format", message, path.clone());
                Ok(Key(Vec::new()))
            }
        }
    }

    /// The unique key that a `@oneOf` key input says. An empty key stands for one that is wrong.
    pub(super) fn key(
        &mut self,
        model: ModelId,
        given: Given<'_>,
        path: &InputPath,
    ) -> Result<Key, RequestError> {
        self.count()?;
        let exposed = self.planner.exposed(model)?;
        let variables = self.resolving.variables;
        let Some((name, value)) = given.members(variables).into_iter().next() else {
            return Err(RequestError::bad_input(format!("a key of `{}` is needed", exposed.type_name)));
        };
        let Some(member) = exposed.keys.get(name) else {
            return Err(RequestError::internal(format_args!("{} has no key {name}", exposed.type_name)));
        };
        let path = below(path, name);
        let mut key = Vec::with_capacity(member.fields.len());
        match &member.shape {
            KeyShape::Id => return self.id(model, value, &path),
            KeyShape::Column => {
                for field in &member.fields {
                    key.extend(self.key_part(model, *field, value, &path)?);
                }
            }
            KeyShape::Columns(_) => {
                let parts = value.members(variables);
                for field in &member.fields {
                    let Some(column) = exposed.column(*field) else { continue };
                    let part = parts.iter().find(|(name, _)| *name == column.name);
                    let part = part.map_or(Given::Absent, |(_, part)| *part);
                    key.extend(self.key_part(model, *field, part, &below(&path, &column.name))?);
                }
            }
        }
        Ok(Key(key))
    }

    fn key_part(
        &mut self,
        model: ModelId,
        field: FieldId,
        given: Given<'_>,
        path: &InputPath,
    ) -> Result<Option<(FieldId, Value)>, RequestError> {
        match self.column(model, field, given, &|| path.clone())? {
            Some(Value::Null) => {
                let name = &self.planner.registry.model(model).field(field).name;
                self.problem(model, field, "null", format!("{name} of a key is null"), path.clone());
                Ok(None)
            }
            value => Ok(value.map(|value| (field, value))),
        }
    }

    /// The value of a column; `None` when it is wrong, which is noted.
    pub(super) fn column(
        &mut self,
        model: ModelId,
        id: FieldId,
        given: Given<'_>,
        place: &dyn Fn() -> InputPath,
    ) -> Result<Option<Value>, RequestError> {
        let exposed = self.planner.exposed(model)?;
        let field = self.planner.registry.model(model).field(id);
        let Some(column) = exposed.column(id) else {
            return Err(RequestError::internal(format_args!("{} writes a hidden column", exposed.type_name)));
        };
        match given.value(self.planner.exposure, &column.leaf, &field.logical, self.resolving.variables) {
            Ok(value) => Ok(Some(value)),
            Err(message) => {
                let rule = match field.logical {
                    LogicalType::Decimal { .. } => "decimal",
                    LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64
                        if given.text().is_some_and(|text| text.parse::<i128>().is_ok()) =>
                    {
                        "range"
                    }
                    _ => "format",
                };
                self.problem(model, id, rule, message, place());
                Ok(None)
            }
        }
    }

    /// The writes of a model that validation let through.
    pub(super) fn writes_of(
        &self,
        model: ModelId,
    ) -> Result<(&'a ExposedModel, &'a ExposedWrites), RequestError> {
        let exposed = self.planner.exposed(model)?;
        let writes = exposed.writes.as_ref().ok_or_else(|| {
            RequestError::internal(format_args!("{} is written, and has no writes", exposed.type_name))
        })?;
        Ok((exposed, writes))
    }

    /// Notes what is wrong with a field.
    pub(super) fn problem(
        &mut self,
        model: ModelId,
        field: FieldId,
        rule: &'static str,
        message: String,
        path: InputPath,
    ) {
        let model = self.planner.registry.model(model);
        let field = &model.field(field).name;
        self.problems.push(Problem::new(path, (&model.name, field), rule, message));
    }

    /// Notes what is wrong with a relation.
    pub(super) fn relation_problem(
        &mut self,
        (model, relation): (&str, &str),
        rule: &'static str,
        message: String,
        path: InputPath,
    ) {
        self.problems.push(Problem::new(path, (model, relation), rule, message));
    }

    /// Whether something is wrong at a place already.
    pub(super) fn is_noted(&self, path: &InputPath) -> bool {
        self.problems.iter().any(|problem| problem.path == *path)
    }

    /// Counts a row that is written or linked.
    pub(super) fn count(&mut self) -> Result<(), RequestError> {
        self.rows += 1;
        if self.rows <= self.max_rows {
            return Ok(());
        }
        let message = format!("a mutation may write at most {} rows in its input", self.max_rows);
        Err(RequestError::new(Code::LimitExceeded, message).with_hint("send the rows in several requests"))
    }

    /// Reads what stands inside of a row.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        if self.depth >= MAX_DEPTH {
            let message = format!("rows may be nested at most {MAX_DEPTH} levels deep");
            return Err(RequestError::new(Code::LimitExceeded, message));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

/// The place of an argument.
fn root(name: &str) -> InputPath {
    vec![PathSegment::Key(name.to_owned())]
}

/// Puts the values of arguments in their places.
fn settle(expr: &mut Expr, values: &[Value]) {
    let constant = |slot: &mut Slot| {
        if let Slot::Argument(index) = slot
            && let Some(value) = values.get(*index as usize)
        {
            *slot = Slot::Constant(value.clone());
        }
    };
    match expr {
        Expr::Slot(slot) => constant(slot),
        Expr::Annotated { arguments, .. } => arguments.iter_mut().for_each(|(_, slot)| constant(slot)),
        other => other.each_part(&mut |part| settle(part, values)),
    }
}
