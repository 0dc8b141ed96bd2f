//! PostgreSQL: one statement a query, which makes the whole answer with `json_agg`.
//!
//! The statements write what is cheapest: keys as numbers, and times as PostgreSQL itself writes them into JSON. Each is
//! the quickest of several that were tried on the data of 1x: a to-one relation by a sub-query where a join makes the
//! planner read the whole table, rows in the order of their sub-query instead of sorted again.

use super::{Operation, Parameter, ReferenceError};
use axum::body::Bytes;
use deadpool_postgres::{Manager, Pool};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio_postgres::NoTls;

const Q1: &str = "select json_build_object('data', json_build_object('post', \
    (select json_build_object('id', id, 'title', title, 'slug', slug, 'views', views, 'createdAt', created_at) \
    from posts where id = $1)))::text";

const Q2: &str = "select json_build_object('data', json_build_object('posts', coalesce(json_agg(p), '[]')))::text \
    from (select p.id, p.title, p.views, p.created_at as \"createdAt\", json_build_object('name', u.name) as author \
    from posts p join users u on u.id = p.author_id where p.published and p.views > $1 \
    order by p.created_at desc limit 20) p";

const Q3: &str = "select json_build_object('data', json_build_object('users', \
    coalesce(json_agg(json_build_object('id', u.id, 'name', u.name, 'posts', \
    (select coalesce(json_agg(json_build_object('id', p.id, 'title', p.title, 'comments', \
    (select coalesce(json_agg(json_build_object('id', c.id, 'body', c.body, \
    'author', (select json_build_object('name', name) from users where id = c.author_id))), '[]') \
    from (select id, body, author_id from comments where post_id = p.id order by created_at desc limit 3) c))), '[]') \
    from (select id, title from posts where author_id = u.id order by created_at desc limit 5) p))), '[]')))::text \
    from (select id, name from users order by id limit 20 offset $1) u";

const Q4: &str = "select '{\"data\":{\"posts\":[' || coalesce(string_agg(row_to_json(p)::text, ','), '') || ']}}' \
    from (select id, title, slug, content, published, views, rating::text, created_at as \"createdAt\" \
    from posts order by id limit 1000 offset $1) p";

const Q5: &str = "select json_build_object('data', json_build_object('users', \
    coalesce(json_agg(json_build_object('id', u.id, 'name', u.name, 'postsAggregate', json_build_object('count', s.n, \
    'sum', json_build_object('views', s.v))) order by u.id), '[]')\
    ))::text from (select id, name from users order by id limit 20 offset $1) u \
    cross join lateral (select count(*) n, sum(views) v from posts where author_id = u.id) s";

const Q6: &str = "select json_build_object('data', json_build_object('posts', \
    coalesce(json_agg(json_build_object('id', p.id, 'title', p.title, 'tags', (select coalesce(json_agg( \
    (select json_build_object('id', t.id, 'name', t.name) from tags t where t.id = l.tag_id)), '[]') \
    from (select tag_id from post_tags where post_id = p.id order by tag_id) l))), '[]')))::text \
    from (select id, title from posts order by id limit 100 offset $1) p";

const Q7: &str = "select json_build_object('data', json_build_object('posts', coalesce(json_agg(p), '[]')))::text \
    from (select id, title, created_at as \"createdAt\" from posts p where title ilike $1 \
    and exists (select from comments c where c.post_id = p.id and c.body like '%river%') \
    order by created_at desc limit 20) p";

const Q8: &str = "select json_build_object('data', json_build_object('commentsConnection', json_build_object('edges', \
    coalesce(json_agg(json_build_object('node', json_build_object('id', id, 'body', body, 'createdAt', created_at))) \
    filter (where place <= 20), '[]'), 'pageInfo', json_build_object('hasNextPage', count(*) > 20))))::text \
    from (select id, body, created_at, row_number() over (order by created_at desc, id desc) as place \
    from comments where (created_at, id) < ($1::text::timestamptz, $2) \
    order by created_at desc, id desc limit 21) p";

const M1: &str = "insert into posts (title, slug, content, author_id, published, views, created_at) \
    values ($1, $2, $3, $4, $5, $6, now()) returning json_build_object('data', json_build_object('createPost', \
    json_build_object('id', id, 'title', title, 'views', views, 'createdAt', created_at)))::text";

fn statement(operation: Operation) -> &'static str {
    match operation {
        Operation::Q1 => Q1,
        Operation::Q2 => Q2,
        Operation::Q3 => Q3,
        Operation::Q4 => Q4,
        Operation::Q5 => Q5,
        Operation::Q6 => Q6,
        Operation::Q7 => Q7,
        Operation::Q8 => Q8,
        Operation::M1 => M1,
    }
}

/// A pool of tokio-postgres.
pub(super) fn pool(url: &str, connections: usize) -> Result<Pool, ReferenceError> {
    let config: tokio_postgres::Config = url.parse()?;
    Ok(Pool::builder(Manager::new(config, NoTls)).max_size(connections).build()?)
}

/// A pool of sqlx that does not test connections before it gives them away.
pub(super) async fn sqlx_pool(url: &str, connections: usize) -> Result<PgPool, ReferenceError> {
    let connections = u32::try_from(connections).unwrap_or(u32::MAX);
    let options = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
    Ok(options.connect(url).await?)
}

/// Asks through tokio-postgres.
pub(super) async fn ask(
    pool: &Pool,
    operation: Operation,
    parameter: &Parameter<'_>,
) -> Result<Bytes, ReferenceError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(statement(operation)).await?;
    let row = match operation {
        Operation::Q1 | Operation::Q2 => client.query_one(&statement, &[&parameter.number()?]).await?,
        Operation::Q3 | Operation::Q4 | Operation::Q5 | Operation::Q6 => {
            client.query_one(&statement, &[&i64::from(parameter.number()?)]).await?
        }
        Operation::Q7 => client.query_one(&statement, &[&parameter.pattern()?]).await?,
        Operation::Q8 => {
            let (time, key) = parameter.place()?;
            client.query_one(&statement, &[&time, &key]).await?
        }
        Operation::M1 => {
            let post = parameter.post()?;
            let author = post.author()?;
            client
                .query_one(
                    &statement,
                    &[&post.title, &post.slug, &post.content, &author, &post.published, &post.views],
                )
                .await?
        }
    };
    Ok(row.try_get::<_, String>(0)?.into())
}

/// Asks through sqlx.
pub(super) async fn ask_sqlx(
    pool: &PgPool,
    operation: Operation,
    parameter: &Parameter<'_>,
) -> Result<Bytes, ReferenceError> {
    let query = sqlx::query_scalar::<_, String>(statement(operation));
    let query = match operation {
        Operation::Q1 | Operation::Q2 => query.bind(parameter.number()?),
        Operation::Q3 | Operation::Q4 | Operation::Q5 | Operation::Q6 => {
            query.bind(i64::from(parameter.number()?))
        }
        Operation::Q7 => query.bind(parameter.pattern()?),
        Operation::Q8 => {
            let (time, key) = parameter.place()?;
            query.bind(time.to_owned()).bind(key)
        }
        Operation::M1 => {
            let post = parameter.post()?;
            query
                .bind(post.title.to_string())
                .bind(post.slug.to_string())
                .bind(post.content.to_string())
                .bind(post.author()?)
                .bind(post.published)
                .bind(post.views)
        }
    };
    Ok(query.fetch_one(pool).await?.into())
}
