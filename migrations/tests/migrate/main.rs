//! Creating and comparing tables on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod driver;
mod expressions;
mod kept;
mod managers;
mod models;
mod postgres_cluster;

use models::*;
use nuages_migrations::{Aspect, MigrateError, State, migrate, render, state, tables_of};
use nuages_models::database::{Database, DatabaseError, DatabaseOptions, Dialect};
use nuages_models::registry::{Constraint, Field, LogicalType, Model};

struct Bed {
    database: Database,
    url: String,
    _folder: Option<tempfile::TempDir>,
}

async fn bed(dialect: Dialect) -> Bed {
    let (url, folder) = match dialect {
        Dialect::Postgres => (postgres_cluster::new_database().await, None),
        Dialect::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (format!("sqlite://{}", folder.path().join("test.db").display()), Some(folder))
        }
    };
    let options = DatabaseOptions { pool_size: Some(2), ..Default::default() };
    Bed { database: Database::connect(&url, options).await.unwrap(), url, _folder: folder }
}

/// Runs the body on each database.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($bed:ident: &Bed) $body:block) => {
        mod $name {
            use super::*;
            async fn body($bed: &Bed) $body
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() { body(&bed(Dialect::Sqlite).await).await }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() { body(&bed(Dialect::Postgres).await).await }
        }
    };
}

async fn run(bed: &Bed, sql: &str) -> Result<(), DatabaseError> {
    bed.database.execute_all(&[sql.to_owned()]).await
}

fn changed(change: impl FnOnce(&mut Vec<Model>)) -> nuages_models::Registry {
    let mut models = everything();
    change(&mut models);
    registry(models)
}

on_both! {
    async fn creates_all_once_and_then_agrees(bed: &Bed) {
        let registry = registry(everything());
        assert_eq!(state(&bed.database, &registry).await.unwrap(), State::Empty);
        let report = migrate(&bed.database, &registry).await.unwrap();
        assert_eq!(report.created, ["blog_user", "blog_post", "blog_post_tags", "blog_pair", "blog_kinds"]);
        assert_eq!(state(&bed.database, &registry).await.unwrap(), State::Current);
        assert_eq!(migrate(&bed.database, &registry).await.unwrap().statements, Vec::<String>::new());
    }
}

on_both! {
    async fn ten_processes_may_start_together(bed: &Bed) {
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let url = bed.url.clone();
                tokio::spawn(async move {
                    let options = DatabaseOptions { pool_size: Some(1), ..Default::default() };
                    let database = Database::connect(&url, options).await.unwrap();
                    migrate(&database, &registry(everything())).await.unwrap().created.len()
                })
            })
            .collect();
        let mut created = Vec::new();
        for task in tasks {
            created.push(task.await.unwrap());
        }
        created.sort();
        assert_eq!(created, [0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
    }
}

on_both! {
    async fn refuses_wrong_values(bed: &Bed) {
        migrate(&bed.database, &registry(everything())).await.unwrap();
        let (yes, no) = match bed.database.dialect() {
            Dialect::Sqlite => ("1", "0"),
            Dialect::Postgres => ("true", "false"),
        };
        run(bed, "INSERT INTO blog_user (id, email) VALUES (1, 'a')").await.unwrap();
        // Case counts, and the default is there.
        run(bed, "INSERT INTO blog_user (email) VALUES ('A')").await.unwrap_or_else(|error| {
            // PostgreSQL's sequence has not heard of the explicit key.
            assert!(error.to_string().contains("pkey"), "{error}");
        });
        let active = bed.database.query_text("SELECT is_active FROM blog_user WHERE id = 1").await.unwrap();
        assert!(matches!(active[0][0].as_deref(), Some("t" | "1")), "{active:?}");

        let post = |id: i32, title: &str, author: i32, published: &str, views: &str, rating: &str| {
            format!(
                "INSERT INTO blog_post (id, title, author_id, published, views, rating) \
                 VALUES ({id}, '{title}', {author}, {published}, {views}, {rating})"
            )
        };
        let hundredfold = |rating: i32| match bed.database.dialect() {
            Dialect::Sqlite => format!("{rating}"),
            Dialect::Postgres => format!("{rating} / 100.0"),
        };
        run(bed, &post(1, "ÄÖ", 1, yes, "0", &hundredfold(450))).await.unwrap();
        run(bed, &post(2, "it''s a draft", 1, no, "2000000", "NULL")).await.unwrap();
        for (what, sql) in [
            ("author missing", post(3, "t", 99, yes, "0", "NULL")),
            ("too long", post(3, "äääääääääääääääääääää", 1, yes, "0", "NULL")),
            ("negative views", post(3, "t", 1, no, "-1", "NULL")),
            ("views too large", post(3, "t", 1, no, "2147483648", "NULL")),
            ("check of the model", post(3, "t", 1, yes, "1000000", "NULL")),
            ("rating too low", post(3, "t", 1, yes, "0", &hundredfold(-151))),
            ("unique together", post(3, "ÄÖ", 1, yes, "0", "NULL")),
            ("null title", post(3, "t", 1, yes, "0", "NULL").replace("'t'", "NULL")),
            ("boolean", post(3, "t", 1, "2", "0", "NULL")),
            ("integer", post(3, "t", 1, yes, "'x'", "NULL")),
            ("composite reference", "INSERT INTO blog_pair (a, b, parent_a, parent_b) VALUES (1, 'x', 2, 'x')".to_owned()),
        ] {
            assert!(run(bed, &sql).await.is_err(), "{what}");
        }
        run(bed, &post(3, &"ä".repeat(20), 1, yes, "0", &hundredfold(-150))).await.unwrap();
        // References are checked at the end of the transaction, in any order.
        bed.database
            .execute_all(&[
                "INSERT INTO blog_pair (a, b, parent_a, parent_b) VALUES (1, 'x', 2, 'y')".to_owned(),
                "INSERT INTO blog_pair (a, b) VALUES (2, 'y')".to_owned(),
            ])
            .await
            .unwrap();
        let folded = bed.database.query_text("SELECT folded FROM blog_post WHERE id = 2").await.unwrap();
        assert_eq!(folded, [[Some("it's a draft".to_owned())]]);
        assert!(run(bed, "DELETE FROM blog_user WHERE id = 1").await.is_err());
    }
}

on_both! {
    async fn names_every_difference_and_changes_nothing(bed: &Bed) {
        migrate(&bed.database, &registry(everything())).await.unwrap();
        type Change = Box<dyn FnOnce(&mut Vec<Model>)>;
        let cases: Vec<(Change, Aspect)> = vec![
            (Box::new(|m| m.push(model("Extra", vec![id()]))), Aspect::Table),
            (Box::new(|m| m[0].fields[1].max_length = Some(10)), match bed.database.dialect() {
                Dialect::Sqlite => Aspect::Constraint("blog_user_email_check".to_owned()),
                Dialect::Postgres => Aspect::Type("email".to_owned()),
            }),
            (Box::new(|m| m[0].fields[1].null = true), Aspect::Null("email".to_owned())),
            (Box::new(|m| m[0].fields[2].db_default = Some("false".to_owned())), Aspect::Generated("is_active".to_owned())),
            (Box::new(|m| m[0].fields[2].db_default = None), Aspect::Generated("is_active".to_owned())),
            (Box::new(|m| m[1].fields[7].generated = Some("title".to_owned())), Aspect::Generated("folded".to_owned())),
            (Box::new(|m| m[1].fields[6].column = "gone_at".to_owned()), Aspect::Column("gone_at".to_owned())),
            (Box::new(|m| { m[3].fields.pop(); m[3].relations.clear(); }), Aspect::Column("parent_b".to_owned())),
            (Box::new(|m| m[1].fields[6] = Field { id: m[1].fields[6].id, ..nullable(field("deleted_at", "binary", LogicalType::Binary)) }), Aspect::Type("deleted_at".to_owned())),
            (Box::new(|m| m[1].indexes[1].condition = Some("published".to_owned())), Aspect::Index("post_live".to_owned())),
            (Box::new(|m| m[1].indexes[1].condition = None), Aspect::Index("post_live".to_owned())),
            (Box::new(|m| m[1].indexes[1].keys[1] = key(4, false)), Aspect::Index("post_live".to_owned())),
            (Box::new(|m| m[1].indexes[0].condition = Some("published".to_owned())), Aspect::Index("post_author".to_owned())),
            (Box::new(|m| m[1].indexes[0].name = "other".to_owned()), Aspect::Index("other".to_owned())),
            (Box::new(|m| m[0].fields[3].unique = true), Aspect::Constraint("blog_user_favourite_id_key".to_owned())),
            (Box::new(|m| m[1].constraints[0] = Constraint::Check { name: "post_views_small".to_owned(), check: "views < 9".to_owned() }), Aspect::Constraint("post_views_small".to_owned())),
            (Box::new(|m| m[1].relations[0].target = nuages_models::registry::ModelId(1)), Aspect::Constraint("blog_post_author_id_fkey".to_owned())),
            (Box::new(|m| m[3].primary_key.pop().map_or((), drop)), Aspect::PrimaryKey),
        ];
        for (change, aspect) in cases {
            let registry = changed(change);
            let State::Different(differences) = state(&bed.database, &registry).await.unwrap() else {
                panic!("no difference found: {aspect:?}");
            };
            assert!(differences.iter().any(|found| found.aspect == aspect), "{aspect:?} not in {differences:?}");
            let error = migrate(&bed.database, &registry).await.unwrap_err();
            assert!(matches!(error, MigrateError::Different(_)), "{error}");
        }
        // All of them at once, each named with what is expected and what is there.
        let registry = changed(|m| {
            m[0].fields[1].null = true;
            m.push(model("Extra", vec![id()]));
        });
        let message = migrate(&bed.database, &registry).await.unwrap_err().to_string();
        assert!(message.contains("blog_user: NULL in column email: expected NULL, found NOT NULL"), "{message}");
        assert!(message.contains("table blog_extra: expected a table, found nothing"), "{message}");
        let tables = bed.database.query_text("SELECT count(*) FROM blog_extra").await;
        assert!(tables.is_err());
    }
}

on_both! {
    async fn foreign_changes_are_seen(bed: &Bed) {
        migrate(&bed.database, &registry(everything())).await.unwrap();
        run(bed, "ALTER TABLE blog_user ADD COLUMN \"a\"\"b\" integer").await.unwrap();
        run(bed, "DROP INDEX post_author").await.unwrap();
        run(bed, "CREATE INDEX mine ON blog_user (is_active)").await.unwrap();
        let State::Different(found) = state(&bed.database, &registry(everything())).await.unwrap() else { panic!() };
        let aspects: Vec<_> = found.iter().map(|difference| &difference.aspect).collect();
        assert_eq!(aspects, [&Aspect::Column("a\"b".to_owned()), &Aspect::Index("post_author".to_owned())]);
    }
}

on_both! {
    async fn a_failure_leaves_nothing_behind(bed: &Bed) {
        let registry = changed(|m| m[1].indexes[0].name = "user_lower_email".to_owned());
        let error = migrate(&bed.database, &registry).await.unwrap_err();
        assert!(matches!(error, MigrateError::Statement { .. }), "{error}");
        assert_eq!(state(&bed.database, &registry).await.unwrap(), State::Empty);
    }
}

#[test]
fn refuses_expressions_with_their_place_all_at_once() {
    let models = changed(|m| {
        m[1].constraints[1] =
            Constraint::Check { name: "bad".to_owned(), check: "count(tags) > 1".to_owned() };
        m[1].indexes[1].condition = Some("publishd".to_owned());
        m[1].constraints
            .push(Constraint::Check { name: "typed".to_owned(), check: "views = 'x'".to_owned() });
        m[1].constraints.push(Constraint::Unique {
            name: "pattern".to_owned(),
            fields: vec![nuages_models::registry::FieldId(1)],
            condition: Some("title ~ '^a'".to_owned()),
        });
        m[0].fields[2].db_default = Some("now()".to_owned());
    });
    let errors = tables_of(&models, Dialect::Sqlite).unwrap_err();
    let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 5, "{messages:#?}");
    let all = messages.join("\n");
    for part in [
        "models/blog.toml:1: User: field `is_active`: `now()`, line 1, column 1: the field `is_active` needs a boolean, not a datetime",
        "models/blog.toml:10: Post: constraint `bad`: `count(tags) > 1`, line 1, column 1: a check speaks of the row's own columns, and `count` is of many rows",
        "Post: constraint `typed`: `views = 'x'`, line 1, column 1: \"x\" is not an integer",
        "Post: constraint `pattern`: `title ~ '^a'`, line 1, column 1: `regex` cannot stand in the condition of an index on SQLite: SQLite has no regular expressions",
        "models/blog.toml:20: Post: index `post_live`: `publishd`, line 1, column 1: Post has no field or relation `publishd`; did you mean `published`?",
    ] {
        assert!(all.contains(part), "{part}\nnot in\n{all}");
    }
}

#[test]
fn search_vectors_need_postgresql() {
    let models = || {
        registry(vec![model("Doc", vec![id(), field("words", "search_vector", LogicalType::SearchVector)])])
    };
    let errors = tables_of(&models(), Dialect::Sqlite).unwrap_err();
    assert!(errors[0].to_string().contains("PostgreSQL only"));
    let tables = tables_of(&models(), Dialect::Postgres).unwrap();
    assert!(render::create(&tables, Dialect::Postgres)[0].contains("\"words\" tsvector NOT NULL"));
}

#[test]
fn the_statements_of_a_table() {
    let tables = tables_of(&registry(everything()), Dialect::Sqlite).unwrap();
    let sqlite = render::create(&tables[1..2], Dialect::Sqlite).join(";\n");
    assert_eq!(
        sqlite,
        r#"CREATE TABLE "blog_post" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "title" TEXT NOT NULL CONSTRAINT "blog_post_title_check" CHECK (length("title") <= 20),
    "author_id" INTEGER NOT NULL,
    "published" INTEGER NOT NULL CONSTRAINT "blog_post_published_check" CHECK ("published" IN (0, 1)),
    "views" INTEGER DEFAULT 0 NOT NULL CONSTRAINT "blog_post_views_check" CHECK ("views" BETWEEN 0 AND 2147483647),
    "rating" INTEGER CONSTRAINT "blog_post_rating_check" CHECK ("rating" BETWEEN -9999 AND 9999),
    "deleted_at" TEXT,
    "folded" TEXT GENERATED ALWAYS AS (lower("title")) STORED NOT NULL,
    CONSTRAINT "post_views_small" CHECK ("views" < 1000000 OR NOT "published"),
    CONSTRAINT "post_rating" CHECK ("rating" >= (-150) AND "rating" <= 999),
    CONSTRAINT "post_title_author" UNIQUE ("title", "author_id"),
    CONSTRAINT "blog_post_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "blog_user" ("id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX "post_one_draft" ON "blog_post" ("author_id") WHERE NOT "published" AND "title" = 'it''s a draft';
CREATE INDEX "post_author" ON "blog_post" ("author_id");
CREATE INDEX "post_live" ON "blog_post" ("author_id", "views" DESC) WHERE "published" AND "deleted_at" IS NULL"#
    );
    let tables = tables_of(&registry(everything()), Dialect::Postgres).unwrap();
    let postgres = render::create(&tables[..1], Dialect::Postgres).join(";\n");
    assert_eq!(
        postgres,
        r#"CREATE TABLE "blog_user" (
    "id" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
    "email" character varying(254) COLLATE "C" NOT NULL,
    "is_active" boolean DEFAULT true NOT NULL,
    "favourite_id" bigint,
    PRIMARY KEY ("id"),
    CONSTRAINT "blog_user_email_key" UNIQUE ("email")
);
ALTER TABLE "blog_user" ADD CONSTRAINT "blog_user_favourite_id_fkey" FOREIGN KEY ("favourite_id") REFERENCES "blog_post" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "user_lower_email" ON "blog_user" ((lower("email")));
COMMENT ON TABLE "blog_user" IS 'A person.';
COMMENT ON COLUMN "blog_user"."email" IS 'it''s unique'"#
    );
}
