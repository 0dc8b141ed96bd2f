//! What somebody who knows SQL well would write by hand for exactly these queries: the measure of our own server.
//!
//! A handler takes the same body as a GraphQL server does, looks at the operation's name, runs a prepared statement
//! that makes the JSON in the database, and passes the text through. Nothing is parsed, planned or checked.

mod loops;
mod postgres;
mod sqlite;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clap::ValueEnum;
use serde::Deserialize;
use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

/// How the database is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DriverKind {
    /// One `json_agg` statement through tokio-postgres.
    TokioPostgres,
    /// The same through sqlx.
    Sqlx,
    /// One statement with `json_group_array` and `json_object`.
    SqliteJson,
    /// One statement that concatenates text.
    SqliteConcat,
    /// Nested prepared statements; JSON written by hand.
    SqliteLoops,
}

/// Why a reference could not answer.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// Not a body that the harness sends.
    #[error("the body is not a known operation with its variable: {0}")]
    Body(String),
    /// PostgreSQL through tokio-postgres.
    #[error(transparent)]
    Postgres(#[from] tokio_postgres::Error),
    /// The pool of tokio-postgres.
    #[error(transparent)]
    Pool(#[from] deadpool_postgres::PoolError),
    /// The pool cannot be made.
    #[error(transparent)]
    Build(#[from] deadpool_postgres::BuildError),
    /// PostgreSQL through sqlx.
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    /// SQLite.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// Writing JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A blocking thread ended, or the address cannot be had.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The operations. The names are those of the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Q1,
    Q2,
    Q3,
    Q4,
    Q5,
    Q6,
    Q7,
    Q8,
    M1,
}

/// The value of `n`, or of `input`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Parameter<'a> {
    Number(i32),
    #[serde(borrow)]
    Text(Cow<'a, str>),
    #[serde(borrow)]
    Post(NewPost<'a>),
}

/// What a post is created of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewPost<'a> {
    title: Cow<'a, str>,
    slug: Cow<'a, str>,
    content: Cow<'a, str>,
    author_id: Cow<'a, str>,
    published: bool,
    views: i32,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    query: Cow<'a, str>,
    #[serde(borrow)]
    variables: Variables<'a>,
}

#[derive(Deserialize)]
struct Variables<'a> {
    #[serde(borrow, alias = "input")]
    n: Parameter<'a>,
}

enum Driver {
    TokioPostgres(deadpool_postgres::Pool),
    Sqlx(sqlx::PgPool),
    Sqlite(sqlite::Connections, sqlite::Style),
}

/// Serves until the process is stopped.
///
/// # Errors
/// When the database cannot be reached or the address is taken.
pub async fn serve(kind: DriverKind, database: &str, address: SocketAddr) -> Result<(), ReferenceError> {
    // As many connections as Nuages has unless told otherwise.
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let connections = (cores * 2).max(4);
    let sqlite = |style| {
        Ok::<_, ReferenceError>(Driver::Sqlite(sqlite::Connections::open(database, connections)?, style))
    };
    let driver = match kind {
        DriverKind::TokioPostgres => Driver::TokioPostgres(postgres::pool(database, connections)?),
        DriverKind::Sqlx => Driver::Sqlx(postgres::sqlx_pool(database, connections).await?),
        DriverKind::SqliteJson => sqlite(sqlite::Style::Json)?,
        DriverKind::SqliteConcat => sqlite(sqlite::Style::Concat)?,
        DriverKind::SqliteLoops => sqlite(sqlite::Style::Loops)?,
    };
    let router = Router::new().route("/graphql", post(handle)).with_state(Arc::new(driver));
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn handle(State(driver): State<Arc<Driver>>, body: Bytes) -> Response {
    match answer(&driver, &body).await {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn answer(driver: &Driver, body: &[u8]) -> Result<Bytes, ReferenceError> {
    let body: Body<'_> = serde_json::from_slice(body)?;
    let operation = Operation::of(&body.query)?;
    let parameter = &body.variables.n;
    match driver {
        Driver::TokioPostgres(pool) => postgres::ask(pool, operation, parameter).await,
        Driver::Sqlx(pool) => postgres::ask_sqlx(pool, operation, parameter).await,
        Driver::Sqlite(connections, style) => connections.ask(*style, operation, parameter).await,
    }
}

impl Operation {
    fn of(document: &str) -> Result<Self, ReferenceError> {
        let rest = document.strip_prefix("query ").or_else(|| document.strip_prefix("mutation "));
        let name = rest.and_then(|rest| rest.split('(').next());
        Ok(match name.unwrap_or_default() {
            "Q1" => Self::Q1,
            "Q2" => Self::Q2,
            "Q3" => Self::Q3,
            "Q4" => Self::Q4,
            "Q5" => Self::Q5,
            "Q6" => Self::Q6,
            "Q7" => Self::Q7,
            "Q8" => Self::Q8,
            "M1" => Self::M1,
            _ => return Err(ReferenceError::Body(document.to_owned())),
        })
    }
}

impl Parameter<'_> {
    fn number(&self) -> Result<i32, ReferenceError> {
        match self {
            Self::Number(number) => Ok(*number),
            other => Err(other.unexpected()),
        }
    }

    /// A pattern of LIKE that finds the text anywhere.
    fn pattern(&self) -> Result<String, ReferenceError> {
        match self {
            Self::Text(text) if text.contains(['\\', '%', '_']) => {
                Ok(format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
            }
            Self::Text(text) => Ok(format!("%{text}%")),
            other => Err(other.unexpected()),
        }
    }

    /// The time and the key of `time|key`.
    fn place(&self) -> Result<(&str, i32), ReferenceError> {
        match self {
            Self::Text(text) => text
                .split_once('|')
                .and_then(|(time, key)| Some((time, key.parse().ok()?)))
                .ok_or_else(|| ReferenceError::Body(text.to_string())),
            other => Err(other.unexpected()),
        }
    }

    fn post(&self) -> Result<&NewPost<'_>, ReferenceError> {
        match self {
            Self::Post(post) => Ok(post),
            other => Err(other.unexpected()),
        }
    }

    fn unexpected(&self) -> ReferenceError {
        ReferenceError::Body(format!("{self:?}"))
    }

    /// A copy that borrows nothing.
    fn owned(&self) -> Parameter<'static> {
        let own = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
        match self {
            Self::Number(number) => Parameter::Number(*number),
            Self::Text(text) => Parameter::Text(own(text)),
            Self::Post(post) => Parameter::Post(NewPost {
                title: own(&post.title),
                slug: own(&post.slug),
                content: own(&post.content),
                author_id: own(&post.author_id),
                published: post.published,
                views: post.views,
            }),
        }
    }
}

impl NewPost<'_> {
    fn author(&self) -> Result<i32, ReferenceError> {
        self.author_id.parse().map_err(|_| ReferenceError::Body(self.author_id.to_string()))
    }
}
