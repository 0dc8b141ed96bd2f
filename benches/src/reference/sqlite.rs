//! SQLite: one statement a query that makes the whole answer, by its JSON functions or by joining text.
//!
//! The tables are those of Nuages: times are text without `T` and `Z`, `rating` counts hundredths.

use super::{NewPost, Operation, Parameter, ReferenceError, loops};
use axum::body::Bytes;
use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Params};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Who writes the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Json,
    Concat,
    Loops,
}

/// Connections, each used by one request at a time, on a blocking thread.
pub(super) struct Connections {
    readers: Pool,
    /// One: SQLite has one writer at a time.
    writer: Pool,
}

#[derive(Clone)]
struct Pool {
    free: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Pool {
    fn new(connections: Vec<Connection>) -> Self {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Self { free: Arc::new(Mutex::new(connections)), permits }
    }
}

impl Connections {
    pub(super) fn open(path: &str, count: usize) -> Result<Self, ReferenceError> {
        let open = |access: &str| {
            let connection = Connection::open(path)?;
            connection.set_prepared_statement_cache_capacity(100);
            // Otherwise a statement is compiled again whenever a parameter changes that the statistics of ANALYZE
            // have something to say about: the SQLite that rusqlite brings is built with SQLITE_ENABLE_STAT4.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.execute_batch(access)?;
            connection.execute_batch(
                "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA mmap_size = 268435456;",
            )?;
            Ok::<_, ReferenceError>(connection)
        };
        // As Nuages sets them.
        let writer =
            open("PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
        writer.busy_timeout(Duration::from_secs(5))?;
        let readers = (0..count).map(|_| open("PRAGMA query_only = ON;")).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { readers: Pool::new(readers), writer: Pool::new(vec![writer]) })
    }

    pub(super) async fn ask(
        &self,
        style: Style,
        operation: Operation,
        parameter: &Parameter<'_>,
    ) -> Result<Bytes, ReferenceError> {
        let parameter = parameter.owned();
        let Pool { free, permits } =
            if operation == Operation::M1 { self.writer.clone() } else { self.readers.clone() };
        let permit = permits.acquire_owned().await.map_err(std::io::Error::other)?;
        let asking = tokio::task::spawn_blocking(move || {
            let connection =
                free.lock().pop().ok_or_else(|| std::io::Error::other("there is no free connection"))?;
            let answer = run(&connection, style, operation, &parameter);
            free.lock().push(connection);
            drop(permit);
            answer
        });
        Ok(asking.await.map_err(std::io::Error::other)??.into())
    }
}

fn run(
    connection: &Connection,
    style: Style,
    operation: Operation,
    parameter: &Parameter<'_>,
) -> Result<Vec<u8>, ReferenceError> {
    let text = match style {
        Style::Json => json(operation),
        Style::Concat => concat(operation),
        Style::Loops => return loops::run(connection, operation, parameter),
    };
    match operation {
        Operation::Q7 => value(connection, text, [parameter.pattern()?]),
        Operation::Q8 => value(connection, text, parameter.place()?),
        Operation::M1 => value(connection, text, columns(parameter.post()?)?),
        _ => value(connection, text, [parameter.number()?]),
    }
}

/// The values of an INSERT, in its order.
pub(super) fn columns<'p>(
    post: &'p NewPost<'_>,
) -> Result<(&'p str, &'p str, &'p str, i32, bool, i32), ReferenceError> {
    Ok((&post.title, &post.slug, &post.content, post.author()?, post.published, post.views))
}

fn value(connection: &Connection, text: &str, parameters: impl Params) -> Result<Vec<u8>, ReferenceError> {
    let mut statement = connection.prepare_cached(text)?;
    match statement.query_row(parameters, |row| Ok(row.get_ref(0)?.as_bytes()?.to_vec())) {
        // Only a post by its key may be missing.
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(b"{\"data\":{\"post\":null}}".to_vec()),
        value => Ok(value?),
    }
}

/// By the JSON functions. What a sub-query gives is JSON to the outer function only as `jsonb`; `json(…)` around text
/// would parse it again.
fn json(operation: Operation) -> &'static str {
    match operation {
        Operation::Q1 => {
            "select json_object('data', json_object('post', json_object('id', cast(id as text), \
             'title', title, 'slug', slug, 'views', views, 'createdAt', replace(created_at, ' ', 'T') || 'Z'))) \
             from posts where id = ?1"
        }
        Operation::Q2 => {
            "select json_object('data', json_object('posts', json_group_array(json_object( \
             'id', cast(id as text), 'title', title, 'views', views, \
             'createdAt', replace(created_at, ' ', 'T') || 'Z', 'author', json_object('name', name))))) \
             from (select p.id, p.title, p.views, p.created_at, u.name from posts p \
             join users u on u.id = p.author_id where p.published and p.views > ?1 \
             order by p.created_at desc limit 20)"
        }
        Operation::Q3 => {
            "select json_object('data', json_object('users', json_group_array(json_object( \
             'id', cast(id as text), 'name', name, 'posts', \
             (select jsonb_group_array(jsonb_object('id', cast(id as text), 'title', title, 'comments', \
             (select jsonb_group_array(jsonb_object('id', cast(id as text), 'body', body, \
             'author', jsonb_object('name', name))) \
             from (select c.id, c.body, a.name from comments c join users a on a.id = c.author_id \
             where c.post_id = p.id order by c.created_at desc limit 3)))) \
             from (select id, title from posts where author_id = u.id order by created_at desc limit 5) p))))) \
             from (select id, name from users order by id limit 20 offset ?1) u"
        }
        Operation::Q4 => {
            "select json_object('data', json_object('posts', json_group_array(json_object( \
             'id', cast(id as text), 'title', title, 'slug', slug, 'content', content, \
             'published', json(iif(published, 'true', 'false')), 'views', views, \
             'rating', (rating / 100) || '.' || substr('0' || (rating % 100), -2), \
             'createdAt', replace(created_at, ' ', 'T') || 'Z')))) \
             from (select * from posts order by id limit 1000 offset ?1)"
        }
        Operation::Q5 => {
            "select json_object('data', json_object('users', json_group_array(json_object( \
             'id', cast(id as text), 'name', name, \
             'postsAggregate', (select jsonb_object('count', count(*), 'sum', jsonb_object('views', sum(views))) \
             from posts where author_id = u.id))))) \
             from (select id, name from users order by id limit 20 offset ?1) u"
        }
        Operation::Q6 => {
            "select json_object('data', json_object('posts', json_group_array(json_object( \
             'id', cast(id as text), 'title', title, 'tags', \
             (select jsonb_group_array(jsonb_object('id', cast(id as text), 'name', name)) \
             from (select t.id, t.name from post_tags l join tags t on t.id = l.tag_id \
             where l.post_id = p.id order by l.tag_id)))))) \
             from (select id, title from posts order by id limit 100 offset ?1) p"
        }
        Operation::Q7 => {
            "select json_object('data', json_object('posts', json_group_array(json_object( \
             'id', cast(id as text), 'title', title, 'createdAt', replace(created_at, ' ', 'T') || 'Z')))) \
             from (select id, title, created_at from posts p where title like ?1 escape '\\' \
             and exists (select 1 from comments c where c.post_id = p.id and instr(c.body, 'river')) \
             order by created_at desc limit 20)"
        }
        Operation::Q8 => {
            "with page as materialized (select id, body, created_at from comments \
             where (created_at, id) < (?1, ?2) order by created_at desc, id desc limit 21) \
             select json_object('data', json_object('commentsConnection', json_object('edges', \
             (select jsonb_group_array(jsonb_object('node', jsonb_object('id', cast(id as text), 'body', body, \
             'createdAt', replace(created_at, ' ', 'T') || 'Z'))) from (select * from page limit 20)), \
             'pageInfo', json_object('hasNextPage', \
             json(iif((select count(*) from page) > 20, 'true', 'false'))))))"
        }
        Operation::M1 => {
            "insert into posts (title, slug, content, author_id, published, views, created_at) \
             values (?1, ?2, ?3, ?4, ?5, ?6, strftime('%Y-%m-%d %H:%M:%f', 'now')) returning \
             json_object('data', json_object('createPost', json_object('id', cast(id as text), 'title', title, \
             'views', views, 'createdAt', replace(created_at, ' ', 'T') || 'Z')))"
        }
    }
}

/// By joining text.
fn concat(operation: Operation) -> &'static str {
    match operation {
        Operation::Q1 => {
            "select '{\"data\":{\"post\":' || coalesce((select '{\"id\":\"' || id || '\",\"title\":' || \
             json_quote(title) || ',\"slug\":' || json_quote(slug) || ',\"views\":' || views || \
             ',\"createdAt\":\"' || replace(created_at, ' ', 'T') || 'Z\"}' \
             from posts where id = ?1), 'null') || '}}'"
        }
        Operation::Q2 => {
            "select '{\"data\":{\"posts\":[' || coalesce(group_concat('{\"id\":\"' || id || '\",\"title\":' || \
             json_quote(title) || ',\"views\":' || views || \
             ',\"createdAt\":\"' || replace(created_at, ' ', 'T') || \
             'Z\",\"author\":{\"name\":' || json_quote(name) || '}}', ','), '') || ']}}' \
             from (select p.id, p.title, p.views, p.created_at, u.name from posts p \
             join users u on u.id = p.author_id where p.published and p.views > ?1 \
             order by p.created_at desc limit 20)"
        }
        Operation::Q3 => {
            "select '{\"data\":{\"users\":[' || coalesce(group_concat('{\"id\":\"' || id || '\",\"name\":' || \
             json_quote(name) || ',\"posts\":[' || coalesce((select group_concat('{\"id\":\"' || id || \
             '\",\"title\":' || json_quote(title) || ',\"comments\":[' || coalesce((select \
             group_concat('{\"id\":\"' || id || '\",\"body\":' || json_quote(body) || \
             ',\"author\":{\"name\":' || json_quote(name) || '}}', ',') \
             from (select c.id, c.body, a.name from comments c join users a on a.id = c.author_id \
             where c.post_id = p.id order by c.created_at desc limit 3)), '') || ']}', ',') \
             from (select id, title from posts where author_id = u.id order by created_at desc limit 5) p), '') \
             || ']}', ','), '') || ']}}' \
             from (select id, name from users order by id limit 20 offset ?1) u"
        }
        Operation::Q4 => {
            "select '{\"data\":{\"posts\":[' || coalesce(group_concat('{\"id\":\"' || id || '\",\"title\":' || \
             json_quote(title) || ',\"slug\":' || json_quote(slug) || ',\"content\":' || json_quote(content) || \
             ',\"published\":' || iif(published, 'true', 'false') || ',\"views\":' || views || ',\"rating\":' || \
             coalesce('\"' || (rating / 100) || '.' || substr('0' || (rating % 100), -2) || '\"', 'null') || \
             ',\"createdAt\":\"' || replace(created_at, ' ', 'T') || 'Z\"}', ','), '') || ']}}' \
             from (select * from posts order by id limit 1000 offset ?1)"
        }
        Operation::Q5 => {
            "select '{\"data\":{\"users\":[' || coalesce(group_concat('{\"id\":\"' || id || '\",\"name\":' || \
             json_quote(name) || ',\"postsAggregate\":{\"count\":' || (select count(*) || ',\"sum\":{\"views\":' || \
             coalesce(sum(views), 'null') from posts where author_id = u.id) || '}}}', ','), \
             '') || ']}}' from (select id, name from users order by id limit 20 offset ?1) u"
        }
        Operation::Q6 => {
            "select '{\"data\":{\"posts\":[' || coalesce(group_concat('{\"id\":\"' || id || '\",\"title\":' || \
             json_quote(title) || ',\"tags\":[' || coalesce((select group_concat('{\"id\":\"' || id || \
             '\",\"name\":' || json_quote(name) || '}', ',') from (select t.id, t.name from post_tags l \
             join tags t on t.id = l.tag_id where l.post_id = p.id order by l.tag_id)), '') || ']}', ','), '') || \
             ']}}' from (select id, title from posts order by id limit 100 offset ?1) p"
        }
        Operation::Q7 => {
            "select '{\"data\":{\"posts\":[' || coalesce(group_concat('{\"id\":\"' || id || '\",\"title\":' || \
             json_quote(title) || ',\"createdAt\":\"' || replace(created_at, ' ', 'T') || 'Z\"}', ','), '') || \
             ']}}' from (select id, title, created_at from posts p where title like ?1 escape '\\' \
             and exists (select 1 from comments c where c.post_id = p.id and instr(c.body, 'river')) \
             order by created_at desc limit 20)"
        }
        Operation::Q8 => {
            "with page as materialized (select id, body, created_at from comments \
             where (created_at, id) < (?1, ?2) order by created_at desc, id desc limit 21) \
             select '{\"data\":{\"commentsConnection\":{\"edges\":[' || coalesce((select \
             group_concat('{\"node\":{\"id\":\"' || id || '\",\"body\":' || json_quote(body) || \
             ',\"createdAt\":\"' || replace(created_at, ' ', 'T') || 'Z\"}}', ',') \
             from (select * from page limit 20)), '') || '],\"pageInfo\":{\"hasNextPage\":' || \
             iif((select count(*) from page) > 20, 'true', 'false') || '}}}}'"
        }
        Operation::M1 => {
            "insert into posts (title, slug, content, author_id, published, views, created_at) \
             values (?1, ?2, ?3, ?4, ?5, ?6, strftime('%Y-%m-%d %H:%M:%f', 'now')) returning \
             '{\"data\":{\"createPost\":{\"id\":\"' || id || '\",\"title\":' || json_quote(title) || \
             ',\"views\":' || views || ',\"createdAt\":\"' || replace(created_at, ' ', 'T') || 'Z\"}}}'"
        }
    }
}
