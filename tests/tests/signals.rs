//! Signals: receivers see rows, change what is written, refuse, and are of the same transaction; on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages::{Config, Project};
use nuages_models::build::f;
use nuages_models::objects::{BulkCreate, LinkAction, Orm, QueryError, Signals};
use nuages_models::value::Value;
use nuages_models::values;
use nuages_models::write::WriteError;
use nuages_tests::data::Project as TestProject;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use std::sync::{Arc, Mutex};

type Log = Arc<Mutex<Vec<String>>>;

fn noted(log: &Log, line: String) {
    log.lock().unwrap().push(line);
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap())
}

fn signals(log: &Log) -> Signals {
    let (a, b, c, d, e, g) = (
        Arc::clone(log),
        Arc::clone(log),
        Arc::clone(log),
        Arc::clone(log),
        Arc::clone(log),
        Arc::clone(log),
    );
    Signals::new()
        .pre_save("Tag", move |_, tag| {
            let log = Arc::clone(&a);
            Box::pin(async move {
                noted(&log, format!("pre_save new={}", tag.row.is_none()));
                let forbidden = values! { "name" => "forbidden" };
                if tag.values == forbidden {
                    return Err(WriteError::Refused { message: "this word is taken".to_owned() });
                }
                if tag.values == values! { "name" => "change me" } {
                    tag.values = values! { "name" => "changed" };
                }
                Ok(())
            })
        })
        .post_save("Tag", move |orm, tag| {
            let log = Arc::clone(&b);
            Box::pin(async move {
                // The receiver is of the transaction: it sees the row.
                let seen = orm
                    .objects("Tag")
                    .filter(f("name").eq(tag.row.get("name").unwrap().clone()))
                    .count()
                    .await?;
                noted(
                    &log,
                    format!(
                        "post_save created={} {:?} seen={seen}",
                        tag.created,
                        tag.row.get("name").unwrap()
                    ),
                );
                let log = Arc::clone(&log);
                orm.on_commit(move || noted(&log, "committed".to_owned()));
                Ok(())
            })
        })
        .pre_delete("Tag", move |_, tag| {
            let log = Arc::clone(&c);
            Box::pin(async move {
                noted(&log, format!("pre_delete {:?}", tag.row.get("name").unwrap()));
                Ok(())
            })
        })
        .post_delete("Tag", move |orm, tag| {
            let log = Arc::clone(&d);
            Box::pin(async move {
                let left =
                    orm.objects("Tag").filter(f("id").eq(tag.row.get("id").unwrap().clone())).count().await?;
                noted(&log, format!("post_delete left={left}"));
                Ok(())
            })
        })
        .post_delete("Comment", move |_, _| {
            let log = Arc::clone(&g);
            Box::pin(async move {
                noted(&log, "comment gone".to_owned());
                Ok(())
            })
        })
        .m2m_changed("Post", move |_, links| {
            let log = Arc::clone(&e);
            Box::pin(async move {
                let action = match links.action {
                    LinkAction::PreAdd => "pre_add",
                    LinkAction::PostAdd => "post_add",
                    LinkAction::PreRemove => "pre_remove",
                    LinkAction::PostRemove => "post_remove",
                };
                noted(&log, format!("{action} {} {}", links.relation, links.others.len()));
                Ok(())
            })
        })
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_are_part_of_what_they_hear() {
    for dialect in BACKENDS {
        let database = TestDatabase::filled(dialect, TestProject::Blog).unwrap();
        let config = Config { database: database.url.clone(), ..Config::default() };
        let project = Project::with_config(TestProject::Blog.folder(), config);
        let registry = Arc::new(project.registry().unwrap());
        let connected = project.connect().await.unwrap();
        let log = Log::default();
        let orm = Orm::new(registry, connected).signals(Arc::new(signals(&log)));
        let text = |text: &str| Value::Text(text.to_owned());

        let tag = orm.objects("Tag").create(values! { "name" => "change me" }).await.unwrap();
        assert_eq!(tag.get("name"), Some(&text("changed")), "{dialect:?}");
        let expected = ["pre_save new=true", "post_save created=true Text(\"changed\") seen=1", "committed"];
        assert_eq!(taken(&log), expected, "{dialect:?}");

        let id = tag.get("id").unwrap().clone();
        let saved = orm.objects("Tag").save(values! { "id" => id.clone(), "name" => "other" }).await.unwrap();
        assert_eq!(saved.get("name"), Some(&text("other")));
        let expected = ["pre_save new=false", "post_save created=false Text(\"other\") seen=1", "committed"];
        assert_eq!(taken(&log), expected, "{dialect:?}");

        let refused = orm.objects("Tag").create(values! { "name" => "forbidden" }).await.unwrap_err();
        assert_eq!(
            refused,
            QueryError::Write(WriteError::Refused { message: "this word is taken".to_owned() })
        );
        assert_eq!(orm.objects("Tag").filter(f("name").eq("forbidden")).count().await.unwrap(), 0);
        assert_eq!(taken(&log), ["pre_save new=true"]);

        // What is taken back is not told as committed.
        let undone: Result<(), QueryError> = orm
            .atomic(async |orm: Orm| {
                orm.objects("Tag").create(values! { "name" => "for nothing" }).await?;
                Err(QueryError::Misuse("on purpose".to_owned()))
            })
            .await;
        assert!(undone.is_err());
        assert_eq!(taken(&log).len(), 2, "{dialect:?}");

        let post = orm.objects("Post").first().await.unwrap().unwrap();
        let tags = orm.related("Post", post.get("id").unwrap().clone(), "tags");
        tags.set([id.clone()]).await.unwrap();
        let told = taken(&log);
        assert!(
            told.ends_with(&["pre_add tags 1".to_owned(), "post_add tags 1".to_owned()]),
            "{dialect:?} {told:?}"
        );
        tags.clear().await.unwrap();
        assert_eq!(taken(&log), ["pre_remove tags 1", "post_remove tags 1"], "{dialect:?}");

        orm.objects("Tag").filter(f("id").eq(id)).delete().await.unwrap();
        assert_eq!(taken(&log), ["pre_delete Text(\"other\")", "post_delete left=0"], "{dialect:?}");

        // Those that go with others are heard too.
        let comments = orm
            .objects("Comment")
            .filter(f("post").eq(post.get("id").unwrap().clone()))
            .count()
            .await
            .unwrap();
        let deleted =
            orm.objects("Post").filter(f("id").eq(post.get("id").unwrap().clone())).delete().await.unwrap();
        assert_eq!(deleted.by_model.get("Comment").copied().unwrap_or(0), comments);
        assert_eq!(
            taken(&log).iter().filter(|line| *line == "comment gone").count() as u64,
            comments,
            "{dialect:?}"
        );

        orm.objects("Tag").bulk_create([values! { "name" => "bulk" }], &BulkCreate::default()).await.unwrap();
        orm.objects("Tag").filter(f("name").eq("bulk")).update(values! { "name" => "bulky" }).await.unwrap();
        orm.clone().without_signals().objects("Tag").create(values! { "name" => "silent" }).await.unwrap();
        assert_eq!(taken(&log), Vec::<String>::new(), "{dialect:?}");
    }
}
