//! First step of the expose stage: which models and members the schema shows, under which names and types.
//!
//! The answer is plain data; the second step writes it down as SDL, so the text and the map cannot disagree.

use super::exposure::{
    Aggregated, ChoiceEnum, ExposedAnnotation, ExposedArgument, ExposedColumn, ExposedModel, FilterMember,
    GroupMember, KeyMember, KeyShape, Leaf, ObjectField, OrderMember, Scalar,
};
use super::operators::FilterKind;
use super::writes::{Linked, WriteKind, WriteMember, writes_of};
use super::{BUILT_IN_TYPES, ExposeOptions};
use crate::names::{self, ModelNames, NameProblem, Namespace, Owner};
use indexmap::IndexMap;
use nuages_models::Registry;
use nuages_models::registry::{
    Annotation, Comparison, CustomType, Field, FieldId, LogicalType, Model, ModelId, OnDelete, Relation,
    RelationKind,
};
use std::collections::{BTreeMap, HashSet};

/// What the schema shows, before it is written.
#[derive(Debug)]
pub(super) struct Draft {
    /// Names of every visible model, by the position of its id.
    pub(super) names: Vec<Option<ModelNames>>,
    /// Every visible model, by the position of its id.
    pub(super) models: Vec<Option<ExposedModel>>,
    /// Enums of choices with their type names; two of one name are among the problems.
    pub(super) choices: Vec<(String, ChoiceEnum)>,
    /// Models that a visible to-many relation leads to: they need a list filter.
    pub(super) listed: HashSet<ModelId>,
    /// What leads to each model in writes, by the position of its id.
    pub(super) linked: Vec<Linked>,
    /// Names that cannot be.
    pub(super) problems: Vec<NameProblem>,
}

impl Draft {
    /// A visible model with its names.
    pub(super) fn visible(&self) -> impl Iterator<Item = (&ModelNames, &ExposedModel)> {
        self.names
            .iter()
            .zip(&self.models)
            .filter_map(|(names, model)| Some((names.as_ref()?, model.as_ref()?)))
    }

    /// The names of a visible model.
    pub(super) fn names_of(&self, model: ModelId) -> Option<&ModelNames> {
        self.names.get(model.0 as usize).and_then(Option::as_ref)
    }
}

/// Decides names and members of every visible model.
pub(super) fn draft(registry: &Registry, options: &ExposeOptions) -> Draft {
    let names: Vec<Option<ModelNames>> =
        registry.models().iter().map(|model| is_visible(model).then(|| names::model_names(model))).collect();
    let mut draft = Draft {
        models: Vec::with_capacity(names.len()),
        names,
        choices: Vec::new(),
        listed: HashSet::new(),
        linked: vec![Linked::default(); registry.models().len()],
        problems: Vec::new(),
    };
    for model in registry.models() {
        let exposed = draft
            .names_of(model.id)
            .cloned()
            .map(|names| expose_model(registry, model, &names, options, &mut draft));
        draft.models.push(exposed);
    }
    expose_writes(registry, options, &mut draft);
    claim_types(registry, &mut draft);
    claim_root_fields(registry, &mut draft);
    draft
}

/// Whether a model has a type of its own.
fn is_visible(model: &Model) -> bool {
    !model.implicit && !model.graphql.hidden
}

/// Whether a relation is in the schema: it and its target are not hidden.
fn is_relation_visible(registry: &Registry, relation: &Relation) -> bool {
    !relation.hidden && is_visible(registry.model(relation.target))
}

/// Whether a column is in the schema. Lexemes of full text search are nothing to read.
fn is_field_visible(field: &Field) -> bool {
    !field.hidden && field.logical != LogicalType::SearchVector
}

/// Whether a to-one relation may give null: its column may, or nothing keeps its row from being away.
///
/// A manager's filter does not apply to a to-one, so it hides nothing here.
pub(super) fn is_to_one_nullable(relation: &Relation) -> bool {
    relation.null
        || !relation.enforced
        || relation.kind == RelationKind::ReverseOneToOne
        || relation.on_delete == Some(OnDelete::DoNothing)
}

fn expose_model(
    registry: &Registry,
    model: &Model,
    names: &ModelNames,
    options: &ExposeOptions,
    draft: &mut Draft,
) -> ExposedModel {
    let key_name = if options.relay { "rowId" } else { "id" };
    let mut exposed = ExposedModel {
        model: model.id,
        type_name: names.object.clone(),
        fields: IndexMap::new(),
        columns: vec![None; model.fields.len()],
        filter: IndexMap::new(),
        order: IndexMap::new(),
        keys: IndexMap::new(),
        distinct: IndexMap::new(),
        annotations: Vec::new(),
        aggregated: IndexMap::new(),
        group: IndexMap::new(),
        managers: managers(model, draft),
        writes: None,
    };
    let mut members = Members {
        object: Namespace::new(format!("the type `{}`", names.object)),
        filter: Namespace::new(format!("the input `{}`", names.filter_type())),
    };
    let key = Owner::built_in(format!("the key of `{}` (always called so)", model.name));
    let node = Owner::built_in("the global id");
    if options.relay {
        members.object.claim("id", node.clone(), &mut draft.problems);
        exposed.fields.insert("id".to_owned(), ObjectField::NodeId);
    }
    members.object.claim(key_name, key.clone(), &mut draft.problems);
    exposed.fields.insert(key_name.to_owned(), ObjectField::Key);
    if !options.relay {
        members.object.claim("nodeId", node, &mut draft.problems);
        exposed.fields.insert("nodeId".to_owned(), ObjectField::NodeId);
    }
    for (name, member) in [("and", FilterMember::And), ("or", FilterMember::Or), ("not", FilterMember::Not)] {
        members.filter.claim(name, Owner::built_in("the logical member"), &mut draft.problems);
        exposed.filter.insert(name.to_owned(), member);
    }
    members.filter.claim(key_name, key, &mut draft.problems);
    exposed.filter.insert(key_name.to_owned(), FilterMember::Key);
    exposed.order.insert(key_name.to_owned(), OrderMember::Key);

    let mut placed = HashSet::new();
    for field in &model.fields {
        expose_column(registry, model, field, names, key_name, &mut exposed, &mut members, draft);
        // A foreign key's edge stands right after its (last) column.
        if let Some(relation) = field.relation.map(|id| model.relation(id))
            && relation.pairs.last().is_some_and(|(own, _)| *own == field.id)
            && placed.insert(relation.id)
        {
            expose_relation(registry, model, relation, &mut exposed, &mut members, draft);
        }
    }
    for relation in model.relations.iter().filter(|relation| !placed.contains(&relation.id)) {
        expose_relation(registry, model, relation, &mut exposed, &mut members, draft);
    }
    for (name, annotation) in &model.annotations {
        expose_annotation(model, name, annotation, &mut exposed, &mut members, draft);
    }
    exposed.aggregated = aggregated(model, &exposed);
    exposed.group = group(model, &exposed);
    if options.expressions {
        exposed.filter.insert("expr".to_owned(), FilterMember::Expression);
        exposed.order.insert("expr".to_owned(), OrderMember::Expression);
        exposed.group.insert("expr".to_owned(), GroupMember::Expression);
    }
    exposed.keys = keys(model, names, key_name, &exposed, draft);
    exposed
}

/// The names given so far in the two types that have a member for everything.
struct Members {
    object: Namespace,
    filter: Namespace,
}

/// The managers to choose from.
fn managers(model: &Model, draft: &mut Draft) -> IndexMap<String, usize> {
    let mut names = IndexMap::new();
    if model.managers.len() < 2 {
        return names;
    }
    let mut namespace = Namespace::new(format!("the managers of `{}`", model.name));
    for (position, manager) in model.managers.iter().enumerate() {
        let name = names::manager_name(&manager.name);
        let owner = Owner::declared(format!("the manager `{}`", manager.name), &manager.origin);
        if namespace.claim(&name, owner, &mut draft.problems) {
            names.insert(name, position);
        }
    }
    names
}

#[expect(
    clippy::too_many_arguments,
    reason = "one step of one loop, with what the loop reads and what it fills"
)]
fn expose_column(
    registry: &Registry,
    model: &Model,
    field: &Field,
    names: &ModelNames,
    key_name: &str,
    exposed: &mut ExposedModel,
    members: &mut Members,
    draft: &mut Draft,
) {
    let name = names::field_name(field);
    if name == "id" && model.primary_key == [field.id] {
        // `id` as an `ID` says all that there is to say about it.
        let column = ExposedColumn { name: key_name.to_owned(), leaf: Leaf::Scalar(Scalar::Id), null: false };
        set_column(exposed, field.id, column);
        exposed.distinct.insert(key_name.to_owned(), field.id);
        return;
    }
    if !is_field_visible(field) {
        return;
    }
    let owner = Owner::declared(format!("the field `{}` of `{}`", field.name, model.name), &field.origin);
    if !members.object.claim(&name, owner.clone(), &mut draft.problems) {
        return;
    }
    let filter_name = names::filter_member(&name);
    if !members.filter.claim(&filter_name, owner, &mut draft.problems) {
        return;
    }
    let leaf = leaf(registry, model, field, names, &name, draft);
    exposed.fields.insert(name.clone(), ObjectField::Column(field.id));
    exposed.filter.insert(filter_name, FilterMember::Column(field.id, filter_kind(&leaf)));
    if is_orderable(&leaf) {
        exposed.order.insert(names::order_member(&name), OrderMember::Column(field.id));
        exposed.distinct.insert(name.clone(), field.id);
    }
    set_column(exposed, field.id, ExposedColumn { name, leaf, null: field.null });
}

fn set_column(exposed: &mut ExposedModel, field: FieldId, column: ExposedColumn) {
    if let Some(place) = exposed.columns.get_mut(field.0 as usize) {
        *place = Some(column);
    }
}

fn expose_relation(
    registry: &Registry,
    model: &Model,
    relation: &Relation,
    exposed: &mut ExposedModel,
    members: &mut Members,
    draft: &mut Draft,
) {
    if !is_relation_visible(registry, relation) {
        return;
    }
    let name = names::relation_name(relation);
    let owner =
        Owner::declared(format!("the relation `{}` of `{}`", relation.name, model.name), &relation.origin);
    let filter_name = names::filter_member(&name);
    if !members.object.claim(&name, owner.clone(), &mut draft.problems)
        || !members.filter.claim(&filter_name, owner.clone(), &mut draft.problems)
    {
        return;
    }
    exposed.fields.insert(name.clone(), ObjectField::Relation(relation.id));
    if relation.is_to_one() {
        exposed.filter.insert(filter_name, FilterMember::ToOne(relation.id));
        exposed.order.insert(names::order_member(&name), OrderMember::ToOne(relation.id));
        return;
    }
    exposed.filter.insert(filter_name, FilterMember::ToMany(relation.id));
    exposed.order.insert(names::order_member(&name), OrderMember::ToMany(relation.id));
    draft.listed.insert(relation.target);
    let aggregate = names::aggregate_name(&name);
    if members.object.claim(&aggregate, owner.clone(), &mut draft.problems) {
        exposed.fields.insert(aggregate, ObjectField::RelationAggregate(relation.id));
    }
    let connection = names::connection_name(&name);
    if members.object.claim(&connection, owner, &mut draft.problems) {
        exposed.fields.insert(connection, ObjectField::RelationConnection(relation.id));
    }
}

/// A computed field: in the type, in the filter, in the order.
fn expose_annotation(
    model: &Model,
    name: &str,
    annotation: &Annotation,
    exposed: &mut ExposedModel,
    members: &mut Members,
    draft: &mut Draft,
) {
    // The define stage gives every computed field a type.
    let Some(logical) = &annotation.logical else { return };
    let graphql_name = names::annotation_name(name);
    let owner =
        Owner::declared(format!("the computed field `{name}` of `{}`", model.name), &annotation.origin);
    let filter_name = names::filter_member(&graphql_name);
    if !members.object.claim(&graphql_name, owner.clone(), &mut draft.problems)
        || !members.filter.claim(&filter_name, owner, &mut draft.problems)
    {
        return;
    }
    let leaf = logical_leaf(logical);
    let arguments = annotation.arguments.iter().map(|(key, argument)| {
        let exposed = ExposedArgument {
            name: key.clone(),
            leaf: logical_leaf(&argument.logical),
            logical: argument.logical.clone(),
            default: argument.default.clone(),
        };
        (names::annotation_name(key), exposed)
    });
    let position = exposed.annotations.len();
    exposed.fields.insert(graphql_name.clone(), ObjectField::Annotation(position));
    exposed.filter.insert(filter_name, FilterMember::Annotation(position, filter_kind(&leaf)));
    if is_orderable(&leaf) {
        exposed.order.insert(names::order_member(&graphql_name), OrderMember::Annotation(position));
    }
    exposed.annotations.push(ExposedAnnotation {
        name: name.to_owned(),
        graphql_name,
        arguments: arguments.collect(),
        leaf,
        logical: logical.clone(),
        null: annotation.null,
    });
}

/// The values of rows that aggregates are made of: columns, and computed fields without arguments.
fn aggregated(model: &Model, exposed: &ExposedModel) -> IndexMap<String, Aggregated> {
    let columns = exposed.fields.iter().filter_map(|(name, field)| match field {
        ObjectField::Column(id) => {
            let (field, column) = (model.field(*id), exposed.column(*id)?);
            let leaf = column.leaf.clone();
            Some((
                name.clone(),
                Aggregated { name: field.name.clone(), logical: field.logical.clone(), leaf },
            ))
        }
        ObjectField::Annotation(position) => {
            let annotation = exposed.annotations.get(*position)?;
            let value = Aggregated {
                name: annotation.name.clone(),
                logical: annotation.logical.clone(),
                leaf: annotation.leaf.clone(),
            };
            annotation.arguments.is_empty().then(|| (name.clone(), value))
        }
        _ => None,
    });
    columns.collect()
}

/// What rows are grouped by: their values, and those of their related rows.
fn group(model: &Model, exposed: &ExposedModel) -> IndexMap<String, GroupMember> {
    let comparable = |value: &Aggregated| {
        !matches!(
            value.leaf,
            Leaf::List(_) | Leaf::Scalar(Scalar::Json | Scalar::Bytes | Scalar::Range(_) | Scalar::Secret)
        )
    };
    let members = exposed.fields.iter().filter_map(|(name, field)| match field {
        ObjectField::Column(_) | ObjectField::Annotation(_) => {
            let value = exposed.aggregated.get(name).filter(|value| comparable(value))?;
            Some((names::order_member(name), GroupMember::Value(value.clone())))
        }
        ObjectField::Key => {
            // The key of one column is a value like any other; those of several are columns already.
            let [only] = model.primary_key.as_slice() else { return None };
            let field = model.field(*only);
            let is_column = exposed.fields.values().any(|known| *known == ObjectField::Column(*only));
            let (name_of, logical) = (field.name.clone(), field.logical.clone());
            let value = Aggregated { name: name_of, logical, leaf: Leaf::Scalar(Scalar::Id) };
            (!is_column).then(|| (name.clone(), GroupMember::Value(value)))
        }
        ObjectField::Relation(id) if model.relation(*id).is_to_one() => {
            Some((names::order_member(name), GroupMember::ToOne(*id)))
        }
        _ => None,
    });
    members.collect()
}

/// The type of a column's values in the schema.
///
/// A foreign key is an `ID` when its value is the whole key of a row there, so that it can be given to the
/// target's field by id. A part of a key of several columns, or a reference to another unique column, is a
/// value like any other.
fn leaf(
    registry: &Registry,
    model: &Model,
    field: &Field,
    names: &ModelNames,
    name: &str,
    draft: &mut Draft,
) -> Leaf {
    if let Some(relation) = field.relation.map(|id| model.relation(id))
        && let [(_, there)] = relation.pairs.as_slice()
        && registry.model(relation.target).primary_key == [*there]
    {
        return Leaf::Scalar(Scalar::Id);
    }
    if field.logical == LogicalType::Text
        && let Some(values) = choice_values(field)
    {
        let type_name = names.choices_enum(name);
        draft.choices.push((type_name.clone(), ChoiceEnum { model: model.id, field: field.id, values }));
        return Leaf::Enum(type_name);
    }
    logical_leaf(&field.logical)
}

/// The choices as enum values, when every one of them is a legal name.
fn choice_values(field: &Field) -> Option<IndexMap<String, serde_json::Value>> {
    if field.choices.is_empty() {
        return None;
    }
    field
        .choices
        .iter()
        .map(|choice| {
            let text = choice.value.as_str().filter(|text| names::is_enum_value(text))?;
            Some((text.to_owned(), choice.value.clone()))
        })
        .collect()
}

pub(crate) fn logical_leaf(logical: &LogicalType) -> Leaf {
    Leaf::Scalar(match logical {
        LogicalType::Boolean => Scalar::Boolean,
        LogicalType::Int16 | LogicalType::Int32 => Scalar::Int,
        LogicalType::Int64 => Scalar::BigInt,
        LogicalType::Float => Scalar::Float,
        LogicalType::Decimal { .. } => Scalar::Decimal,
        LogicalType::Text | LogicalType::IpAddress | LogicalType::SearchVector => Scalar::String,
        LogicalType::Encrypted(_) => Scalar::Secret,
        LogicalType::Date => Scalar::Date,
        LogicalType::Time => Scalar::Time,
        LogicalType::DateTime => Scalar::DateTime,
        LogicalType::Duration => Scalar::Duration,
        LogicalType::Uuid => Scalar::Uuid,
        LogicalType::Json => Scalar::Json,
        LogicalType::Binary => Scalar::Bytes,
        LogicalType::Range(bound) => Scalar::Range(*bound),
        LogicalType::Array(element) => return Leaf::List(Box::new(logical_leaf(element))),
        LogicalType::Custom(custom) => Scalar::Custom(custom.scalar(), custom.comparison()),
    })
}

pub(crate) fn filter_kind(leaf: &Leaf) -> FilterKind {
    match leaf {
        Leaf::Enum(_) => FilterKind::Enum,
        Leaf::List(_) => FilterKind::Presence,
        Leaf::Scalar(scalar) => match scalar {
            Scalar::Id => FilterKind::Id,
            Scalar::Int => FilterKind::Int,
            Scalar::BigInt => FilterKind::BigInt,
            Scalar::Float => FilterKind::Float,
            Scalar::Decimal => FilterKind::Decimal,
            Scalar::String => FilterKind::String,
            Scalar::Boolean => FilterKind::Boolean,
            Scalar::Date => FilterKind::Date,
            Scalar::Time => FilterKind::Time,
            Scalar::DateTime => FilterKind::DateTime,
            Scalar::Duration => FilterKind::Duration,
            Scalar::Uuid => FilterKind::Uuid,
            Scalar::Json => FilterKind::Json,
            Scalar::Bytes => FilterKind::Bytes,
            Scalar::Range(_) | Scalar::Secret | Scalar::Custom(_, Comparison::Nothing) => {
                FilterKind::Presence
            }
            Scalar::Custom(name, comparison) => FilterKind::Custom(name, *comparison),
        },
    }
}

/// Whether rows can be ordered by the values. Ordering by JSON means nothing, by bytes next to nothing.
fn is_orderable(leaf: &Leaf) -> bool {
    match leaf {
        Leaf::Scalar(Scalar::Custom(_, comparison)) => *comparison == Comparison::Order,
        Leaf::Scalar(Scalar::Json | Scalar::Bytes | Scalar::Range(_) | Scalar::Secret) | Leaf::List(_) => {
            false
        }
        Leaf::Scalar(_) | Leaf::Enum(_) => true,
    }
}

/// The members of the key input. Keys with a hidden column, or one that cannot be compared, are left out.
fn keys(
    model: &Model,
    names: &ModelNames,
    key_name: &str,
    exposed: &ExposedModel,
    draft: &mut Draft,
) -> IndexMap<String, KeyMember> {
    let mut namespace = Namespace::new(format!("the input `{}`", names.key_type()));
    let mut keys = IndexMap::new();
    let id = Owner::built_in(format!("the key of `{}`", model.name));
    namespace.claim(key_name, id, &mut draft.problems);
    let id = KeyMember { fields: model.primary_key.clone(), shape: KeyShape::Id };
    keys.insert(key_name.to_owned(), id);
    for fields in model.unique_keys() {
        let columns: Option<Vec<&ExposedColumn>> = fields
            .iter()
            .map(|field| {
                exposed.column(*field).filter(|column| filter_kind(&column.leaf) != FilterKind::Presence)
            })
            .collect();
        let Some(columns) = columns else { continue };
        let (name, shape) = match columns.as_slice() {
            [] => continue,
            [column] if column.name == key_name => continue,
            [column] => (column.name.clone(), KeyShape::Column),
            several => {
                let (name, type_name) = names.columns_key(several.iter().map(|column| column.name.as_str()));
                (name, KeyShape::Columns(type_name))
            }
        };
        let owner = Owner::declared(format!("the unique key {name} of `{}`", model.name), &model.origin);
        if namespace.claim(&name, owner, &mut draft.problems) {
            keys.insert(name, KeyMember { fields, shape });
        }
    }
    keys
}

/// What can be written, once it is known what is shown.
fn expose_writes(registry: &Registry, options: &ExposeOptions, draft: &mut Draft) {
    let is_written = |id: ModelId| is_visible(registry.model(id)) && !registry.model(id).graphql.read_only;
    let mut linked = std::mem::take(&mut draft.linked);
    for exposed in draft.models.iter_mut().flatten().filter(|exposed| is_written(exposed.model)) {
        let model = registry.model(exposed.model);
        let writes = writes_of(registry, model, exposed, options.expressions, &is_written);
        for (members, creates) in [(&writes.create, true), (&writes.set, false)] {
            for member in members.values() {
                let WriteMember::Relation(id) = member else { continue };
                let relation = model.relation(*id);
                let Some(target) = linked.get_mut(relation.target.0 as usize) else { continue };
                match (relation.is_to_one(), creates) {
                    (true, true) => target.one_create = true,
                    (true, false) => target.one_set = true,
                    (false, true) => target.many_create = true,
                    (false, false) => target.many_set = true,
                }
            }
        }
        exposed.writes = Some(writes);
    }
    draft.linked = linked;
}

/// The endings of the types that a model's writes may have.
const WRITE_TYPES: [&str; 14] = [
    "Create",
    "Set",
    "Calc",
    "Expect",
    "Conflict",
    "ConnectOrCreate",
    "OneCreate",
    "OneSet",
    "OneUpdate",
    "OneUpsert",
    "ManyCreate",
    "ManySet",
    "Update",
    "Upsert",
];

/// The scalars of an embedder's own field types, each with a field of it.
pub(super) fn custom_scalars(registry: &Registry) -> BTreeMap<&'static str, (&CustomType, &Field)> {
    let mut scalars = BTreeMap::new();
    for field in registry.models().iter().flat_map(|model| &model.fields) {
        if let LogicalType::Custom(custom) = &field.logical {
            scalars.entry(custom.scalar()).or_insert((custom, field));
        }
    }
    scalars
}

/// Notes every type that two things want to be.
fn claim_types(registry: &Registry, draft: &mut Draft) {
    let mut types = Namespace::new("the schema");
    let mut problems = std::mem::take(&mut draft.problems);
    for name in BUILT_IN_TYPES {
        types.claim(name, Owner::built_in(format!("the built-in type `{name}`")), &mut problems);
    }
    for (name, (_, field)) in custom_scalars(registry) {
        let owner = Owner::declared(format!("the scalar of the field type `{}`", field.kind), &field.origin);
        if types.claim(name, owner, &mut problems) {
            let filter = format!("the filter of the field type `{}`", field.kind);
            types.claim(&format!("{name}Filter"), Owner::declared(filter, &field.origin), &mut problems);
        }
    }
    for (names, exposed) in draft.visible() {
        let model = registry.model(exposed.model);
        let mut claim = |name: &str, what: &str| {
            let owner = Owner::declared(format!("{what} of `{}`", model.name), &model.origin);
            types.claim(name, owner, &mut problems)
        };
        if !claim(&names.object, "the type") {
            // Its other types would only say the same again.
            continue;
        }
        claim(&names.connection_type(), "the connection type");
        claim(&names.edge_type(), "the edge type");
        claim(&names.filter_type(), "the filter input");
        claim(&names.order_type(), "the order input");
        claim(&names.key_type(), "the key input");
        for what in super::aggregate::TYPES {
            claim(&names.of_aggregates(what), "a type of the aggregates");
        }
        for annotation in exposed.annotations.iter().filter(|annotation| !annotation.arguments.is_empty()) {
            let stem = names.of_aggregates(&names::pascal_case(&annotation.graphql_name));
            for end in ["Arguments", "Filter", "Order"] {
                claim(&format!("{stem}{end}"), "an input of a computed field");
            }
        }
        if draft.listed.contains(&exposed.model) {
            claim(&names.list_filter_type(), "the list filter input");
        }
        if exposed.writes.is_some() {
            // Two lists of one name are told of as fields of `Query`.
            if draft.visible().filter(|(other, _)| other.list == names.list).count() == 1 {
                claim(&names.payload_type(), "the payload of bulk writes");
            }
            claim(&names.upsert_payload_type(), "the payload of upserts");
            for what in WRITE_TYPES {
                claim(&names.of_writes(what), "an input of writes");
            }
        }
        if !exposed.distinct.is_empty() {
            claim(&names.field_enum(), "the enum of fields");
        }
        if exposed.writes.as_ref().is_some_and(|writes| writes.has_conflict_update()) {
            claim(&names.set_field_enum(), "the enum of fields that are written");
        }
        if !exposed.managers.is_empty() {
            claim(&names.manager_enum(), "the enum of managers");
        }
        for key in exposed.keys.values() {
            if let KeyShape::Columns(type_name) = &key.shape {
                claim(type_name, "a key input");
            }
        }
    }
    for (type_name, choices) in &draft.choices {
        let model = registry.model(choices.model);
        let field = model.field(choices.field);
        let what = format!("the choices of the field `{}` of `{}`", field.name, model.name);
        if types.claim(type_name, Owner::declared(what.clone(), &field.origin), &mut problems) {
            let filter = Owner::declared(format!("the filter of {what}"), &field.origin);
            types.claim(&format!("{type_name}Filter"), filter, &mut problems);
        }
    }
    draft.problems = problems;
}

/// Notes every field of `Query` that two models want to have.
fn claim_root_fields(registry: &Registry, draft: &mut Draft) {
    let mut fields = Namespace::new("`Query`");
    let mut told = Vec::new();
    let mut problems = std::mem::take(&mut draft.problems);
    for name in ["node", "nodes"] {
        fields.claim(name, Owner::built_in("the look-up by global id"), &mut problems);
    }
    for (names, exposed) in draft.visible() {
        let model = registry.model(exposed.model);
        for (name, what) in [
            (&names.one, "the row by id"),
            (&names.by_key, "the row by key"),
            (&names.list, "the list"),
            (&names.connection, "the connection"),
            (&names.aggregate, "the aggregate"),
            (&names.groups, "the groups"),
        ] {
            let owner = Owner::declared(format!("{what} of the model `{}`", model.name), &model.origin);
            if !fields.claim(name, owner, &mut problems) {
                told.push(model.id);
            }
        }
    }
    let mut mutations = Namespace::new("`Mutation`");
    for (names, exposed) in draft.visible().filter(|(_, exposed)| exposed.writes.is_some()) {
        // Its names are those of its fields of `Query`, and would only say the same again.
        if told.contains(&exposed.model) {
            continue;
        }
        let model = registry.model(exposed.model);
        let owner =
            |what: &str| Owner::declared(format!("{what} of the model `{}`", model.name), &model.origin);
        for kind in WriteKind::ALL {
            mutations.claim(&kind.name(names), owner("a mutation"), &mut problems);
        }
        for (place, taken, member) in [
            (names.payload_type(), "affected", &names.list),
            (names.upsert_payload_type(), "created", &names.one),
        ] {
            let mut payload = Namespace::new(format!("the type `{place}`"));
            payload.claim(taken, Owner::built_in("what a write did"), &mut problems);
            payload.claim(member, owner("what was written"), &mut problems);
        }
    }
    draft.problems = problems;
}
