//! Drafts of models from what was planned for their tables.

use super::blocks;
use super::catalog::RelationKind;
use super::draft::{Draft, FieldDraft, toml_text};
use super::keys::ROW_ID;
use super::kinds::Kind;
use super::plan::{ManyToMany, Plan, Reference, TablePlan};
use crate::translate::{Literal, literal_text, translate};
use nuages_models::database::Dialect;

/// Django's own names and the fields whose values no client should see.
const SECRETS: &[(&str, &str)] = &[("auth_user", "password")];

/// The drafts of all models, those that others refer to first.
pub(super) fn drafts(plan: &Plan<'_>) -> Vec<Draft> {
    order(plan).into_iter().filter_map(|name| Some(draft(plan, plan.tables.get(&name)?))).collect()
}

/// Tables in the order in which they are best read: what is referred to comes before what refers to it.
fn order(plan: &Plan<'_>) -> Vec<String> {
    let mut rest: Vec<&String> = plan.tables.keys().filter(|name| !plan.hidden.contains(name)).collect();
    let mut done: Vec<String> = Vec::new();
    while !rest.is_empty() {
        let ready = |name: &&&String| {
            plan.tables.get(name.as_str()).is_none_or(|table| {
                table.references.iter().all(|reference| {
                    reference.target == ***name
                        || done.contains(&reference.target)
                        || !rest.contains(&&reference.target)
                })
            })
        };
        let next = rest.iter().position(|name| ready(&name)).unwrap_or(0);
        done.push(rest.remove(next).clone());
    }
    done
}

fn draft(plan: &Plan<'_>, table: &TablePlan<'_>) -> Draft {
    let relation = table.relation;
    let mut draft = Draft {
        app: table.placed.app.clone(),
        name: table.placed.model.clone(),
        table: relation.name.clone(),
        doc: relation.comment.clone(),
        managed: relation.kind == RelationKind::Table
            && relation.strict
            && relation.current
            && table.key.note.is_none(),
        read_only: matches!(relation.kind, RelationKind::View | RelationKind::MaterializedView),
        remarks: relation.remarks.clone(),
        ..Draft::default()
    };
    draft.notes.extend(table.placed.note.clone());
    if relation.kind != RelationKind::Table {
        let what = relation.kind.described();
        draft.notes.push(format!(
            "{what}{what_of}",
            what_of = if table.key.note.is_some() { "; see its key" } else { "" }
        ));
    }
    draft.remarks.extend(table.refused.iter().cloned());
    if table.key.columns.len() > 1 {
        let mut members: Vec<String> = Vec::new();
        for column in &table.key.columns {
            let reference = table.reference_of(column).map(|reference| reference.name.clone());
            let member = reference.or_else(|| table.fields.get(column).cloned());
            members.extend(member.filter(|member| !members.contains(member)));
        }
        draft.primary_key = members;
    }
    if table.key.columns == [ROW_ID] && !relation.found.columns.contains_key(ROW_ID) {
        draft.fields.push(FieldDraft {
            name: ROW_ID.to_owned(),
            columns: vec![ROW_ID.to_owned()],
            options: vec![("type", "\"big_auto\"".to_owned()), ("primary_key", "true".to_owned())],
            note: table.key.note.clone(),
            refused: None,
        });
    }
    for column in relation.found.columns.keys() {
        match table.reference_of(column) {
            Some(reference) if reference.columns.first() == Some(column) => {
                draft.fields.push(reference_field(plan, table, reference));
            }
            Some(_) => {}
            None => draft.fields.extend(plain_field(plan, table, column)),
        }
    }
    for many_to_many in &table.many_to_many {
        draft.fields.push(many_to_many_field(plan, table, many_to_many));
    }
    if table.key.columns.is_empty() {
        draft.refused = Some("nothing in it tells one row from another, and a model needs a key".to_owned());
    }
    if draft.fields.iter().any(|field| field.refused.is_some() || field.has("db_type")) {
        draft.managed = false;
    }
    blocks::add(plan, table, &mut draft);
    draft
}

/// A field of a column of its own. An implicit `id` is not written down.
fn plain_field(plan: &Plan<'_>, table: &TablePlan<'_>, column: &str) -> Option<FieldDraft> {
    let relation = table.relation;
    let found = relation.found.columns.get(column)?;
    let details = relation.columns.get(column).cloned().unwrap_or_default();
    let name = table.fields.get(column)?.clone();
    let is_key = table.key.columns == [column];
    let kind = match table.kinds.get(column)? {
        Ok(kind) => kind.clone(),
        Err(reason) => {
            return Some(FieldDraft {
                name: column.to_owned(),
                columns: vec![column.to_owned()],
                options: vec![("type", toml_text(&found.sql_type))],
                note: None,
                refused: Some(reason.clone()),
            });
        }
    };
    let mut field =
        FieldDraft { name: name.clone(), columns: vec![column.to_owned()], ..FieldDraft::default() };
    field.note.clone_from(&kind.note);
    if is_key {
        field.note = table.key.note.clone().or(field.note);
    }
    if let Some(expression) = &details.generated {
        generated(plan, table, (&mut field, &kind), expression, details.computed_on_read);
        named(&mut field, column);
        return Some(field);
    }
    let counted = is_key && table.key.counted && kind.is_integer();
    if counted {
        let word = counted_word(plan, table, &kind);
        if word == "big_auto"
            && column == "id"
            && name == "id"
            && details.comment.is_none()
            && field.note.is_none()
        {
            return None;
        }
        field.options.push(("type", toml_text(word)));
        if details.always_identity {
            field.add_note("GENERATED ALWAYS: the database refuses keys that are given");
        }
    } else {
        field.options = kind.options();
    }
    named(&mut field, column);
    field.options.extend(kind.db_type.as_ref().map(|name| ("db_type", toml_text(name))));
    if is_key {
        field.options.push(("primary_key", "true".to_owned()));
    }
    let nobody_writes = kind.word == "search_vector" && !found.null;
    if (found.null || nobody_writes) && !table.key.columns.iter().any(|key| key == column) {
        field.options.push(("null", "true".to_owned()));
    }
    if nobody_writes {
        field.add_note("NOT NULL in the database, where a trigger fills it");
    }
    let unique = |unique: &&super::catalog::Unique| unique.columns == [column];
    if !is_key && let Some(unique) = relation.uniques.iter().find(unique) {
        field.options.push(("unique", "true".to_owned()));
        field.note = unique.remark.map(str::to_owned).or(field.note);
    }
    if !kind.choices.is_empty() {
        field.options.push(("choices", super::draft::names(&kind.choices)));
    }
    if !counted {
        let domain_default = details.postgres.as_ref().and_then(|of| of.domain_default.as_ref());
        default(plan.dialect, &mut field, &kind, found.default.as_ref().or(domain_default), found.identity);
    }
    if let Some(collation) = &details.collation {
        field.add_note(format!("it is compared by the collation {collation}"));
    }
    if let Some(comment) = &details.comment {
        field.options.push(("db_comment", toml_text(comment)));
    }
    if SECRETS.contains(&(relation.name.as_str(), column)) {
        field.options.push(("graphql", "false".to_owned()));
    }
    Some(field)
}

fn named(field: &mut FieldDraft, column: &str) {
    if field.name != column {
        field.options.push(("column", toml_text(column)));
    }
}

/// `auto` or `big_auto`. SQLite's row ids have no width of their own: what refers to them tells.
fn counted_word(plan: &Plan<'_>, table: &TablePlan<'_>, kind: &Kind) -> &'static str {
    let name = &table.relation.name;
    let of = |word: &str| if word == "big_integer" { "big_auto" } else { "auto" };
    if plan.dialect == Dialect::Postgres || kind.word == "big_integer" {
        return of(kind.word);
    }
    let mut referring = plan.tables.values().flat_map(|other| {
        let of_this = other
            .references
            .iter()
            .filter(|reference| reference.target == *name && reference.to_column.is_none());
        of_this.filter_map(|reference| other.relation.found.columns.get(reference.columns.first()?))
    });
    match referring.next() {
        Some(first) => {
            let wide = |found: &crate::inspect::FoundColumn| found.sql_type.eq_ignore_ascii_case("bigint");
            if wide(first) || referring.any(wide) { "big_auto" } else { "auto" }
        }
        None if table.key.columns == ["id"] => "big_auto",
        None => "auto",
    }
}

/// A column that the database computes.
fn generated(
    plan: &Plan<'_>,
    table: &TablePlan<'_>,
    (field, kind): (&mut FieldDraft, &Kind),
    expression: &str,
    computed_on_read: bool,
) {
    let name = |column: &str| plan.field_name(&table.relation.name, column);
    let translated = translate(expression, plan.dialect, &name);
    field.options.push(("type", "\"generated\"".to_owned()));
    field.options.push(("expr", toml_text(translated.as_deref().unwrap_or(expression))));
    field.options.push(("output", kind.bare()));
    if translated.is_none() {
        field.add_note("the expression is in the database's own words");
    }
    if computed_on_read {
        field.add_note("it is computed when it is read (VIRTUAL)");
    }
    if let Some(name) = &kind.db_type {
        field.refused = Some(format!("a generated column of the type {name} has no field type"));
    }
}

/// The default of a column: what the database gives a row that comes without it.
fn default(dialect: Dialect, field: &mut FieldDraft, kind: &Kind, default: Option<&String>, identity: bool) {
    let Some(sql) =
        default.cloned().or_else(|| identity.then(|| "generated by default as identity".to_owned()))
    else {
        return;
    };
    let literal = literal_text(&sql, dialect);
    let is_text = |word: &str| matches!(word, "char" | "text" | "slug" | "email" | "url");
    let value = match (&literal, kind.word) {
        _ if sql.eq_ignore_ascii_case("null") => return,
        (Some(Literal::Number(digits)), "boolean") => match digits.as_str() {
            "0" => Some("false".to_owned()),
            "1" => Some("true".to_owned()),
            _ => None,
        },
        (Some(Literal::Text(text)), "boolean") => match text.as_str() {
            "t" | "true" | "1" => Some("true".to_owned()),
            "f" | "false" | "0" => Some("false".to_owned()),
            _ => None,
        },
        // Whatever its type is called: an enum's values are texts.
        (Some(Literal::Text(text)), word) if is_text(word) => Some(nuages_models::sql::quoted_text(text)),
        (Some(Literal::Text(text)), _) if text.to_lowercase().starts_with("now") => None,
        _ => translate(&sql, dialect, &|_| None),
    };
    let bare = |value: &str| {
        let number = value.strip_prefix('-').unwrap_or(value);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = match number.split_once('.') {
            Some((whole, places)) => digits(whole) && digits(places),
            None => digits(number) && (number == "0" || !number.starts_with('0')),
        };
        matches!(value, "true" | "false") || is_number
    };
    match value {
        Some(value) if bare(&value) => field.options.push(("db_default", value)),
        Some(value) => field.options.push(("db_default", toml_text(&value))),
        None => {
            field.options.push(("db_default", toml_text(&sql)));
            field.add_note(OWN_DEFAULT);
        }
    }
}

/// What is said of a default that has no translation; only models that are not managed may have one.
pub(super) const OWN_DEFAULT: &str = "the default is in the database's own words";

fn reference_field(plan: &Plan<'_>, table: &TablePlan<'_>, reference: &Reference) -> FieldDraft {
    let relation = table.relation;
    let mut field = FieldDraft {
        name: reference.name.clone(),
        columns: reference.columns.clone(),
        ..FieldDraft::default()
    };
    let word = if reference.one_to_one { "one_to_one" } else { "foreign_key" };
    let to = if reference.target == relation.name {
        "self".to_owned()
    } else {
        plan.tables.get(&reference.target).map(|target| target.placed.model.clone()).unwrap_or_default()
    };
    field.options.push(("type", toml_text(word)));
    field.options.push(("to", toml_text(&to)));
    field.options.push(("on_delete", toml_text(reference.on_delete)));
    let found: Vec<_> =
        reference.columns.iter().filter_map(|column| relation.found.columns.get(column)).collect();
    let in_key = reference.columns.iter().any(|column| table.key.columns.contains(column));
    if found.iter().all(|found| found.null) && !in_key {
        field.options.push(("null", "true".to_owned()));
    }
    if table.key.columns == reference.columns {
        field.options.push(("primary_key", "true".to_owned()));
    }
    field.options.push(("related_name", toml_text(&reference.related_name)));
    if let Some(column) = &reference.to_column
        && let Some(name) = plan.field_name(&reference.target, column)
    {
        field.options.push(("to_field", toml_text(&name)));
    }
    match reference.columns.as_slice() {
        [column] => {
            if *column != format!("{}_id", reference.name) {
                field.options.push(("column", toml_text(column)));
            }
            let kind = table.kinds.get(column).and_then(|kind| kind.as_ref().ok());
            if let Some(db_type) = kind.and_then(|kind| kind.db_type.as_ref()) {
                field.options.push(("db_type", toml_text(db_type)));
            }
            if !reference.one_to_one && !blocks::has_index(relation, &reference.columns) {
                field.options.push(("index", "false".to_owned()));
            }
        }
        columns => {
            field.options.push(("columns", super::draft::names(columns)));
            if !reference.one_to_one && !blocks::has_index(relation, columns) {
                field.options.push(("index", "false".to_owned()));
            }
        }
    }
    if found.iter().any(|found| found.null) && !found.iter().all(|found| found.null) {
        field.add_note("some of its columns may be NULL, not all");
    }
    for (column, found) in reference.columns.iter().zip(&found) {
        if let Some(default) = found.default.as_ref().filter(|default| !default.eq_ignore_ascii_case("null"))
        {
            field.add_note(format!("default of {column} in the database: {default}"));
        }
        let comment = relation.columns.get(column).and_then(|details| details.comment.as_ref());
        if let Some(comment) = comment {
            field.options.push(("db_comment", toml_text(comment)));
            break;
        }
    }
    field
}

fn many_to_many_field(plan: &Plan<'_>, table: &TablePlan<'_>, relation: &ManyToMany) -> FieldDraft {
    let to_self = relation.target == table.relation.name;
    let to = if to_self {
        "self".to_owned()
    } else {
        plan.tables.get(&relation.target).map(|target| target.placed.model.clone()).unwrap_or_default()
    };
    let mut options = vec![("type", "\"many_to_many\"".to_owned()), ("to", toml_text(&to))];
    match &relation.through {
        Some(through) => options.push(("through", toml_text(through))),
        None if relation.link != format!("{}_{}", table.relation.name, relation.name) => {
            options.push(("table", toml_text(&relation.link)));
        }
        None => {}
    }
    if let Some((here, there)) = &relation.through_fields {
        options.push(("through_fields", super::draft::names(&[here.clone(), there.clone()])));
    }
    if to_self {
        options.push(("symmetrical", "false".to_owned()));
    }
    options.push(("related_name", toml_text(&relation.related_name)));
    FieldDraft { name: relation.name.clone(), options, ..FieldDraft::default() }
}
