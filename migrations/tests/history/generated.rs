//! Generated projects.

use nuages_migrations::ProjectState;
use proptest::prelude::*;
use std::fmt::Write as _;

/// A field of a generated model, without its name.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Plain(&'static str),
    Reference { to: usize, options: &'static str },
    Links { to: usize },
}

const PLAIN: [&str; 14] = [
    "type = 'integer'",
    "type = 'integer', null = true",
    "type = 'integer', default = 3, index = true",
    "type = 'char', max_length = 20",
    "type = 'char', max_length = 40, default = 'x'",
    "type = 'slug', unique = true",
    "type = 'text', choices = ['a', 'b'], column = 'other'",
    "type = 'decimal', max_digits = 6, decimal_places = 2",
    "type = 'boolean', default = false",
    "type = 'datetime', auto_now_add = true",
    "type = 'date', null = true, db_comment = 'A day'",
    "type = 'json', default = { a = [1] }",
    "type = 'uuid', default = 'uuid'",
    "type = 'positive_integer', db_default = 1",
];

const REFERENCES: [&str; 4] = [
    "type = 'foreign_key', on_delete = 'cascade'",
    "type = 'foreign_key', on_delete = 'set_null', null = true",
    "type = 'one_to_one', on_delete = 'protect'",
    "type = 'foreign_key', on_delete = 'cascade', db_constraint = false",
];

#[derive(Debug, Clone)]
pub(crate) struct GeneratedModel {
    fields: Vec<Option<Kind>>,
    table: bool,
    comment: bool,
    key: u8,
    together: bool,
    index: u8,
    check: u8,
    proxy: bool,
    unmanaged: bool,
    generated: bool,
    to_field: bool,
    through: bool,
}

const FIELDS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];
const MODELS: [&str; 4] = ["One", "Two", "Three", "Four"];

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => prop::sample::select(PLAIN.to_vec()).prop_map(Kind::Plain),
        2 => (0..MODELS.len(), prop::sample::select(REFERENCES.to_vec()))
            .prop_map(|(to, options)| Kind::Reference { to, options }),
        1 => (0..MODELS.len()).prop_map(|to| Kind::Links { to }),
    ]
}

fn model() -> impl Strategy<Value = GeneratedModel> {
    (
        prop::collection::vec(prop::option::weighted(0.7, kind()), FIELDS.len()),
        any::<(bool, bool, bool)>(),
        0..4_u8,
        prop::array::uniform5(prop::bool::weighted(0.2)),
        0..4_u8,
        0..3_u8,
    )
        .prop_map(|(fields, (table, comment, together), key, rare, index, check)| GeneratedModel {
            fields,
            table,
            comment,
            key,
            together,
            index,
            check,
            proxy: rare[0],
            unmanaged: rare[1],
            generated: rare[2],
            to_field: rare[3],
            through: rare[4],
        })
}

/// A project of up to four models.
pub(crate) fn project() -> impl Strategy<Value = Vec<Option<GeneratedModel>>> {
    prop::collection::vec(prop::option::weighted(0.8, model()), MODELS.len())
}

/// The model file; references to models that are not there become numbers.
pub(crate) fn text(models: &[Option<GeneratedModel>]) -> String {
    let mut text = String::new();
    for (position, model) in models.iter().enumerate() {
        let Some(model) = model else { continue };
        let name = MODELS[position];
        let fields: Vec<_> =
            FIELDS.iter().zip(&model.fields).filter_map(|(n, f)| Some((n, f.as_ref()?))).collect();
        let columns: Vec<_> =
            fields.iter().filter(|(_, kind)| !matches!(kind, Kind::Links { .. })).map(|(n, _)| **n).collect();
        let plain =
            |at: usize| fields.get(at).filter(|(_, kind)| matches!(kind, Kind::Plain(_))).map(|(n, _)| **n);
        writeln!(text, "[{name}]").unwrap();
        if model.table {
            writeln!(text, "table = 'table_{position}'").unwrap();
        }
        if model.comment {
            writeln!(text, "db_comment = \"It's {name}\"").unwrap();
        }
        if model.unmanaged {
            writeln!(text, "managed = false").unwrap();
        }
        if let (2, [one, other, ..]) = (model.key, key_fields(model).as_slice()) {
            writeln!(text, "primary_key = ['{one}', '{other}']").unwrap();
        }
        if model.together && columns.len() > 1 {
            writeln!(text, "unique_together = [['{}', '{}']]", columns[0], columns[1]).unwrap();
        }
        writeln!(text, "[{name}.fields]").unwrap();
        if model.key == 0 {
            writeln!(text, "code = {{ type = 'integer', primary_key = true }}").unwrap();
        }
        let mut other_column = false;
        for (field, kind) in &fields {
            let target = |to: &usize| if models[*to].is_some() { MODELS[*to] } else { name };
            let definition = match kind {
                // One column may have the name.
                Kind::Plain(plain)
                    if plain.contains("column") && std::mem::replace(&mut other_column, true) =>
                {
                    "type = 'text'".to_owned()
                }
                Kind::Plain(plain) => (*plain).to_owned(),
                Kind::Reference { to, options } => {
                    let null =
                        if target(to) == name && !options.contains("null") { ", null = true" } else { "" };
                    let unique = models[*to].as_ref().and_then(unique_field).filter(|_| model.to_field);
                    let to_field =
                        unique.map(|unique| format!(", to_field = '{unique}'")).unwrap_or_default();
                    format!(
                        "{options}{null}, to = '{}', related_name = '{}_{field}'{to_field}",
                        target(to),
                        name.to_lowercase()
                    )
                }
                Kind::Links { to } => {
                    let related = if target(to) == name {
                        String::new()
                    } else {
                        format!(", related_name = '{}_{field}'", name.to_lowercase())
                    };
                    format!("type = 'many_to_many', to = '{}'{related}", target(to))
                }
            };
            writeln!(text, "{field} = {{ {definition} }}").unwrap();
        }
        if let (true, false, Some(column)) = (model.generated, model.unmanaged, plain(0)) {
            writeln!(text, "shadow = {{ type = 'generated', expr = '{column} is null' }}").unwrap();
        }
        let next = (position + 1) % MODELS.len();
        let tied = model.through && models[next].is_some();
        if tied {
            let other = MODELS[next];
            writeln!(text, "ties = {{ type = 'many_to_many', to = '{other}', through = '{name}Tie', related_name = '+' }}")
                .unwrap();
        }
        if let (1.., Some(column)) = (model.index, columns.first()) {
            let extra = ["", "", "\nname = 'named'", "\nwhere = 'true'"][usize::from(model.index)];
            let extra = extra.replace("named", &format!("named_{position}"));
            writeln!(text, "[[{name}.indexes]]\nfields = ['-{column}', 'pk']{extra}").unwrap();
        }
        if let (1.., Some(column)) = (model.check, plain(0)) {
            let check = ["", "is not null", "is null"][usize::from(model.check)];
            writeln!(text, "[[{name}.constraints]]\nname = 'check_{position}'\ncheck = '{column} {check}'")
                .unwrap();
        }
        if tied {
            writeln!(text, "[{name}Tie.fields]").unwrap();
            for (end, to) in [("here", name), ("there", MODELS[next])] {
                writeln!(text, "{end} = {{ type = 'foreign_key', to = '{to}', on_delete = 'cascade', related_name = '+' }}")
                    .unwrap();
            }
        }
        if model.proxy {
            writeln!(text, "[{name}Proxy]\nproxy = true\nextends = ['{name}']").unwrap();
        }
    }
    text
}

/// The fields that may be in a key of several.
fn key_fields(model: &GeneratedModel) -> Vec<&'static str> {
    let fields = FIELDS.iter().zip(&model.fields);
    let fits = |kind: &Option<Kind>| {
        let plain = |text: &str| !["null", "json", "boolean"].iter().any(|word| text.contains(word));
        matches!(kind, Some(Kind::Plain(text)) if plain(text))
    };
    fields.filter(|(_, kind)| fits(kind)).map(|(name, _)| *name).collect()
}

/// A field that may be referred to.
fn unique_field(model: &GeneratedModel) -> Option<&'static str> {
    let mut fields = FIELDS.iter().zip(&model.fields);
    let unique = |kind: &Option<Kind>| matches!(kind, Some(Kind::Plain(text)) if text.contains("unique"));
    fields.find(|(_, kind)| unique(kind)).map(|(name, _)| *name)
}

/// The state of the project.
pub(crate) fn state(models: &[Option<GeneratedModel>]) -> ProjectState {
    crate::models::state(&text(models))
}

/// Answers that let some things be renamed.
pub(crate) const RENAMES: &[(&str, &str)] = &[
    ("blog.One", "blog.Two"),
    ("blog.Three", "blog.One"),
    ("blog.Two.alpha", "blog.Two.beta"),
    ("blog.One.gamma", "blog.One.alpha"),
    ("blog.Three.beta", "blog.Three.delta"),
    ("blog.Four.delta", "blog.Four.gamma"),
    ("blog.Two.id", "blog.Two.code"),
];
