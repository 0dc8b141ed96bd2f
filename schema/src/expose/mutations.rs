//! The part of the schema that writes: the fields of `Mutation`, their payloads, and the inputs of rows.

use super::assembly::{Arguments, Kind};
use super::draft::is_to_one_nullable;
use super::exposure::{EnumUse, ExposeOptions, ExposedModel, InputUse, TypeUse};
use super::write::{Writer, list_of};
use super::writes::{ExposedWrites, MutationField, WriteKind, WriteMember};
use crate::names::ModelNames;
use apollo_compiler::ast::DirectiveLocation;
use indexmap::IndexMap;
use nuages_models::registry::{FieldId, LogicalType};

/// The directive that takes everything back.
pub(crate) const DRY_RUN: &str = "dryRun";

impl Writer<'_> {
    /// `Mutation`, when there is something to write.
    pub(super) fn mutations(&mut self) {
        let draft = self.draft;
        if !draft.visible().any(|(_, exposed)| exposed.writes.is_some()) {
            return;
        }
        self.uses.types.insert("Mutation".to_owned(), TypeUse::Mutation);
        let doc = "Everything that can be written. All fields of one request are done in their order and in one \
                   transaction: when one fails, nothing is written.";
        self.schema.open(Some(doc), Kind::Object, "Mutation");
        for (names, exposed) in draft.visible() {
            if let Some(writes) = &exposed.writes {
                self.mutations_of(names, exposed, writes);
            }
        }
        self.schema.close();
        let doc = "Do everything that the mutation says, answer what would be, and take it all back.";
        let on = Some("Whether to take it back.");
        let mut on = self.schema.argument(on, "if", "Boolean!");
        on.make_mut().default_value = Some(apollo_compiler::ast::Value::Boolean(true).into());
        self.schema.directive(doc, DRY_RUN, vec![on], &[DirectiveLocation::Mutation]);
    }

    fn mutations_of(&mut self, names: &ModelNames, exposed: &ExposedModel, writes: &ExposedWrites) {
        let object = &names.object;
        let payload = format!("{}!", names.payload_type());
        if !writes.create.is_empty() {
            let create = names.of_writes("Create");
            let doc = format!("Makes a `{object}`.");
            let row = vec![self.schema.argument(Some("The row."), "input", &format!("{create}!"))];
            self.mutation(names, exposed, WriteKind::Create, &doc, row, &format!("{object}!"));

            let doc = format!("Makes many `{object}` rows.");
            let mut rows =
                vec![self.schema.argument(Some("The rows, in order."), "input", &format!("[{create}!]!"))];
            if !exposed.distinct.is_empty() {
                let doc = "What becomes of rows that are there already; without it they are an error.";
                rows.push(self.schema.argument(Some(doc), "onConflict", &names.of_writes("Conflict")));
            }
            self.mutation(names, exposed, WriteKind::CreateMany, &doc, rows, &payload);
        }
        if !writes.set.is_empty() {
            let doc = format!("Changes the `{object}` with this key; null when there is none.");
            let mut arguments = vec![self.key_argument(names)];
            self.change_arguments(names, writes, "set", &mut arguments);
            self.expect_argument(names, writes, &mut arguments);
            self.mutation(names, exposed, WriteKind::Update, &doc, arguments, object);

            let doc = format!("Changes all `{object}` rows of a filter in the same way.");
            let mut arguments = vec![self.required_filter(names)];
            self.change_arguments(names, writes, "set", &mut arguments);
            self.bound_arguments(names, exposed, &mut arguments);
            self.mutation(names, exposed, WriteKind::UpdateMany, &doc, arguments, &payload);
        }
        if !writes.set.is_empty() && !writes.create.is_empty() {
            let doc = format!("Makes a `{object}`, or changes the one that has the key.");
            let key = "The value of a unique key. A new row gets it too.";
            let create = "The row, when there is none with the key.";
            let mut arguments = vec![
                self.schema.argument(Some(key), "key", &format!("{}!", names.key_type())),
                self.schema.argument(Some(create), "create", &format!("{}!", names.of_writes("Create"))),
            ];
            self.change_arguments(names, writes, "update", &mut arguments);
            let payload = format!("{}!", names.upsert_payload_type());
            self.mutation(names, exposed, WriteKind::Upsert, &doc, arguments, &payload);
        }
        let doc =
            format!("Deletes the `{object}` with this key and gives it as it was; null when there is none.");
        let mut arguments = vec![self.key_argument(names)];
        self.expect_argument(names, writes, &mut arguments);
        self.mutation(names, exposed, WriteKind::Delete, &doc, arguments, object);

        let doc = format!("Deletes all `{object}` rows of a filter and gives them as they were.");
        let mut arguments = vec![self.required_filter(names)];
        self.bound_arguments(names, exposed, &mut arguments);
        self.mutation(names, exposed, WriteKind::DeleteMany, &doc, arguments, &payload);
    }

    fn mutation(
        &mut self,
        names: &ModelNames,
        exposed: &ExposedModel,
        kind: WriteKind,
        doc: &str,
        arguments: Arguments,
        result: &str,
    ) {
        let name = kind.name(names);
        self.schema.field(Some(doc), &name, arguments, result);
        self.uses.mutation.insert(name, MutationField { model: exposed.model, kind });
    }

    fn key_argument(&mut self, names: &ModelNames) -> apollo_compiler::Node<Argument> {
        let name = if self.options.relay { "rowId" } else { "id" };
        self.schema.argument(Some(&format!("The key of the `{}`.", names.object)), name, "ID!")
    }

    fn required_filter(&mut self, names: &ModelNames) -> apollo_compiler::Node<Argument> {
        let doc = "Which rows; `{}` is all of them.";
        self.schema.argument(Some(doc), "where", &format!("{}!", names.filter_type()))
    }

    /// `set` (or `update`) and `calc`.
    fn change_arguments(
        &mut self,
        names: &ModelNames,
        writes: &ExposedWrites,
        set: &str,
        arguments: &mut Arguments,
    ) {
        arguments.push(self.schema.argument(Some("What changes."), set, &names.of_writes("Set")));
        if !writes.calc.is_empty() {
            let doc = "New values that are computed from the row as it was.";
            arguments.push(self.schema.argument(Some(doc), "calc", &names.of_writes("Calc")));
        }
    }

    fn expect_argument(&mut self, names: &ModelNames, writes: &ExposedWrites, arguments: &mut Arguments) {
        if !writes.expect.is_empty() {
            let doc = "What the row must be now; otherwise nothing is written and the error is `CONFLICT`.";
            arguments.push(self.schema.argument(Some(doc), "expect", &names.of_writes("Expect")));
        }
    }

    fn bound_arguments(&mut self, names: &ModelNames, exposed: &ExposedModel, arguments: &mut Arguments) {
        let doc = "Write nothing when more rows than this match.";
        arguments.push(self.schema.argument(Some(doc), "atMost", "Int"));
        self.manager_argument(names, exposed, arguments);
    }

    /// The payloads and inputs of a model that can be written.
    pub(super) fn write_inputs(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let Some(writes) = &exposed.writes else { return };
        self.payload(names, exposed);
        if !writes.create.is_empty() {
            if !writes.set.is_empty() {
                self.upsert_payload(names, exposed);
            }
            self.create_input(names, exposed, writes);
            if !exposed.distinct.is_empty() {
                self.conflict_input(names, exposed, writes);
            }
        }
        if !writes.set.is_empty() {
            self.set_input(names, exposed, writes);
        }
        if !writes.calc.is_empty() && !writes.set.is_empty() {
            let doc = format!(
                "New values of a `{}`, written as expressions over the row as it was: `views + 1`.",
                names.object
            );
            self.write_input(names, exposed, "Calc", &doc, Kind::Input);
            for (name, id) in &writes.calc {
                if self.registry.model(exposed.model).field(*id).logical == LogicalType::Json {
                    self.uses_json_calc = true;
                    self.schema.member(None, name, JSON_CALC);
                } else {
                    self.use_scalar("Expr");
                    self.schema.member(None, name, "Expr");
                }
            }
            self.schema.close();
        }
        self.expect_input(names, exposed, &writes.expect);
        self.link_inputs(names, exposed, writes);
    }

    /// The inputs of changes of documents, where a model has one.
    pub(super) fn json_calc(&mut self) {
        if !self.uses_json_calc {
            return;
        }
        self.use_scalar("JSON");
        self.uses.inputs.insert(JSON_CALC.to_owned(), InputUse::JsonCalc);
        let doc = "What changes of a JSON document, in this order.";
        self.schema.open(Some(doc), Kind::Input, JSON_CALC);
        if self.options.expressions {
            self.use_scalar("Expr");
            let doc = "The document that the others change, as an expression; the row's own when absent.";
            self.schema.member(Some(doc), "expr", "Expr");
        }
        let doc = "What is merged into it (RFC 7396): objects into objects, a null takes a member away, anything else takes the place of what was there.";
        self.schema.member(Some(doc), "merge", "JSON");
        let doc = "Values at places inside of it, one after the other.";
        self.schema.member(Some(doc), "set", &format!("[{JSON_CALC_SET}!]"));
        let doc = "Places at which what is there is taken away: their keys, as in [[\"address\", \"city\"], [\"tags\", \"0\"]].";
        self.schema.member(Some(doc), "remove", "[[String!]!]");
        self.schema.close();
        self.uses.inputs.insert(JSON_CALC_SET.to_owned(), InputUse::JsonCalc);
        let doc = "A value at a place inside of a JSON document.";
        self.schema.open(Some(doc), Kind::Input, JSON_CALC_SET);
        let doc = "Member names, or positions in lists counted from 0 (from the end when negative). What is missing on the way becomes an object; a position beyond the end of a list appends.";
        self.schema.member(Some(doc), "path", "[String!]!");
        self.schema.member(Some("The value; null when absent."), "value", "JSON");
        self.schema.close();
    }

    fn payload(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let ExposeOptions { default_limit, max_limit, .. } = *self.options;
        let own = names.payload_type();
        self.uses.types.insert(own.clone(), TypeUse::Payload(exposed.model));
        let doc = format!("What a write of many `{}` rows did.", names.object);
        self.schema.open(Some(&doc), Kind::Object, &own);
        let doc = "How many rows were made, changed or deleted; without those that a deletion took with it.";
        self.schema.member(Some(doc), "affected", "Int!");
        let limit = format!("At most so many rows: {default_limit} when absent, {max_limit} at most.");
        let arguments = vec![
            self.schema.argument(Some(&limit), "limit", "Int"),
            self.schema.argument(Some("How many rows to skip."), "offset", "Int"),
        ];
        let doc = "The rows: new ones in the order of the input, others in the order of their keys.";
        self.schema.field(Some(doc), &names.list, arguments, &list_of(&names.object));
        self.schema.close();
    }

    fn upsert_payload(&mut self, names: &ModelNames, exposed: &ExposedModel) {
        let own = names.upsert_payload_type();
        self.uses.types.insert(own.clone(), TypeUse::UpsertPayload(exposed.model));
        let doc = format!("What an upsert of a `{}` did.", names.object);
        self.schema.open(Some(&doc), Kind::Object, &own);
        self.schema.member(Some("Whether the row is new."), "created", "Boolean!");
        self.schema.member(Some("The row."), &names.one, &format!("{}!", names.object));
        self.schema.close();
    }

    fn create_input(&mut self, names: &ModelNames, exposed: &ExposedModel, writes: &ExposedWrites) {
        let model = self.registry.model(exposed.model);
        let doc = format!("A new `{}`. What is not given has its default.", names.object);
        self.write_input(names, exposed, "Create", &doc, Kind::Input);
        for (name, member) in &writes.create {
            match *member {
                WriteMember::Column(id) => {
                    let Some(column) = exposed.column(id) else { continue };
                    let mark = if writes.is_required(model.field(id)) { "!" } else { "" };
                    let type_text = format!("{}{mark}", self.leaf(&column.leaf));
                    let doc = self.written_doc(exposed, id);
                    self.schema.member(doc.as_deref(), name, &type_text);
                }
                WriteMember::Relation(id) => {
                    let relation = model.relation(id);
                    let Some((target, _)) = self.target(relation) else { continue };
                    let (what, doc) = if relation.is_to_one() {
                        ("OneCreate", format!("The `{}`: one that is there, or a new one.", target.object))
                    } else {
                        (
                            "ManyCreate",
                            format!("Its `{}` rows: some that are there, or new ones.", target.object),
                        )
                    };
                    self.schema.member(Some(&doc), name, &target.of_writes(what));
                }
            }
        }
        self.schema.close();
    }

    fn set_input(&mut self, names: &ModelNames, exposed: &ExposedModel, writes: &ExposedWrites) {
        let model = self.registry.model(exposed.model);
        let doc = format!("New values of a `{}`. What is not given stays.", names.object);
        self.write_input(names, exposed, "Set", &doc, Kind::Input);
        for (name, member) in &writes.set {
            match *member {
                WriteMember::Column(id) => {
                    let Some(column) = exposed.column(id) else { continue };
                    let type_text = self.leaf(&column.leaf);
                    let doc = self.written_doc(exposed, id);
                    self.schema.member(doc.as_deref(), name, &type_text);
                }
                WriteMember::Relation(id) => {
                    let relation = model.relation(id);
                    let Some((target, _)) = self.target(relation) else { continue };
                    let (what, doc) = if relation.is_to_one() {
                        ("OneSet", format!("What happens to its `{}`.", target.object))
                    } else {
                        ("ManySet", format!("What happens to its `{}` rows.", target.object))
                    };
                    self.schema.member(Some(&doc), name, &target.of_writes(what));
                }
            }
        }
        self.schema.close();
    }

    /// What a written column is, where its name and type do not say it: its relation can be given in its place.
    fn written_doc(&self, exposed: &ExposedModel, id: FieldId) -> Option<String> {
        let model = self.registry.model(exposed.model);
        let field = model.field(id);
        if let Some(text) = &field.help_text {
            return Some(text.clone());
        }
        let relation = model.relation(field.relation?);
        let name = crate::names::relation_name(relation);
        let null =
            if is_to_one_nullable(relation) { "" } else { " One of the two must be given for a new row." };
        Some(format!("The key of `{name}`, in place of `{name}` itself.{null}"))
    }

    fn expect_input(
        &mut self,
        names: &ModelNames,
        exposed: &ExposedModel,
        expect: &IndexMap<String, FieldId>,
    ) {
        if expect.is_empty() {
            return;
        }
        let doc = format!("What a `{}` must be for a write to be done; null is no value.", names.object);
        self.write_input(names, exposed, "Expect", &doc, Kind::Input);
        for (name, id) in expect {
            let Some(column) = exposed.column(*id) else { continue };
            let type_text = self.leaf(&column.leaf);
            self.schema.member(None, name, &type_text);
        }
        self.schema.close();
    }

    fn conflict_input(&mut self, names: &ModelNames, exposed: &ExposedModel, writes: &ExposedWrites) {
        let doc = format!("What becomes of new `{}` rows that are there already.", names.object);
        self.write_input(names, exposed, "Conflict", &doc, Kind::Input);
        let columns = names.field_enum();
        let doc = "The fields of the unique key by which rows are the same.";
        self.schema.member(Some(doc), "fields", &format!("[{columns}!]!"));
        if !writes.has_conflict_update() {
            self.schema.close();
            return;
        }
        let own = names.set_field_enum();
        let doc = "What the row that is there takes from the new one; without it that row stays as it is.";
        self.schema.member(Some(doc), "update", &format!("[{own}!]"));
        self.schema.close();
        let doc = format!("The columns of `{}` that are written by clients.", names.object);
        self.schema.open(Some(&doc), Kind::Enum, &own);
        writes.set_columns().for_each(|(name, _)| self.schema.value(None, name));
        self.schema.close();
        self.uses.enums.insert(own, EnumUse::Set(exposed.model));
    }

    /// The inputs of relations that lead to the model.
    fn link_inputs(&mut self, names: &ModelNames, exposed: &ExposedModel, writes: &ExposedWrites) {
        let linked = self.draft.linked.get(exposed.model.0 as usize).copied().unwrap_or_default();
        let object = &names.object;
        let (key, create, set) = (names.key_type(), names.of_writes("Create"), names.of_writes("Set"));
        let (creates, sets) = (!writes.create.is_empty(), !writes.set.is_empty());
        let calc = !writes.calc.is_empty();
        let or_create = names.of_writes("ConnectOrCreate");
        if creates && linked != Default::default() {
            let doc = format!("A `{object}` that is there, or a new one.");
            self.write_input(names, exposed, "ConnectOrCreate", &doc, Kind::Input);
            self.schema.member(Some("The key of the row."), "key", &format!("{key}!"));
            self.schema.member(Some("The row, when there is none."), "create", &format!("{create}!"));
            self.schema.close();
        }
        if linked.one_create {
            let doc = format!("The `{object}` of a new row.");
            self.write_input(names, exposed, "OneCreate", &doc, Kind::OneOf);
            self.taken_on(HowMany::One, [&key, &create, &or_create], creates);
            self.schema.close();
        }
        if linked.many_create {
            let doc = format!("The `{object}` rows of a new row.");
            self.write_input(names, exposed, "ManyCreate", &doc, Kind::Input);
            self.taken_on(HowMany::Many, [&key, &create, &or_create], creates);
            self.schema.close();
        }
        if linked.one_set {
            let doc = format!("What happens to the `{object}` of a row.");
            self.write_input(names, exposed, "OneSet", &doc, Kind::OneOf);
            self.taken_on(HowMany::One, [&key, &create, &or_create], creates);
            if sets {
                let doc = "Change it; there must be one.";
                self.schema.member(Some(doc), "update", &names.of_writes("OneUpdate"));
            }
            if sets && creates {
                let doc = "Change it, or make it when there is none.";
                self.schema.member(Some(doc), "upsert", &names.of_writes("OneUpsert"));
            }
            self.schema.member(Some("No longer be related to it."), "disconnect", "Boolean");
            self.schema.member(Some("Delete it; there must be one."), "delete", "Boolean");
            self.schema.close();
            if sets {
                let doc = format!("A change of the `{object}` of a row.");
                self.write_input(names, exposed, "OneUpdate", &doc, Kind::Input);
                self.schema.member(Some("What changes."), "set", &set);
                self.calc_member(names, calc);
                self.schema.close();
            }
            if sets && creates {
                let doc = format!("The `{object}` of a row: changed, or made when there is none.");
                self.write_input(names, exposed, "OneUpsert", &doc, Kind::Input);
                self.schema.member(Some("The row, when there is none."), "create", &format!("{create}!"));
                self.schema.member(Some("What changes otherwise."), "update", &set);
                self.calc_member(names, calc);
                self.schema.close();
            }
        }
        if linked.many_set {
            let doc = format!(
                "What happens to the `{object}` rows of a row. Rows are let go and changed before others are taken on."
            );
            self.write_input(names, exposed, "ManySet", &doc, Kind::Input);
            let keys = format!("[{key}!]");
            self.schema.member(Some("Delete these; they must be related."), "delete", &keys);
            self.schema.member(Some("No longer be related to these."), "disconnect", &keys);
            self.schema.member(Some("Be related to these and to no others."), "set", &keys);
            if sets {
                let doc = "Change these; they must be related.";
                self.schema.member(Some(doc), "update", &format!("[{}!]", names.of_writes("Update")));
            }
            if sets && creates {
                let doc = "Change these, or make them where they are not there.";
                self.schema.member(Some(doc), "upsert", &format!("[{}!]", names.of_writes("Upsert")));
            }
            self.taken_on(HowMany::Many, [&key, &create, &or_create], creates);
            self.schema.close();
            if sets {
                let doc = format!("A change of the related `{object}` with a key.");
                self.write_input(names, exposed, "Update", &doc, Kind::Input);
                self.schema.member(Some("The key of the row."), "key", &format!("{key}!"));
                self.schema.member(Some("What changes."), "set", &set);
                self.calc_member(names, calc);
                self.schema.close();
            }
            if sets && creates {
                let doc = format!("A change of the related `{object}` with a key, or a new one.");
                self.write_input(names, exposed, "Upsert", &doc, Kind::Input);
                self.schema.member(Some("The key of the row."), "key", &format!("{key}!"));
                self.schema.member(Some("The row, when there is none."), "create", &format!("{create}!"));
                self.schema.member(Some("What changes otherwise."), "update", &set);
                self.calc_member(names, calc);
                self.schema.close();
            }
        }
    }

    fn calc_member(&mut self, names: &ModelNames, is_shown: bool) {
        if is_shown {
            let doc = "New values that are computed from the row as it was.";
            self.schema.member(Some(doc), "calc", &names.of_writes("Calc"));
        }
    }

    /// `connect`, `create` and `connectOrCreate` of one row or of many.
    fn taken_on(&mut self, how_many: HowMany, [key, create, or_create]: [&str; 3], creates: bool) {
        let (list, connected, made, either) = match how_many {
            HowMany::One => (
                ["", ""],
                "The row with this key, which must be there.",
                "A new row.",
                "The row with this key; a new one when there is none.",
            ),
            HowMany::Many => (
                ["[", "!]"],
                "The rows with these keys, which must be there.",
                "New rows.",
                "The rows with these keys; new ones where there are none.",
            ),
        };
        let type_text = |name: &str| format!("{}{name}{}", list[0], list[1]);
        self.schema.member(Some(connected), "connect", &type_text(key));
        if creates {
            self.schema.member(Some(made), "create", &type_text(create));
            self.schema.member(Some(either), "connectOrCreate", &type_text(or_create));
        }
    }

    fn write_input(&mut self, names: &ModelNames, exposed: &ExposedModel, what: &str, doc: &str, kind: Kind) {
        let own = names.of_writes(what);
        self.schema.open(Some(doc), kind, &own);
        self.uses.inputs.insert(own, InputUse::Write(exposed.model));
    }
}

/// How many related rows an input is of.
#[derive(Clone, Copy)]
enum HowMany {
    One,
    Many,
}

/// What changes of a JSON document.
pub(super) const JSON_CALC: &str = "JSONCalc";
/// A value at a place inside of one.
pub(super) const JSON_CALC_SET: &str = "JSONCalcSet";

type Argument = apollo_compiler::ast::InputValueDefinition;

impl WriteKind {
    /// All of them.
    pub(super) const ALL: [Self; 7] = [
        Self::Create,
        Self::CreateMany,
        Self::Update,
        Self::UpdateMany,
        Self::Upsert,
        Self::Delete,
        Self::DeleteMany,
    ];

    /// The name of a model's field of `Mutation`.
    pub(super) fn name(self, names: &ModelNames) -> String {
        match self {
            Self::Create => names.mutation("create"),
            Self::CreateMany => names.bulk_mutation("create"),
            Self::Update => names.mutation("update"),
            Self::UpdateMany => names.bulk_mutation("update"),
            Self::Upsert => names.mutation("upsert"),
            Self::Delete => names.mutation("delete"),
            Self::DeleteMany => names.bulk_mutation("delete"),
        }
    }
}
