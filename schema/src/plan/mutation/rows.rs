//! New rows and changes of rows from the inputs `PostCreate`, `PostSet` and `PostCalc`.

use super::build::Builder;
use super::given::Given;
use crate::error::RequestError;
use crate::expose::{ExposedModel, WriteMember, needs_value};
use nuages_models::expr::Expr;
use nuages_models::registry::{FieldId, LogicalType, ModelId, Relation, RelationId};
use nuages_models::value::Value;
use nuages_models::write::{Change, InputPath, NewRow, below};

/// What a new row is given from around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'s> {
    /// Fields that the row around it gives: its input must not say them.
    pub(super) supplied: &'s [FieldId],
    /// Fields that a key beside it says: its input need not say them.
    pub(super) said: &'s [FieldId],
}

/// A row that stands for itself.
pub(super) const NOTHING_AROUND: Around<'static> = Around { supplied: &[], said: &[] };

impl Builder<'_> {
    /// A new row.
    pub(super) fn row(
        &mut self,
        model: ModelId,
        given: Given<'_>,
        path: InputPath,
        around: Around<'_>,
    ) -> Result<NewRow, RequestError> {
        self.count()?;
        let (exposed, writes) = self.writes_of(model)?;
        let definition = self.planner.registry.model(model);
        let members = given.members(self.resolving.variables);
        let mut row = NewRow { values: Vec::with_capacity(members.len()), ..NewRow::default() };
        let mut relations: Vec<RelationId> = Vec::new();
        for (name, member) in members {
            match writes.create.get(name).copied() {
                Some(WriteMember::Column(id)) => {
                    // The database gives the key, as without it: clients send null for what they do not set.
                    if definition.field(id).auto_increment && !member.is_value() {
                        continue;
                    }
                    let place = || below(&path, name);
                    if around.supplied.contains(&id) {
                        let message = format!("{name} is given by the row around it");
                        self.problem(model, id, "exclusive", message, place());
                    } else if let Some(value) = self.column_value(model, id, member, &place)? {
                        row.values.push((id, Expr::constant(value)));
                    }
                }
                Some(WriteMember::Relation(id)) => {
                    let Some(member) = member.or_nothing() else { continue };
                    let relation = definition.relation(id);
                    let place = below(&path, name);
                    if is_forward(relation)
                        && relation.pairs.iter().any(|(here, _)| around.supplied.contains(here))
                    {
                        let message = format!("{name} is given by the row around it");
                        self.relation_problem(
                            (&definition.name, &relation.name),
                            "exclusive",
                            message,
                            place,
                        );
                        continue;
                    }
                    relations.push(id);
                    if let Some(change) = self.nested(|it| it.related(model, relation, member, place))? {
                        row.related.push(change);
                    }
                }
                None => {}
            }
        }
        for relation in definition.relations.iter().filter(|relation| is_forward(relation)) {
            if writes.creates(relation.id) {
                let is_given = relations.contains(&relation.id);
                self.check_reference(exposed, relation, &row.values, is_given, around, &path);
            }
        }
        row.path = path;
        Ok(row)
    }

    /// The value of a column; `None` when it is wrong, which is noted.
    fn column_value(
        &mut self,
        model: ModelId,
        id: FieldId,
        given: Given<'_>,
        place: &dyn Fn() -> InputPath,
    ) -> Result<Option<Value>, RequestError> {
        let value = self.column(model, id, given, place)?;
        let field = self.planner.registry.model(model).field(id);
        if value == Some(Value::Null) && !field.null {
            let message = format!("{} must have a value", field.name);
            self.problem(model, id, "null", message, place());
            return Ok(None);
        }
        Ok(value)
    }

    /// A reference is given by its columns or by its relation, not by both, and by one of them when it must be there.
    fn check_reference(
        &mut self,
        exposed: &ExposedModel,
        relation: &Relation,
        values: &[(FieldId, Expr)],
        is_given: bool,
        around: Around<'_>,
        path: &InputPath,
    ) {
        let model = self.planner.registry.model(exposed.model);
        let name = |id: &FieldId| {
            exposed.column(*id).map_or_else(|| model.field(*id).name.clone(), |column| column.name.clone())
        };
        let columns: Vec<FieldId> = relation.pairs.iter().map(|(here, _)| *here).collect();
        let by_columns = columns.iter().any(|id| values.iter().any(|(given, _)| given == id));
        let shown = || columns.iter().map(&name).collect::<Vec<_>>().join(", ");
        let own = crate::names::relation_name(relation);
        let place = (model.name.as_str(), relation.name.as_str());
        if is_given && by_columns {
            let message = format!("give {} or {own}, not both", shown());
            self.relation_problem(place, "exclusive", message, below(path, &own));
            return;
        }
        let missing = columns.iter().any(|id| {
            needs_value(model.field(*id))
                && !values.iter().any(|(given, _)| given == id)
                && !around.supplied.contains(id)
                && !around.said.contains(id)
        });
        // A column that was given wrongly is told already, and is no less given.
        let is_noted = || columns.iter().any(|id| self.is_noted(&below(path, &name(id))));
        if missing && !is_given && !is_noted() {
            let message = format!("give {} or {own}", shown());
            self.relation_problem(place, "required", message, below(path, &own));
        }
    }

    /// A change: new values (`set`), and values computed from the row (`calc`).
    pub(super) fn change(
        &mut self,
        model: ModelId,
        (set, calc): (Given<'_>, Given<'_>),
        (path, calc_path): (InputPath, InputPath),
    ) -> Result<Change, RequestError> {
        let (_, writes) = self.writes_of(model)?;
        let definition = self.planner.registry.model(model);
        let mut change = Change::default();
        let mut relations: Vec<&Relation> = Vec::new();
        for (name, member) in set.members(self.resolving.variables) {
            let place = || below(&path, name);
            match writes.set.get(name).copied() {
                Some(WriteMember::Column(id)) => {
                    if let Some(value) = self.column_value(model, id, member, &place)? {
                        change.values.push((id, Expr::constant(value)));
                    }
                }
                Some(WriteMember::Relation(id)) => {
                    let Some(member) = member.or_nothing() else { continue };
                    let relation = definition.relation(id);
                    relations.push(relation);
                    if let Some(related) = self.nested(|it| it.related(model, relation, member, place()))? {
                        change.related.push(related);
                    }
                }
                None => {}
            }
        }
        for (name, member) in calc.members(self.resolving.variables) {
            let Some(id) = writes.calc.get(name).copied() else { continue };
            let place = below(&calc_path, name);
            let Some(member) = member.or_nothing() else { continue };
            let expr = if definition.field(id).logical == LogicalType::Json {
                self.document_change((model, id), member, &place)?
            } else {
                let Some(text) = member.text() else { continue };
                self.calculated((model, id), &text, &place)?
            };
            let Some(expr) = expr else { continue };
            if change.values.iter().all(|(given, _)| *given != id) {
                change.values.push((id, expr));
            } else {
                let message = format!("give {name} in one place, not in both");
                self.problem(model, id, "exclusive", message, place);
            }
        }
        for relation in relations.into_iter().filter(|relation| is_forward(relation)) {
            let columns = relation.pairs.iter().map(|(here, _)| *here);
            if columns.into_iter().any(|id| change.values.iter().any(|(given, _)| *given == id)) {
                let own = crate::names::relation_name(relation);
                let message = format!("give the key of {own} or {own} itself, not both");
                let place = (definition.name.as_str(), relation.name.as_str());
                self.relation_problem(place, "exclusive", message, below(&path, &own));
            }
        }
        change.path = path;
        Ok(change)
    }
}

/// Whether the relation's columns are those of the row itself.
fn is_forward(relation: &Relation) -> bool {
    use nuages_models::registry::RelationKind::{ForeignKey, OneToOne};
    matches!(relation.kind, ForeignKey | OneToOne)
}
