//! What holds for all states: generated pairs of them.

use crate::models::{Answers, assert_reversible};
use nuages_migrations::{MigrationFile, Operation, ProjectState, apply_all, detect, optimize, read};
use nuages_models::define::{Renamed, SourceFile};
use proptest::prelude::*;
use std::fmt::Write as _;

/// A field of a generated model, without its name.
#[derive(Debug, Clone)]
enum Kind {
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
struct GeneratedModel {
    fields: Vec<Option<Kind>>,
    table: bool,
    comment: bool,
    key: u8,
    together: bool,
    index: u8,
    check: u8,
    proxy: bool,
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
        prop::bool::weighted(0.2),
        0..4_u8,
        0..3_u8,
    )
        .prop_map(|(fields, (table, comment, together), key, proxy, index, check)| GeneratedModel {
            fields,
            table,
            comment,
            key,
            together,
            index,
            check,
            proxy,
        })
}

fn project() -> impl Strategy<Value = Vec<Option<GeneratedModel>>> {
    prop::collection::vec(prop::option::weighted(0.8, model()), MODELS.len())
}

/// The model file; references to models that are not there become numbers.
fn text(models: &[Option<GeneratedModel>]) -> String {
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
                    format!(
                        "{options}{null}, to = '{}', related_name = '{}_{field}'",
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
        if model.proxy {
            writeln!(text, "[{name}Proxy]\nproxy = true\nextends = ['{name}']").unwrap();
        }
    }
    text
}

fn state(models: &[Option<GeneratedModel>]) -> ProjectState {
    crate::models::state(&text(models))
}

fn found(from: &ProjectState, to: &ProjectState, renames: &[(&str, &str)]) -> Vec<Operation> {
    let mut answers = Answers { renames, ..Answers::default() };
    match detect(from, to, &Renamed::default(), &mut answers) {
        Ok(operations) => operations,
        Err(error) => panic!("{error}"),
    }
}

/// Answers that let some things be renamed.
const RENAMES: &[(&str, &str)] = &[
    ("blog.One", "blog.Two"),
    ("blog.Three", "blog.One"),
    ("blog.Two.alpha", "blog.Two.beta"),
    ("blog.One.gamma", "blog.One.alpha"),
    ("blog.Three.beta", "blog.Three.delta"),
    ("blog.Four.delta", "blog.Four.gamma"),
    ("blog.Two.id", "blog.Two.code"),
];

fn file(operations: Vec<Operation>) -> MigrationFile {
    let name = "0001_initial".to_owned();
    MigrationFile { name, dependencies: Vec::new(), replaces: Vec::new(), atomic: true, operations }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_gives_no_operation(models in project()) {
        let state = state(&models);
        prop_assert_eq!(&state.canonical().unwrap(), &state);
        prop_assert_eq!(found(&state, &state, &[]), vec![]);
    }

    #[test]
    fn operations_lead_from_one_state_to_the_other_and_back(one in project(), two in project()) {
        let (from, to) = (state(&one), state(&two));
        for renames in [&[][..], RENAMES] {
            let operations = found(&from, &to, renames);
            let mut reached = from.clone();
            apply_all(&operations, &mut reached).unwrap();
            prop_assert_eq!(&reached, &to);
            let mut merged = from.clone();
            apply_all(&optimize(operations.clone()), &mut merged).unwrap();
            prop_assert_eq!(&merged, &to);
            assert_reversible(&from, &operations);
            let file = file(operations);
            let source = SourceFile { path: "0001_initial.toml".to_owned(), text: file.text() };
            prop_assert_eq!(&read(&[source]).unwrap()[0], &file);
        }
    }

    #[test]
    fn merging_several_migrations_keeps_the_state(history in prop::collection::vec(project(), 2..5)) {
        let mut operations = Vec::new();
        let mut before = ProjectState::default();
        for models in &history {
            let to = state(models);
            operations.extend(found(&before, &to, RENAMES));
            before = to;
        }
        let merged = optimize(operations.clone());
        prop_assert!(merged.len() <= operations.len());
        let mut reached = ProjectState::default();
        apply_all(&merged, &mut reached).unwrap();
        prop_assert_eq!(reached, before);
    }
}
