//! What the rows that are there get in a field that is new or becomes not null.

use super::script::Direction;
use crate::editor::ColumnFill;
use crate::operation::Fill;
use crate::state::ModelName;
use nuages_models::Registry;
use nuages_models::compile::{DdlRole, compile_ddl};
use nuages_models::database::Dialect;
use nuages_models::define::FieldDefinition;
use nuages_models::registry::{AutoNow, DefaultValue, Field, LogicalType, Member, Model};
use nuages_models::sql::quoted_text;
use serde_json::Value as Json;

/// How rows are filled.
pub(super) enum Filling {
    /// They are not.
    Nothing,
    /// With one value, by the database.
    Literal {
        /// The value and its column.
        fill: ColumnFill,
        /// What is to be said about it.
        note: Option<String>,
    },
    /// Row by row, by an expression.
    Expression {
        /// The expression.
        text: String,
        /// What is to be said about it.
        note: Option<String>,
    },
}

/// The expression of a fill.
pub(super) fn expression(fill: &Fill) -> String {
    match fill {
        Fill::Value(value) => literal(value),
        Fill::Expression(text) => text.clone(),
    }
}

/// A value of the JSON form of defaults as an expression.
fn literal(value: &Json) -> String {
    match value {
        Json::String(text) => quoted_text(text),
        Json::Array(_) | Json::Object(_) => quoted_text(&value.to_string()),
        other => other.to_string(),
    }
}

/// What rows get in the field of the model, which `after` has: what the operation gives, else the field's own default, as in
/// Django. On the way back, a field whose values are gone gets the empty value of its type, which is to be said.
pub(super) fn filling(
    (before, after): (&Registry, &Registry),
    (model, name): (&ModelName, &str),
    definition: &FieldDefinition,
    given: Option<&str>,
    (is_new, direction): (bool, Direction),
    dialect: Dialect,
) -> Filling {
    let Some((owner, field)) = column_field(after, model, name) else { return Filling::Nothing };
    if field.generated.is_some() || field.auto_increment || !owner.managed {
        return Filling::Nothing;
    }
    // A database default is applied by the database itself.
    let becomes_not_null = column_field(before, model, name).is_some_and(|(_, old)| old.null && !field.null);
    let needed = if is_new { field.db_default.is_none() } else { becomes_not_null };
    if !needed && given.is_none() {
        return Filling::Nothing;
    }
    let mut note = None;
    let text = match given.map(str::to_owned).or_else(|| own_default(field)) {
        Some(text) => text,
        None if is_new
            && direction == Direction::Backward
            && !field.null
            && !field.unique
            && field.relation.is_none() =>
        {
            let Some(empty) = empty_value(field, definition) else { return Filling::Nothing };
            note = Some(format!("{model}.{name} comes back with {empty} in all rows: its values are gone"));
            empty
        }
        None => return Filling::Nothing,
    };
    let compiled = compile_ddl(after, owner.id, DdlRole::Default(field.id), &text, dialect);
    match compiled {
        Ok(sql) if sql.literal && !matches!(field.logical, LogicalType::Encrypted(_)) => Filling::Literal {
            fill: ColumnFill {
                table: owner.table.clone(),
                column: field.column.clone(),
                value: sql.sql,
                literal: true,
            },
            note,
        },
        _ => Filling::Expression { text, note },
    }
}

/// The one column of a field or relation.
fn column_field<'r>(registry: &'r Registry, model: &ModelName, name: &str) -> Option<(&'r Model, &'r Field)> {
    let model = registry.model_named(&model.name)?;
    let field = match model.member(name)? {
        Member::Field(id) => model.field(id),
        Member::Relation(id) => match model.relation(id).pairs.as_slice() {
            [(here, _)] => model.field(*here),
            _ => return None,
        },
    };
    Some((model, field))
}

fn own_default(field: &Field) -> Option<String> {
    if field.auto_now != AutoNow::Never {
        return Some("now()".to_owned());
    }
    match field.default.as_ref()? {
        DefaultValue::Literal(value) => Some(literal(value)),
        DefaultValue::Now => Some("now()".to_owned()),
        DefaultValue::Uuid => Some("gen_random_uuid()".to_owned()),
    }
}

/// The empty value of a type, as an expression.
fn empty_value(field: &Field, definition: &FieldDefinition) -> Option<String> {
    if definition.options.contains_key("choices") {
        return None;
    }
    Some(
        match &field.logical {
            LogicalType::Boolean => "false",
            LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 | LogicalType::Decimal { .. } => "0",
            LogicalType::Float => "0e0",
            LogicalType::Text => "''",
            LogicalType::Json => "'{}'",
            LogicalType::Array(_) => "'[]'",
            LogicalType::Date => "'1970-01-01'",
            LogicalType::Time => "'00:00:00'",
            LogicalType::DateTime => "'1970-01-01T00:00:00Z'",
            _ => return None,
        }
        .to_owned(),
    )
}
