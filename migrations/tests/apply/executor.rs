//! Applying and undoing migrations.

use crate::bed::{Bed, bed, connect, registry};
use nuages_migrations::executor::{
    ApplyReport, Direction, Event, ExecuteError, MigrateOptions, Readiness, Target, apply, outlook,
    readiness, sql, statuses,
};
use nuages_migrations::{History, State, migrate, read, state};
use nuages_models::database::Dialect;
use nuages_models::define::SourceFile;

macro_rules! on_both {
    ($(async fn $name:ident($bed:ident: Bed) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn body($bed: Bed) $body
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() { body(bed(Dialect::Sqlite).await).await }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() { body(bed(Dialect::Postgres).await).await }
        })*
    };
}

pub fn history(files: &[(&str, &str)]) -> History {
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(name, text)| SourceFile { path: format!("migrations/{name}.toml"), text: (*text).to_owned() })
        .collect();
    History::new(read(&files).unwrap_or_else(|errors| panic!("{}", errors.render(false)))).unwrap()
}

pub const FIRST: (&str, &str) = (
    "0001_initial",
    r#"
[[operations]]
create_model = "shop.Author"
[operations.fields]
id = { type = "big_auto", primary_key = true }
name = { type = "char", max_length = 20, unique = true }

[[operations]]
create_model = "shop.Book"
[operations.fields]
id = { type = "big_auto", primary_key = true }
title = { type = "char", max_length = 20 }
pages = { type = "integer", null = true }
author = { type = "foreign_key", to = "Author", on_delete = "cascade", related_name = "books" }
"#,
);

pub const SECOND: (&str, &str) = (
    "0002_rating",
    r#"
[[operations]]
add_field = "shop.Book.rating"
field = { type = "integer" }
fill = 3

[[operations]]
update_rows = "shop.Book"
set = { rating = "rating + pages" }
where = "pages is not null"
batch = 2
reverse = "nothing"

[[operations]]
rename_field = "shop.Book.title"
to = "headline"
"#,
);

pub const THIRD: (&str, &str) = (
    "0003_pages",
    r#"
[[operations]]
alter_field = "shop.Book.pages"
field = { type = "char", max_length = 9 }
fill = { expr = "cast(id * 100 as text)" }

[[operations]]
add_index = "shop.Book"
index = { name = "book_rating", fields = ["-rating"] }
concurrently = true
"#,
);

pub const MODELS: &str = r#"
[Author.fields]
name = { type = "char", max_length = 20, unique = true }
[Book.fields]
headline = { type = "char", max_length = 20 }
pages = { type = "char", max_length = 9 }
author = { type = "foreign_key", to = "Author", on_delete = "cascade", related_name = "books" }
rating = { type = "integer" }
[[Book.indexes]]
name = "book_rating"
fields = ["-rating"]
"#;

pub fn to(target: &str) -> MigrateOptions {
    let target = match target {
        "latest" => Target::Latest,
        "zero" => Target::Zero,
        name => Target::Migration(name.to_owned()),
    };
    MigrateOptions { target, ..MigrateOptions::default() }
}

pub async fn go(bed: &Bed, history: &History, options: &MigrateOptions) -> Result<ApplyReport, ExecuteError> {
    apply(&bed.database, history, options, &mut |_| {}).await
}

/// The rows of the first state, and no others.
pub async fn rows(bed: &Bed) {
    bed.run(&[
        "DELETE FROM shop_book",
        "DELETE FROM shop_author",
        "INSERT INTO shop_author (id, name) VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO shop_book (id, title, pages, author_id) \
         VALUES (1, 'one', 10, 1), (2, 'two', NULL, 2), (3, 'three', 30, 2)",
    ])
    .await;
}

on_both! {
    async fn forward_back_and_forward_again(bed: Bed) {
        let history = history(&[FIRST, SECOND, THIRD]);
        go(&bed, &history, &to("0001")).await.unwrap();
        rows(&bed).await;
        let done = go(&bed, &history, &to("latest")).await.unwrap();
        assert_eq!(done.done, ["0002_rating", "0003_pages"]);
        let models = registry(MODELS);
        assert_eq!(readiness(&bed.database, &history, &models).await.unwrap(), Readiness::Ready);
        let read = "SELECT headline || ' ' || pages || ' ' || rating FROM shop_book ORDER BY id";
        assert_eq!(bed.texts(read).await, ["one 10 13", "two 200 3", "three 30 33"]);
        assert_eq!(go(&bed, &history, &to("latest")).await.unwrap(), ApplyReport::default());

        let back = go(&bed, &history, &to("0001")).await.unwrap();
        assert_eq!(back.done, ["0003_pages", "0002_rating"]);
        let read = "SELECT title || ' ' || coalesce(pages, 0) FROM shop_book ORDER BY id";
        assert_eq!(bed.texts(read).await, ["one 10", "two 200", "three 30"]);
        go(&bed, &history, &to("latest")).await.unwrap();
        assert_eq!(readiness(&bed.database, &history, &models).await.unwrap(), Readiness::Ready);
        let read = "SELECT headline || ' ' || pages || ' ' || rating FROM shop_book ORDER BY id";
        assert_eq!(bed.texts(read).await, ["one 10 13", "two 200 203", "three 30 33"]);
        let zero = go(&bed, &history, &to("zero")).await.unwrap();
        assert_eq!(zero.done.len(), 3);
        assert_eq!(state(&bed.database, &models).await.unwrap(), State::Empty);
    }

    async fn rows_stay_when_all_columns_of_a_table_go(bed: Bed) {
        let first = "[[operations]]\ncreate_model = \"shop.Code\"\n[operations.fields]\n\
                     code = { type = \"char\", max_length = 5, primary_key = true }\n";
        let second = "[[operations]]\nremove_field = \"shop.Code.code\"\n\
                      [[operations]]\nadd_field = \"shop.Code.number\"\nfield = { type = \"integer\" }\nfill = 7\n";
        let history = history(&[("0001_first", first), ("0002_second", second)]);
        go(&bed, &history, &to("0001")).await.unwrap();
        bed.run(&["INSERT INTO shop_code (code) VALUES ('a'), ('b')"]).await;
        go(&bed, &history, &to("latest")).await.unwrap();
        let read = "SELECT id || ' ' || number FROM shop_code ORDER BY id";
        assert_eq!(bed.texts(read).await, ["1 7", "2 7"]);
    }

    async fn ten_that_start_together_apply_once(bed: Bed) {
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let url = bed.url.clone();
                tokio::spawn(async move {
                    let database = connect(&url).await;
                    let history = history(&[FIRST, SECOND, THIRD]);
                    apply(&database, &history, &MigrateOptions::default(), &mut |_| {}).await.unwrap().done.len()
                })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += task.await.unwrap();
        }
        assert_eq!(done, 3);
        assert_eq!(state(&bed.database, &registry(MODELS)).await.unwrap(), State::Current);
    }

    async fn edited_migrations_are_found(bed: Bed) {
        let before = history(&[FIRST, SECOND]);
        go(&bed, &before, &to("latest")).await.unwrap();
        let edited = history(&[FIRST, ("0002_rating", &SECOND.1.replace("fill = 3", "fill = 4"))]);
        let error = go(&bed, &edited, &to("latest")).await.unwrap_err();
        assert!(matches!(&error, ExecuteError::Edited(names) if names == &["0002_rating"]), "{error}");
        assert!(statuses(&bed.database, &edited).await.unwrap()[1].edited);
        // Comments and order are no change.
        let same = history(&[FIRST, ("0002_rating", &format!("# why\n{}", SECOND.1))]);
        go(&bed, &same, &to("latest")).await.unwrap();
        go(&bed, &edited, &MigrateOptions { fake: true, ..to("latest") }).await.unwrap();
        go(&bed, &edited, &to("latest")).await.unwrap();
    }

    async fn fake_writes_down_and_does_nothing(bed: Bed) {
        let history = history(&[FIRST, SECOND]);
        let report = go(&bed, &history, &MigrateOptions { fake: true, ..to("latest") }).await.unwrap();
        assert_eq!(report.faked, ["0001_initial", "0002_rating"]);
        assert!(statuses(&bed.database, &history).await.unwrap().iter().all(|status| status.applied));
        assert_eq!(state(&bed.database, &registry(MODELS)).await.unwrap(), State::Empty);
    }

    async fn tables_that_are_there_are_taken_over(bed: Bed) {
        let models = "[Author.fields]\nname = { type = \"char\", max_length = 20, unique = true }\n\
            [Book.fields]\ntitle = { type = \"char\", max_length = 20 }\npages = { type = \"integer\", null = true }\n\
            author = { type = \"foreign_key\", to = \"Author\", on_delete = \"cascade\", related_name = \"books\" }\n";
        migrate(&bed.database, &registry(models)).await.unwrap();
        rows(&bed).await;
        let history = history(&[FIRST, SECOND]);
        let report = go(&bed, &history, &MigrateOptions { fake_initial: true, ..to("latest") }).await.unwrap();
        assert_eq!((report.faked, report.done), (vec!["0001_initial".to_owned()], vec!["0002_rating".to_owned()]));
        assert_eq!(bed.texts("SELECT count(*) FROM shop_book").await, ["3"]);
    }

    async fn tables_that_differ_are_not_taken_over(bed: Bed) {
        bed.run(&["CREATE TABLE shop_author (id integer PRIMARY KEY)"]).await;
        let history = history(&[FIRST]);
        let error = go(&bed, &history, &MigrateOptions { fake_initial: true, ..to("latest") }).await.unwrap_err();
        assert!(matches!(error, ExecuteError::NotInitial { .. }), "{error}");
    }

    async fn what_rows_forbid_is_told_before(bed: Bed) {
        let closed = ("0002_closed", "[[operations]]\nalter_field = \"shop.Book.pages\"\n\
            field = { type = \"integer\" }\n");
        let history = history(&[FIRST, closed]);
        go(&bed, &history, &to("0001")).await.unwrap();
        rows(&bed).await;
        let error = go(&bed, &history, &to("latest")).await.unwrap_err().to_string();
        assert!(error.contains("rows with NULL in it (1)") && error.contains("fill"), "{error}");
        let seen = outlook(&bed.database, &history, &to("latest")).await.unwrap();
        assert_eq!(seen.scripts[0].operations[0].risks.len(), 1, "{seen:?}");
        bed.run(&["UPDATE shop_book SET pages = 1 WHERE pages IS NULL"]).await;
        go(&bed, &history, &to("latest")).await.unwrap();
    }

    async fn strict_refuses_what_loses(bed: Bed) {
        let gone = ("0002_gone", "[[operations]]\nremove_field = \"shop.Book.pages\"\n");
        let history = history(&[FIRST, gone]);
        go(&bed, &history, &to("0001")).await.unwrap();
        rows(&bed).await;
        let strict = MigrateOptions { strict: true, ..to("latest") };
        let error = go(&bed, &history, &strict).await.unwrap_err().to_string();
        assert!(error.contains("dropped with its values (rows: 2)"), "{error}");
        let mut told = Vec::new();
        apply(&bed.database, &history, &to("latest"), &mut |event| {
            if let Event::Risk(risk) = event {
                told.push(risk.to_string());
            }
        })
        .await
        .unwrap();
        assert_eq!(told.len(), 1, "{told:?}");

        // Of many rows not all are counted.
        go(&bed, &history, &to("0001")).await.unwrap();
        bed.run(&["WITH RECURSIVE n (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM n WHERE n < 10010) \
            INSERT INTO shop_book (id, title, pages, author_id) SELECT n, 'x', 1, 1 FROM n"]).await;
        let error = go(&bed, &history, &strict).await.unwrap_err().to_string();
        assert!(error.contains("rows: 10000 or more"), "{error}");
        rows(&bed).await;
        go(&bed, &history, &to("latest")).await.unwrap();
        // On the way back there is a column again.
        go(&bed, &history, &to("0001")).await.unwrap();
        assert_eq!(bed.texts("SELECT pages FROM shop_book ORDER BY id").await, ["NULL", "NULL", "NULL"]);
    }

    async fn what_cannot_be_undone_is_told_before(bed: Bed) {
        let sql = ("0002_sql", "[[operations]]\nrun_sql = \"UPDATE shop_book SET pages = 0\"\n");
        let history = history(&[FIRST, sql, ("0003_more", THIRD.1)]);
        go(&bed, &history, &to("latest")).await.unwrap_err();
        let history = crate::executor::history(&[FIRST, sql]);
        go(&bed, &history, &to("latest")).await.unwrap();
        let error = go(&bed, &history, &to("zero")).await.unwrap_err();
        assert!(matches!(error, ExecuteError::Irreversible { .. }), "{error}");
        assert_eq!(statuses(&bed.database, &history).await.unwrap().iter().filter(|one| one.applied).count(), 2);
    }

    async fn a_failed_migration_leaves_nothing(bed: Bed) {
        let wrong = ("0002_wrong", "[[operations]]\nadd_field = \"shop.Book.x\"\n\
            field = { type = \"integer\", null = true }\n[[operations]]\nrun_sql = \"SELECT nothing\"\n");
        let history = history(&[FIRST, wrong]);
        let error = go(&bed, &history, &to("latest")).await.unwrap_err();
        assert!(matches!(&error, ExecuteError::Statement { .. }), "{error}");
        let statuses = statuses(&bed.database, &history).await.unwrap();
        assert!(statuses[0].applied && !statuses[1].applied && !statuses[1].interrupted);
        assert_eq!(bed.texts("SELECT count(*) FROM shop_book").await, ["0"]);
        assert!(bed.database.query_text("SELECT x FROM shop_book").await.is_err());
    }

    async fn a_squashed_migration_stands_for_others(bed: Bed) {
        let one = ("0001_one", "[[operations]]\ncreate_model = \"shop.Tag\"\n[operations.fields]\n\
            id = { type = \"big_auto\", primary_key = true }\n");
        let two = ("0002_two", "[[operations]]\nadd_field = \"shop.Tag.n\"\nfield = { type = \"integer\", null = true }\n");
        let both = ("0001_squashed_0002_two", "replaces = [\"0001_one\", \"0002_two\"]\ndependencies = []\n[[operations]]\ncreate_model = \"shop.Tag\"\n[operations.fields]\nid = { type = \"big_auto\", primary_key = true }\n\
            n = { type = \"integer\", null = true }\n");
        let unsquashed = history(&[one, two]);
        go(&bed, &unsquashed, &to("latest")).await.unwrap();
        let squashed = history(&[one, two, both]);
        assert_eq!(go(&bed, &squashed, &to("latest")).await.unwrap(), ApplyReport::default());
        // The replaced files may go now.
        let alone = history(&[both]);
        assert_eq!(go(&bed, &alone, &to("latest")).await.unwrap(), ApplyReport::default());
        go(&bed, &squashed, &to("zero")).await.unwrap();
        assert!(statuses(&bed.database, &squashed).await.unwrap().iter().all(|status| !status.applied));
        assert_eq!(go(&bed, &squashed, &to("latest")).await.unwrap().done, ["0001_squashed_0002_two"]);
        assert!(statuses(&bed.database, &unsquashed).await.unwrap().iter().all(|status| status.applied));

        // In the end the new one stands for itself, and those after it depend on it.
        let content = "[[operations]]\nadd_field = \"shop.Tag.m\"\nfield = { type = \"integer\", null = true }\n";
        let three = |before: &str| format!("dependencies = [\"{before}\"]\n{content}");
        let squashed = history(&[one, two, both, ("0003_three", &three("0002_two"))]);
        go(&bed, &squashed, &to("latest")).await.unwrap();
        let both = (both.0, both.1.split_once('\n').unwrap().1);
        let settled = history(&[both, ("0003_three", &three(both.0))]);
        assert_eq!(go(&bed, &settled, &to("latest")).await.unwrap(), ApplyReport::default());
    }

    async fn what_is_interrupted_is_finished_first(bed: Bed) {
        let stepwise = ("0002_steps", "atomic = false\n[[operations]]\nadd_field = \"shop.Book.a\"\n\
            field = { type = \"integer\", null = true }\n[[operations]]\nadd_field = \"shop.Book.b\"\n\
            field = { type = \"integer\", null = true }\n");
        let before = history(&[FIRST, stepwise]);
        go(&bed, &before, &to("0001")).await.unwrap();
        // The mark of the beginning, the first field, its mark, and their commits.
        let stopped = go(&bed, &before, &MigrateOptions { stop_after: Some(5), ..to("latest") }).await;
        assert!(matches!(stopped, Err(ExecuteError::Stopped(5))), "{stopped:?}");
        let status = &statuses(&bed.database, &before).await.unwrap()[1];
        assert!(status.interrupted && !status.applied, "{status:?}");
        let back = go(&bed, &before, &to("0001")).await.unwrap_err();
        assert!(matches!(back, ExecuteError::Interrupted { .. }), "{back}");
        let changed = history(&[FIRST, ("0002_steps", &stepwise.1.replace("Book.b", "Book.c"))]);
        let edited = go(&bed, &changed, &to("latest")).await.unwrap_err();
        assert!(edited.to_string().contains("restore the file"), "{edited}");
        go(&bed, &before, &to("latest")).await.unwrap();
        assert_eq!(bed.texts("SELECT count(*) FROM shop_book WHERE a IS NULL AND b IS NULL").await, ["0"]);
    }

    async fn database_and_state_can_be_told_apart(bed: Bed) {
        let apart = ("0002_apart", "[[operations]]\nseparate_database_and_state = \"Another program has made the column\"\n\
            [[operations.database]]\nrun_sql = \"ALTER TABLE shop_book ADD COLUMN note INTEGER\"\n\
            reverse = \"ALTER TABLE shop_book DROP COLUMN note\"\n\
            [[operations.state]]\nadd_field = \"shop.Book.note\"\nfield = { type = \"integer\", null = true }\n\
            [[operations]]\nrename_field = \"shop.Book.note\"\nto = \"remark\"\n");
        let history = history(&[FIRST, apart]);
        go(&bed, &history, &to("latest")).await.unwrap();
        assert_eq!(bed.texts("SELECT count(remark) FROM shop_book").await, ["0"]);
        go(&bed, &history, &to("0001")).await.unwrap();
        assert!(bed.database.query_text("SELECT note FROM shop_book").await.is_err());
    }

    async fn who_takes_a_table_over_leaves_it_as_it_is(bed: Bed) {
        let away = ("0002_away", "[[operations]]\nalter_table = \"shop.Book\"\nmanaged = false\n");
        let back = ("0003_back", "[[operations]]\nalter_table = \"shop.Book\"\nmanaged = true\n");
        let history = history(&[FIRST, away, back]);
        go(&bed, &history, &to("0001")).await.unwrap();
        rows(&bed).await;
        for target in ["0002", "0003", "0001", "latest"] {
            go(&bed, &history, &to(target)).await.unwrap();
            assert_eq!(bed.texts("SELECT count(*) FROM shop_book").await, ["3"], "{target}");
        }
    }

    async fn readiness_names_what_is_missing(bed: Bed) {
        let history = history(&[FIRST, SECOND, THIRD]);
        go(&bed, &history, &to("0002")).await.unwrap();
        let models = registry(MODELS);
        assert_eq!(
            readiness(&bed.database, &history, &models).await.unwrap(),
            Readiness::Unapplied(vec!["0003_pages".to_owned()])
        );
        go(&bed, &history, &to("latest")).await.unwrap();
        let other = registry(&MODELS.replace("max_length = 9", "max_length = 10"));
        let Readiness::Different(differences) = readiness(&bed.database, &history, &other).await.unwrap() else {
            panic!("it differs")
        };
        assert_eq!(differences.len(), 1, "{differences:?}");
    }
}

#[test]
fn statements_can_be_read_first() {
    let history = history(&[FIRST, SECOND, THIRD]);
    let text = |name, direction, dialect| sql(&history, name, direction, dialect).unwrap().join("\n");
    let postgres = text("0002", Direction::Forward, Dialect::Postgres);
    assert!(postgres.starts_with("BEGIN;") && postgres.ends_with("COMMIT;"), "{postgres}");
    assert!(postgres.contains("ADD COLUMN \"rating\" integer DEFAULT 3 NOT NULL"), "{postgres}");
    assert!(postgres.contains("RENAME COLUMN \"title\" TO \"headline\""), "{postgres}");
    let sqlite = text("0002", Direction::Forward, Dialect::Sqlite);
    assert!(
        sqlite.starts_with("PRAGMA foreign_keys = OFF;") && sqlite.contains("nuages_new_shop_book"),
        "{sqlite}"
    );
    let concurrent = text("0003", Direction::Forward, Dialect::Postgres);
    assert!(
        concurrent.contains("CREATE INDEX CONCURRENTLY \"book_rating\"") && !concurrent.contains("BEGIN")
    );
    assert!(text("0003", Direction::Backward, Dialect::Postgres).contains("DROP INDEX CONCURRENTLY"));
}

/// Tables as another program would have made them: the same, under names of its own.
#[tokio::test(flavor = "multi_thread")]
async fn constraints_with_names_of_their_own_are_found() {
    let bed = bed(Dialect::Postgres).await;
    bed.run(&[
        "CREATE TABLE shop_author (id bigint GENERATED BY DEFAULT AS IDENTITY, name character varying(20) COLLATE \"C\" NOT NULL, \
         CONSTRAINT the_key PRIMARY KEY (id), CONSTRAINT only_once UNIQUE (name))",
        "CREATE TABLE shop_book (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, \
         title character varying(20) COLLATE \"C\" NOT NULL, pages integer, author_id bigint NOT NULL, \
         CONSTRAINT shop_book_author_id_1f2e_fk FOREIGN KEY (author_id) REFERENCES shop_author (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE INDEX shop_book_author_id_idx ON shop_book (author_id)",
    ])
    .await;
    let change = "[[operations]]\nalter_field = \"shop.Author.name\"\nfield = { type = \"char\", max_length = 20 }\n\
        [[operations]]\nalter_field = \"shop.Book.author\"\nfield = { type = \"foreign_key\", to = \"Author\", \
        on_delete = \"cascade\", related_name = \"books\", db_constraint = false }\n\
        [[operations]]\nrename_model = \"shop.Author\"\nto = \"shop.Writer\"\n\
        [[operations]]\nrename_model = \"shop.Book\"\nto = \"shop.Volume\"\n";
    let history = history(&[FIRST, ("0002_change", change)]);
    let report = go(&bed, &history, &to("latest")).await.unwrap();
    assert_eq!((report.faked.len(), report.done.len()), (1, 1));
    assert_eq!(bed.texts("SELECT conname FROM pg_constraint WHERE contype IN ('u', 'f') AND connamespace = current_schema()::regnamespace").await, Vec::<String>::new());
}

/// SQL that no transaction can take.
#[tokio::test(flavor = "multi_thread")]
async fn sql_outside_of_transactions_on_postgres() {
    let bed = bed(Dialect::Postgres).await;
    let sql = "atomic = false\n[[operations]]\n\
        run_sql = { postgres = \"CREATE INDEX CONCURRENTLY IF NOT EXISTS mine ON shop_book (pages)\" }\n\
        reverse = { postgres = \"DROP INDEX CONCURRENTLY IF EXISTS mine\" }\n";
    let history = history(&[FIRST, ("0002_sql", sql)]);
    go(&bed, &history, &to("latest")).await.unwrap();
    let index = "SELECT count(*) FROM pg_class WHERE relname = 'mine'";
    assert_eq!(bed.texts(index).await, ["1"]);
    go(&bed, &history, &to("0001")).await.unwrap();
    assert_eq!(bed.texts(index).await, ["0"]);
}

/// What other programs have on a table that is made anew stays.
#[tokio::test(flavor = "multi_thread")]
async fn triggers_views_and_indexes_of_others_stay_on_sqlite() {
    let bed = bed(Dialect::Sqlite).await;
    let history = history(&[FIRST, SECOND]);
    go(&bed, &history, &to("0001")).await.unwrap();
    rows(&bed).await;
    bed.run(&[
        "CREATE TABLE log (text TEXT)",
        "CREATE TRIGGER logged AFTER INSERT ON shop_book BEGIN INSERT INTO log VALUES (new.title); END",
        "CREATE VIEW titles AS SELECT title FROM shop_book",
        "CREATE INDEX of_others ON shop_book (title, pages)",
        "DELETE FROM shop_book WHERE id = 3",
    ])
    .await;
    go(&bed, &history, &to("latest")).await.unwrap();
    bed.run(&["INSERT INTO shop_book (headline, author_id, rating) VALUES ('four', 1, 1)"]).await;
    assert_eq!(bed.texts("SELECT text FROM log").await, ["four"]);
    // The number of the row that is gone is not given again.
    assert_eq!(bed.texts("SELECT id FROM shop_book ORDER BY id").await, ["1", "2", "4"]);
    assert_eq!(bed.texts("SELECT * FROM titles ORDER BY 1").await, ["four", "one", "two"]);
    let indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name = 'of_others'";
    assert_eq!(bed.texts(indexes).await, ["of_others"]);
    // Foreign keys are enforced again.
    let dangling = "INSERT INTO shop_book (headline, author_id, rating) VALUES ('x', 9, 1)".to_owned();
    assert!(bed.database.execute_all(&[dangling]).await.is_err());
}

/// Rows of a referred table that is made anew are not deleted with it.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_refer_to_a_table_stay_when_it_is_made_anew() {
    let bed = bed(Dialect::Sqlite).await;
    let change = "[[operations]]\nalter_field = \"shop.Author.name\"\nfield = { type = \"char\", max_length = 50, unique = true }\n";
    let history = history(&[FIRST, ("0002_change", change)]);
    go(&bed, &history, &to("0001")).await.unwrap();
    rows(&bed).await;
    go(&bed, &history, &to("latest")).await.unwrap();
    assert_eq!(
        bed.texts("SELECT count(*) FROM shop_book JOIN shop_author ON author_id = shop_author.id").await,
        ["3"]
    );
}
