//! SQLite: one statement a query that makes the whole answer, by its JSON functions or by joining text.
//!
//! The tables are those of Nuages: times are text without `T` and `Z`, `rating` counts hundredths.

use super::{Operation, Parameter, ReferenceError, loops};
use axum::body::Bytes;
use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Params};
use std::sync::Arc;
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
    free: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Connections {
    pub(super) fn open(path: &str, count: usize) -> Result<Self, ReferenceError> {
        let mut free = Vec::new();
        for _ in 0..count {
            let connection = Connection::open(path)?;
            connection.set_prepared_statement_cache_capacity(100);
            // Otherwise a statement is compiled again whenever a parameter changes that the statistics of ANALYZE
            // have something to say about: the SQLite that rusqlite brings is built with SQLITE_ENABLE_STAT4.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.execute_batch(
                "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; \
                 PRAGMA mmap_size = 268435456;",
            )?;
            free.push(connection);
        }
        Ok(Self { free: Arc::new(Mutex::new(free)), permits: Arc::new(Semaphore::new(count)) })
    }

    pub(super) async fn ask(
        &self,
        style: Style,
        operation: Operation,
        parameter: &Parameter<'_>,
    ) -> Result<Bytes, ReferenceError> {
        let parameter = match parameter {
            Parameter::Number(number) => Parameter::Number(*number),
            Parameter::Text(text) => Parameter::Text(text.clone().into_owned().into()),
        };
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(std::io::Error::other)?;
        let free = Arc::clone(&self.free);
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
        _ => value(connection, text, [parameter.number()?]),
    }
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
    }
}
