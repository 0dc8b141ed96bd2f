//! Second step of the expose stage: writes what was drafted as SDL, and only the shared types that it uses.

use super::draft::{Draft, is_to_one_nullable};
use super::exposure::{
    Direction, EnumUse, ExposeOptions, ExposedModel, FilterMember, InputUse, KeyMember, KeyShape, Leaf,
    ObjectField, OrderMember, RootField, Scalar, TypeUse,
};
use super::operators::{FilterKind, Operand, operators_of};
use super::text::{Argument, Text};
use crate::names::{ModelNames, field_name, relation_name};
use indexmap::IndexMap;
use nuages_models::Registry;
use nuages_models::registry::{Field, Model, ModelId, Relation, RelationKind};
use std::collections::{BTreeSet, HashMap};

/// What writing finds besides the text: the uses of every type name and root field.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) types: HashMap<String, TypeUse>,
    pub(super) query: HashMap<String, RootField>,
    pub(super) inputs: HashMap<String, InputUse>,
    pub(super) enums: HashMap<String, EnumUse>,
}

/// Writes the schema.
pub(super) fn write(registry: &Registry, draft: &Draft, options: &ExposeOptions) -> (String, Uses) {
    let mut writer = Writer {
        registry,
        draft,
        options,
        text: Text::default(),
        uses: Uses::default(),
        scalars: BTreeSet::new(),
        filters: BTreeSet::new(),
    };
    writer.query();
    writer.interfaces();
    for (names, exposed) in draft.visible() {
        writer.object(names, exposed);
        writer.connection(names, exposed.model);
        writer.filter(names, exposed);
        writer.order(names, exposed);
        writer.keys(names, exposed);
        writer.enums(names, exposed);
    }
    writer.choices();
    writer.shared();
    (writer.text.finish(), writer.uses)
}

struct Writer<'a> {
    registry: &'a Registry,
    draft: &'a Draft,
    options: &'a ExposeOptions,
    text: Text,
    uses: Uses,
    /// Custom scalars used so far.
    scalars: BTreeSet<&'static str>,
    /// Filter inputs used so far; those that they use are added when they are written.
    filters: BTreeSet<FilterKind>,
}

impl<'a> Writer<'a> {
    fn query(&mut self) {
        let draft = self.draft;
        let (key_name, node_id, node_ids) =
            if self.options.relay { ("rowId", "id", "ids") } else { ("id", "nodeId", "nodeIds") };
        self.uses.types.insert("Query".to_owned(), TypeUse::Query);
        self.text.open(Some("Everything that can be read."), "type Query");
        for (names, exposed) in draft.visible() {
            let model = exposed.model;
            let object = &names.object;
            let by_id = [argument(key_name, "ID!", format!("The key of the `{object}`."))];
            let doc = format!("The `{object}` with this key, or null when there is none.");
            self.text.field(Some(&doc), &names.one, &by_id, object);
            self.uses.query.insert(names.one.clone(), RootField::ById(model));

            let by_key =
                [argument("key", &format!("{}!", names.key_type()), "One of its unique keys.".into())];
            let doc = format!(
                "The `{object}` with this value of one of its unique keys, or null when there is none."
            );
            self.text.field(Some(&doc), &names.by_key, &by_key, object);
            self.uses.query.insert(names.by_key.clone(), RootField::ByKey(model));

            let doc = format!("The rows of `{object}`, filtered, ordered and cut.");
            self.text.field(Some(&doc), &names.list, &self.list_arguments(names, exposed), &list_of(object));
            self.uses.query.insert(names.list.clone(), RootField::List(model));

            let doc = format!("The rows of `{object}`, page by page.");
            let arguments = self.connection_arguments(names, exposed);
            let page = format!("{}!", names.connection_type());
            self.text.field(Some(&doc), &names.connection, &arguments, &page);
            self.uses.query.insert(names.connection.clone(), RootField::Connection(model));
        }
        let id = [argument(node_id, "ID!", "The global id of the row.".into())];
        self.text.field(Some("Any row by its global id, or null when there is none."), "node", &id, "Node");
        self.uses.query.insert("node".to_owned(), RootField::Node);
        let ids = [argument(node_ids, "[ID!]!", "The global ids of the rows.".into())];
        let doc = "Rows by their global ids, in the order of the ids, with null for those that do not exist.";
        self.text.field(Some(doc), "nodes", &ids, "[Node]!");
        self.uses.query.insert("nodes".to_owned(), RootField::Nodes);
        self.text.close();
    }

    fn interfaces(&mut self) {
        let name = if self.options.relay { "id" } else { "nodeId" };
        self.uses.types.insert("Node".to_owned(), TypeUse::Node);
        self.text.open(Some("A row of any model."), "interface Node");
        self.text.member(Some(NODE_ID), name, "ID!");
        self.text.close();
        if self.draft.visible().next().is_none() {
            return;
        }
        self.uses.types.insert("PageInfo".to_owned(), TypeUse::PageInfo);
        self.text.open(Some("Where a page stands among the rows."), "type PageInfo");
        self.text.member(Some("Whether rows follow the page."), "hasNextPage", "Boolean!");
        self.text.member(Some("Whether rows precede the page."), "hasPreviousPage", "Boolean!");
        self.text.member(
            Some("The cursor of the first row; null when the page is empty."),
            "startCursor",
            "String",
        );
        self.text.member(
            Some("The cursor of the last row; null when the page is empty."),
            "endCursor",
            "String",
        );
        self.text.close();
    }

    fn object(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let model = self.registry.model(exposed.model);
        self.uses.types.insert(names.object.clone(), TypeUse::Object(model.id));
        self.text.open(model.doc.as_deref(), &format!("type {} implements Node", names.object));
        for (name, field) in &exposed.fields {
            match *field {
                ObjectField::Key => self.text.member(Some(&key_doc(model)), name, "ID!"),
                ObjectField::NodeId => self.text.member(Some(NODE_ID), name, "ID!"),
                ObjectField::Column(id) => {
                    let Some(column) = exposed.column(id) else { continue };
                    let mark = if column.null { "" } else { "!" };
                    let type_text = format!("{}{mark}", self.leaf(&column.leaf));
                    let doc = column_doc(model, model.field(id), &column.leaf);
                    self.text.member(doc.as_deref(), name, &type_text);
                }
                ObjectField::Relation(id) => {
                    let relation = model.relation(id);
                    let Some((target_names, target)) = self.target(relation) else { continue };
                    let doc = self.relation_doc(relation, &target_names.object);
                    if relation.is_to_one() {
                        let mark = if is_to_one_nullable(relation) { "" } else { "!" };
                        self.text.member(Some(&doc), name, &format!("{}{mark}", target_names.object));
                    } else {
                        let arguments = self.list_arguments(target_names, target);
                        self.text.field(Some(&doc), name, &arguments, &list_of(&target_names.object));
                    }
                }
                ObjectField::RelationConnection(id) => {
                    let relation = model.relation(id);
                    let Some((target_names, target)) = self.target(relation) else { continue };
                    let doc = format!("{} Page by page.", self.relation_doc(relation, &target_names.object));
                    let arguments = self.connection_arguments(target_names, target);
                    let page = format!("{}!", target_names.connection_type());
                    self.text.field(Some(&doc), name, &arguments, &page);
                }
            }
        }
        self.text.close();
    }

    fn connection(&mut self, names: &ModelNames, model: ModelId) {
        let object = &names.object;
        self.uses.types.insert(names.connection_type(), TypeUse::Connection(model));
        let doc = format!("A page of `{object}` rows.");
        self.text.open(Some(&doc), &format!("type {}", names.connection_type()));
        self.text.member(Some("The rows with their cursors."), "edges", &list_of(&names.edge_type()));
        self.text.member(Some("The rows."), "nodes", &list_of(object));
        self.text.member(Some("Where the page stands."), "pageInfo", "PageInfo!");
        self.text.member(
            Some("How many rows there are on all pages; counted only when asked for."),
            "totalCount",
            "Int!",
        );
        self.text.close();
        self.uses.types.insert(names.edge_type(), TypeUse::Edge(model));
        let doc = format!("A `{object}` row of a page.");
        self.text.open(Some(&doc), &format!("type {}", names.edge_type()));
        self.text.member(Some("The row."), "node", &format!("{object}!"));
        let doc = "The row's place in the ordering, for `after` and `before`.";
        self.text.member(Some(doc), "cursor", "String!");
        self.text.close();
    }

    fn filter(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let model = self.registry.model(exposed.model);
        let own = names.filter_type();
        self.uses.inputs.insert(own.clone(), InputUse::Filter(model.id));
        let doc = format!("Which rows of `{}` to keep: those for which every member holds.", names.object);
        self.text.open(Some(&doc), &format!("input {own}"));
        for (name, member) in &exposed.filter {
            match *member {
                FilterMember::And => self.text.member(Some("All of these hold."), name, &format!("[{own}!]")),
                FilterMember::Or => {
                    self.text.member(Some("At least one of these holds."), name, &format!("[{own}!]"));
                }
                FilterMember::Not => self.text.member(Some("This does not hold."), name, &own),
                FilterMember::Key => {
                    self.filters.insert(FilterKind::Id);
                    self.text.member(None, name, "IDFilter");
                }
                FilterMember::Column(id, kind) => {
                    self.filters.insert(kind);
                    let type_text = match (exposed.column(id).map(|column| &column.leaf), kind.names()) {
                        (_, Some((input, _))) => input.to_owned(),
                        (Some(Leaf::Enum(type_name)), None) => format!("{type_name}Filter"),
                        _ => continue,
                    };
                    self.text.member(None, name, &type_text);
                }
                FilterMember::ToOne(id) => {
                    let Some((target, _)) = self.target(model.relation(id)) else { continue };
                    let doc = "There is such a row, and this holds for it.";
                    self.text.member(Some(doc), name, &target.filter_type());
                }
                FilterMember::ToMany(id) => {
                    let Some((target, _)) = self.target(model.relation(id)) else { continue };
                    self.text.member(None, name, &target.list_filter_type());
                }
            }
        }
        self.text.close();
        if self.draft.listed.contains(&model.id) {
            let list = names.list_filter_type();
            self.uses.inputs.insert(list.clone(), InputUse::ListFilter(model.id));
            let doc = format!("What must hold for the related `{}` rows.", names.object);
            self.text.open(Some(&doc), &format!("input {list}"));
            self.text.member(Some("It holds for at least one of them."), "some", &own);
            self.text.member(
                Some("It holds for every one of them; so it does when there are none."),
                "every",
                &own,
            );
            self.text.member(Some("It holds for none of them."), "none", &own);
            self.text.close();
        }
    }

    fn order(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let model = self.registry.model(exposed.model);
        let own = names.order_type();
        self.uses.inputs.insert(own.clone(), InputUse::Order(model.id));
        let doc = format!("One key of the order of `{}` rows.", names.object);
        self.text.open(Some(&doc), &format!("input {own} @oneOf"));
        for (name, member) in &exposed.order {
            match *member {
                OrderMember::Key | OrderMember::Column(_) => self.text.member(None, name, "Direction"),
                OrderMember::ToOne(id) => {
                    let Some((target, _)) = self.target(model.relation(id)) else { continue };
                    self.text.member(None, name, &target.order_type());
                }
            }
        }
        self.text.close();
    }

    fn keys(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let own = names.key_type();
        self.uses.inputs.insert(own.clone(), InputUse::Key(exposed.model));
        let doc = format!("One of the unique keys of `{}`.", names.object);
        self.text.open(Some(&doc), &format!("input {own} @oneOf"));
        for (name, key) in &exposed.keys {
            let type_text = match &key.shape {
                KeyShape::Id => "ID".to_owned(),
                KeyShape::Columns(type_name) => type_name.clone(),
                KeyShape::Column => match key.fields.first().and_then(|field| exposed.column(*field)) {
                    Some(column) => self.leaf(&column.leaf),
                    None => continue,
                },
            };
            self.text.member(None, name, &type_text);
        }
        self.text.close();
        for KeyMember { fields, shape } in exposed.keys.values() {
            let KeyShape::Columns(type_name) = shape else { continue };
            let doc = format!("The values of a unique key of `{}`.", names.object);
            self.text.open(Some(&doc), &format!("input {type_name}"));
            let mut members = IndexMap::new();
            for (id, column) in fields.iter().filter_map(|id| Some((*id, exposed.column(*id)?))) {
                let type_text = format!("{}!", self.leaf(&column.leaf));
                self.text.member(None, &column.name, &type_text);
                members.insert(column.name.clone(), id);
            }
            self.text.close();
            self.uses.inputs.insert(type_name.clone(), InputUse::KeyColumns(exposed.model, members));
        }
    }

    fn enums(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        if !exposed.distinct.is_empty() {
            let own = names.field_enum();
            let doc = format!("The columns of `{}` by which rows can be told apart.", names.object);
            self.text.open(Some(&doc), &format!("enum {own}"));
            exposed.distinct.keys().for_each(|name| self.text.value(None, name));
            self.text.close();
            self.uses.enums.insert(own, EnumUse::Distinct(exposed.model));
        }
        if !exposed.managers.is_empty() {
            let own = names.manager_enum();
            let doc =
                format!("The managers of `{}`: which rows there are, and in which order.", names.object);
            self.text.open(Some(&doc), &format!("enum {own}"));
            exposed.managers.keys().for_each(|name| self.text.value(None, name));
            self.text.close();
            self.uses.enums.insert(own, EnumUse::Manager(exposed.model));
        }
    }

    fn choices(&mut self) {
        for (type_name, choices) in &self.draft.choices {
            let model = self.registry.model(choices.model);
            let field = model.field(choices.field);
            let doc = format!("The values of `{}` of `{}`.", field_name(field), model.name);
            self.text.open(Some(&doc), &format!("enum {type_name}"));
            for (name, stored) in &choices.values {
                let label =
                    field.choices.iter().find(|choice| choice.value == *stored).map(|c| c.label.as_str());
                self.text.value(label.filter(|label| label != name), name);
            }
            self.text.close();
            self.uses.enums.insert(type_name.clone(), EnumUse::Choices(choices.clone()));
            let input = format!("{type_name}Filter");
            self.scalar_filter(FilterKind::Enum, &input, type_name);
        }
    }

    /// Writes what the models share, as far as they use it.
    fn shared(&mut self) {
        if self.draft.visible().next().is_some() {
            self.uses.enums.insert("Direction".to_owned(), EnumUse::Direction);
            let doc = "An order, and where nulls stand in it. Null is the largest value unless the name says otherwise.";
            self.text.open(Some(doc), "enum Direction");
            for (name, _, doc) in Direction::VALUES {
                self.text.value(Some(doc), name);
            }
            self.text.close();
        }
        self.close_filters();
        for kind in self.filters.clone() {
            if let Some((input, operand)) = kind.names() {
                self.scalar_filter(kind, input, operand);
            }
        }
        for (name, definition, doc) in SCALARS {
            if self.scalars.contains(name) {
                self.text.single(doc, definition);
            }
        }
    }

    /// Adds the filters that filters in use nest.
    fn close_filters(&mut self) {
        let mut open: Vec<FilterKind> = self.filters.iter().copied().collect();
        while let Some(kind) = open.pop() {
            for spec in operators_of(kind) {
                if let Operand::Filter(nested) | Operand::Filters(nested) = spec.operand
                    && self.filters.insert(nested)
                {
                    open.push(nested);
                }
            }
        }
    }

    fn scalar_filter(&mut self, kind: FilterKind, input: &str, operand: &str) {
        self.uses.inputs.insert(input.to_owned(), InputUse::Scalar(kind));
        let doc = match kind {
            FilterKind::JsonPath => {
                "Tests of one place inside a JSON document; all of them must hold.".to_owned()
            }
            FilterKind::Presence => "Test for null.".to_owned(),
            _ => format!("Tests of a value of type `{operand}`; all that are given must hold."),
        };
        self.text.open(Some(&doc), &format!("input {input}"));
        for spec in operators_of(kind) {
            let type_text = match spec.operand {
                Operand::One => {
                    self.use_scalar(operand);
                    operand.to_owned()
                }
                Operand::List | Operand::Pair => {
                    self.use_scalar(operand);
                    format!("[{operand}!]")
                }
                Operand::Boolean => "Boolean".to_owned(),
                Operand::Text => "String".to_owned(),
                Operand::Texts { required } => format!("[String!]{}", if required { "!" } else { "" }),
                Operand::Filter(nested) => {
                    nested.names().map_or_else(String::new, |(name, _)| name.to_owned())
                }
                Operand::Filters(nested) => {
                    nested.names().map_or_else(String::new, |(name, _)| format!("[{name}!]"))
                }
            };
            self.text.member(Some(spec.doc), spec.name, &type_text);
        }
        self.text.close();
    }

    fn list_arguments(&self, names: &ModelNames, exposed: &ExposedModel) -> Vec<Argument> {
        let ExposeOptions { default_limit, max_limit, .. } = self.options;
        let mut arguments = self.selecting_arguments(names);
        let doc = format!("At most so many rows: {default_limit} when absent, {max_limit} at most.");
        arguments.push(argument("limit", "Int", doc));
        arguments.push(argument("offset", "Int", "How many rows to skip.".into()));
        if !exposed.distinct.is_empty() {
            let doc =
                "Only the first row of those with the same values here; these columns must lead the order.";
            arguments.push(argument("distinctOn", &format!("[{}!]", names.field_enum()), doc.into()));
        }
        self.manager_argument(names, exposed, &mut arguments);
        arguments
    }

    fn connection_arguments(&self, names: &ModelNames, exposed: &ExposedModel) -> Vec<Argument> {
        let ExposeOptions { default_limit, max_limit, .. } = self.options;
        let mut arguments = self.selecting_arguments(names);
        let doc = format!(
            "The first so many rows (of those after `after`): {default_limit} when neither it nor `last` is given, {max_limit} at most."
        );
        arguments.push(argument("first", "Int", doc));
        arguments.push(argument("after", "String", "Only rows after the one with this cursor.".into()));
        let doc = format!("The last so many rows (of those before `before`), {max_limit} at most.");
        arguments.push(argument("last", "Int", doc));
        arguments.push(argument("before", "String", "Only rows before the one with this cursor.".into()));
        self.manager_argument(names, exposed, &mut arguments);
        arguments
    }

    fn selecting_arguments(&self, names: &ModelNames) -> Vec<Argument> {
        vec![
            argument("where", &names.filter_type(), "Which rows to keep; all when absent.".into()),
            argument(
                "orderBy",
                &format!("[{}!]", names.order_type()),
                "The order, by the first key first.".into(),
            ),
        ]
    }

    fn manager_argument(&self, names: &ModelNames, exposed: &ExposedModel, arguments: &mut Vec<Argument>) {
        if !exposed.managers.is_empty() {
            let doc = "The manager; the default one when absent.".into();
            arguments.push(argument("manager", &names.manager_enum(), doc));
        }
    }

    /// The text of a leaf's type; its scalars become used.
    fn leaf(&mut self, leaf: &Leaf) -> String {
        match leaf {
            Leaf::Scalar(scalar) => {
                let name = scalar_name(*scalar);
                self.use_scalar(name);
                name.to_owned()
            }
            Leaf::Enum(name) => name.clone(),
            Leaf::List(element) => format!("[{}]", self.leaf(element)),
        }
    }

    fn use_scalar(&mut self, name: &str) {
        if let Some((name, ..)) = SCALARS.iter().find(|(scalar, ..)| *scalar == name) {
            self.scalars.insert(name);
        }
    }

    fn target(&self, relation: &Relation) -> Option<(&'a ModelNames, &'a ExposedModel)> {
        let position = relation.target.0 as usize;
        Some((self.draft.names.get(position)?.as_ref()?, self.draft.models.get(position)?.as_ref()?))
    }

    fn relation_doc(&self, relation: &Relation, target: &str) -> String {
        if let Some(text) = &relation.help_text {
            return text.clone();
        }
        let inverse = relation
            .inverse
            .map(|id| self.registry.model(relation.target).relation(id))
            .map(|inverse| format!("`{}`", relation_name(inverse)));
        match (relation.kind, inverse) {
            (RelationKind::ForeignKey | RelationKind::OneToOne, _) => {
                format!("The `{target}` that it refers to.")
            }
            (RelationKind::ReverseOneToOne, Some(inverse)) => {
                format!("The `{target}` whose {inverse} it is, or null when there is none.")
            }
            (RelationKind::ReverseForeignKey, Some(inverse)) => {
                format!("The `{target}` rows whose {inverse} it is.")
            }
            (RelationKind::ManyToMany, Some(inverse)) => {
                format!("The `{target}` rows that are linked to it (the other side is {inverse}).")
            }
            (_, None) => format!("The `{target}` rows that are linked to it."),
        }
    }
}

const NODE_ID: &str = "The id of the row among the rows of all models.";

fn argument(name: &'static str, type_text: &str, doc: String) -> Argument {
    Argument { name, type_text: type_text.to_owned(), doc }
}

fn list_of(name: &str) -> String {
    format!("[{name}!]!")
}

fn key_doc(model: &Model) -> String {
    let columns: Vec<String> =
        model.primary_key.iter().map(|id| format!("`{}`", field_name(model.field(*id)))).collect();
    match (columns.as_slice(), model.primary_key.first()) {
        ([_], Some(only)) => match &model.field(*only).help_text {
            Some(text) => text.clone(),
            None => "The key of the row.".to_owned(),
        },
        _ => format!("The key of the row: {} as a JSON array.", columns.join(", ")),
    }
}

/// The description of a column: its own, and what its type does not say.
fn column_doc(model: &Model, field: &Field, leaf: &Leaf) -> Option<String> {
    let labels = || {
        let labels: Vec<String> =
            field.choices.iter().map(|choice| format!("{} ({})", choice.value, choice.label)).collect();
        format!("One of {}.", labels.join(", "))
    };
    let refers = |relation: &Relation| format!("The key of `{}`.", relation_name(relation));
    match (&field.help_text, leaf) {
        (Some(text), _) => Some(text.clone()),
        (None, Leaf::Enum(_)) => None,
        (None, _) if !field.choices.is_empty() => Some(labels()),
        (None, Leaf::Scalar(Scalar::Id)) => field.relation.map(|id| refers(model.relation(id))),
        (None, _) => None,
    }
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Id => "ID",
        Scalar::Int => "Int",
        Scalar::BigInt => "BigInt",
        Scalar::Float => "Float",
        Scalar::Decimal => "Decimal",
        Scalar::String => "String",
        Scalar::Boolean => "Boolean",
        Scalar::Date => "Date",
        Scalar::Time => "Time",
        Scalar::DateTime => "DateTime",
        Scalar::Duration => "Duration",
        Scalar::Uuid => "UUID",
        Scalar::Json => "JSON",
        Scalar::Bytes => "Bytes",
        Scalar::Range(_) => "Range",
    }
}

/// The scalars that GraphQL lacks: name, definition, description.
const SCALARS: [(&str, &str, &str); 10] = [
    (
        "BigInt",
        "scalar BigInt",
        "A whole number of 64 bits, as a string of digits. A number is accepted too, where it is exact.",
    ),
    ("Decimal", "scalar Decimal", "An exact decimal number, as a string. A number is accepted too."),
    (
        "Date",
        r#"scalar Date @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")"#,
        "A calendar day from 0001-01-01 to 9999-12-31, as `2024-02-29` (`full-date` of RFC 3339).",
    ),
    (
        "Time",
        r#"scalar Time @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")"#,
        "A time of day with up to six digits of a second's fraction, as `13:45:00.5` (`partial-time` of RFC 3339).",
    ),
    (
        "DateTime",
        r#"scalar DateTime @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")"#,
        "An instant in microseconds, as `2024-02-29T13:45:00Z` (`date-time` of RFC 3339). Any offset is accepted; answers are in UTC.",
    ),
    (
        "Duration",
        r#"scalar Duration @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339#appendix-A")"#,
        "A length of time in microseconds, as `P3DT4H30M` (ISO 8601, without years and months).",
    ),
    (
        "UUID",
        r#"scalar UUID @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc9562#section-4")"#,
        "A UUID, as `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.",
    ),
    ("JSON", r#"scalar JSON @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc8259")"#, "Any JSON value."),
    (
        "Bytes",
        r#"scalar Bytes @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc4648#section-4")"#,
        "Bytes, as base64 text.",
    ),
    (
        "Range",
        "scalar Range",
        "A range of values: `{\"lower\": …, \"upper\": …, \"bounds\": \"[)\"}`, where a bound that is null is open and the brackets say whether the bounds belong to it; `{\"empty\": true}` when it holds nothing.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expose::BUILT_IN_TYPES;

    #[test]
    fn no_model_can_take_the_name_of_a_shared_type() {
        let scalars = SCALARS.iter().map(|(name, ..)| *name);
        let filters = FilterKind::ALL.iter().filter_map(|kind| kind.names()).map(|(name, _)| name);
        for name in scalars.chain(filters) {
            assert!(BUILT_IN_TYPES.contains(&name), "{name}");
        }
    }
}
