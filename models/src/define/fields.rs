//! Columns: each field of a declaration becomes one, a relation as many as the key that it refers to has.

use super::declare::ModelDeclaration;
use super::declare_field::{FieldDeclaration, decimal_type};
use super::errors::{Code, Problem, Problems, suggest};
use super::field_values;
use super::inherit::{Draft, draft_named, origin};
use super::kinds::{FieldKind, KindType};
use super::links::target_of;
use super::names;
use super::tree::{At, Place};
use crate::registry::{
    AutoNow, Field, FieldId, LogicalType, Member, OnDelete, Origin, RelationKind, SqliteEncoding,
};
use std::collections::HashMap;

/// A column of a key, as a reference to it needs it.
#[derive(Debug, Clone)]
struct KeyColumn {
    /// The field's name in the model that has the key.
    name: String,
    kind: &'static str,
    logical: LogicalType,
    max_length: Option<u32>,
    sqlite: SqliteEncoding,
    collation: Option<String>,
}

/// Fills in the fields and primary keys of all models but proxies.
pub(super) fn build(drafts: &mut [Draft], problems: &mut Problems) {
    for index in 0..drafts.len() {
        check_targets(drafts, index, problems);
    }
    for index in 0..drafts.len() {
        if drafts[index].declaration.proxy.is_some() {
            continue;
        }
        check_primary_key(&drafts[index].declaration, problems);
        let columns: Vec<_> = drafts[index]
            .declaration
            .fields
            .iter()
            .map(|field| columns_of(drafts, index, field, &mut Path::new(problems)))
            .collect();
        build_model(&mut drafts[index], columns, problems);
    }
}

/// The fields of the target that the columns of a relation refer to, in the same order.
pub(super) fn referred_fields(drafts: &[Draft], target: usize, field: &FieldDeclaration) -> Vec<FieldId> {
    let target = &drafts[target];
    let Some(name) = field.text("to_field") else { return target.model.primary_key.clone() };
    let by_name = target.columns.get(name);
    let by_column = || {
        let known = field_of_key(&target.declaration, name)?;
        target.columns.get(&known.name.value)
    };
    by_name.or_else(by_column).cloned().unwrap_or_default()
}

/// The names of the fields that a relation's columns are: `author_id`, or one for each column of the key.
fn reference_names(name: &str, key: &[KeyColumn]) -> Vec<String> {
    match key {
        [_] => vec![format!("{name}_id")],
        several => several.iter().map(|column| format!("{name}_{}", column.name)).collect(),
    }
}

fn check_targets(drafts: &[Draft], index: usize, problems: &mut Problems) {
    let known: Vec<_> = drafts.iter().filter(|d| !d.model.implicit).map(|d| d.model.name.as_str()).collect();
    for field in &drafts[index].declaration.fields {
        for option in ["to", "through"] {
            let Some(name) = field.text(option).filter(|name| *name != "self" || option == "through") else {
                continue;
            };
            if draft_named(drafts, name).is_some() {
                continue;
            }
            let bare = name.rsplit('.').next().unwrap_or(name);
            problems.add(
                Problem::new(
                    Code::UnknownModel,
                    field.place(option),
                    format!("`{}` refers to `{name}`, which is not a model with a table", field.name.value),
                )
                .label("no such model")
                .maybe_help(suggest(bare, &known, "the models are")),
            );
        }
    }
}

/// What a chain of keys has gone through, so that a circle ends.
struct Path<'p> {
    seen: Vec<(usize, String)>,
    problems: &'p mut Problems,
}

impl<'p> Path<'p> {
    fn new(problems: &'p mut Problems) -> Self {
        Self { seen: Vec::new(), problems }
    }
}

/// The columns of one field, named as fields of its model. `None` when something about it has been reported.
fn columns_of(
    drafts: &[Draft],
    index: usize,
    field: &FieldDeclaration,
    path: &mut Path<'_>,
) -> Option<Vec<KeyColumn>> {
    if field.is_many_to_many() {
        return Some(Vec::new());
    }
    if !field.is_reference() {
        return scalar_column(&drafts[index], field, path.problems).map(|column| vec![column]);
    }
    let step = (index, field.name.value.clone());
    if path.seen.contains(&step) {
        path.problems.add(
            Problem::new(
                Code::Cycle,
                field.name.at,
                format!(
                    "the key of `{}` refers to itself through `{}`",
                    drafts[index].model.name, field.name.value
                ),
            )
            .help("one of the models in the circle needs a primary key of its own"),
        );
        return None;
    }
    path.seen.push(step);
    let target = drafts[target_of(drafts, index, field)?].concrete;
    let key = referred(drafts, target, field, path)?;
    path.seen.pop();
    let field_names = reference_names(&field.name.value, &key);
    let renamed = key.into_iter().zip(field_names).map(|(column, name)| KeyColumn { name, ..column });
    Some(renamed.collect())
}

fn referred(
    drafts: &[Draft],
    target: usize,
    field: &FieldDeclaration,
    path: &mut Path<'_>,
) -> Option<Vec<KeyColumn>> {
    let Some(name) = field.text("to_field") else {
        return key_columns(drafts, target, path);
    };
    let model = &drafts[target].declaration;
    let place = field.place("to_field");
    if name == "id" && key_names(model).is_empty() {
        return key_columns(drafts, target, path);
    }
    let Some(found) = field_of_key(model, name) else {
        if !model.broken.contains(name) {
            let known: Vec<_> = model.fields.iter().map(|field| field.name.value.as_str()).collect();
            path.problems.add(
                Problem::new(
                    Code::UnknownField,
                    place,
                    format!("`{}` has no field `{name}`", model.name.value),
                )
                .maybe_help(suggest(name, &known, "its fields are")),
            );
        }
        return None;
    };
    let is_key = key_names(model) == [found.name.value.clone()];
    let is_unique = found.flag("unique") == Some(true) || found.kind.0.name == "one_to_one";
    if found.is_many_to_many() || !(is_key || is_unique) {
        path.problems.add(
            Problem::new(
                Code::UnsuitableField,
                place,
                format!("`{}.{name}` is not unique, so it cannot be referred to", model.name.value),
            )
            .also(found.name.at, "this field")
            .help("give that field unique = true"),
        );
        return None;
    }
    if found.kind.0.kind == KindType::Generated && found.bare_type("output").is_none() {
        path.problems.add(
            Problem::new(
                Code::UnsuitableField,
                place,
                format!("the type of `{}.{name}` is not known when it is referred to", model.name.value),
            )
            .also(found.name.at, "this field")
            .help("say it there: output = \"integer\""),
        );
        return None;
    }
    columns_of(drafts, target, found, path)
}

/// The names of the fields of a model's primary key; empty when it is the implicit `id`.
fn key_names(model: &ModelDeclaration) -> Vec<String> {
    match &model.primary_key {
        Some(key) => key.value.iter().map(|name| name.value.clone()).collect(),
        None => model
            .fields
            .iter()
            .filter(|field| field.flag("primary_key") == Some(true))
            .map(|field| field.name.value.clone())
            .collect(),
    }
}

fn key_columns(drafts: &[Draft], index: usize, path: &mut Path<'_>) -> Option<Vec<KeyColumn>> {
    let model = &drafts[index].declaration;
    let names = key_names(model);
    if names.is_empty() {
        return Some(vec![KeyColumn {
            name: "id".to_owned(),
            kind: "big_integer",
            logical: LogicalType::Int64,
            max_length: None,
            sqlite: encoding(&LogicalType::Int64, drafts[index].model.managed),
            collation: None,
        }]);
    }
    let mut columns = Vec::new();
    for name in names {
        let field = field_of_key(model, &name)?;
        columns.extend(columns_of(drafts, index, field, path)?);
    }
    Some(columns)
}

/// A member of a key: a field by its name, a relation by its name or that of its column.
fn field_of_key<'m>(model: &'m ModelDeclaration, name: &str) -> Option<&'m FieldDeclaration> {
    let by_name = model.fields.iter().find(|field| field.name.value == name);
    by_name.or_else(|| {
        model.fields.iter().find(|field| field.is_reference() && format!("{}_id", field.name.value) == name)
    })
}

fn scalar_column(draft: &Draft, field: &FieldDeclaration, problems: &mut Problems) -> Option<KeyColumn> {
    let kind = &field.kind.0;
    let (logical, max_length) = match &kind.kind {
        KindType::Value(logical) => (logical.clone(), field.number("max_length").or(kind.max_length)),
        KindType::Decimal => {
            let measure = |option| field.number(option).map(|number| At::new(number, field.place(option)));
            (decimal_type(measure("max_digits")?, measure("decimal_places")?, problems)?, None)
        }
        KindType::Array => (LogicalType::Array(Box::new(field.bare_type("items")?.logical.clone())), None),
        KindType::Generated => match field.bare_type("output") {
            Some(output) => (output.logical.clone(), output.max_length),
            // Known when the expression is read, when all fields are there.
            None => (LogicalType::Text, None),
        },
        KindType::Custom(custom) => (LogicalType::Custom(custom.clone()), field.number("max_length")),
        KindType::Relation(_) => return None,
    };
    Some(KeyColumn {
        name: field.name.value.clone(),
        kind: kind.referring(),
        sqlite: encoding(&logical, draft.model.managed),
        logical,
        max_length,
        collation: field.text("collation").map(str::to_owned),
    })
}

pub(super) fn encoding(logical: &LogicalType, managed: bool) -> SqliteEncoding {
    match logical {
        _ if !managed => SqliteEncoding::Django,
        // An i64 holds every number of 18 digits.
        LogicalType::Decimal { digits, scale } => match u8::try_from(*scale) {
            Ok(scale) if *digits <= 18 => SqliteEncoding::ScaledInteger { scale },
            _ => SqliteEncoding::OrderedText { digits: *digits, scale: *scale },
        },
        _ => SqliteEncoding::Plain,
    }
}

fn check_primary_key(model: &ModelDeclaration, problems: &mut Problems) {
    let flagged: Vec<_> =
        model.fields.iter().filter(|field| field.flag("primary_key") == Some(true)).collect();
    let bad = |at: Place, message: String| Problem::new(Code::BadPrimaryKey, at, message);
    if let [first, second, ..] = flagged.as_slice() {
        let several: Vec<_> = flagged.iter().map(|field| format!("\"{}\"", field.name.value)).collect();
        problems.add(
            bad(second.place("primary_key"), format!("`{}` has several primary keys", model.name.value))
                .also(first.place("primary_key"), "the first")
                .help(format!("for a key of several fields write primary_key = [{}]", several.join(", "))),
        );
    }
    if let (Some(key), Some(field)) = (&model.primary_key, flagged.first()) {
        problems.add(
            Problem::new(
                Code::OptionConflict,
                field.place("primary_key"),
                format!("`{}` says its primary key twice", model.name.value),
            )
            .also(key.at, "here too")
            .help("keep one of the two"),
        );
    }
    let key = key_names(model);
    for field in &model.fields {
        let name = &field.name.value;
        let is_key = field_in_key(model, &key, field);
        let is_auto = matches!(field.kind.0.name, "auto" | "big_auto");
        if is_auto && !(is_key && key.len() == 1) {
            problems.add(
                bad(field.name.at, format!("the {} `{name}` is not the primary key", field.kind.0.name))
                    .help("write primary_key = true; a number that is not the key is an integer"),
            );
        } else if name == "id" && !is_key && key.is_empty() {
            problems.add(
                bad(field.name.at, "`id` is the implicit primary key's name".to_owned())
                    .help("write primary_key = true, or choose another name"),
            );
        }
        if is_key && field.flag("null") == Some(true) {
            problems.add(
                bad(field.place("null"), format!("`{name}` is in the primary key, so it cannot be null"))
                    .help("take null = true away"),
            );
        }
    }
    check_key_list(model, problems);
}

fn field_in_key(model: &ModelDeclaration, key: &[String], field: &FieldDeclaration) -> bool {
    key.iter().any(|name| field_of_key(model, name).is_some_and(|found| found.name == field.name))
}

fn check_key_list(model: &ModelDeclaration, problems: &mut Problems) {
    let Some(key) = &model.primary_key else { return };
    if key.value.is_empty() {
        problems.add(
            Problem::new(Code::BadPrimaryKey, key.at, "`primary_key` is empty")
                .help("leave it out for an implicit `id`"),
        );
    }
    for (position, name) in key.value.iter().enumerate() {
        match field_of_key(model, &name.value) {
            None if model.broken.contains(&name.value) => {}
            None => {
                let known: Vec<_> = model.fields.iter().map(|field| field.name.value.as_str()).collect();
                problems.add(
                    Problem::new(
                        Code::UnknownField,
                        name.at,
                        format!("`{}` has no field `{}`", model.name.value, name.value),
                    )
                    .maybe_help(suggest(&name.value, &known, "its fields are")),
                );
            }
            Some(field) if !field.is_reference() && !field.kind.0.takes("primary_key") => problems.add(
                Problem::new(
                    Code::BadPrimaryKey,
                    name.at,
                    format!("a {} cannot be in a primary key", field.kind.0.name),
                )
                .help("a primary key is made of numbers, texts, moments, UUIDs or relations"),
            ),
            Some(_) => {}
        }
        if let Some(first) = key.value[..position].iter().find(|other| other.value == name.value) {
            problems.add(
                Problem::new(Code::BadPrimaryKey, name.at, format!("`{}` is there twice", name.value))
                    .also(first.at, "first"),
            );
        }
    }
}

fn build_model(draft: &mut Draft, columns: Vec<Option<Vec<KeyColumn>>>, problems: &mut Problems) {
    let declaration = draft.declaration.clone();
    let key = key_names(&declaration);
    // A field of its name that is not the key has been reported.
    if key.is_empty() && !declaration.fields.iter().any(|field| field.name.value == "id") {
        let field = implicit_id(draft);
        add_field(draft, "id", field, declaration.name.at, problems);
    }
    for (field, columns) in declaration.fields.iter().zip(columns) {
        let Some(columns) = columns else {
            draft.declaration.broken.insert(field.name.value.clone());
            draft.declaration.broken.insert(format!("{}_id", field.name.value));
            continue;
        };
        let in_key = field_in_key(&declaration, &key, field);
        let several = columns.len() > 1;
        let custom = custom_columns(field, &columns, problems);
        for (position, column) in columns.iter().enumerate() {
            let mut built = new_field(draft, field, column, problems);
            if let Some(custom) = custom.get(position) {
                built.column.clone_from(custom);
            }
            built.primary_key = in_key;
            // A key is unique as it is; the columns of a reference of several are unique together only.
            built.unique = built.unique && !several && !(in_key && key.len() == 1);
            built.index = built.index && !built.unique && !(in_key && key.len() == 1);
            if !several {
                field_values::complete(&mut built, field, problems);
            }
            let frozen = built.auto_now != AutoNow::Never || field.kind.0.kind == KindType::Generated;
            built.editable = field.flag("editable").unwrap_or(!frozen);
            add_field(draft, &field.name.value, built, field.name.at, problems);
        }
        if several && field.setting("default").is_some() {
            problems.add(
                Problem::new(
                    Code::OptionNotAllowed,
                    field.place("default"),
                    format!(
                        "`{}` refers to a key of several fields and cannot have a default",
                        field.name.value
                    ),
                )
                .help("take it away"),
            );
        }
        if field.is_reference() {
            check_on_delete(field, problems);
        }
    }
    draft.model.primary_key = primary_key_ids(draft, &declaration, &key);
    check_columns(draft, &declaration, problems);
}

fn implicit_id(draft: &Draft) -> Field {
    let mut field = blank(&draft.model.fields, "id", "big_auto", LogicalType::Int64);
    field.sqlite = encoding(&field.logical, draft.model.managed);
    field.primary_key = true;
    field.auto_increment = true;
    field.origin = Origin { file: draft.model.origin.file.clone(), line: 0 };
    field
}

fn blank(before: &[Field], name: &str, kind: &'static str, logical: LogicalType) -> Field {
    Field {
        id: FieldId(u32::try_from(before.len()).unwrap_or(u32::MAX)),
        name: name.to_owned(),
        column: name.to_owned(),
        db_type: None,
        kind,
        logical,
        sqlite: SqliteEncoding::Plain,
        null: false,
        primary_key: false,
        unique: false,
        index: false,
        default: None,
        db_default: None,
        max_length: None,
        min: None,
        max: None,
        regex: None,
        choices: Vec::new(),
        editable: true,
        help_text: None,
        db_comment: None,
        collation: None,
        auto_now: AutoNow::Never,
        generated: None,
        relation: None,
        auto_increment: false,
        graphql_name: None,
        hidden: false,
        origin: Origin::default(),
    }
}

fn new_field(draft: &Draft, field: &FieldDeclaration, column: &KeyColumn, problems: &mut Problems) -> Field {
    let kind: &FieldKind = &field.kind.0;
    let reference = kind.relation();
    let word = if reference.is_some() { column.kind } else { kind.name };
    let mut built = blank(&draft.model.fields, &column.name, word, column.logical.clone());
    // A decimal reference is stored as its key is, or the two would not be equal in the database.
    let follows = reference.is_some() && matches!(column.logical, LogicalType::Decimal { .. });
    built.sqlite = if follows { column.sqlite } else { encoding(&column.logical, draft.model.managed) };
    if let Some(name) = field.text("column") {
        built.column = name.to_owned();
    }
    built.db_type = db_type(draft, field, problems);
    built.null = field.flag("null").unwrap_or(kind.kind == KindType::Generated);
    built.unique = field.flag("unique").unwrap_or(false) || reference == Some(RelationKind::OneToOne);
    built.index = field.flag("index").unwrap_or(reference.is_some());
    built.db_default = field.text("db_default").map(str::to_owned);
    built.max_length = column.max_length;
    built.help_text = field.text("help_text").map(str::to_owned);
    built.db_comment = field.text("db_comment").map(str::to_owned);
    built.collation.clone_from(&column.collation);
    built.generated = field.text("expr").map(str::to_owned);
    built.auto_increment = matches!(kind.name, "auto" | "big_auto");
    let (graphql_name, hidden) = field.graphql();
    built.hidden = hidden;
    // The name in the file is the relation's; its scalar follows it.
    built.graphql_name = match reference {
        Some(_) => graphql_name.map(|name| format!("{name}Id")),
        None => graphql_name,
    };
    built.origin = origin(field.name.at, problems);
    built
}

/// The foreign type of a column. Nuages makes the columns of managed models, and gives them types of its own.
fn db_type(draft: &Draft, field: &FieldDeclaration, problems: &mut Problems) -> Option<String> {
    let name = field.text("db_type")?;
    if draft.model.managed {
        problems.add(
            Problem::new(
                Code::OptionConflict,
                field.place("db_type"),
                format!("`{}` is managed, and Nuages chooses the types of its columns", draft.model.name),
            )
            .help("take `db_type` away, or write managed = false for a table that another program made"),
        );
        return None;
    }
    Some(name.to_owned())
}

fn custom_columns(field: &FieldDeclaration, columns: &[KeyColumn], problems: &mut Problems) -> Vec<String> {
    let names: Vec<String> =
        field.names("columns").unwrap_or_default().iter().map(|name| name.value.clone()).collect();
    let wrong = |option: &str, remedy: String| {
        Problem::new(
            Code::OptionConflict,
            field.place(option),
            format!("`{}` has {} columns", field.name.value, columns.len()),
        )
        .help(remedy)
    };
    if field.setting("columns").is_some() && names.len() != columns.len() {
        let keys: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        problems.add(wrong("columns", format!("name each of them: columns = [{}]", keys.join(", "))));
        return Vec::new();
    }
    if field.setting("column").is_some() && columns.len() > 1 {
        problems.add(wrong("column", "name each of them in `columns`".to_owned()));
    }
    names
}

/// Takes a name in a model for a field, relation or annotation.
pub(super) fn claim(
    draft: &mut Draft,
    name: &str,
    what: &'static str,
    at: Place,
    problems: &mut Problems,
) -> bool {
    if let Some((other, place)) = draft.claims.get(name) {
        problems.add(
            Problem::new(
                Code::DuplicateField,
                at,
                format!("`{}` has a {other} and a {what} of the name `{name}`", draft.model.name),
            )
            .label(what)
            .also(*place, *other)
            .help("rename one of them"),
        );
        return false;
    }
    draft.claims.insert(name.to_owned(), (what, at));
    true
}

fn add_field(draft: &mut Draft, declared: &str, field: Field, at: Place, problems: &mut Problems) {
    if claim(draft, &field.name, "field", at, problems) {
        draft.model.names.insert(field.name.clone(), Member::Field(field.id));
        draft.columns.entry(declared.to_owned()).or_default().push(field.id);
        draft.model.fields.push(field);
    }
}

fn primary_key_ids(draft: &Draft, declaration: &ModelDeclaration, key: &[String]) -> Vec<FieldId> {
    if key.is_empty() {
        return draft.model.fields.first().map(|field| field.id).into_iter().collect();
    }
    let mut ids = Vec::new();
    for field in key.iter().filter_map(|name| field_of_key(declaration, name)) {
        for id in draft.columns.get(&field.name.value).into_iter().flatten() {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
    }
    ids
}

fn check_on_delete(field: &FieldDeclaration, problems: &mut Problems) {
    let (Some(rule), place) = (field.on_delete(), field.place("on_delete")) else { return };
    let impossible = |message: &str| {
        Problem::new(Code::OnDeleteImpossible, place, format!("`{}` {message}", field.name.value))
    };
    match rule {
        OnDelete::SetNull if field.flag("null") != Some(true) => problems.add(
            impossible("is set to NULL when the row goes, but it is not null")
                .help("add null = true, or choose cascade, protect or restrict"),
        ),
        OnDelete::SetDefault if field.setting("default").is_none() => problems.add(
            impossible("is set to its default when the row goes, but it has none")
                .help("add `default`, or choose cascade, protect or restrict"),
        ),
        _ => {}
    }
}

fn check_columns(draft: &Draft, declaration: &ModelDeclaration, problems: &mut Problems) {
    let place = |id: FieldId| {
        let declared = declaration
            .fields
            .iter()
            .find(|field| draft.columns.get(&field.name.value).is_some_and(|ids| ids.contains(&id)));
        declared.map_or(declaration.name.at, |field| field.name.at)
    };
    let mut first: HashMap<&str, &Field> = HashMap::new();
    for field in &draft.model.fields {
        let at = place(field.id);
        names::check_length(&field.column, at, "column name", "give it a shorter `column`", problems);
        if let Some(other) = first.insert(&field.column, field) {
            problems.add(
                Problem::new(
                    Code::DuplicateField,
                    at,
                    format!("`{}` and `{}` have the same column `{}`", other.name, field.name, field.column),
                )
                .label("second")
                .also(place(other.id), "first")
                .help("give one of them another `column`"),
            );
        }
    }
}
