//! The Rust blocks of docs/django.md: each is here word for word, and each gives the same on both databases.

use nuages_models::build::{
    any, array_agg, avg, case, count, every, exists, f, func, max, min, none, outer, rank, row_number, some,
    stddev, subquery, sum, value,
};
use nuages_models::expr::Expr;
use nuages_models::objects::{Objects, Orm, Prefetch, QueryError, Row};
use nuages_models::query::{Lock, LockWait};
use nuages_models::registry::LogicalType;
use nuages_models::value::Value;

/// What a section of the page gives, as text: one line a result.
pub(crate) type Seen = Vec<String>;

fn see(seen: &mut Seen, rows: &[Row]) {
    seen.extend(rows.iter().map(|row| row.to_json().to_string()));
    seen.push(format!("{} rows", rows.len()));
}

pub(crate) async fn basics(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // QuerySet basics
    let users = orm.objects("User");
    let active = users.clone().filter(f("is_active").eq(true));
    let inactive = users.clone().exclude(f("is_active").eq(true));
    let one = users.clone().filter(f("email").eq("user7@example.org")).get().await?;
    let posts = orm.objects("Post").filter(f("published").eq(true)).filter(f("author.is_active").eq(true));
    let newest = users.clone().order_by(["-created_at", "name"]).slice(0, Some(10));
    let number = active.count().await?;
    let any_active = active.exists().await?;
    see(&mut seen, &inactive.order_by(["id"]).values(&["id"]).rows().await?);
    see(&mut seen, &[one]);
    seen.push(format!("{} {} {number} {any_active}", posts.count().await?, newest.rows().await?.len()));
    Ok(seen)
}

/// Conditions that are put together at run time.
fn search(orm: &Orm, name: Option<&str>, email: Option<&str>, is_active: Option<bool>) -> Objects {
    let mut users = orm.objects("User");
    if let Some(name) = name {
        users = users.filter(f("name").icontains(name));
    }
    if let Some(email) = email {
        users = users.filter(f("email").icontains(email));
    }
    if let Some(is_active) = is_active {
        users = users.filter(f("is_active").eq(is_active));
    }
    users
}

pub(crate) async fn conditions(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Q objects: and, or, not
    let either = f("name").icontains("ann") | f("email").icontains("ann");
    let both = f("is_active").eq(true) & (f("name").icontains("ann") | f("email").icontains("ann"));
    let posts = orm.objects("Post").filter(
        f("published").eq(true)
            & (f("author.name").icontains("o") | f("title").icontains("rust"))
            & !f("views").lt(100),
    );
    seen.push(orm.objects("User").filter(either).count().await?.to_string());
    seen.push(orm.objects("User").filter(both).count().await?.to_string());
    seen.push(posts.count().await?.to_string());
    seen.push(search(orm, Some("ann"), None, Some(true)).count().await?.to_string());
    // Related rows: at least one, every one, none of them
    let tagged = orm.objects("Post").filter(some("tags", f("name").is_in(["rust", "sql"])));
    let quiet = orm.objects("User").filter(none("posts", f("views").gt(10)));
    let published =
        orm.objects("User").filter(some("posts", any()) & every("posts", f("published").eq(true)));
    seen.push(format!("{} {} {}", tagged.count().await?, quiet.count().await?, published.count().await?));
    Ok(seen)
}

pub(crate) async fn fields(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // F: fields compared and computed with
    let above = orm.objects("Post").filter(f("views").gt(avg("author.posts.views")));
    let adjusted = orm.objects("Post").annotate("adjusted_views", f("views") * 2 + 10);
    seen.push(above.count().await?.to_string());
    see(&mut seen, &adjusted.order_by(["id"]).values(&["id", "adjusted_views"]).limit(3).rows().await?);
    Ok(seen)
}

pub(crate) async fn aggregates(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Aggregates of all rows, some of them filtered
    let stats = orm
        .objects("Post")
        .aggregate([
            ("total_posts", count("*")),
            ("published_posts", count("*").filter(f("published").eq(true))),
            ("avg_views", avg("views")),
            ("max_views", max("views")),
            ("min_views", min("views")),
            ("total_views", sum("views").default(0)),
            ("std_dev_views", stddev("views")),
        ])
        .await?;
    // Values of each row's related rows, filtered and compared
    let users = orm
        .objects("User")
        .annotate("published_count", count("posts").filter(f("posts.published").eq(true)))
        .annotate("views_of_posts", sum("posts.views"))
        .annotate("comments_on_posts", count("posts.comments"))
        .filter(f("published_count").gt(5))
        .order_by(["-published_count", "id"]);
    // Conditional values
    let kinds = orm
        .objects("User")
        .annotate("posts_written", count("posts"))
        .annotate(
            "kind",
            case()
                .when(f("posts_written").gt(10), "prolific")
                .when(f("posts_written").gt(5), "active")
                .otherwise("casual"),
        )
        .group_by(&["kind"])
        .annotate("number", count("*"))
        .order_by(["kind"]);
    // Groups by day, month, …
    let months = orm
        .objects("Post")
        .annotate("month", func("trunc", [f("created_at"), value("month")]))
        .group_by(&["month", "author.name"])
        .annotate("post_count", count("*"))
        .annotate("views_of_month", sum("views"))
        .filter(f("post_count").gt(2))
        .order_by(["-month", "author.name"]);
    see(&mut seen, &[stats]);
    see(
        &mut seen,
        &users.values(&["id", "published_count", "views_of_posts", "comments_on_posts"]).rows().await?,
    );
    see(&mut seen, &kinds.rows().await?);
    see(&mut seen, &months.rows().await?);
    Ok(seen)
}

pub(crate) async fn subqueries(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // The latest comment of each post, and the posts whose author comments on them
    let latest = orm.objects("Comment").filter(f("post").eq(outer("id"))).order_by(["-created_at", "-id"]);
    let body = latest.clone().values(&["body"]).limit(1);
    let posts = orm
        .objects("Post")
        .annotate("latest_comment", subquery(body.query()?.clone()))
        .annotate(
            "latest_author",
            Expr::Query(Box::new(latest.values(&["author.name"]).limit(1).query()?.clone())),
        )
        .filter(exists(orm.objects("Comment").filter(f("post").eq(outer("id"))).query()?.clone()))
        .order_by(["id"]);
    // Ranks among neighbours
    let ranked = orm
        .objects("Post")
        .annotate(
            "place",
            row_number().partition_by([f("author")]).order_by([f("views").desc(), f("id").asc()]),
        )
        .annotate("rank", rank().order_by([f("views").desc()]))
        .order_by(["id"]);
    see(&mut seen, &posts.values(&["id", "latest_comment", "latest_author"]).limit(5).rows().await?);
    see(&mut seen, &ranked.values(&["id", "place", "rank"]).limit(5).rows().await?);
    Ok(seen)
}

pub(crate) async fn related(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // One statement for posts with authors and categories, one more for all of their tags
    let posts = orm
        .objects("Post")
        .select_related(&["author", "category.parent"])
        .prefetch_related(["tags"])
        .only(&["title", "author.name", "category.name"])
        .order_by(["id"])
        .limit(5);
    let published = orm.objects("Post").filter(f("published").eq(true)).order_by(["-views", "id"]).limit(3);
    let drafts = orm.objects("Post").filter(f("published").eq(false)).order_by(["id"]);
    let users = orm
        .objects("User")
        .prefetch_related([
            Prefetch::new("posts").query(published.select_related(&["category"])).to("top_posts"),
            Prefetch::new("posts").query(drafts).to("draft_posts"),
        ])
        .only(&["name"])
        .order_by(["id"])
        .limit(4);
    let (records, statements) = posts.records().await?;
    seen.extend(records.iter().map(ToString::to_string));
    seen.push(format!("{statements} statements"));
    let (records, _) = users.records().await?;
    seen.extend(records.iter().map(ToString::to_string));
    Ok(seen)
}

pub(crate) async fn functions(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Functions of texts, numbers and dates
    let posts = orm
        .objects("Post")
        .annotate("shout", func("upper", [f("title")]))
        .annotate("preview", func("substr", [f("title"), value(1), value(5)]))
        .annotate("label", func("concat", [f("title"), value(" by "), f("author.name")]))
        .annotate("shown", func("coalesce", [f("category.name"), value("none")]))
        .annotate("stars", func("round", [f("rating")]))
        .annotate("year", f("created_at").get("year"))
        .filter(f("title").get("length").gt(4))
        .order_by(["id"]);
    let recent = orm.objects("Post").filter(f("created_at").gte("2024-06-01T00:00:00Z"));
    see(
        &mut seen,
        &posts.values(&["id", "shout", "preview", "label", "shown", "stars", "year"]).limit(6).rows().await?,
    );
    seen.push(recent.count().await?.to_string());
    Ok(seen)
}

pub(crate) async fn loading(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Only what is needed
    let some_fields = orm.objects("Post").only(&["title", "author"]).order_by(["id"]).limit(2);
    let without = orm.objects("Post").defer(&["content"]).order_by(["id"]).limit(2);
    let values = orm.objects("Post").values(&["id", "title", "author.name"]).order_by(["id"]).limit(2);
    let ids = orm.objects("Post").values(&["id"]).order_by(["id"]).limit(3).flat().await?;
    // Rows as they come, in flat memory
    let mut rows = orm.objects("Comment").order_by(["id"]).iterator()?;
    let mut number = 0;
    while let Some(row) = rows.recv().await {
        number += usize::from(row?.get("id").is_some());
    }
    see(&mut seen, &some_fields.rows().await?);
    seen.push(without.rows().await?.iter().all(|row| row.get("content").is_none()).to_string());
    see(&mut seen, &values.rows().await?);
    seen.push(format!("{ids:?} {number}"));
    Ok(seen)
}

pub(crate) async fn sets(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Sets, distinct rows, one row of each
    let published = orm.objects("Post").filter(f("published").eq(true)).values(&["id", "title"]);
    let popular = orm.objects("Post").filter(f("views").gt(1000)).values(&["id", "title"]);
    let all = published.clone().union(&popular).order_by(["-id"]).limit(3);
    let both = published.clone().intersection(&popular);
    let only = published.difference(&popular);
    let authors = orm.objects("Post").values(&["author"]).distinct();
    let latest_of_each = orm
        .objects("Post")
        .order_by(["author", "-created_at", "id"])
        .distinct_on(&["author"])
        .values(&["author", "id"]);
    let oldest_first = orm.objects("Post").order_by(["-created_at", "id"]).reverse().values(&["id"]).limit(2);
    let empty = orm.objects("Post").none();
    see(&mut seen, &all.rows().await?);
    let counts = [both.count().await?, only.count().await?, authors.count().await?, empty.count().await?];
    seen.push(format!("{counts:?}"));
    see(&mut seen, &latest_of_each.limit(3).rows().await?);
    see(&mut seen, &oldest_first.rows().await?);
    Ok(seen)
}

pub(crate) async fn raw(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // The database's own SQL
    let sql = "SELECT *, views / 2 AS half FROM blog_post WHERE views > $1 -- as the database understands it";
    let busy = orm.raw("Post", sql, vec![Value::Int(100)]).raw_column("half", LogicalType::Int64);
    let drafts =
        busy.filter(f("published").eq(false) & f("author.is_active").eq(true)).order_by(["-half", "id"]);
    let sql = "SELECT author_id, count(*) AS posts FROM blog_post GROUP BY author_id";
    let columns = [("author_id", LogicalType::Int64), ("posts", LogicalType::Int64)];
    let sizes =
        orm.raw_rows(sql, vec![], &columns).filter(f("posts").gt(2)).order_by(["-posts", "author_id"]);
    let busiest = orm
        .objects("Post")
        .filter(f("id").in_query(drafts.clone().values(&["id"]).query()?.clone()))
        .order_by(["id"]);
    see(&mut seen, &drafts.clone().values(&["id", "half", "author.name"]).limit(4).rows().await?);
    seen.push(format!("{} {}", drafts.count().await?, busiest.count().await?));
    see(&mut seen, &drafts.limit(1).rows().await?);
    see(&mut seen, &sizes.clone().limit(3).rows().await?);
    seen.push(format!("{:?}", sizes.aggregate([("all", sum("posts"))]).await?.get("all")));
    let wrong = [
        orm.raw("Post", "SELECT * FROM blog_post WHERE id = $2", vec![Value::Int(1)]),
        orm.raw("Post", "SELECT * FROM blog_post WHERE title = '$1'", vec![Value::Int(1)]),
        orm.raw("Post", "SELECT * FROM blog_post; DROP TABLE blog_post", vec![]),
        orm.raw("Post", "SELECT 'open", vec![]),
    ];
    for wrong in wrong {
        seen.push(wrong.rows().await.expect_err("it cannot be sent").to_string());
    }
    Ok(seen)
}

pub(crate) async fn single(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // One row, and what is wrong when it is not one
    let missing = orm.objects("User").filter(f("email").eq("nobody")).get().await;
    let several = orm.objects("User").filter(f("name").eq("Bob")).get().await;
    let misspelt = orm.objects("User").filter(f("emial").eq("x")).get().await;
    let first = orm.objects("User").order_by(["id"]).first().await?;
    let latest = orm.objects("Post").latest(&["created_at", "id"]).await?;
    let by_key = orm.objects("Tag").in_bulk("id", vec![Value::Int(1), Value::Int(2)]).await?;
    for error in [missing, several, misspelt] {
        seen.push(error.expect_err("it is not one").to_string());
    }
    seen.push(format!("{:?} {:?}", first.and_then(|row| row.get("id").cloned()), latest.get("id")));
    seen.extend(by_key.keys().cloned());
    Ok(seen)
}

pub(crate) async fn managers(orm: &Orm) -> Result<Seen, QueryError> {
    let mut seen = Seen::new();
    // Managers of the model file, and query methods of your own
    let live = orm.objects("Post").manager("live");
    let recent = recent(popular(live.clone(), 100));
    seen.push(format!("{} {}", live.count().await?, recent.count().await?));
    // Lists of related values, and locks
    let tags = orm.objects("Post").annotate("tag_names", array_agg("tags.name").distinct()).order_by(["id"]);
    let lock = Lock { wait: LockWait::SkipLocked, ..Lock::default() };
    let locked = orm.objects("User").filter(f("id").eq(1)).select_for_update(lock);
    see(&mut seen, &tags.values(&["id", "tag_names"]).slice(3, Some(6)).rows().await?);
    let outside = locked.rows().await.expect_err("a lock outside of a transaction");
    let rows = orm.atomic(async |orm: Orm| locked.on(&orm).rows().await).await?;
    seen.push(format!("{} {outside}", rows.len()));
    // The statement, and how the database runs it
    let sql = locked.sql()?;
    let plan = locked.explain(false, false).await?;
    seen.push(format!("{} {}", sql.starts_with("SELECT"), !plan.is_empty()));
    Ok(seen)
}

fn popular(posts: Objects, views: i64) -> Objects {
    posts.filter(f("views").gte(views))
}

fn recent(posts: Objects) -> Objects {
    posts.order_by(["-created_at"]).limit(10)
}
