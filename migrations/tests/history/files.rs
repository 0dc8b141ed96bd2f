//! Migration files and their history.

use crate::models::state;
use nuages_migrations::{
    Fill, History, HistoryError, MigrationFile, ModelName, Operation, RunSql, SqlText, TableChanges,
    UndoRows, UpdateRows, migration_name, read,
};
use nuages_models::define::{ConstraintDefinition, IndexDefinition, SourceFile};
use std::collections::BTreeSet;

fn post() -> ModelName {
    ModelName { app: "blog".to_owned(), name: "Post".to_owned() }
}

fn source(name: &str, text: &str) -> SourceFile {
    SourceFile { path: format!("migrations/{name}.toml"), text: text.to_owned() }
}

fn migration(name: &str, dependencies: &[&str], operations: Vec<Operation>) -> MigrationFile {
    MigrationFile {
        name: name.to_owned(),
        dependencies: dependencies.iter().map(|name| (*name).to_owned()).collect(),
        replaces: Vec::new(),
        atomic: true,
        operations,
    }
}

fn read_back(file: &MigrationFile) -> MigrationFile {
    match read(&[source(&file.name, &file.text())]) {
        Ok(files) => files.into_iter().next().unwrap(),
        Err(errors) => panic!("{}\n{}", errors.render(false), file.text()),
    }
}

fn every_operation() -> Vec<Operation> {
    let state = state(
        r#"
[User]
doc = "Who writes"
[User.fields]
name = { type = "char", max_length = 60, unique = true, choices = [["a", "A \"quoted\" name"], ["b", "B"]] }
[Post]
table = "posts"
unique_together = [["title", "author"]]
[Post.fields]
title = { type = "char", max_length = 200, regex = '^[^\d"]', default = "it's\n\"new\"" }
price = { type = "decimal", max_digits = 30, decimal_places = 20, default = "1.00000000000000000001" }
ratio = { type = "float", default = 1e300, min = -1.0 }
span = { type = "integer_range", default = { lower = 1 } }
tags = { type = "array", items = { type = "char", max_length = 9 }, default = ["x"] }
extra = { type = "json", default = { a = [1, 2.5, true], "b c" = "d" } }
at = { type = "datetime", default = "now" }
shout = { type = "generated", expr = "upper(title)", output = "text" }
author = { type = "foreign_key", to = "User", on_delete = "set_null", null = true }
[[Post.indexes]]
name = "shouts"
fields = ["-at"]
expressions = ["lower(title)"]
include = ["ratio"]
where = "title <> ''"
method = "btree"
[[Post.constraints]]
name = "positive"
check = "price > 0"
[[Post.constraints]]
name = "once"
unique = ["title"]
where = "price > 1"
[Post.managers]
cheap = { filter = "price < 1", ordering = ["-price"], use_in_migrations = true }
[Story]
proxy = true
extends = ["Post"]
"#,
    );
    let model = &state.models["Post"];
    let (name, to) = ("title".to_owned(), "headline".to_owned());
    let field = model.fields["extra"].clone();
    let set = |text: &str| [("title".to_owned(), text.to_owned())].into_iter().collect();
    let mut operations: Vec<_> =
        state.models.values().map(|model| Operation::CreateModel(Box::new(model.clone()))).collect();
    let in_post = |name: &str, fill| Operation::AddField {
        model: post(),
        name: name.to_owned(),
        field: field.clone(),
        fill,
    };
    operations.extend([
        Operation::DeleteModel { model: post() },
        Operation::RenameModel { model: post(), to: ModelName { app: "news".into(), name: "Story".into() } },
        in_post("a", None),
        in_post("b", Some(Fill::Value(serde_json::json!({ "expr": 1 })))),
        in_post("c", Some(Fill::Expression("title || '''x'".to_owned()))),
        in_post("d", Some(Fill::Value(1.5.into()))),
        Operation::RemoveField { model: post(), name: name.clone() },
        Operation::AlterField {
            model: post(),
            name: name.clone(),
            field,
            fill: Some(Fill::Value("".into())),
        },
        Operation::RenameField { model: post(), name: name.clone(), to },
        Operation::AddIndex {
            model: post(),
            name: "i".to_owned(),
            index: IndexDefinition { fields: vec!["-title".to_owned()], ..IndexDefinition::default() },
            concurrently: true,
        },
        Operation::RemoveIndex { model: post(), name: "i".to_owned(), concurrently: false },
        Operation::RenameIndex { model: post(), name: "i".to_owned(), to: "j".to_owned() },
        Operation::AddConstraint {
            model: post(),
            name: "k".to_owned(),
            constraint: ConstraintDefinition::Check("price > 0".to_owned()),
            not_valid: true,
        },
        Operation::RemoveConstraint { model: post(), name: "k".to_owned() },
        Operation::AlterTable {
            model: post(),
            changes: TableChanges {
                table: Some(None),
                db_comment: Some(Some("Of \"now\"".to_owned())),
                managed: Some(false),
                primary_key: Some(Vec::new()),
                unique_together: Some(vec![vec!["a".to_owned(), "b".to_owned()]]),
            },
        },
        Operation::AlterManagers { model: post(), managers: model.managers.clone() },
        Operation::RunSql(RunSql {
            forward: SqlText::same("UPDATE \"posts\"\nSET title = 'x'\n"),
            reverse: Some(SqlText::default()),
            state: vec![Operation::CreateModel(Box::new(model.clone()))],
        }),
        Operation::RunSql(RunSql {
            forward: SqlText { postgres: Some("SELECT 1".to_owned()), sqlite: None },
            reverse: None,
            state: Vec::new(),
        }),
        Operation::UpdateRows(UpdateRows {
            model: post(),
            filter: Some("title = ''".to_owned()),
            set: set("'none'"),
            batch: Some(1000),
            reverse: Some(UndoRows::Update { filter: None, set: set("''") }),
        }),
        Operation::UpdateRows(UpdateRows {
            model: post(),
            filter: None,
            set: set("upper(title)"),
            batch: None,
            reverse: Some(UndoRows::Nothing),
        }),
        Operation::SeparateDatabaseAndState {
            note: Some("by hand".to_owned()),
            database: vec![Operation::DeleteModel { model: post() }],
            state: vec![Operation::RemoveField { model: post(), name }],
        },
    ]);
    operations
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let mut file = migration("0002_all", &["0001_initial"], every_operation());
    file.replaces = vec!["0002_a".to_owned(), "0003_b".to_owned()];
    file.atomic = false;
    let back = read_back(&file);
    for (one, other) in back.operations.iter().zip(&file.operations) {
        assert_eq!(one, other);
    }
    assert_eq!(back, file);
    assert_eq!(back.checksum(), file.checksum());
    assert_ne!(migration("0002_all", &[], Vec::new()).checksum(), file.checksum());
    // It is in people's databases, and may never be another one.
    assert_eq!(file.checksum(), "e3debd09dfab9b6c99e3667088880d8eb70a10ac34f321961ecb8242f4e7cb94");
    let commented = source("0002_all", &format!("# Read.\n\n{}", file.text()));
    assert_eq!(read(&[commented]).unwrap()[0].checksum(), file.checksum());
}

#[test]
fn a_file_reads_well() {
    let state = state(
        "[User.fields]\nname = { type = 'char', max_length = 60 }\n[Post.fields]\ntitle = { type = 'text' }\n\
         author = { type = 'foreign_key', to = 'User', on_delete = 'cascade' }\n\
         [[Post.indexes]]\nfields = ['author', '-title']",
    );
    let create = |name: &str| Operation::CreateModel(Box::new(state.models[name].clone()));
    let rename = Operation::RenameField { model: post(), name: "title".into(), to: "headline".into() };
    let file = migration("0001_initial", &[], vec![create("User"), create("Post"), rename]);
    assert_eq!(
        file.text(),
        r#"# Written by `nuages makemigrations`. Read it, and change it freely until it is applied.
dependencies = []

[[operations]]
create_model = "blog.User"

[operations.fields]
name = { type = "char", max_length = 60 }

[[operations]]
create_model = "blog.Post"

[operations.fields]
title = { type = "text" }
author = { type = "foreign_key", to = "User", on_delete = "cascade" }

[[operations.indexes]]
name = "blog_post_author_id_title_idx"
fields = ["author", "-title"]

[[operations]]
rename_field = "blog.Post.title"
to = "headline"
"#
    );
}

#[test]
fn what_is_wrong_is_said_with_a_remedy() {
    let cases: [(&str, &[&str]); 14] = [
        ("operation = []", &["`operation` is not a key of a migration", "did you mean `operations`?"]),
        (
            "[[operations]]\nadd_feild = 'blog.Post.x'",
            &["does not say what it does", "did you mean `add_field`?"],
        ),
        (
            "[[operations]]\nadd_field = 'Post.x'\nfield = { type = 'text' }",
            &["add_field = \"blog.Post.title\""],
        ),
        ("[[operations]]\nadd_field = 'blog.Post.x'", &["`add_field` has no `field`"]),
        ("[[operations]]\nadd_field = 'blog.Post.x'\nfield = { type = 'txt' }", &["did you mean `text`?"]),
        (
            "[[operations]]\nremove_field = 'blog.Post.x'\nfield = { type = 'text' }",
            &["`field` is not a key of `remove_field`", "no other keys"],
        ),
        ("[[operations]]\nremove_field = 'a.B.x'\nadd_index = 'a.B'", &["one operation is"]),
        (
            "[[operations]]\nadd_index = 'a.B'\nindex = { fields = ['x'] }",
            &["it has no `name`", "stays what it is"],
        ),
        ("[[operations]]\nrun_sql = 3", &["takes SQL"]),
        ("[[operations]]\nupdate_rows = 'a.B'", &["`update_rows` has no `set`"]),
        ("[[operations]]\nupdate_rows = 'a.B'\nset = { x = 1 }\nreverse = true", &["\"nothing\""]),
        ("[[operations]]\nadd_field = 'a.B.x'\nfield = { type = 'text' }\nfill = { e = 1 }", &["{ expr ="]),
        ("[[operations]]\ncreate_model = 'a.B'\nabstract = true", &["bases are folded in here"]),
        ("operations = [", &["this is not TOML"]),
    ];
    for (text, expected) in cases {
        let errors = read(&[source("0001_x", text)]).unwrap_err().render(false);
        for words in expected {
            assert!(errors.contains(words), "{text}\n{errors}");
        }
        assert!(errors.contains("in the migration files"), "{errors}");
    }
    let errors = read(&[source("first", "")]).unwrap_err().render(false);
    assert!(errors.contains("0002_post_rating.toml"), "{errors}");
}

#[test]
fn the_order_of_migrations_follows_dependencies() {
    let files = read(&[
        source("0001_a", "dependencies = []"),
        source("0002_b", ""),
        source("0003_c", "dependencies = ['0001_a']"),
        source("0004_d", "dependencies = ['0002_b', '0003_c']"),
    ]);
    let history = History::new(files.unwrap()).unwrap();
    assert_eq!(history.get("0002_b").unwrap().dependencies, ["0001_a"]);
    assert_eq!(history.leaves(), ["0004_d"]);
    assert_eq!(history.next_number(), 5);
    assert_eq!(history.find("0003").unwrap().name, "0003_c");
    assert!(history.find("0009").unwrap_err().to_string().contains("did you mean"));
    assert!(matches!(history.find("000"), Err(HistoryError::Ambiguous { .. })));

    let files = read(&[source("0001_one", ""), source("0003_three", "dependencies = ['0002_three']")]);
    let error = History::new(files.unwrap()).unwrap_err().to_string();
    assert!(error.ends_with("did you mean `0001_one`?"), "{error}");

    let history = History::new(vec![
        migration("0001_a", &[], Vec::new()),
        migration("0002_b", &["0001_a"], Vec::new()),
        migration("0002_c", &["0001_a"], Vec::new()),
    ]);
    let error = history.unwrap().leaf().unwrap_err().to_string();
    assert!(error.contains("0002_b and 0002_c") && error.contains("--merge"), "{error}");

    let error = History::new(vec![migration("0002_b", &["0001_aa"], Vec::new())]).unwrap_err().to_string();
    assert!(error.contains("`0001_aa`"), "{error}");

    let circular = vec![
        migration("0001_a", &["0003_c"], Vec::new()),
        migration("0002_b", &["0001_a"], Vec::new()),
        migration("0003_c", &["0002_b"], Vec::new()),
    ];
    let error = History::new(circular).unwrap_err().to_string();
    assert!(error.contains("0001_a → 0003_c → 0002_b → 0001_a"), "{error}");
}

#[test]
fn a_replacement_or_what_it_replaces_is_in_the_plan() {
    let mut squashed = migration("0002_squashed_0003_c", &["0001_a"], Vec::new());
    squashed.replaces = vec!["0002_b".to_owned(), "0003_c".to_owned()];
    let history = History::new(vec![
        migration("0001_a", &[], Vec::new()),
        migration("0002_b", &["0001_a"], Vec::new()),
        squashed.clone(),
        migration("0003_c", &["0002_b"], Vec::new()),
        migration("0004_d", &["0003_c"], Vec::new()),
    ])
    .unwrap();
    let planned = |applied: &[&str]| {
        let applied: BTreeSet<String> = applied.iter().map(|name| (*name).to_owned()).collect();
        let plan = history.plan(&applied).unwrap().into_iter();
        plan.map(|step| format!("{}{}", step.migration.name, if step.applied { "!" } else { "" }))
            .collect::<Vec<_>>()
    };
    assert_eq!(planned(&[]), ["0001_a", "0002_squashed_0003_c", "0004_d"]);
    assert_eq!(planned(&["0001_a", "0002_b"]), ["0001_a!", "0002_b!", "0003_c", "0004_d"]);
    let all = ["0001_a", "0002_b", "0003_c", "0004_d"];
    assert_eq!(planned(&all), ["0001_a!", "0002_squashed_0003_c!", "0004_d!"]);
    // The replaced files may go when every database has them.
    History::new(vec![
        migration("0001_a", &[], Vec::new()),
        squashed,
        migration("0004_d", &["0003_c"], Vec::new()),
    ])
    .unwrap();
}

#[test]
fn names_say_what_happens() {
    let name = |operations: &[Operation]| migration_name(3, operations, None);
    let rename = Operation::RenameField { model: post(), name: "title".into(), to: "headline".into() };
    let remove = |name: &str| Operation::RemoveField { model: post(), name: name.to_owned() };
    let create = every_operation().swap_remove(0);
    assert_eq!(migration_name(1, std::slice::from_ref(&create), None), "0001_initial");
    assert_eq!(name(&[create]), "0003_user");
    assert_eq!(name(std::slice::from_ref(&rename)), "0003_rename_title_post_headline");
    let several = [rename, remove("a_long_name_of_a_field"), remove("another")];
    assert_eq!(name(&several), "0003_rename_title_post_headline_and_more");
    assert_eq!(name(&[Operation::RunSql(RunSql::default())]), "0003_custom");
    assert_eq!(migration_name(3, &several, Some("mine")), "0003_mine");
}

#[test]
fn the_files_of_the_documentation_are_read() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/migrations.md");
    let text = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<_> =
        text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    // Before both: what they change.
    let mut before = state(
        "[Tag.fields]\nname = { type = 'slug', unique = true }\n[Post.fields]\ntitle = { type = 'text' }\ntags = { type = 'many_to_many', to = 'Tag' }",
    );
    let by_hand = read(&[source("0001_x", blocks[1])]).unwrap();
    by_hand[0].apply(&mut before).unwrap();
    before.registry().unwrap();
    let mut before = state("[Post.fields]\ntitle = { type = 'text' }");
    let first = read(&[source("0002_x", blocks[0])]).unwrap();
    first[0].apply(&mut before).unwrap();
    before.registry().unwrap();
    // Every operation of the table, and every key.
    for file in [&first[0], &by_hand[0], &migration("0003_y", &[], every_operation())] {
        for word in file.text().lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key) {
            let known = word.chars().next().is_some_and(char::is_alphabetic);
            let is_verb = [
                "create_",
                "delete_",
                "rename_",
                "add_",
                "remove_",
                "alter_",
                "run_",
                "update_",
                "separate_",
            ]
            .iter()
            .any(|verb| word.starts_with(verb));
            assert!(!(known && is_verb) || text.contains(&format!("| `{word}` |")), "{word}");
        }
    }
}
