//! What a database says of a broken constraint, in terms of the models.

use super::error::{InputPath, Violation, ViolationKind, WriteError};
use crate::database::{BrokenConstraint, ConstraintKind};
use crate::registry::{Constraint, Member, Model, Registry};
use crate::run::RunError;

/// An error of the run stage in terms of the models. `model` and `path` are of the rows that were written.
pub(super) fn explained(
    registry: &Registry,
    model: Option<&Model>,
    path: &InputPath,
    error: RunError,
) -> WriteError {
    let RunError::Constraint(broken) = error else { return error.into() };
    WriteError::Violation(Box::new(violation(registry, model, path, &broken)))
}

fn violation(
    registry: &Registry,
    model: Option<&Model>,
    path: &InputPath,
    broken: &BrokenConstraint,
) -> Violation {
    let of_table = broken.table.as_ref().and_then(|table| {
        registry.models().iter().find(|model| model.table == *table && model.proxy_for.is_none())
    });
    let model = of_table.or(model);
    let field = |model: &Model, column: &String| {
        let field = model.fields.iter().find(|field| field.column == *column)?;
        // A relation is known by its own name.
        Some(field.relation.map_or(&field.name, |relation| &model.relation(relation).name).clone())
    };
    let fields: Option<Vec<String>> =
        model.and_then(|model| broken.columns.iter().map(|column| field(model, column)).collect());
    let kind = match broken.kind {
        ConstraintKind::Unique | ConstraintKind::Exclusion => ViolationKind::Unique,
        ConstraintKind::ForeignKey => ViolationKind::ForeignKey,
        ConstraintKind::Check => ViolationKind::Check,
        ConstraintKind::NotNull => ViolationKind::NotNull,
    };
    let mut fields = fields.unwrap_or_default();
    if kind == ViolationKind::ForeignKey
        && model.is_some_and(|model| {
            fields.iter().any(|name| matches!(model.member(name), Some(Member::Field(_))))
        })
    {
        // The row that is referred to has gone: PostgreSQL tells the table that refers, and the columns of the other.
        fields.clear();
    }
    // SQLite tells the columns of a unique constraint, and not its name.
    let by_columns = broken.name.is_none() && kind == ViolationKind::Unique && broken.columns.len() > 1;
    let by_columns = model.filter(|_| by_columns).and_then(|model| {
        model.constraints.iter().find(|constraint| match constraint {
            Constraint::Unique { fields, condition: None, .. } => {
                fields.iter().map(|id| &model.field(*id).column).eq(&broken.columns)
            }
            _ => false,
        })
    });
    // Names that the database makes up say nothing to a client, and would differ from one to the other.
    let named = broken.name.as_ref().filter(|name| {
        model.is_none_or(|model| {
            model.constraints.iter().any(|constraint| constraint.name() == name.as_str())
                || model.indexes.iter().any(|index| index.name == **name)
        })
    });
    if let (Some(model), Some(name), true) = (model, named, fields.is_empty()) {
        let known = model.constraints.iter().find(|known| known.name() == name.as_str());
        if let Some(Constraint::Unique { fields: ids, .. }) = known {
            fields = ids.iter().map(|id| model.field(*id).name.clone()).collect();
        }
    }
    if let (Some(model), Some(name), true) =
        (model, &broken.name, fields.is_empty() && kind == ViolationKind::Check)
    {
        // A field's own check is named after its table and column.
        let of = model
            .fields
            .iter()
            .find(|field| named.is_none() && *name == format!("{}_{}_check", model.table, field.column));
        fields.extend(of.map(|field| field.name.clone()));
    }
    Violation {
        kind,
        model: model.map(|model| model.name.clone()).unwrap_or_default(),
        fields,
        values: broken.values.clone(),
        constraint: named.cloned().or(by_columns.map(|known| known.name().to_owned())),
        path: path.clone(),
    }
}
