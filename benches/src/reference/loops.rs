//! SQLite: nested prepared statements that are stepped, and JSON that is written while stepping.

use super::sqlite::columns;
use super::{NewPost, Operation, Parameter, ReferenceError};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, Row};

/// The answer of an operation.
pub(super) fn run(
    connection: &Connection,
    operation: Operation,
    parameter: &Parameter<'_>,
) -> Result<Vec<u8>, ReferenceError> {
    let mut out = Vec::with_capacity(4096);
    match operation {
        Operation::Q1 => post(connection, parameter.number()?, &mut out),
        Operation::Q2 => posts_with_author(connection, parameter.number()?, &mut out),
        Operation::Q3 => three_levels(connection, parameter.number()?, &mut out),
        Operation::Q4 => posts(connection, parameter.number()?, &mut out),
        Operation::Q5 => counts(connection, parameter.number()?, &mut out),
        Operation::Q6 => posts_with_tags(connection, parameter.number()?, &mut out),
        Operation::Q7 => search(connection, &parameter.pattern()?, &mut out),
        Operation::Q8 => {
            let (time, key) = parameter.place()?;
            page(connection, time, key, &mut out)
        }
        Operation::M1 => create(connection, parameter.post()?, &mut out),
    }?;
    Ok(out)
}

type Written = Result<(), ReferenceError>;

fn post(connection: &Connection, key: i32, out: &mut Vec<u8>) -> Written {
    let mut post =
        connection.prepare_cached("select id, title, slug, views, created_at from posts where id = ?1")?;
    let mut rows = post.query([key])?;
    out.extend_from_slice(b"{\"data\":{\"post\":");
    match rows.next()? {
        Some(row) => {
            key_and_title(out, row)?;
            out.extend_from_slice(b",\"slug\":");
            text(out, row, 2)?;
            out.extend_from_slice(b",\"views\":");
            number(out, row, 3)?;
            out.extend_from_slice(b",\"createdAt\":");
            time(out, row, 4)?;
            out.push(b'}');
        }
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(b"}}");
    Ok(())
}

fn posts_with_author(connection: &Connection, views: i32, out: &mut Vec<u8>) -> Written {
    let mut posts = connection.prepare_cached(
        "select p.id, p.title, p.views, p.created_at, u.name from posts p join users u on u.id = p.author_id \
         where p.published and p.views > ?1 order by p.created_at desc limit 20",
    )?;
    out.extend_from_slice(b"{\"data\":{\"posts\":");
    list(out, posts.query([views])?, |out, row| {
        key_and_title(out, row)?;
        out.extend_from_slice(b",\"views\":");
        number(out, row, 2)?;
        out.extend_from_slice(b",\"createdAt\":");
        time(out, row, 3)?;
        out.extend_from_slice(b",\"author\":{\"name\":");
        text(out, row, 4)?;
        out.extend_from_slice(b"}}");
        Ok(())
    })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

fn three_levels(connection: &Connection, offset: i32, out: &mut Vec<u8>) -> Written {
    let mut users = connection.prepare_cached("select id, name from users order by id limit 20 offset ?1")?;
    let mut posts = connection.prepare_cached(
        "select id, title from posts where author_id = ?1 order by created_at desc limit 5",
    )?;
    let mut comments = connection.prepare_cached(
        "select c.id, c.body, a.name from comments c join users a on a.id = c.author_id \
         where c.post_id = ?1 order by c.created_at desc limit 3",
    )?;
    out.extend_from_slice(b"{\"data\":{\"users\":");
    list(out, users.query([offset])?, |out, row| {
        out.extend_from_slice(b"{\"id\":");
        key(out, row)?;
        out.extend_from_slice(b",\"name\":");
        text(out, row, 1)?;
        out.extend_from_slice(b",\"posts\":");
        list(out, posts.query([row.get::<_, i64>(0)?])?, |out, row| {
            key_and_title(out, row)?;
            out.extend_from_slice(b",\"comments\":");
            list(out, comments.query([row.get::<_, i64>(0)?])?, |out, row| {
                out.extend_from_slice(b"{\"id\":");
                key(out, row)?;
                out.extend_from_slice(b",\"body\":");
                text(out, row, 1)?;
                out.extend_from_slice(b",\"author\":{\"name\":");
                text(out, row, 2)?;
                out.extend_from_slice(b"}}");
                Ok(())
            })?;
            out.push(b'}');
            Ok(())
        })?;
        out.push(b'}');
        Ok(())
    })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

fn posts(connection: &Connection, offset: i32, out: &mut Vec<u8>) -> Written {
    let mut posts = connection.prepare_cached(
        "select id, title, slug, content, published, views, rating, created_at from posts \
         order by id limit 1000 offset ?1",
    )?;
    out.extend_from_slice(b"{\"data\":{\"posts\":");
    list(out, posts.query([offset])?, |out, row| {
        key_and_title(out, row)?;
        out.extend_from_slice(b",\"slug\":");
        text(out, row, 2)?;
        out.extend_from_slice(b",\"content\":");
        text(out, row, 3)?;
        out.extend_from_slice(b",\"published\":");
        out.extend_from_slice(if row.get_ref(4)?.as_i64() == Ok(0) { b"false" } else { b"true" });
        out.extend_from_slice(b",\"views\":");
        number(out, row, 5)?;
        out.extend_from_slice(b",\"rating\":");
        hundredths(out, row, 6)?;
        out.extend_from_slice(b",\"createdAt\":");
        time(out, row, 7)?;
        out.push(b'}');
        Ok(())
    })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

fn counts(connection: &Connection, offset: i32, out: &mut Vec<u8>) -> Written {
    let mut users = connection.prepare_cached("select id, name from users order by id limit 20 offset ?1")?;
    let mut counts =
        connection.prepare_cached("select count(*), sum(views) from posts where author_id = ?1")?;
    out.extend_from_slice(b"{\"data\":{\"users\":");
    list(out, users.query([offset])?, |out, row| {
        out.extend_from_slice(b"{\"id\":");
        key(out, row)?;
        out.extend_from_slice(b",\"name\":");
        text(out, row, 1)?;
        let mut counted = counts.query([row.get::<_, i64>(0)?])?;
        if let Some(row) = counted.next()? {
            out.extend_from_slice(b",\"postsAggregate\":{\"count\":");
            number(out, row, 0)?;
            out.extend_from_slice(b",\"sum\":{\"views\":");
            number(out, row, 1)?;
            out.extend_from_slice(b"}}");
        }
        out.push(b'}');
        Ok(())
    })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

fn posts_with_tags(connection: &Connection, offset: i32, out: &mut Vec<u8>) -> Written {
    let mut posts =
        connection.prepare_cached("select id, title from posts order by id limit 100 offset ?1")?;
    let mut tags = connection.prepare_cached(
        "select t.id, t.name from post_tags l join tags t on t.id = l.tag_id where l.post_id = ?1 \
         order by l.tag_id",
    )?;
    out.extend_from_slice(b"{\"data\":{\"posts\":");
    list(out, posts.query([offset])?, |out, row| {
        key_and_title(out, row)?;
        out.extend_from_slice(b",\"tags\":");
        list(out, tags.query([row.get::<_, i64>(0)?])?, |out, row| {
            out.extend_from_slice(b"{\"id\":");
            key(out, row)?;
            out.extend_from_slice(b",\"name\":");
            text(out, row, 1)?;
            out.push(b'}');
            Ok(())
        })?;
        out.push(b'}');
        Ok(())
    })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

fn search(connection: &Connection, pattern: &str, out: &mut Vec<u8>) -> Written {
    let mut posts = connection.prepare_cached(
        "select id, title, created_at from posts p where title like ?1 escape '\\' \
         and exists (select 1 from comments c where c.post_id = p.id and instr(c.body, 'river')) \
         order by created_at desc limit 20",
    )?;
    out.extend_from_slice(b"{\"data\":{\"posts\":");
    list(out, posts.query([pattern])?, |out, row| {
        key_and_title(out, row)?;
        out.extend_from_slice(b",\"createdAt\":");
        time(out, row, 2)?;
        out.push(b'}');
        Ok(())
    })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

fn page(connection: &Connection, after: &str, after_key: i32, out: &mut Vec<u8>) -> Written {
    const PAGE: usize = 20;
    let mut comments: CachedStatement<'_> = connection.prepare_cached(
        "select id, body, created_at from comments where (created_at, id) < (?1, ?2) \
         order by created_at desc, id desc limit 21",
    )?;
    let mut rows = comments.query((after, after_key))?;
    out.extend_from_slice(b"{\"data\":{\"commentsConnection\":{\"edges\":[");
    let mut written = 0;
    let mut has_next = false;
    while let Some(row) = rows.next()? {
        if written == PAGE {
            has_next = true;
            break;
        }
        if written > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"node\":{\"id\":");
        key(out, row)?;
        out.extend_from_slice(b",\"body\":");
        text(out, row, 1)?;
        out.extend_from_slice(b",\"createdAt\":");
        time(out, row, 2)?;
        out.extend_from_slice(b"}}");
        written += 1;
    }
    out.extend_from_slice(b"],\"pageInfo\":{\"hasNextPage\":");
    out.extend_from_slice(if has_next { b"true" } else { b"false" });
    out.extend_from_slice(b"}}}}");
    Ok(())
}

fn create(connection: &Connection, post: &NewPost<'_>, out: &mut Vec<u8>) -> Written {
    let mut created = connection.prepare_cached(
        "insert into posts (title, slug, content, author_id, published, views, created_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, strftime('%Y-%m-%d %H:%M:%f', 'now')) \
         returning id, title, views, created_at",
    )?;
    let mut rows = created.query(columns(post)?)?;
    out.extend_from_slice(b"{\"data\":{\"createPost\":");
    if let Some(row) = rows.next()? {
        key_and_title(out, row)?;
        out.extend_from_slice(b",\"views\":");
        number(out, row, 2)?;
        out.extend_from_slice(b",\"createdAt\":");
        time(out, row, 3)?;
        out.push(b'}');
    }
    // The row is written when the statement has come to its end.
    while rows.next()?.is_some() {}
    out.extend_from_slice(b"}}");
    Ok(())
}

fn list(
    out: &mut Vec<u8>,
    mut rows: rusqlite::Rows<'_>,
    mut write: impl FnMut(&mut Vec<u8>, &Row<'_>) -> Written,
) -> Written {
    out.push(b'[');
    let mut is_first = true;
    while let Some(row) = rows.next()? {
        if !is_first {
            out.push(b',');
        }
        is_first = false;
        write(out, row)?;
    }
    out.push(b']');
    Ok(())
}

/// The beginning of an object with these as its first two columns.
fn key_and_title(out: &mut Vec<u8>, row: &Row<'_>) -> Written {
    out.extend_from_slice(b"{\"id\":");
    key(out, row)?;
    out.extend_from_slice(b",\"title\":");
    text(out, row, 1)
}

/// The first column, a key: a number as text.
fn key(out: &mut Vec<u8>, row: &Row<'_>) -> Written {
    out.push(b'"');
    number(out, row, 0)?;
    out.push(b'"');
    Ok(())
}

fn number(out: &mut Vec<u8>, row: &Row<'_>, column: usize) -> Written {
    match row.get_ref(column)? {
        ValueRef::Integer(number) => serde_json::to_writer(out, &number)?,
        _ => out.extend_from_slice(b"null"),
    }
    Ok(())
}

fn text(out: &mut Vec<u8>, row: &Row<'_>, column: usize) -> Written {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(serde_json::to_writer(out, text)?)
}

/// `2024-05-06 07:08:09.1` as `"2024-05-06T07:08:09.1Z"`.
fn time(out: &mut Vec<u8>, row: &Row<'_>, column: usize) -> Written {
    let text = row.get_ref(column)?.as_bytes().map_err(rusqlite::Error::from)?;
    out.push(b'"');
    out.extend(text.iter().map(|byte| if *byte == b' ' { b'T' } else { *byte }));
    out.extend_from_slice(b"Z\"");
    Ok(())
}

/// `450` as `"4.50"`.
fn hundredths(out: &mut Vec<u8>, row: &Row<'_>, column: usize) -> Written {
    let ValueRef::Integer(number) = row.get_ref(column)? else {
        out.extend_from_slice(b"null");
        return Ok(());
    };
    out.push(b'"');
    serde_json::to_writer(&mut *out, &(number / 100))?;
    out.push(b'.');
    if number % 100 < 10 {
        out.push(b'0');
    }
    serde_json::to_writer(&mut *out, &(number % 100))?;
    out.push(b'"');
    Ok(())
}
