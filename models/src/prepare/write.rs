//! The statements of the write stage.

use super::{CompileError, RowsColumn, RowsStatement, Target};
use crate::bind::{Binder, BoundSelect, BoundTable};
use crate::compile::{Compiler, Conversion, Statement};
use crate::database::Dialect;
use crate::expr::{Expr, Slot};
use crate::query::QuerySet;
use crate::registry::{Field, FieldId, LogicalType, Model, Registry};
use crate::sql::{
    Conflict, Delete, From, Insert, Join, Order, Rows, Select, Sql, Table, Update, Write, all_of,
};

/// What an INSERT does with rows that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConflictFields<'a> {
    /// The fields of the unique key; none is any.
    pub fields: &'a [FieldId],
    /// The fields that the row takes over; none leaves it as it is.
    pub update: &'a [FieldId],
}

/// Whether a statement is of one row or of many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Each parameter is a value.
    One,
    /// Each parameter is a list of values, one a row (PostgreSQL).
    Many,
}

/// The name of the column that says whether a row is new, of an INSERT that may update instead (PostgreSQL).
pub const CREATED: &str = "nuages created";

/// An INSERT of values: the n-th parameter is the n-th field's.
pub fn prepare_insert(
    model: &Model,
    fields: &[FieldId],
    width: Width,
    conflict: Option<ConflictFields<'_>>,
    returning: &[FieldId],
    target: &Target,
) -> RowsStatement {
    let mut compiler = Compiler::new(target);
    let columns: Vec<String> = fields.iter().map(|id| model.field(*id).column.clone()).collect();
    let rows = match width {
        Width::One => {
            let row = (0..).zip(fields).map(|(n, id)| compiler.given(Slot::Argument(n), model.field(*id)));
            Rows::Values(vec![row.collect()])
        }
        Width::Many => {
            let (table, names) = unnested(&mut compiler, model, fields);
            let values = names.iter().zip(fields).map(|(name, id)| {
                let value = Sql::column("u", name);
                (restored(value, model.field(*id)), None)
            });
            let columns = values.collect();
            let from = vec![From { join: Join::Inner, table, on: None }];
            let order = vec![Order { key: Sql::column("u", "n"), descending: false, nulls: None }];
            Rows::Select(Box::new(Select { columns, from, order, ..Select::default() }))
        }
    };
    finish_insert(compiler, model, columns, rows, conflict, returning)
}

/// An INSERT of one row with computed values.
///
/// # Errors
/// When a value does not fit its field.
pub fn prepare_insert_values(
    model: &Model,
    values: &[(FieldId, Expr)],
    conflict: Option<ConflictFields<'_>>,
    returning: &[FieldId],
    registry: &Registry,
    target: &Target,
) -> Result<RowsStatement, CompileError> {
    let query = QuerySet {
        columns: values.iter().map(|(id, value)| (model.field(*id).name.clone(), value.clone())).collect(),
        manager: crate::query::Scope::Unscoped,
        ..QuerySet::all(model.id)
    };
    let bound = Binder::new(registry).query(&query)?;
    let mut compiler = Compiler::new(target);
    let row = bound
        .columns
        .iter()
        .zip(values)
        .map(|((typed, _), (id, _))| compiler.stored(typed, model.field(*id)))
        .collect::<Result<_, _>>()?;
    let columns = values.iter().map(|(id, _)| model.field(*id).column.clone()).collect();
    Ok(finish_insert(compiler, model, columns, Rows::Values(vec![row]), conflict, returning))
}

fn finish_insert(
    compiler: Compiler<'_>,
    model: &Model,
    columns: Vec<String>,
    rows: Rows,
    conflict: Option<ConflictFields<'_>>,
    returning: &[FieldId],
) -> RowsStatement {
    let names = |ids: &[FieldId]| ids.iter().map(|id| model.field(*id).column.clone()).collect::<Vec<_>>();
    let mut result: Vec<RowsColumn> = returning.iter().map(|id| of_field(model.field(*id))).collect();
    let mut columns_returned: Vec<(Sql, String)> =
        returning.iter().map(|id| returned(model.field(*id), compiler.dialect())).collect();
    if conflict.is_some() && compiler.dialect() == Dialect::Postgres {
        // A row that was there has been locked by this transaction.
        let is_new =
            Sql::binary(Sql::cast(Sql::Name("xmax".to_owned()), "text"), "=", Sql::Text("0".to_owned()));
        columns_returned.push((is_new, CREATED.to_owned()));
        result.push(RowsColumn {
            name: CREATED.to_owned(),
            logical: LogicalType::Boolean,
            encoding: crate::registry::SqliteEncoding::Plain,
            nullable: false,
        });
    }
    let conflict = conflict.map(|conflict| Conflict {
        columns: names(conflict.fields),
        set: names(conflict.update)
            .into_iter()
            .map(|column| (column.clone(), Sql::column("excluded", &column)))
            .collect(),
    });
    let insert = Insert { table: model.table.clone(), columns, rows, conflict, returning: columns_returned };
    RowsStatement { statement: compiler.finish_write(&Write::Insert(insert)), columns: result }
}

/// A column as an INSERT gives it back: of a foreign type in the field's own.
fn returned(field: &Field, dialect: Dialect) -> (Sql, String) {
    let column = Sql::Name(field.column.clone());
    let value = match (&field.db_type, dialect) {
        (Some(_), Dialect::Postgres) => Sql::cast(column, crate::compile::type_of(&field.logical)),
        _ => column,
    };
    (value, field.column.clone())
}

/// `unnest(…)` of a list a field, and the names of its columns.
fn unnested(compiler: &mut Compiler<'_>, model: &Model, fields: &[FieldId]) -> (Table, Vec<String>) {
    let mut arrays = Vec::with_capacity(fields.len());
    let mut names = Vec::with_capacity(fields.len() + 1);
    for (n, id) in (0..).zip(fields) {
        let field = model.field(*id);
        let element = carried(&field.logical);
        let logical = LogicalType::Array(Box::new(element.clone()));
        let list = compiler.slot(Slot::Argument(n), logical, field.sqlite, Conversion::Plain);
        arrays.push(Sql::cast(list, crate::compile::array_type(&element)));
        names.push(format!("c{n}"));
    }
    let columns = names.iter().cloned().chain(std::iter::once("n".to_owned())).collect();
    (Table::Unnest { arrays, alias: "u".to_owned(), columns }, names)
}

/// The type in which values of a type come in a list: lists of lists have no place in PostgreSQL's arrays, so such values
/// come in their text form.
fn carried(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::Array(_) | LogicalType::Range(_) | LogicalType::SearchVector => LogicalType::Text,
        other => other.clone(),
    }
}

/// Whether values of a field come in their text form (see [`Width::Many`]).
pub fn carried_as_text(logical: &LogicalType) -> bool {
    carried(logical) != *logical
}

/// What came as text, as the field's type.
fn restored(value: Sql, field: &Field) -> Sql {
    let value = match carried_as_text(&field.logical) {
        true => Sql::cast(value, crate::compile::type_of(&field.logical)),
        false => value,
    };
    crate::compile::in_column(value, field)
}

fn of_field(field: &Field) -> RowsColumn {
    RowsColumn {
        name: field.name.clone(),
        logical: field.logical.clone(),
        encoding: field.sqlite,
        nullable: field.null,
    }
}

/// An UPDATE of the rows of a query: each field gets the value of an expression over the row as it was.
///
/// # Errors
/// When a value does not fit its field, or speaks of rows of other tables.
pub fn prepare_update(
    query: &QuerySet,
    set: &[(FieldId, Expr)],
    registry: &Registry,
    target: &Target,
) -> Result<Statement, CompileError> {
    let model = registry.model(query.model);
    let columns: Vec<(String, Expr)> =
        set.iter().map(|(id, value)| (model.field(*id).name.clone(), value.clone())).collect();
    let whole = QuerySet { columns: columns.clone(), order: Vec::new(), lock: None, ..query.clone() };
    let bound = Binder::new(registry).query(&whole)?;
    let direct = is_direct(&bound);
    let bound = if direct {
        bound
    } else {
        // Values are of the row itself: what only the filter needs stands in a sub-query.
        let alone = QuerySet {
            columns,
            annotations: query.annotations.clone(),
            manager: crate::query::Scope::Unscoped,
            ..QuerySet::all(query.model)
        };
        let bound = Binder::new(registry).query(&alone)?;
        if !is_direct(&bound) {
            return Err(CompileError::Invalid(
                "a new value speaks of fields of other rows, through a relation; write a sub-query instead"
                    .to_owned(),
            ));
        }
        bound
    };
    let mut compiler = Compiler::new(target);
    let mut assignments = Vec::with_capacity(set.len());
    for ((typed, _), (id, _)) in bound.columns.iter().zip(set) {
        let field = model.field(*id);
        assignments.push((field.column.clone(), compiler.stored(typed, field)?));
    }
    let filter = if direct {
        match &bound.filter {
            Some(filter) => Some(compiler.condition(filter)?),
            None => None,
        }
    } else {
        Some(among(&mut compiler, model, query, registry)?)
    };
    let update = Update {
        table: model.table.clone(),
        alias: "t0".to_owned(),
        set: assignments,
        from: None,
        filter,
        returning: Vec::new(),
    };
    Ok(compiler.finish_write(&Write::Update(update)))
}

/// A DELETE of the rows of a query.
///
/// # Errors
/// When the query cannot be asked.
pub fn prepare_delete(
    query: &QuerySet,
    registry: &Registry,
    target: &Target,
) -> Result<Statement, CompileError> {
    let model = registry.model(query.model);
    let whole = QuerySet {
        columns: vec![("one".to_owned(), Expr::constant(crate::value::Value::Int(1)))],
        order: Vec::new(),
        lock: None,
        ..query.clone()
    };
    let bound = Binder::new(registry).query(&whole)?;
    let mut compiler = Compiler::new(target);
    let filter = if is_direct(&bound) {
        match &bound.filter {
            Some(filter) => Some(compiler.condition(filter)?),
            None => None,
        }
    } else {
        Some(among(&mut compiler, model, query, registry)?)
    };
    let delete = Delete { table: model.table.clone(), alias: "t0".to_owned(), filter };
    Ok(compiler.finish_write(&Write::Delete(delete)))
}

/// Whether a query is of one table, so that what it says can stand in an UPDATE or a DELETE of it.
fn is_direct(bound: &BoundSelect) -> bool {
    bound.from.len() == 1
        && bound.from.iter().all(|from| matches!(from.table, BoundTable::Named(_)))
        && bound.group.is_none()
        && bound.having.is_none()
        && !bound.distinct
        && bound.distinct_on.is_empty()
        && bound.limit.is_none()
        && bound.offset.is_none()
        && bound.combined.is_empty()
}

/// That a row is among those of a query, by its key.
fn among(
    compiler: &mut Compiler<'_>,
    model: &Model,
    query: &QuerySet,
    registry: &Registry,
) -> Result<Sql, CompileError> {
    let keys = QuerySet {
        columns: model
            .primary_key
            .iter()
            .map(|id| (model.field(*id).name.clone(), Expr::name(model.field(*id).name.clone())))
            .collect(),
        order: if query.is_sliced() || !query.distinct_on.is_empty() {
            query.order.clone()
        } else {
            Vec::new()
        },
        // One row, however often: only rows of the table count.
        distinct: false,
        lock: None,
        ..query.clone()
    };
    let bound = Binder::new(registry).query(&keys)?;
    let select = Box::new(compiler.select(&bound)?);
    let mut key: Vec<Sql> =
        model.primary_key.iter().map(|id| Sql::column("t0", &model.field(*id).column)).collect();
    let of = if key.len() == 1 { key.swap_remove(0) } else { Sql::Row(key) };
    Ok(Sql::InSelect { of: Box::new(of), select })
}

/// An UPDATE of rows by their keys, each with values of its own: parameters are the keys' fields, then the others'. With
/// `only`, a row is changed only while those fields have these values: they are the last parameters.
pub fn prepare_update_by_key(
    model: &Model,
    (keys, set, only): (&[FieldId], &[FieldId], &[FieldId]),
    width: Width,
    target: &Target,
) -> Statement {
    let mut compiler = Compiler::new(target);
    let all: Vec<FieldId> = [keys, set, only].concat();
    let (from, values): (Option<Table>, Vec<Sql>) = match width {
        Width::One => {
            let values = (0..).zip(&all).map(|(n, id)| compiler.given(Slot::Argument(n), model.field(*id)));
            (None, values.collect())
        }
        Width::Many => {
            let (table, names) = unnested(&mut compiler, model, &all);
            let values =
                names.iter().zip(&all).map(|(name, id)| restored(Sql::column("u", name), model.field(*id)));
            let values = values.collect();
            (Some(table), values)
        }
    };
    let column = |id: &FieldId| Sql::column("t0", &model.field(*id).column);
    let mut conditions = Vec::new();
    let mut assignments = Vec::new();
    for (position, (id, value)) in all.iter().zip(values).enumerate() {
        if position < keys.len() || position >= keys.len() + set.len() {
            conditions.push(Sql::binary(column(id), "=", value));
        } else {
            assignments.push((model.field(*id).column.clone(), value));
        }
    }
    let update = Update {
        table: model.table.clone(),
        alias: "t0".to_owned(),
        set: assignments,
        from,
        filter: all_of(conditions),
        returning: Vec::new(),
    };
    compiler.finish_write(&Write::Update(update))
}
