//! Model files of existing databases: golden files, round trips of our own tables, and that nothing is dropped in silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

#[path = "../migrate/postgres_cluster.rs"]
mod postgres_cluster;

use nuages_migrations::{
    InspectError, InspectOptions, Inspected, State, inspectdb, migrate, state, tables_of,
};
use nuages_models::Registry;
use nuages_models::database::{Database, DatabaseOptions, Dialect};
use nuages_models::define::{SourceFile, define, read_project};
use std::path::{Path, PathBuf};

const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

async fn empty(dialect: Dialect) -> (Database, Option<tempfile::TempDir>) {
    let (url, folder) = match dialect {
        Dialect::Postgres => (postgres_cluster::new_database().await, None),
        Dialect::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (format!("sqlite://{}", folder.path().join("test.db").display()), Some(folder))
        }
    };
    let options = DatabaseOptions { pool_size: Some(2), ..Default::default() };
    (Database::connect(&url, options).await.unwrap(), folder)
}

async fn with(dialect: Dialect, script: &str) -> (Database, Option<tempfile::TempDir>) {
    let (database, folder) = empty(dialect).await;
    let transaction = database.begin().await.unwrap();
    transaction.batch(script).await.unwrap();
    transaction.commit().await.unwrap();
    (database, folder)
}

async fn inspected(database: &Database, name: &str) -> Inspected {
    inspectdb(database, &InspectOptions { name: name.to_owned(), ..Default::default() }).await.unwrap()
}

fn defined(files: &[SourceFile]) -> Registry {
    define(files).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

fn text(inspected: &Inspected) -> String {
    inspected.files.iter().map(|file| format!("# ---- {}\n{}", file.path, file.text)).collect()
}

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspectdb/cases").join(name)
}

/// Every column is a field or part of a comment, and so is every index and constraint that has a name.
async fn nothing_is_missing(database: &Database, registry: &Registry, text: &str, what: &str) {
    let columns = match database.dialect() {
        Dialect::Postgres => {
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
             AND NOT a.attisdropped WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r','p','v','m') \
             AND NOT c.relispartition"
        }
        Dialect::Sqlite => {
            "SELECT m.name, x.name FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) x \
             WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%'"
        }
    };
    let comments: String = text.lines().filter(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n");
    let mut counted = 0;
    for row in database.query_text(columns).await.unwrap() {
        let (table, column) = (row[0].clone().unwrap(), row[1].clone().unwrap());
        let model = registry.models().iter().find(|model| model.table == table);
        let is_field = model.is_some_and(|model| model.fields.iter().any(|field| field.column == column));
        assert!(is_field || comments.contains(&column), "{what}: {table}.{column}");
        counted += 1;
    }
    assert!(counted > 5);
    let names = match database.dialect() {
        Dialect::Postgres => {
            "SELECT n.conname FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid \
               WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND n.contype IN ('c', 'x') \
             UNION SELECT n.conname FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid \
               WHERE c.relnamespace = 'public'::regnamespace AND n.contype = 'u' AND cardinality(n.conkey) > 1 \
             UNION SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
               JOIN pg_class t ON t.oid = x.indrelid WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition \
               AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = x.indexrelid) \
               AND NOT (x.indisunique AND x.indnkeyatts = 1 AND x.indpred IS NULL AND x.indexprs IS NULL)"
        }
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        }
    };
    for name in database.query_text(names).await.unwrap().into_iter().flatten().flatten() {
        // A list of values is the choices of its field, and a check of the field type is the type.
        let of_a_field = name.ends_with("_check") || name.ends_with("_state");
        // Those that a field brings have the names that Nuages gives them.
        let implied = registry.models().iter().any(|model| {
            model.indexes.iter().any(|index| index.name == name)
                || model.constraints.iter().any(|constraint| constraint.name() == name)
        });
        assert!(text.contains(&name) || implied || of_a_field, "{what}: {name}");
    }
}

async fn golden(name: &str, dialect: Dialect) {
    let suffix = if dialect == Dialect::Sqlite { "sqlite" } else { "postgres" };
    let script = std::fs::read_to_string(case(&format!("{name}.{suffix}.sql"))).unwrap();
    let (database, _folder) = with(dialect, &script).await;
    let found = inspected(&database, name).await;
    assert_eq!(found, inspected(&database, name).await, "the same each time");
    let registry = defined(&found.files);
    assert_eq!(state(&database, &registry).await.unwrap(), State::Current);
    nothing_is_missing(&database, &registry, &text(&found), name).await;
    let expected = case(&format!("{name}.{suffix}.toml"));
    let text = text(&found);
    if std::env::var("NUAGES_GOLDEN").is_ok_and(|value| value == "rewrite") {
        std::fs::write(&expected, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(expected).unwrap_or_default();
    assert!(
        text == expected,
        "{name} on {suffix} differs; NUAGES_GOLDEN=rewrite, and read the difference:\n{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rental_on_postgres() {
    golden("rental", Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_on_postgres() {
    golden("odd", Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_on_sqlite() {
    golden("shop", Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn django_knows_its_apps() {
    for dialect in BOTH {
        let key = match dialect {
            Dialect::Postgres => "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            Dialect::Sqlite => "integer NOT NULL PRIMARY KEY AUTOINCREMENT",
        };
        let script = format!(
            "CREATE TABLE django_content_type (id {key}, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL, UNIQUE (app_label, model));
             CREATE TABLE django_migrations (id {key}, app varchar(255) NOT NULL);
             CREATE TABLE auth_user (id {key}, username varchar(150) NOT NULL UNIQUE, password varchar(128) NOT NULL);
             CREATE TABLE blog_post (id {key}, title varchar(200) NOT NULL, author_id bigint NOT NULL REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED);
             CREATE TABLE blog_tag (id {key}, name varchar(20) NOT NULL);
             CREATE TABLE blog_post_tags (id {key}, post_id bigint NOT NULL REFERENCES blog_post (id), tag_id bigint NOT NULL REFERENCES blog_tag (id),
               CONSTRAINT blog_post_tags_post_id_tag_id_uniq UNIQUE (post_id, tag_id));
             CREATE INDEX blog_post_tags_post_id_a1b2c3d4 ON blog_post_tags (post_id);
             CREATE INDEX blog_post_tags_tag_id_e5f6a7b8 ON blog_post_tags (tag_id);
             CREATE TABLE plain (id {key});
             INSERT INTO django_content_type (app_label, model) VALUES ('auth', 'user'), ('blog', 'post'), ('blog', 'tag');"
        );
        let (database, _folder) = with(dialect, &script).await;
        let found = inspected(&database, "site").await;
        let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            paths,
            ["models/auth.toml", "models/blog.toml", "models/contenttypes.toml", "models/site.toml"]
        );
        let text = text(&found);
        assert!(
            text.contains("tags   = { type = \"many_to_many\", to = \"Tag\", related_name = \"posts\" }"),
            "{text}"
        );
        assert!(text.contains("password = { type = \"char\", max_length = 128, graphql = false }"), "{text}");
        assert!(found.outside.iter().any(|line| line.starts_with("django_migrations")));
        let registry = defined(&found.files);
        assert_eq!(registry.model_named("Post_tags").unwrap().table, "blog_post_tags");
        assert_eq!(state(&database, &registry).await.unwrap(), State::Current);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_tables_come_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut tried = 0;
    for folder in ["examples/blog", "tests", "tests/oracle"] {
        let Ok(files) = read_project(&root.join(folder)) else { continue };
        let registry = defined(&files);
        for dialect in BOTH {
            if tables_of(&registry, dialect).map_or(0, |tables| tables.len()) == 0 {
                continue;
            }
            let (database, _folder) = empty(dialect).await;
            if migrate(&database, &registry).await.is_err() {
                // It needs an extension.
                continue;
            }
            let found = inspected(&database, "app").await;
            let again = defined(&found.files);
            assert_eq!(state(&database, &again).await.unwrap(), State::Current, "{folder} {dialect:?}");
            nothing_is_missing(&database, &again, &text(&found), folder).await;
            if folder == "examples/blog" {
                assert_eq!(found.unmanaged, [], "{dialect:?}: {}", text(&found));
                let tables = |registry: &Registry| {
                    let mut names: Vec<String> = registry
                        .models()
                        .iter()
                        .map(|model| format!("{}.{}", model.app, model.name))
                        .collect();
                    names.sort();
                    names
                };
                assert_eq!(tables(&registry), tables(&again), "{dialect:?}");
            }
            tried += 1;
        }
    }
    assert!(tried >= 2, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_can_be_chosen_and_must_be_there() {
    for dialect in BOTH {
        let (database, _folder) = with(dialect, "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a (id));").await;
        let options = |tables: &[&str], app: Option<&str>| InspectOptions {
            name: "x".to_owned(),
            app: app.map(str::to_owned),
            tables: tables.iter().map(|name| (*name).to_owned()).collect(),
        };
        let found = inspectdb(&database, &options(&["b"], Some("shop"))).await.unwrap();
        assert_eq!(found.files[0].path, "models/shop.toml");
        assert!(text(&found).contains("that table is not among the models"), "{}", text(&found));
        let missing = inspectdb(&database, &options(&["c"], None)).await.unwrap_err();
        assert!(matches!(missing, InspectError::UnknownTables { .. }), "{missing}");
        let bad = inspectdb(&database, &options(&[], Some("../x"))).await.unwrap_err();
        assert!(matches!(bad, InspectError::BadApp { .. }), "{bad}");
        let (nothing, _folder) = empty(dialect).await;
        assert!(matches!(inspectdb(&nothing, &options(&[], None)).await, Err(InspectError::Empty(_))));
    }
}
