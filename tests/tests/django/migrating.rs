//! The migrations and the indexes of docs/django.md, on filled tables of both databases.

use nuages_migrations::executor::{MigrateOptions, Target, apply};
use nuages_migrations::{History, State, migrate, state};
use nuages_models::database::{Database, DatabaseOptions, Dialect};
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::Orm;
use nuages_models::values;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::workspace;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const FIRST: &str = r#"
[[operations]]
create_model = "blog.User"
[operations.fields]
name = { type = "char", max_length = 100 }
is_active = { type = "boolean", default = false }

[[operations]]
create_model = "blog.Post"
[operations.fields]
author = { type = "foreign_key", to = "User", on_delete = "cascade", related_name = "posts" }
created_at = { type = "datetime", auto_now_add = true }
"#;

/// Writes the migrations of the page into a project's folder.
fn write_migrations(project: &Path) {
    let folder = project.join("migrations");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("0001_initial.toml"), FIRST).unwrap();
    let page = fs::read_to_string(workspace::path("docs/django.md")).unwrap();
    let blocks: Vec<&str> = page.split("```toml migrations/").skip(1).collect();
    assert_eq!(blocks.len(), 4, "the page has four migrations");
    for block in blocks {
        let (name, rest) = block.split_once('\n').unwrap();
        let text = rest.split("```").next().unwrap();
        fs::write(folder.join(name), text).unwrap();
    }
}

fn to(target: &str) -> MigrateOptions {
    MigrateOptions { target: Target::Migration(target.to_owned()), ..MigrateOptions::default() }
}

#[tokio::test]
async fn migrations_are_applied_and_undone() {
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "django_migrations");
        let project = tempfile::tempdir().unwrap();
        write_migrations(project.path());
        let history = History::read(project.path()).unwrap();
        let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
        let quiet = &mut |_: nuages_migrations::executor::Event<'_>| {};
        apply(&database, &history, &to("0001"), quiet).await.unwrap();

        let first = History::new(vec![history.migrations()[0].clone()]).unwrap().state().unwrap();
        let orm = Orm::new(Arc::new(first.registry_for_rows().unwrap()), database.clone());
        for (name, posts) in [("idle", 0), ("once", 1), ("often", 2)] {
            let user = orm.objects("User").create(values! { "name" => name }).await.unwrap();
            for _ in 0..posts {
                let author = user.get("id").cloned().unwrap();
                orm.objects("Post").create(values! { "author" => author }).await.unwrap();
            }
        }
        let texts = async |sql: &str| -> Vec<String> {
            let rows = database.query_text(sql).await.unwrap();
            rows.into_iter().flatten().flatten().collect()
        };
        let registry = history.state().unwrap().registry().unwrap();
        for round in 0..2 {
            apply(&database, &history, &MigrateOptions::default(), quiet).await.unwrap();
            assert_eq!(
                state(&database, &registry).await.unwrap(),
                State::Current,
                "{dialect:?}, round {round}"
            );
            let read = "SELECT full_name || ' ' || status || ' ' || CASE WHEN is_active THEN 'on' ELSE 'off' END FROM blog_user ORDER BY id";
            assert_eq!(
                texts(read).await,
                ["idle active off", "once active on", "often busy on"],
                "{dialect:?}"
            );
            apply(&database, &history, &to("0001"), quiet).await.unwrap();
            assert_eq!(texts("SELECT name FROM blog_user ORDER BY id").await, ["idle", "once", "often"]);
        }
    }
}

#[tokio::test]
async fn indexes_are_made() {
    let (_, text) = super::blocks("toml").into_iter().find(|(_, text)| text.contains("[Article]")).unwrap();
    let registry = define(&[SourceFile { path: "models/news.toml".to_owned(), text }]).unwrap();
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "django_indexes");
        let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
        let report = migrate(&database, &registry).await.unwrap();
        assert_eq!(state(&database, &registry).await.unwrap(), State::Current);
        let has = |part: &str| report.statements.iter().any(|statement| statement.contains(part));
        assert!(has("WHERE \"published\"") && has("lower(") && has("\"created_at\" DESC"), "{dialect:?}");
        assert_eq!(has("gin"), dialect == Dialect::Postgres);
        assert_eq!(has("INCLUDE"), dialect == Dialect::Postgres);
    }
}
