//! What can be written of a model: the members of its inputs, and the fields of `Mutation`.

use super::exposure::{ExposedModel, Leaf, ObjectField, Scalar};
use indexmap::IndexMap;
use nuages_models::Registry;
use nuages_models::registry::{
    AutoNow, Comparison, Field, FieldId, LogicalType, Model, ModelId, Relation, RelationId, RelationKind,
};

/// A field of `Mutation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MutationField {
    /// Whose rows are written.
    pub model: ModelId,
    /// How.
    pub kind: WriteKind,
}

/// What a field of `Mutation` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WriteKind {
    /// `createPost(input): Post!`
    Create,
    /// `createPosts(input, onConflict): PostsPayload!`
    CreateMany,
    /// `updatePost(id, set, calc, expect): Post`
    Update,
    /// `updatePosts(where, set, calc, atMost, manager): PostsPayload!`
    UpdateMany,
    /// `upsertPost(key, create, update, calc): UpsertPostPayload!`
    Upsert,
    /// `deletePost(id, expect): Post`
    Delete,
    /// `deletePosts(where, atMost, manager): PostsPayload!`
    DeleteMany,
}

/// What can be written of a model. Every map is from a GraphQL name.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposedWrites {
    /// Members of `PostCreate`.
    pub create: IndexMap<String, WriteMember>,
    /// Members of `PostSet`; empty when nothing of a row can be changed.
    pub set: IndexMap<String, WriteMember>,
    /// Members of `PostCalc`; documents alone when clients may not write expressions.
    pub calc: IndexMap<String, FieldId>,
    /// Members of `PostExpect`.
    pub expect: IndexMap<String, FieldId>,
}

/// A member of an input of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMember {
    /// The value of a column.
    Column(FieldId),
    /// What happens along a relation.
    Relation(RelationId),
}

impl ExposedWrites {
    /// Whether the rows' input has this relation.
    pub fn creates(&self, relation: RelationId) -> bool {
        self.create.values().any(|member| *member == WriteMember::Relation(relation))
    }

    /// The columns among what changes of a row.
    pub fn set_columns(&self) -> impl Iterator<Item = (&str, FieldId)> {
        self.set.iter().filter_map(|(name, member)| match member {
            WriteMember::Column(id) => Some((name.as_str(), *id)),
            WriteMember::Relation(_) => None,
        })
    }

    /// Whether a new row may give values to one that is there already.
    pub(super) fn has_conflict_update(&self) -> bool {
        !self.create.is_empty() && self.set_columns().next().is_some()
    }

    /// Whether a new row must be given the field: it may not be NULL, and nothing else gives it a value.
    ///
    /// The column of a relation that is a member itself must be given one way or the other.
    pub fn is_required(&self, field: &Field) -> bool {
        needs_value(field) && field.relation.is_none_or(|id| !self.creates(id))
    }
}

/// Whether a new row has no value for the field unless it is given one, and must have one.
pub(crate) fn needs_value(field: &Field) -> bool {
    !field.null
        && !field.auto_increment
        && field.default.is_none()
        && field.db_default.is_none()
        && is_given(field)
}

/// Whether a field's value is somebody's to give, not the server's or the database's.
fn is_given(field: &Field) -> bool {
    field.generated.is_none() && field.auto_now == AutoNow::Never
}

/// Whether clients write the field.
fn is_writable(field: &Field) -> bool {
    field.editable && is_given(field) && field.logical != LogicalType::SearchVector
}

/// What can be written of a model whose columns and relations are exposed already. `is_written` says whether another
/// model has mutations of its own.
pub(super) fn writes_of(
    registry: &Registry,
    model: &Model,
    exposed: &ExposedModel,
    expressions: bool,
    is_written: &dyn Fn(ModelId) -> bool,
) -> ExposedWrites {
    let mut writes = ExposedWrites {
        create: IndexMap::new(),
        set: IndexMap::new(),
        calc: IndexMap::new(),
        expect: IndexMap::new(),
    };
    for (name, member) in &exposed.fields {
        match member {
            // A key that is called `id` has no other member.
            ObjectField::Key => {
                if let [only] = model.primary_key.as_slice()
                    && exposed.column(*only).is_some_and(|column| column.name == *name)
                    && is_writable(model.field(*only))
                {
                    writes.create.insert(name.clone(), WriteMember::Column(*only));
                }
            }
            ObjectField::Column(id) => {
                let field = model.field(*id);
                let Some(column) = exposed.column(*id) else { continue };
                if is_comparable(&column.leaf) {
                    writes.expect.insert(name.clone(), *id);
                }
                if is_writable(field) {
                    writes.create.insert(name.clone(), WriteMember::Column(*id));
                    if !field.primary_key {
                        writes.set.insert(name.clone(), WriteMember::Column(*id));
                        if column.leaf == Leaf::Scalar(Scalar::Json)
                            || expressions && is_computed(&column.leaf)
                        {
                            writes.calc.insert(name.clone(), *id);
                        }
                    }
                }
            }
            ObjectField::Relation(id) => {
                let relation = model.relation(*id);
                if !is_written(relation.target) || !is_linked_by_clients(registry, model, relation) {
                    continue;
                }
                writes.create.insert(name.clone(), WriteMember::Relation(*id));
                let of_key = relation.pairs.iter().any(|(here, _)| model.field(*here).primary_key);
                let is_forward = matches!(relation.kind, RelationKind::ForeignKey | RelationKind::OneToOne);
                if !(is_forward && of_key) {
                    writes.set.insert(name.clone(), WriteMember::Relation(*id));
                }
            }
            _ => {}
        }
    }
    writes
}

/// Whether clients may link rows along a relation: they may write the column that does it, or the link has nothing
/// else that must be given.
fn is_linked_by_clients(registry: &Registry, model: &Model, relation: &Relation) -> bool {
    match (&relation.through, relation.kind) {
        (Some(through), _) => {
            let link = registry.model(through.model);
            let ends = through.source.iter().map(|(_, of_link)| of_link);
            let ends: Vec<&FieldId> = ends.chain(through.target.iter().map(|(of_link, _)| of_link)).collect();
            link.fields.iter().all(|field| ends.contains(&&field.id) || !needs_value(field))
        }
        (None, RelationKind::ForeignKey | RelationKind::OneToOne) => {
            relation.pairs.iter().all(|(here, _)| is_writable(model.field(*here)))
        }
        (None, _) => {
            let target = registry.model(relation.target);
            relation.pairs.iter().all(|(_, there)| is_writable(target.field(*there)))
        }
    }
}

/// Whether a value can be expected: the same value is the same text.
fn is_comparable(leaf: &Leaf) -> bool {
    match leaf {
        Leaf::Scalar(Scalar::Custom(_, comparison)) => *comparison >= Comparison::Equality,
        _ => !matches!(leaf, Leaf::List(_) | Leaf::Scalar(Scalar::Json | Scalar::Range(_) | Scalar::Secret)),
    }
}

/// Whether the database can compute a value: it can neither encrypt it nor make what a type of an embedder's own stores.
fn is_computed(leaf: &Leaf) -> bool {
    !matches!(leaf, Leaf::Scalar(Scalar::Secret | Scalar::Custom(..)))
}

/// The types of a model's writes and of its place along relations, beside those that every written model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Linked {
    /// A to-one relation of a new row leads to it.
    pub(super) one_create: bool,
    /// A to-one relation of a changed row leads to it.
    pub(super) one_set: bool,
    /// A to-many relation of a new row leads to it.
    pub(super) many_create: bool,
    /// A to-many relation of a changed row leads to it.
    pub(super) many_set: bool,
}
