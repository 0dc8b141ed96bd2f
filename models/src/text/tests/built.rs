//! The Rust spelling and the text give the same trees.

use super::*;
use crate::build::{
    E, any, arg, avg, bool_and, case, coalesce, concat, count, every, exists, f, field_with, first, func,
    max, none, now, one, outer, rank, row_number, session, some, string_agg, subquery, sum, value, window,
};

#[track_caller]
fn built(written: &str, built: impl Into<Expr>) {
    let built = built.into();
    assert_eq!(read(written), built, "{written}");
    assert_eq!(read(&print(&built, &registry())), built, "{written}");
}

#[test]
fn conditions() {
    built(
        "icontains(author.name, 'john') or title = 'x'",
        f("author.name").icontains("john") | f("title").eq("x"),
    );
    built(
        "views >= 10 and not (views < 3) and title is not null",
        f("views").gte(10) & !f("views").lt(3) & f("title").is_not_null(),
    );
    built("a <> 'x' and (b or c)", f("a").ne("x") & (f("b") | f("c")));
    built("views between 1 and 2.50", f("views").range(1, Decimal::parse("2.50").unwrap()));
    built("views in (1, 2)", f("views").is_in([1, 2]));
    built("title in :titles", f("title").is_among(arg("titles")));
    built("data ?& array['a', 'b']", f("data").has_keys(["a", "b"]));
    built("data ?| array['a', 'b']", f("data").has_any_keys(["a", "b"]));
    built("overlap(data, title)", f("data").overlap(f("title")));
    built("title ~* '^a' or startswith(title, 'b')", f("title").iregex("^a") | f("title").startswith("b"));
    built(
        "data ? 'a' and data @> json '{}'",
        f("data").has_key("a") & f("data").json_contains(Value::Json("{}".to_owned())),
    );
}

#[test]
fn values() {
    built("views * 2 + 10", f("views") * 2 + 10);
    built("-views % 3 - views / 2", -f("views") % 3 - f("views") / 2);
    built(
        "case when post_count > 10 then 'prolific' else 'casual' end",
        case().when(f("post_count").gt(10), "prolific").otherwise("casual"),
    );
    built("case when a then 1 when b then 2 end", case().when(f("a"), 1).when(f("b"), 2).end());
    built("lower(title)", func("lower", [f("title")]));
    built("1.5e0", value(1.5));
    built("cast(views as text)", f("views").cast(LogicalType::Text));
    built("extract(year from created_at)", f("created_at").get("year"));
    built("data->'a'->'b'", f("data").key(&["a", "b"]));
    built("data->'a'->0", f("data").at([Value::from("a"), Value::from(0)]));
    built("data->'a'->>0", f("data").text_at([Value::from("a"), Value::from(0)]));
    built("title || name", concat([f("title"), f("name")]));
    built("coalesce(title, name, 'x')", coalesce([f("title"), f("name"), "x".into()]));
    built("views ^ 2", f("views").pow(2));
    built(
        "views > :least and author = @user_id",
        f("views").gt(arg("least")) & f("author").eq(session("user_id")),
    );
    built("created_at < now()", f("created_at").lt(now()));
    built(
        "extract(hour from created_at at time zone 'Europe/Berlin')",
        f("created_at").get_in("hour", "Europe/Berlin"),
    );
    built("preview(length => 20)", field_with("preview", [("length", Slot::Constant(20.into()))]));
}

#[test]
fn aggregates_windows_and_related_rows() {
    built(
        "count(posts) filter (where posts.published = true)",
        count("posts").filter(f("posts.published").eq(true)),
    );
    built("count(distinct posts.author)", count("posts.author").distinct());
    built("count(*)", count("*"));
    built(
        "string_agg(posts.title, ', ' order by posts.id)",
        string_agg("posts.title", ", ").order_by([f("posts.id").asc()]),
    );
    built("first(posts.title order by posts.id desc)", first("posts.title").order_by([f("posts.id").desc()]));
    built("bool_and(posts.published)", bool_and("posts.published"));
    built("one(category, name = 'x')", one("category", f("name").eq("x")));
    built(
        "sum(views) filter (where published) over (order by id nulls first)",
        E::from(sum("views").over().filter(f("published")).order_by([f("id").asc_nulls_first()])),
    );
    built("coalesce(sum(posts.views), 0)", sum("posts.views").default(0));
    built("avg(posts.views * 2)", avg(f("posts.views") * 2));
    built(
        "rank() over (partition by author order by views desc, id)",
        E::from(rank().partition_by([f("author")]).order_by([f("views").desc(), f("id").asc()])),
    );
    built("row_number() over ()", E::from(row_number()));
    built(
        "lag(views, 1) over (order by id)",
        E::from(window("lag", [f("views"), value(1)]).order_by([f("id").asc()])),
    );
    built("max(views) over (partition by author)", E::from(max("views").over().partition_by([f("author")])));
    built(
        "some(posts, views > outer.limit) and none(posts)",
        some("posts", f("views").gt(outer("limit"))) & none("posts", any()),
    );
    built("every(posts, views = outer.outer.id)", every("posts", f("views").eq(outer("outer.id"))));
}

#[test]
fn queries() {
    let registry = registry();
    let post = registry.model_named("Post").unwrap().id;
    let own = QuerySet { filter: Some(f("author").eq(outer("id")).into()), ..QuerySet::all(post) };
    built("exists(select 1 from Post where author = outer.id)", exists(own.clone()));
    let largest = QuerySet {
        columns: vec![("views".to_owned(), f("views").into())],
        order: vec![f("views").desc_nulls_last()],
        limit: Some(Bound::Inline(1)),
        ..own.clone()
    };
    built(
        "(select views from Post where author = outer.id order by views desc nulls last limit 1)",
        subquery(largest),
    );
    let ids = QuerySet { columns: vec![("author".to_owned(), f("author").into())], ..QuerySet::all(post) };
    built("id in (select author from Post)", f("id").in_query(ids));
}
