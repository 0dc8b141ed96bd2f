//! Second step of the expose stage: makes the schema of what was drafted, and only the shared types that it uses.

use super::assembly::{Arguments, Assembly, Kind};
use super::draft::{Draft, custom_scalars, filter_kind, is_to_one_nullable};
use super::exposure::{
    Direction, EnumUse, ExposeOptions, ExposedAnnotation, ExposedModel, FilterMember, InputUse, KeyMember,
    KeyShape, Leaf, ObjectField, OrderMember, RootField, Scalar, TypeUse,
};
use super::operators::{FilterKind, Operand, operators_of};
use super::scalars::{SCALARS, scalar_name};
use super::writes::MutationField;
use crate::names::{ModelNames, field_name, pascal_case, relation_name};
use indexmap::IndexMap;
use nuages_models::Registry;
use nuages_models::registry::{Field, Model, ModelId, Relation, RelationKind};
use std::collections::{BTreeSet, HashMap};

/// What writing finds besides the text: the uses of every type name and root field.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) types: HashMap<String, TypeUse>,
    pub(super) query: HashMap<String, RootField>,
    pub(super) mutation: HashMap<String, MutationField>,
    pub(super) inputs: HashMap<String, InputUse>,
    pub(super) enums: HashMap<String, EnumUse>,
}

/// Makes the schema.
pub(super) fn write(registry: &Registry, draft: &Draft, options: &ExposeOptions) -> (Assembly, Uses) {
    let mut writer = Writer {
        registry,
        draft,
        options,
        schema: Assembly::default(),
        uses: Uses::default(),
        units: BTreeSet::new(),
        scalars: BTreeSet::new(),
        filters: BTreeSet::new(),
        uses_json_calc: false,
        lists: HashMap::new(),
        pages: HashMap::new(),
    };
    writer.query();
    writer.mutations();
    writer.interfaces();
    for (names, exposed) in draft.visible() {
        writer.object(names, exposed);
        writer.connection(names, exposed.model);
        writer.filter(names, exposed);
        writer.order(names, exposed);
        writer.keys(names, exposed);
        writer.enums(names, exposed);
        writer.aggregates(names, exposed);
        writer.annotations(names, exposed);
        writer.write_inputs(names, exposed);
    }
    writer.json_calc();
    writer.choices();
    writer.shared();
    (writer.schema, writer.uses)
}

pub(super) struct Writer<'a> {
    pub(super) registry: &'a Registry,
    pub(super) draft: &'a Draft,
    pub(super) options: &'a ExposeOptions,
    pub(super) schema: Assembly,
    pub(super) uses: Uses,
    /// Units of truncation used so far.
    pub(super) units: BTreeSet<&'static str>,
    /// Custom scalars used so far.
    scalars: BTreeSet<&'static str>,
    /// Filter inputs used so far; those that they use are added when they are written.
    pub(super) filters: BTreeSet<FilterKind>,
    /// Whether a model has a document that changes in part.
    pub(super) uses_json_calc: bool,
    /// The arguments of lists of a model.
    lists: HashMap<ModelId, Arguments>,
    /// The arguments of connections of a model.
    pages: HashMap<ModelId, Arguments>,
}

impl<'a> Writer<'a> {
    fn query(&mut self) {
        let draft = self.draft;
        let (key_name, node_id, node_ids) =
            if self.options.relay { ("rowId", "id", "ids") } else { ("id", "nodeId", "nodeIds") };
        self.uses.types.insert("Query".to_owned(), TypeUse::Query);
        self.schema.open(Some("Everything that can be read."), Kind::Object, "Query");
        for (names, exposed) in draft.visible() {
            let model = exposed.model;
            let object = &names.object;
            let doc = format!("The key of the `{object}`.");
            let by_id = vec![self.schema.argument(Some(&doc), key_name, "ID!")];
            let doc = format!("The `{object}` with this key, or null when there is none.");
            self.schema.field(Some(&doc), &names.one, by_id, object);
            self.uses.query.insert(names.one.clone(), RootField::ById(model));

            let doc = "The value of one of its unique keys.";
            let by_key = vec![self.schema.argument(Some(doc), "key", &format!("{}!", names.key_type()))];
            let doc = format!("The `{object}` with this value of a unique key, or null when there is none.");
            self.schema.field(Some(&doc), &names.by_key, by_key, object);
            self.uses.query.insert(names.by_key.clone(), RootField::ByKey(model));

            let doc = format!("The rows of `{object}`, filtered, ordered and cut.");
            let arguments = self.list_arguments(names, exposed);
            self.schema.field(Some(&doc), &names.list, arguments, &list_of(object));
            self.uses.query.insert(names.list.clone(), RootField::List(model));

            let doc = format!("The rows of `{object}`, page by page.");
            let arguments = self.connection_arguments(names, exposed);
            let page = format!("{}!", names.connection_type());
            self.schema.field(Some(&doc), &names.connection, arguments, &page);
            self.uses.query.insert(names.connection.clone(), RootField::Connection(model));

            let doc = format!("Values made of all `{object}` rows.");
            let arguments = self.aggregate_arguments(names, exposed);
            let aggregate = format!("{}!", names.of_aggregates("Aggregate"));
            self.schema.field(Some(&doc), &names.aggregate, arguments, &aggregate);
            self.uses.query.insert(names.aggregate.clone(), RootField::Aggregate(model));

            let doc = format!("`{object}` rows in groups, with values made of each group.");
            let arguments = self.group_arguments(names, exposed);
            let groups = list_of(&names.of_aggregates("Group"));
            self.schema.field(Some(&doc), &names.groups, arguments, &groups);
            self.uses.query.insert(names.groups.clone(), RootField::Groups(model));
        }
        let id = vec![self.schema.argument(Some("The global id of the row."), node_id, "ID!")];
        self.schema.field(Some("Any row by its global id, or null when there is none."), "node", id, "Node");
        self.uses.query.insert("node".to_owned(), RootField::Node);
        let ids = vec![self.schema.argument(Some("The global ids of the rows."), node_ids, "[ID!]!")];
        let doc = "Rows by their global ids, in the order of the ids, with null for those that do not exist.";
        self.schema.field(Some(doc), "nodes", ids, "[Node]!");
        self.uses.query.insert("nodes".to_owned(), RootField::Nodes);
        self.schema.close();
    }

    fn interfaces(&mut self) {
        let name = if self.options.relay { "id" } else { "nodeId" };
        self.uses.types.insert("Node".to_owned(), TypeUse::Node);
        self.schema.open(Some("A row of any model."), Kind::Interface, "Node");
        self.schema.member(Some(NODE_ID), name, "ID!");
        self.schema.close();
        if self.draft.visible().next().is_none() {
            return;
        }
        self.uses.types.insert("PageInfo".to_owned(), TypeUse::PageInfo);
        self.schema.open(Some("Where a page stands among the rows."), Kind::Object, "PageInfo");
        self.schema.member(Some("Whether rows follow the page."), "hasNextPage", "Boolean!");
        self.schema.member(Some("Whether rows precede the page."), "hasPreviousPage", "Boolean!");
        self.schema.member(
            Some("The cursor of the first row; null when the page is empty."),
            "startCursor",
            "String",
        );
        self.schema.member(
            Some("The cursor of the last row; null when the page is empty."),
            "endCursor",
            "String",
        );
        self.schema.close();
    }

    fn object(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let model = self.registry.model(exposed.model);
        self.uses.types.insert(names.object.clone(), TypeUse::Object(model.id));
        self.schema.open(model.doc.as_deref(), Kind::Row, &names.object);
        for (name, field) in &exposed.fields {
            match *field {
                ObjectField::Key => self.schema.member(Some(&key_doc(model)), name, "ID!"),
                ObjectField::NodeId => self.schema.member(Some(NODE_ID), name, "ID!"),
                ObjectField::Column(id) => {
                    let Some(column) = exposed.column(id) else { continue };
                    let mark = if column.null { "" } else { "!" };
                    let type_text = format!("{}{mark}", self.leaf(&column.leaf));
                    let doc = column_doc(model, model.field(id), &column.leaf);
                    self.schema.member(doc.as_deref(), name, &type_text);
                }
                ObjectField::Relation(id) => {
                    let relation = model.relation(id);
                    let Some((target_names, target)) = self.target(relation) else { continue };
                    let doc = self.relation_doc(relation, &target_names.object);
                    if relation.is_to_one() {
                        let mark = if is_to_one_nullable(relation) { "" } else { "!" };
                        self.schema.member(Some(&doc), name, &format!("{}{mark}", target_names.object));
                    } else {
                        let arguments = self.list_arguments(target_names, target);
                        self.schema.field(Some(&doc), name, arguments, &list_of(&target_names.object));
                    }
                }
                ObjectField::RelationAggregate(id) => {
                    let relation = model.relation(id);
                    let Some((target_names, target)) = self.target(relation) else { continue };
                    let doc = format!("Values made of the related `{}` rows.", target_names.object);
                    let arguments = self.aggregate_arguments(target_names, target);
                    let aggregate = format!("{}!", target_names.of_aggregates("Aggregate"));
                    self.schema.field(Some(&doc), name, arguments, &aggregate);
                }
                ObjectField::Annotation(position) => {
                    let Some(annotation) = exposed.annotations.get(position) else { continue };
                    let arguments = self.annotation_arguments(annotation);
                    let mark = if annotation.null { "" } else { "!" };
                    let type_text = format!("{}{mark}", self.leaf(&annotation.leaf));
                    let declared = model.annotations.get(&annotation.name);
                    let doc = declared.and_then(|declared| declared.help_text.clone());
                    self.schema.field(doc.as_deref(), name, arguments, &type_text);
                }
                ObjectField::RelationConnection(id) => {
                    let relation = model.relation(id);
                    let Some((target_names, target)) = self.target(relation) else { continue };
                    let doc = format!("{} Page by page.", self.relation_doc(relation, &target_names.object));
                    let arguments = self.connection_arguments(target_names, target);
                    let page = format!("{}!", target_names.connection_type());
                    self.schema.field(Some(&doc), name, arguments, &page);
                }
            }
        }
        self.schema.close();
    }

    fn connection(&mut self, names: &ModelNames, model: ModelId) {
        let object = &names.object;
        self.uses.types.insert(names.connection_type(), TypeUse::Connection(model));
        let doc = format!("A page of `{object}` rows.");
        self.schema.open(Some(&doc), Kind::Object, &names.connection_type());
        self.schema.member(Some("The rows with their cursors."), "edges", &list_of(&names.edge_type()));
        self.schema.member(Some("The rows."), "nodes", &list_of(object));
        self.schema.member(Some("Where the page stands."), "pageInfo", "PageInfo!");
        self.schema.member(
            Some("How many rows there are on all pages; counted only when asked for."),
            "totalCount",
            "Int!",
        );
        self.schema.member(
            Some("Values made of the rows on all pages; computed only when asked for."),
            "aggregate",
            &format!("{}!", names.of_aggregates("Aggregate")),
        );
        self.schema.close();
        self.uses.types.insert(names.edge_type(), TypeUse::Edge(model));
        let doc = format!("A `{object}` row of a page.");
        self.schema.open(Some(&doc), Kind::Object, &names.edge_type());
        self.schema.member(Some("The row."), "node", &format!("{object}!"));
        let doc = "The row's place in the ordering, for `after` and `before`.";
        self.schema.member(Some(doc), "cursor", "String!");
        self.schema.close();
    }

    fn filter(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let model = self.registry.model(exposed.model);
        let own = names.filter_type();
        self.uses.inputs.insert(own.clone(), InputUse::Filter(model.id));
        let doc = format!("Which rows of `{}` to keep: those for which every member holds.", names.object);
        self.schema.open(Some(&doc), Kind::Input, &own);
        for (name, member) in &exposed.filter {
            match *member {
                FilterMember::And => {
                    self.schema.member(Some("All of these hold."), name, &format!("[{own}!]"))
                }
                FilterMember::Or => {
                    self.schema.member(Some("At least one of these holds."), name, &format!("[{own}!]"));
                }
                FilterMember::Expression => {
                    self.use_scalar("Expr");
                    self.schema.member(Some("This expression holds."), name, "Expr");
                }
                FilterMember::Not => self.schema.member(Some("This does not hold."), name, &own),
                FilterMember::Key => {
                    self.filters.insert(FilterKind::Id);
                    self.schema.member(None, name, "IDFilter");
                }
                FilterMember::Column(id, kind) => {
                    self.filters.insert(kind);
                    let type_text = match (exposed.column(id).map(|column| &column.leaf), kind.names()) {
                        (_, Some((input, _))) => input.into_owned(),
                        (Some(Leaf::Enum(type_name)), None) => format!("{type_name}Filter"),
                        _ => continue,
                    };
                    self.schema.member(None, name, &type_text);
                }
                FilterMember::Annotation(position, kind) => {
                    let Some(annotation) = exposed.annotations.get(position) else { continue };
                    self.filters.insert(kind);
                    if annotation.arguments.is_empty() {
                        if let Some((input, _)) = kind.names() {
                            self.schema.member(None, name, &input);
                        }
                    } else {
                        let stem = names.of_aggregates(&pascal_case(&annotation.graphql_name));
                        self.schema.member(None, name, &format!("{stem}Filter"));
                    }
                }
                FilterMember::ToOne(id) => {
                    let Some((target, _)) = self.target(model.relation(id)) else { continue };
                    let doc = "There is such a row, and this holds for it.";
                    self.schema.member(Some(doc), name, &target.filter_type());
                }
                FilterMember::ToMany(id) => {
                    let Some((target, _)) = self.target(model.relation(id)) else { continue };
                    self.schema.member(None, name, &target.list_filter_type());
                }
            }
        }
        self.schema.close();
        if self.draft.listed.contains(&model.id) {
            let list = names.list_filter_type();
            self.uses.inputs.insert(list.clone(), InputUse::ListFilter(model.id));
            let doc = format!("What must hold for the related `{}` rows.", names.object);
            self.schema.open(Some(&doc), Kind::Input, &list);
            self.schema.member(Some("It holds for at least one of them."), "some", &own);
            self.schema.member(
                Some("It holds for every one of them; so it does when there are none."),
                "every",
                &own,
            );
            self.schema.member(Some("It holds for none of them."), "none", &own);
            let doc = "What must hold for values made of them: their number, sums, means, …";
            let aggregate = format!("[{}!]", names.of_aggregates("AggregateFilter"));
            self.schema.member(Some(doc), "aggregate", &aggregate);
            self.schema.close();
        }
    }

    fn order(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let model = self.registry.model(exposed.model);
        let own = names.order_type();
        self.uses.inputs.insert(own.clone(), InputUse::Order(model.id));
        let doc = format!("One key of the order of `{}` rows.", names.object);
        self.schema.open(Some(&doc), Kind::OneOf, &own);
        for (name, member) in &exposed.order {
            match *member {
                OrderMember::Key | OrderMember::Column(_) => self.schema.member(None, name, "Direction"),
                OrderMember::Expression => self.schema.member(None, name, "ExprOrder"),
                OrderMember::Annotation(position) => {
                    let Some(annotation) = exposed.annotations.get(position) else { continue };
                    if annotation.arguments.is_empty() {
                        self.schema.member(None, name, "Direction");
                    } else {
                        let stem = names.of_aggregates(&pascal_case(&annotation.graphql_name));
                        self.schema.member(None, name, &format!("{stem}Order"));
                    }
                }
                OrderMember::ToMany(id) => {
                    let Some((target, _)) = self.target(model.relation(id)) else { continue };
                    let doc = "By a value made of the related rows.";
                    self.schema.member(Some(doc), name, &target.of_aggregates("AggregateOrder"));
                }
                OrderMember::ToOne(id) => {
                    let Some((target, _)) = self.target(model.relation(id)) else { continue };
                    self.schema.member(None, name, &target.order_type());
                }
            }
        }
        self.schema.close();
    }

    fn keys(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let own = names.key_type();
        self.uses.inputs.insert(own.clone(), InputUse::Key(exposed.model));
        let doc = format!("One of the unique keys of `{}`.", names.object);
        self.schema.open(Some(&doc), Kind::OneOf, &own);
        for (name, key) in &exposed.keys {
            let type_text = match &key.shape {
                KeyShape::Id => "ID".to_owned(),
                KeyShape::Columns(type_name) => type_name.clone(),
                KeyShape::Column => match key.fields.first().and_then(|field| exposed.column(*field)) {
                    Some(column) => self.leaf(&column.leaf),
                    None => continue,
                },
            };
            self.schema.member(None, name, &type_text);
        }
        self.schema.close();
        for KeyMember { fields, shape } in exposed.keys.values() {
            let KeyShape::Columns(type_name) = shape else { continue };
            let doc = format!("The values of a unique key of `{}`.", names.object);
            self.schema.open(Some(&doc), Kind::Input, type_name);
            let mut members = IndexMap::new();
            for (id, column) in fields.iter().filter_map(|id| Some((*id, exposed.column(*id)?))) {
                let type_text = format!("{}!", self.leaf(&column.leaf));
                self.schema.member(None, &column.name, &type_text);
                members.insert(column.name.clone(), id);
            }
            self.schema.close();
            self.uses.inputs.insert(type_name.clone(), InputUse::KeyColumns(exposed.model, members));
        }
    }

    /// The inputs of computed fields that take arguments.
    fn annotations(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        for annotation in exposed.annotations.iter().filter(|annotation| !annotation.arguments.is_empty()) {
            let stem = names.of_aggregates(&pascal_case(&annotation.graphql_name));
            let arguments = format!("{stem}Arguments");
            let doc = format!("The arguments of `{}`.", annotation.graphql_name);
            self.schema.open(Some(&doc), Kind::Input, &arguments);
            for name in [&arguments, &format!("{stem}Filter"), &format!("{stem}Order")] {
                self.uses.inputs.insert(name.clone(), InputUse::Annotation(exposed.model));
            }
            for argument in self.annotation_arguments(annotation) {
                self.schema.input(argument);
            }
            self.schema.close();
            let is_required = annotation.arguments.values().any(|argument| argument.default.is_none());
            let mark = if is_required { "!" } else { "" };
            if let Some((input, _)) = filter_kind(&annotation.leaf).names() {
                let doc = format!("A test of `{}` for these arguments.", annotation.graphql_name);
                self.schema.open(Some(&doc), Kind::Input, &format!("{stem}Filter"));
                self.schema.member(None, "args", &format!("{arguments}{mark}"));
                self.schema.member(Some("What must hold for the value."), "is", &format!("{input}!"));
                self.schema.close();
            }
            let doc = format!("An order by `{}` for these arguments.", annotation.graphql_name);
            self.schema.open(Some(&doc), Kind::Input, &format!("{stem}Order"));
            self.schema.member(None, "args", &format!("{arguments}{mark}"));
            self.schema.member(None, "direction", "Direction!");
            self.schema.close();
        }
    }

    fn annotation_arguments(&mut self, annotation: &ExposedAnnotation) -> Arguments {
        let mut arguments = Arguments::new();
        for (name, argument) in &annotation.arguments {
            let leaf = self.leaf(&argument.leaf);
            arguments.push(match &argument.default {
                Some(default) => self.schema.argument_with_default(name, &leaf, default),
                None => self.schema.argument(None, name, &format!("{leaf}!")),
            });
        }
        arguments
    }

    fn enums(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        if !exposed.distinct.is_empty() {
            let own = names.field_enum();
            let doc = format!("The columns of `{}` by which rows can be told apart.", names.object);
            self.schema.open(Some(&doc), Kind::Enum, &own);
            exposed.distinct.keys().for_each(|name| self.schema.value(None, name));
            self.schema.close();
            self.uses.enums.insert(own, EnumUse::Distinct(exposed.model));
        }
        if !exposed.managers.is_empty() {
            let own = names.manager_enum();
            let doc =
                format!("The managers of `{}`: which rows there are, and in which order.", names.object);
            self.schema.open(Some(&doc), Kind::Enum, &own);
            exposed.managers.keys().for_each(|name| self.schema.value(None, name));
            self.schema.close();
            self.uses.enums.insert(own, EnumUse::Manager(exposed.model));
        }
    }

    fn choices(&mut self) {
        for (type_name, choices) in &self.draft.choices {
            let model = self.registry.model(choices.model);
            let field = model.field(choices.field);
            let doc = format!("The values of `{}` of `{}`.", field_name(field), model.name);
            self.schema.open(Some(&doc), Kind::Enum, type_name);
            for (name, stored) in &choices.values {
                let label =
                    field.choices.iter().find(|choice| choice.value == *stored).map(|c| c.label.as_str());
                self.schema.value(label.filter(|label| label != name), name);
            }
            self.schema.close();
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
            self.schema.open(Some(doc), Kind::Enum, "Direction");
            for (name, _, doc) in Direction::VALUES {
                self.schema.value(Some(doc), name);
            }
            self.schema.close();
        }
        self.units();
        if self.options.expressions && self.draft.visible().next().is_some() {
            self.use_scalar("Expr");
            self.uses.inputs.insert("ExprOrder".to_owned(), InputUse::Expression);
            let doc = "A value that rows are ordered by, written as an expression.";
            self.schema.open(Some(doc), Kind::Input, "ExprOrder");
            self.schema.member(None, "expr", "Expr!");
            self.schema.member(None, "direction", "Direction!");
            self.schema.close();
        }
        self.close_filters();
        for kind in self.filters.clone() {
            if let Some((input, operand)) = kind.names() {
                self.scalar_filter(kind, &input, operand);
            }
        }
        for (name, (custom, _)) in custom_scalars(self.registry) {
            if self.scalars.contains(name) {
                self.schema.scalar(custom.doc(), name, None);
            }
        }
        for (name, specified_by, doc) in SCALARS {
            if self.scalars.contains(name) {
                self.schema.scalar(doc, name, specified_by);
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
        self.schema.open(Some(&doc), Kind::Input, input);
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
                    nested.names().map_or_else(String::new, |(name, _)| name.into_owned())
                }
                Operand::Filters(nested) => {
                    nested.names().map_or_else(String::new, |(name, _)| format!("[{name}!]"))
                }
            };
            self.schema.member(Some(spec.doc), spec.name, &type_text);
        }
        self.schema.close();
    }

    fn list_arguments(&mut self, names: &ModelNames, exposed: &ExposedModel) -> Arguments {
        if let Some(known) = self.lists.get(&exposed.model) {
            return known.clone();
        }
        let ExposeOptions { default_limit, max_limit, .. } = *self.options;
        let mut arguments = self.selecting_arguments(names);
        let limit = format!("At most so many rows: {default_limit} when absent, {max_limit} at most.");
        arguments.push(self.schema.argument(Some(&limit), "limit", "Int"));
        arguments.push(self.schema.argument(Some("How many rows to skip."), "offset", "Int"));
        if !exposed.distinct.is_empty() {
            let doc =
                "Only the first row of those with the same values here; these columns must lead the order.";
            let columns = format!("[{}!]", names.field_enum());
            arguments.push(self.schema.argument(Some(doc), "distinctOn", &columns));
        }
        self.manager_argument(names, exposed, &mut arguments);
        self.lists.insert(exposed.model, arguments.clone());
        arguments
    }

    fn connection_arguments(&mut self, names: &ModelNames, exposed: &ExposedModel) -> Arguments {
        if let Some(known) = self.pages.get(&exposed.model) {
            return known.clone();
        }
        let ExposeOptions { default_limit, max_limit, .. } = *self.options;
        let mut arguments = self.selecting_arguments(names);
        let first = format!(
            "The first so many rows (of those after `after`): {default_limit} when neither it nor `last` is \
             given, {max_limit} at most."
        );
        let last = format!("The last so many rows (of those before `before`), {max_limit} at most.");
        for (name, type_text, doc) in [
            ("first", "Int", first.as_str()),
            ("after", "String", "Only rows after the one with this cursor."),
            ("last", "Int", last.as_str()),
            ("before", "String", "Only rows before the one with this cursor."),
        ] {
            arguments.push(self.schema.argument(Some(doc), name, type_text));
        }
        self.manager_argument(names, exposed, &mut arguments);
        self.pages.insert(exposed.model, arguments.clone());
        arguments
    }

    fn aggregate_arguments(&mut self, names: &ModelNames, exposed: &ExposedModel) -> Arguments {
        let doc = "Which rows to aggregate; all when absent.";
        let mut arguments = vec![self.schema.argument(Some(doc), "where", &names.filter_type())];
        self.manager_argument(names, exposed, &mut arguments);
        arguments
    }

    fn group_arguments(&mut self, names: &ModelNames, exposed: &ExposedModel) -> Arguments {
        let ExposeOptions { default_limit, max_limit, .. } = *self.options;
        let limit = format!("At most so many groups: {default_limit} when absent, {max_limit} at most.");
        let mut arguments = Arguments::new();
        for (name, type_text, doc) in [
            ("by", format!("[{}!]!", names.of_aggregates("GroupKey")), "What the rows of a group agree on."),
            ("where", names.filter_type(), "Which rows to group; all when absent."),
            ("having", names.of_aggregates("AggregateFilter"), "Which groups to keep; all when absent."),
            (
                "orderBy",
                format!("[{}!]", names.of_aggregates("GroupOrder")),
                "The order of the groups; by their keys when absent.",
            ),
            ("limit", "Int".to_owned(), limit.as_str()),
            ("offset", "Int".to_owned(), "How many groups to skip."),
        ] {
            arguments.push(self.schema.argument(Some(doc), name, &type_text));
        }
        self.manager_argument(names, exposed, &mut arguments);
        arguments
    }

    fn selecting_arguments(&mut self, names: &ModelNames) -> Arguments {
        let order = format!("[{}!]", names.order_type());
        vec![
            self.schema.argument(Some("Which rows to keep; all when absent."), "where", &names.filter_type()),
            self.schema.argument(Some("The order, by the first key first."), "orderBy", &order),
        ]
    }

    pub(super) fn manager_argument(
        &mut self,
        names: &ModelNames,
        exposed: &ExposedModel,
        arguments: &mut Arguments,
    ) {
        if !exposed.managers.is_empty() {
            let doc = "The manager; the default one when absent.";
            arguments.push(self.schema.argument(Some(doc), "manager", &names.manager_enum()));
        }
    }

    /// The text of a leaf's type; its scalars become used.
    pub(super) fn leaf(&mut self, leaf: &Leaf) -> String {
        match leaf {
            Leaf::Scalar(scalar) => {
                let name = scalar_name(*scalar);
                self.scalars.insert(name);
                name.to_owned()
            }
            Leaf::Enum(name) => name.clone(),
            Leaf::List(element) => format!("[{}]", self.leaf(element)),
        }
    }

    pub(super) fn use_scalar(&mut self, name: &str) {
        if let Some((name, ..)) = SCALARS.iter().find(|(scalar, ..)| *scalar == name) {
            self.scalars.insert(name);
        }
    }

    pub(super) fn target(&self, relation: &Relation) -> Option<(&'a ModelNames, &'a ExposedModel)> {
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

pub(super) fn list_of(name: &str) -> String {
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
