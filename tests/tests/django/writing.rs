//! The Rust blocks of docs/django.md that write: each is here word for word, and each gives the same on both databases.

use crate::reading::Seen;
use nuages_models::build::{any, case, f, func, now, some};
use nuages_models::database::Isolation;
use nuages_models::objects::{
    BulkCreate, Conflicts, LinkAction, Objects, Orm, QueryError, Row, Signals, Values,
};
use nuages_models::query::{Lock, LockWait};
use nuages_models::value::Value;
use nuages_models::values;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Some values of a row, as text.
fn shown(row: &Row, names: &[&str]) -> String {
    let values: Vec<String> = names.iter().map(|name| format!("{:?}", row.get(name))).collect();
    values.join(" ")
}

pub(crate) async fn rows(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // One row
    let tag = orm.objects("Tag").create(values! { "name" => "nuages" }).await?;
    let saved = orm.objects("Tag").save(values! { "id" => 1, "name" => "clouds" }).await?;
    let fresh = orm.objects("Tag").refresh(&saved).await?;
    let user = values! { "email" => "new@example.org" };
    let (new, created) = orm.objects("User").get_or_create(user, values! { "name" => "New" }).await?;
    let user = values! { "email" => "new@example.org" };
    let (changed, again) =
        orm.objects("User").update_or_create(user, values! { "name" => "Newer" }, None).await?;
    seen.push(format!("{} {}", shown(&tag, &["name"]), shown(&fresh, &["id", "name"])));
    seen.push(format!("{} {created}", shown(&new, &["email", "name", "is_active"])));
    seen.push(format!("{} {again}", shown(&changed, &["name"])));
    // What is wrong with a value, and which row is in the way
    let missing = orm.objects("Post").create(values! { "title" => "No author" }).await;
    let twice = orm.objects("Tag").create(values! { "name" => "nuages" }).await;
    for error in [missing, twice] {
        seen.push(error.expect_err("it is wrong").to_string());
    }
    Ok(seen)
}

pub(crate) async fn by_value(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // F updates: the database computes, so that nothing is lost
    let one = orm.objects("Post").filter(f("id").eq(1));
    one.update(values! { "views" => f("views") + 1 }).await?;
    let posts = orm.objects("Post").filter(f("author.is_active").eq(true));
    let number = posts.update(values! { "title" => func("upper", [f("title")]) }).await?;
    // Case: another value for each kind of row
    orm.objects("Post")
        .update(values! {
            "content" => case()
                .when(f("published").eq(true) & f("views").gt(1000), "viral")
                .when(f("published").eq(true) & f("views").gt(100), "popular")
                .when(f("published").eq(true), "published")
                .otherwise("draft"),
        })
        .await?;
    let viral = orm.objects("Post").filter(f("content").eq("viral")).count().await?;
    seen.push(format!("{number} {viral} {}", shown(&one.get().await?, &["views", "title", "content"])));
    Ok(seen)
}

pub(crate) async fn many(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Many rows at once
    let new = (0..1000).map(|n| {
        values! { "title" => format!("Post {n}"), "slug" => format!("bulk-{n}"), "author" => 1 }
    });
    let options = BulkCreate { batch_size: Some(100), ..BulkCreate::default() };
    let made = orm.objects("Post").bulk_create(new, &options).await?;
    let tags = ["clouds", "rain", "wind"].map(|name| values! { "name" => name });
    let ignore = BulkCreate { conflicts: Conflicts::Ignore, ..BulkCreate::default() };
    let new_tags = orm.objects("Tag").bulk_create(tags, &ignore).await?;
    let users = [values! { "email" => "new@example.org", "name" => "Newest" }];
    let update =
        Conflicts::Update { unique_fields: vec!["email".to_owned()], update_fields: vec!["name".to_owned()] };
    let options = BulkCreate { conflicts: update, ..BulkCreate::default() };
    let users = orm.objects("User").bulk_create(users, &options).await?;
    // Each row its own values
    let changes: Vec<Values> = made
        .iter()
        .flatten()
        .filter_map(|row| Some(values! { "id" => row.get("id")?.clone(), "views" => 7 }))
        .collect();
    let changed = orm.objects("Post").bulk_update(changes, &["views"], Some(100)).await?;
    let present: Vec<bool> = new_tags.iter().map(Option::is_some).collect();
    seen.push(format!("{} {present:?} {changed}", made.len()));
    seen.extend(users.iter().flatten().map(|row| shown(row, &["email", "name"])));
    Ok(seen)
}

pub(crate) async fn links(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Many-to-many
    let tags = orm.related("Post", 1, "tags");
    tags.add([1, 2]).await?;
    tags.remove([1]).await?;
    tags.set([2, 3]).await?;
    tags.create(values! { "name" => "made for it" }).await?;
    let tagged = orm.objects("Tag").filter(some("posts", f("id").eq(1)));
    seen.push(format!("{:?}", tagged.order_by(["name"]).values(&["name"]).flat().await?));
    tags.clear().await?;
    // The rows that refer to one
    let replies = orm.related("Comment", 1, "replies");
    replies.add([2]).await?;
    replies.remove([2]).await?;
    let comments = orm.related("Post", 1, "comments");
    comments.create(values! { "author" => 1, "body" => "First!" }).await?;
    let bodies = orm.objects("Comment").filter(f("post").eq(1) & f("body").eq("First!")).count().await?;
    seen.push(bodies.to_string());
    Ok(seen)
}

/// Moves views from one post to another: both or neither.
async fn move_views(orm: &Orm, from: i64, to: i64, number: i64) -> Result<(), QueryError> {
    orm.atomic(async |orm: Orm| {
        let posts = orm.objects("Post");
        posts.clone().filter(f("id").eq(from)).update(values! { "views" => f("views") - number }).await?;
        posts.filter(f("id").eq(to)).update(values! { "views" => f("views") + number }).await?;
        Ok(())
    })
    .await
}

pub(crate) async fn transactions(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    let told = Arc::new(AtomicBool::new(false));
    let tell = Arc::clone(&told);
    move_views(orm, 1, 2, 1).await?;
    let error = move_views(orm, 1, 2, 1_000_000).await.expect_err("there are not so many");
    seen.push(error.to_string());
    // A savepoint: the inner block is taken back, the outer one goes on
    orm.atomic(async |orm: Orm| {
        orm.objects("Tag").create(values! { "name" => "outer" }).await?;
        let inner = orm.atomic(async |orm: Orm| {
            orm.objects("Tag").create(values! { "name" => "inner" }).await?;
            orm.objects("Tag").create(values! { "name" => "outer" }).await
        });
        if let Err(error) = inner.await {
            seen_error(&error);
        }
        let tell = Arc::clone(&tell);
        orm.on_commit(move || tell.store(true, Ordering::Relaxed));
        Ok::<_, QueryError>(())
    })
    .await?;
    let tags = orm.objects("Tag").filter(f("name").is_in(["outer", "inner"]));
    seen.push(format!("{} {}", tags.count().await?, told.load(Ordering::Relaxed)));
    // Rows that nobody else may change meanwhile
    orm.atomic(async |orm: Orm| {
        let lock = Lock { wait: LockWait::NoWait, ..Lock::default() };
        let post = orm.objects("Post").filter(f("id").eq(2)).select_for_update(lock);
        post.get().await?;
        post.update(values! { "views" => 5 }).await
    })
    .await?;
    // As if transactions ran one after the other
    let posts =
        orm.atomic_with(Isolation::Serializable, async |orm: Orm| orm.objects("Post").count().await).await?;
    seen.push(posts.to_string());
    Ok(seen)
}

fn seen_error(error: &QueryError) {
    assert!(error.to_string().contains("already"), "{error}");
}

/// Takes posts out of sight instead of deleting them.
async fn soft_delete(posts: Objects) -> Result<u64, QueryError> {
    posts.update(values! { "deleted_at" => now() }).await
}

pub(crate) async fn deletion(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Soft deletion through a manager
    let live = orm.objects("Post").manager("live");
    let before = live.clone().count().await?;
    soft_delete(live.clone().filter(f("id").is_in([3, 4]))).await?;
    let restored =
        orm.objects("Post").filter(f("id").eq(3)).update(values! { "deleted_at" => Value::Null }).await?;
    seen.push(format!("{} {restored}", before - live.count().await?));
    // What goes with a row, and what forbids it
    let deleted = orm.objects("User").filter(f("id").eq(2)).delete().await?;
    seen.push(format!("{} {:?}", deleted.total, deleted.by_model));
    let subject = orm.objects("Category").filter(some("children", any()));
    if let Err(error) = subject.delete().await {
        seen.push(error.to_string());
    }
    Ok(seen)
}

pub(crate) async fn signals(orm: &Orm) -> Result<Seen, QueryError> {
    let told = Arc::new(parking_lot::Mutex::new(Seen::new()));
    let (links, mails) = (Arc::clone(&told), Arc::clone(&told));
    // Receivers, made once when the program starts
    let signals = Signals::new()
        .pre_save("User", |_, user| {
            Box::pin(async move {
                if let Some(Value::Text(email)) = user.values.get("email") {
                    let lower = email.to_lowercase();
                    user.values = std::mem::take(&mut user.values).set("email", lower);
                }
                Ok(())
            })
        })
        .post_save("Post", move |orm, post| {
            let mails = Arc::clone(&mails);
            Box::pin(async move {
                if post.created {
                    // Not before the transaction is kept
                    orm.on_commit(move || mails.lock().push("a mail".to_owned()));
                }
                Ok(())
            })
        })
        .m2m_changed("Post", move |_, change| {
            let links = Arc::clone(&links);
            Box::pin(async move {
                if change.action == LinkAction::PostAdd {
                    links.lock().push(format!("{} more {}", change.others.len(), change.relation));
                }
                Ok(())
            })
        });
    let heard = orm.clone().signals(Arc::new(signals));
    // What they hear
    let user =
        heard.objects("User").create(values! { "email" => "Ann@Example.org", "name" => "Ann" }).await?;
    let author = user.get("id").cloned().unwrap_or(Value::Null);
    let post = values! { "title" => "Heard", "slug" => "heard", "author" => author.clone() };
    let post = heard.objects("Post").create(post).await?;
    let key = post.get("id").cloned().unwrap_or(Value::Null);
    heard.related("Post", key, "tags").add([1, 2]).await?;
    // Without them, as in tests
    let unheard = values! { "title" => "Unheard", "slug" => "unheard", "author" => author };
    heard.clone().without_signals().objects("Post").create(unheard).await?;
    let mut seen = Seen::new();
    seen.push(shown(&user, &["email"]));
    seen.extend(told.lock().drain(..));
    Ok(seen)
}
