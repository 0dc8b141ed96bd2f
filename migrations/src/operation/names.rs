//! What has another name after an operation: models and fields in the state, tables and columns in the database.

use super::Operation;
use nuages_models::Registry;
use nuages_models::registry::{Field, Member, Model, RelationKind};
use std::collections::HashMap;

/// Models and fields that an operation renames, by their names before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Names of models after it, by those before.
    pub models: HashMap<String, String>,
    /// Names of fields after it, by (model, field) before.
    pub fields: HashMap<(String, String), String>,
}

/// Tables, columns and indexes that have another name in the database after an operation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renames {
    /// (before, after).
    pub tables: Vec<(String, String)>,
    /// (table after, column before, column after).
    pub columns: Vec<(String, String, String)>,
    /// (table after, index before, index after), where the operation renames an index.
    pub indexes: Vec<(String, String, String)>,
}

impl Renames {
    /// Whether nothing is renamed.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.columns.is_empty() && self.indexes.is_empty()
    }

    /// The name of a table after the operation.
    pub fn table<'a>(&'a self, before: &'a str) -> &'a str {
        self.tables.iter().find(|(old, _)| old == before).map_or(before, |(_, new)| new)
    }

    /// The name of a column after the operation, by the table's name after it.
    pub fn column<'a>(&'a self, table: &str, before: &'a str) -> &'a str {
        let mut columns = self.columns.iter();
        columns.find(|(of, old, _)| of == table && old == before).map_or(before, |(.., new)| new)
    }

    /// What has another name in the second registry, when models and fields are renamed as `names` says: a table or column
    /// that the same model or field has under another name, link tables and their columns, and the columns of references
    /// that follow the name of a field, model or key.
    pub fn between(before: &Registry, after: &Registry, names: &Names) -> Self {
        let mut renames = Self::default();
        for old in before.models().iter().filter(|model| has_table(model) && !model.implicit) {
            let Some(new) = counterpart(old, after, names) else { continue };
            renames.model(old, new, &|field| {
                let key = (old.name.clone(), field.to_owned());
                names.fields.get(&key).cloned().unwrap_or_else(|| field.to_owned())
            });
            renames.links((before, old), (after, new), names);
        }
        renames
    }

    fn model(&mut self, old: &Model, new: &Model, renamed: &dyn Fn(&str) -> String) {
        if old.table != new.table {
            self.tables.push((old.table.clone(), new.table.clone()));
        }
        let there = by_member(new);
        for (member, columns) in by_member(old) {
            let name = renamed(&member);
            let Some((_, others)) = there.iter().find(|(member, _)| *member == name) else { continue };
            // A reference to a key of another number of columns is made anew.
            if columns.len() == others.len() {
                self.columns(new, columns.iter().zip(others));
            }
        }
    }

    fn columns<'a>(&mut self, new: &Model, pairs: impl Iterator<Item = (&'a &'a Field, &'a &'a Field)>) {
        for (here, there) in pairs {
            if here.column != there.column {
                self.columns.push((new.table.clone(), here.column.clone(), there.column.clone()));
            }
        }
    }

    /// The implicit link models of the many-to-many fields of a model. Their ends have the names of models.
    fn links(
        &mut self,
        (before, old): (&Registry, &Model),
        (after, new): (&Registry, &Model),
        names: &Names,
    ) {
        for relation in old.relations.iter().filter(|relation| relation.kind == RelationKind::ManyToMany) {
            let Some((link, ends)) = own_link(before, old, &relation.name) else { continue };
            let key = (old.name.clone(), relation.name.clone());
            let name = names.fields.get(&key).unwrap_or(&relation.name);
            let Some((new_link, new_ends)) = own_link(after, new, name) else { continue };
            if has_table(link) && has_table(new_link) {
                self.model(link, new_link, &|member| {
                    let position = ends.iter().position(|end| end == member);
                    position.and_then(|at| new_ends.get(at).cloned()).unwrap_or_else(|| member.to_owned())
                });
            }
        }
    }
}

fn has_table(model: &Model) -> bool {
    model.managed && model.proxy_for.is_none()
}

fn counterpart<'r>(old: &Model, after: &'r Registry, names: &Names) -> Option<&'r Model> {
    let name = names.models.get(&old.name).unwrap_or(&old.name);
    after.model_named(name).filter(|model| has_table(model))
}

/// Fields by the declared member that they are the columns of.
fn by_member(model: &Model) -> Vec<(String, Vec<&Field>)> {
    let mut members: Vec<(String, Vec<&Field>)> = Vec::new();
    for field in &model.fields {
        let name = field.relation.map_or(&field.name, |id| &model.relation(id).name);
        match members.iter_mut().find(|(member, _)| member == name) {
            Some((_, columns)) => columns.push(field),
            None => members.push((name.clone(), vec![field])),
        }
    }
    members
}

/// The implicit link model of a many-to-many field that the model declares, and the names of its two ends.
fn own_link<'r>(registry: &'r Registry, model: &Model, field: &str) -> Option<(&'r Model, Vec<String>)> {
    let Some(Member::Relation(id)) = model.member(field) else { return None };
    let through = model.relation(id).through.as_ref()?;
    let link = registry.model(through.model);
    // The reverse end has the same link, whose name is that of the field.
    if !link.implicit || link.name != format!("{}_{field}", model.name) {
        return None;
    }
    let ends = link.relations.iter().filter(|relation| relation.kind == RelationKind::ForeignKey);
    Some((link, ends.map(|relation| relation.name.clone()).collect()))
}

impl Operation {
    /// The models and fields that the operation renames in the state.
    pub fn names(&self) -> Names {
        let mut names = Names::default();
        match self {
            Self::RenameModel { model, to } => {
                names.models.insert(model.name.clone(), to.name.clone());
            }
            Self::RenameField { model, name, to } => {
                names.fields.insert((model.name.clone(), name.clone()), to.clone());
            }
            _ => {}
        }
        names
    }

    /// What has another name in the database after the operation, given the registries before and after it
    /// (see [`ProjectState::registry`](crate::ProjectState::registry)).
    ///
    /// Operations within [`SeparateDatabaseAndState`](Self::SeparateDatabaseAndState) are asked one by one.
    pub fn renames(&self, before: &Registry, after: &Registry) -> Renames {
        let mut renames = Renames::between(before, after, &self.names());
        if let Self::RenameIndex { model, name, to } = self
            && let Some(model) = after.model_named(&model.name)
        {
            renames.indexes.push((model.table.clone(), name.clone(), to.clone()));
        }
        renames
    }
}
