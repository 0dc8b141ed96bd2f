//! Managers with annotations: their rows have them, and their filters, orderings and queries through them may use them.

use crate::{bed, run};
use nuages_migrations::migrate;
use nuages_models::build::f;
use nuages_models::database::Dialect;
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::{Objects, Orm};
use std::sync::Arc;

const MODELS: &str = r#"
[Post.fields]
title = { type = "char", max_length = 20 }
[Post.managers.objects]
annotations = { letters = "length(title)" }
[Post.managers.discussed]
annotations = { comments_now = "count(comments)", more = "comments_now * 10 + length(title)" }
filter      = "comments_now > 1"
ordering    = ["-more", "title"]
[Comment.fields]
post = { type = "foreign_key", to = "Post", on_delete = "cascade", related_name = "comments" }
[Comment.managers]
objects = { annotations = { about = "length(post.title)" }, filter = "about < 9" }
all     = {}
"#;

async fn names(objects: Objects) -> Vec<String> {
    let rows = objects.rows().await.unwrap();
    rows.iter().map(|row| format!("{:?}", row.get("title").unwrap())).collect()
}

async fn rows_have_the_annotations_of_their_manager(dialect: Dialect) {
    let bed = bed(dialect).await;
    let file = SourceFile { path: "models/blog.toml".to_owned(), text: MODELS.to_owned() };
    let registry = Arc::new(define(&[file]).unwrap_or_else(|errors| panic!("{}", errors.render(false))));
    migrate(&bed.database, &registry).await.unwrap();
    run(
        &bed,
        "INSERT INTO blog_post (id, title) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'a long one')",
    )
    .await
    .unwrap();
    run(&bed, "INSERT INTO blog_comment (post_id) VALUES (1), (1), (2), (3), (3), (4), (4), (4)")
        .await
        .unwrap();
    let orm = Orm::new(registry, bed.database.clone());
    let posts = orm.objects("Post");
    let rows = posts.clone().order_by(["-letters", "id"]).rows().await.unwrap();
    let letters: Vec<String> = rows.iter().map(|row| format!("{:?}", row.get("letters").unwrap())).collect();
    assert_eq!(letters, ["Int(10)", "Int(5)", "Int(3)", "Int(3)"]);
    // The comments of the long one are not among those of the default manager.
    let discussed = posts.clone().manager("discussed");
    assert_eq!(names(discussed.clone()).await, [r#"Text("three")"#, r#"Text("one")"#]);
    let row = &discussed.clone().rows().await.unwrap()[0];
    assert_eq!(
        format!("{:?} {:?}", row.get("comments_now").unwrap(), row.get("more").unwrap()),
        "Int(2) Int(25)"
    );
    assert!(row.get("letters").is_none(), "those of the manager before are gone");
    let filtered = discussed.clone().filter(f("more").lt(24)).order_by(["comments_now"]);
    assert_eq!(names(filtered).await, [r#"Text("one")"#]);
    assert_eq!(names(discussed.clone().reverse()).await, [r#"Text("one")"#, r#"Text("three")"#]);
    assert_eq!(discussed.clone().count().await.unwrap(), 2);
    assert!(names(posts.unscoped().filter(f("id").eq(4))).await.len() == 1);
    let taken = discussed.annotate("more", f("id")).rows().await.unwrap_err().to_string();
    assert!(taken.contains("more"), "{taken}");
    assert_eq!(orm.objects("Comment").count().await.unwrap(), 5);
    assert_eq!(orm.objects("Comment").manager("all").count().await.unwrap(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_have_the_annotations_of_their_manager_on_sqlite() {
    rows_have_the_annotations_of_their_manager(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_have_the_annotations_of_their_manager_on_postgresql() {
    rows_have_the_annotations_of_their_manager(Dialect::Postgres).await;
}
