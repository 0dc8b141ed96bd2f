//! The fields of a model's object type.

use super::Planner;
use super::arguments::Form;
use super::input::Input;
use super::selection::Selected;
use crate::error::RequestError;
use crate::expose::{ExposedAnnotation, ObjectField};
use apollo_compiler::executable::SelectionSet;
use nuages_models::expr::Expr;
use nuages_models::plan::{Load, PlanField, RowValue};
use nuages_models::query::QuerySet;
use nuages_models::registry::{FieldId, ModelId, RelationId};

impl<'a> Planner<'a> {
    /// What selection sets select of the rows of a model, in response order.
    pub(super) fn rows(
        &mut self,
        model: ModelId,
        sets: &[&'a SelectionSet],
    ) -> Result<Vec<PlanField<RowValue>>, RequestError> {
        self.nested(|planner| {
            let exposed = planner.exposed(model)?;
            let selected = planner.select(&exposed.type_name, sets)?;
            let mut fields = Vec::with_capacity(selected.len());
            for selected in selected {
                let field = selected.field();
                let value = planner
                    .row_value(model, &selected)
                    .map_err(|error| error.located(field.location(), planner.sources()))?;
                fields.push(PlanField { key: selected.key.to_owned(), value });
            }
            Ok(fields)
        })
    }

    fn row_value(&mut self, model: ModelId, selected: &Selected<'a>) -> Result<RowValue, RequestError> {
        let exposed = self.exposed(model)?;
        let field = selected.field();
        if field.name == "__typename" {
            return Ok(RowValue::Typename(exposed.type_name.clone()));
        }
        let Some(meaning) = exposed.fields.get(field.name.as_str()).copied() else {
            return Err(RequestError::internal(format_args!(
                "{} has no field {}",
                exposed.type_name, field.name
            )));
        };
        match meaning {
            ObjectField::Key => Ok(RowValue::Id),
            ObjectField::NodeId => Ok(RowValue::NodeId(exposed.type_name.clone())),
            ObjectField::Column(id) => self.column(model, id, selected),
            ObjectField::Relation(id) => self.relation(model, id, selected),
            ObjectField::RelationAggregate(id) => {
                let target = self.registry.model(model).relation(id).target;
                Ok(RowValue::Aggregate { relation: id, load: self.aggregate_load(target, selected)? })
            }
            ObjectField::Annotation(position) => {
                let Some(annotation) = exposed.annotations.get(position) else {
                    return Err(RequestError::internal("a computed field is missing"));
                };
                let given = |planner: &Self, name: &str| planner.argument(field, name);
                let value = self.annotation_value(annotation, &[], &given)?;
                let encoder = self.encoder(&annotation.leaf, &annotation.logical)?;
                Ok(RowValue::Computed { value, encoder, nullable: !field.ty().is_non_null() })
            }
            ObjectField::RelationConnection(id) => {
                let target = self.registry.model(model).relation(id).target;
                Ok(RowValue::Connection { relation: id, connection: self.connection(target, selected)? })
            }
        }
    }

    /// A computed field of the row at a path, with the arguments that are given.
    pub(super) fn annotation_value(
        &mut self,
        annotation: &ExposedAnnotation,
        above: &[String],
        given: &dyn Fn(&Self, &str) -> Option<Input>,
    ) -> Result<Expr, RequestError> {
        let mut path = above.to_vec();
        path.push(annotation.name.clone());
        if annotation.arguments.is_empty() {
            return Ok(Expr::Path(path));
        }
        let mut arguments = Vec::new();
        for (name, argument) in &annotation.arguments {
            let Some(input) = given(self, name) else { continue };
            if self.presence(&input)?.or_nothing().is_some() {
                let slot = self.value_slot(&input, &argument.logical, Form::Plain)?;
                arguments.push((argument.name.clone(), slot));
            }
        }
        Ok(Expr::Annotated { path, arguments })
    }

    fn column(
        &mut self,
        model: ModelId,
        id: FieldId,
        selected: &Selected<'a>,
    ) -> Result<RowValue, RequestError> {
        let exposed = self.exposed(model)?;
        let Some(column) = exposed.column(id) else {
            return Err(RequestError::internal(format_args!("{} shows a hidden column", exposed.type_name)));
        };
        let logical = &self.registry.model(model).field(id).logical;
        let encoder = self.encoder(&column.leaf, logical)?;
        // The schema has the last word on what may be null.
        Ok(RowValue::Column { field: id, encoder, nullable: !selected.field().ty().is_non_null() })
    }

    fn relation(
        &mut self,
        model: ModelId,
        id: RelationId,
        selected: &Selected<'a>,
    ) -> Result<RowValue, RequestError> {
        let relation = self.registry.model(model).relation(id);
        let field = selected.field();
        if relation.is_to_one() {
            let fields = self.rows(relation.target, &selected.below())?;
            let load = Load { query: QuerySet::all(relation.target), fields };
            return Ok(RowValue::One { relation: id, load, nullable: !field.ty().is_non_null() });
        }
        let query = self.list_query(relation.target, field)?;
        let fields = self.rows(relation.target, &selected.below())?;
        Ok(RowValue::Many { relation: id, load: Load { query, fields } })
    }
}
