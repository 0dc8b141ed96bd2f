//! What every contestant is asked: the documents for Nuages, and the values of their one variable `n` (`input` where
//! they write).

use crate::data;
use crate::failure::Failure;
use crate::http;
use crate::scale::Rows;

/// A query; a set of them is asked in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// `q1` to `q8`, `m1`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The document; `None` while Nuages cannot answer it.
    pub document: Option<&'static str>,
    /// How often it is asked in the mix, in percent.
    pub share: u32,
    /// Where the values of `n` come from.
    pub values: Values,
}

/// Values of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Keys of posts.
    PostKeys,
    /// Least numbers of views.
    Views,
    /// Rows to leave out, of as many users less so many.
    UserOffsets(u32),
    /// Rows to leave out, of as many posts less so many; the first hundred hundreds.
    PostOffsets(u32),
    /// Words that are in an eighth of the titles.
    Words,
    /// Places in all comments in the order of their time: cursors for Nuages, `time|key` for the references.
    Places,
    /// Posts to create, each with a slug of its own ([`http::SERIAL`]).
    NewPosts,
}

/// The document that creates a post.
pub const CREATE: &str =
    "mutation M1($input: PostCreate!) { createPost(input: $input) { id title views createdAt } }";

/// All of them. The documents are the same for Nuages and for the hand-written references, which look at the
/// operation's name only.
pub const QUERIES: [Query; 9] = [
    Query {
        name: "q1",
        about: "one post by key",
        document: Some("query Q1($n: ID!) { post(id: $n) { id title slug views createdAt } }"),
        share: 50,
        values: Values::PostKeys,
    },
    Query {
        name: "q2",
        about: "20 filtered posts + author",
        document: Some(
            "query Q2($n: Int!) { posts(where: { published: { eq: true }, views: { gt: $n } }, \
             orderBy: [{ createdAt: DESC }], limit: 20) { id title views createdAt author { name } } }",
        ),
        share: 20,
        values: Values::Views,
    },
    Query {
        name: "q3",
        about: "3 levels, limits per parent",
        document: Some(
            "query Q3($n: Int!) { users(orderBy: [{ id: ASC }], offset: $n, limit: 20) { id name \
             posts(orderBy: [{ createdAt: DESC }], limit: 5) { id title \
             comments(orderBy: [{ createdAt: DESC }], limit: 3) { id body author { name } } } } }",
        ),
        share: 4,
        values: Values::UserOffsets(20),
    },
    Query {
        name: "q4",
        about: "1000 posts x 8 columns",
        document: Some(
            "query Q4($n: Int!) { posts(orderBy: [{ id: ASC }], offset: $n, limit: 1000) \
             { id title slug content published views rating createdAt } }",
        ),
        share: 1,
        values: Values::PostOffsets(1000),
    },
    Query {
        name: "q5",
        about: "20 users, posts counted and summed",
        document: Some(
            "query Q5($n: Int!) { users(orderBy: [{ id: ASC }], offset: $n, limit: 20) \
             { id name postsAggregate { count sum { views } } } }",
        ),
        share: 0,
        values: Values::UserOffsets(20),
    },
    Query {
        name: "q6",
        about: "100 posts + tags",
        document: Some(
            "query Q6($n: Int!) { posts(orderBy: [{ id: ASC }], offset: $n, limit: 100) \
             { id title tags { id name } } }",
        ),
        share: 5,
        values: Values::PostOffsets(100),
    },
    Query {
        name: "q7",
        about: "20 posts by text, with a comment that …",
        document: Some(
            "query Q7($n: String!) { posts(where: { title: { iContains: $n }, \
             comments: { some: { body: { contains: \"river\" } } } }, \
             orderBy: [{ createdAt: DESC }], limit: 20) { id title createdAt } }",
        ),
        share: 5,
        values: Values::Words,
    },
    Query {
        name: "q8",
        about: "20 comments after a place deep inside",
        document: Some(
            "query Q8($n: String!) { commentsConnection(orderBy: [{ createdAt: DESC }, { id: DESC }], \
             after: $n, first: 20) { edges { node { id body createdAt } } pageInfo { hasNextPage } } }",
        ),
        share: 15,
        values: Values::Places,
    },
    Query {
        name: "m1",
        about: "one post created",
        document: Some(CREATE),
        share: 0,
        values: Values::NewPosts,
    },
];

/// The document that gives a cursor to a comment.
pub const CURSOR: &str = "query Cursor($n: ID!) { commentsConnection(where: { id: { eq: $n } }, \
    orderBy: [{ createdAt: DESC }, { id: DESC }], first: 1) { edges { cursor } } }";

/// Which words titles are searched for: part of the data's words, written in another case.
const WORDS: [&str; 16] = [
    "Amber", "BASIL", "cedar", "Delta", "ember", "FJORD", "grove", "Haven", "inlet", "Jetty", "knoll",
    "LEMON", "maple", "North", "ocean", "Pearl",
];

impl Query {
    /// The query with this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, Failure> {
        QUERIES.into_iter().find(|query| query.name == name).ok_or_else(|| {
            Failure::Argument(format!("there is no query `{name}`; queries are q1 to q8, m1 and mix"))
        })
    }

    /// Whether answering it changes the data.
    pub fn writes(&self) -> bool {
        self.values == Values::NewPosts
    }

    /// The body of a request.
    pub fn body(&self, document: &str, value: &serde_json::Value) -> String {
        let variable = if self.writes() { "input" } else { "n" };
        serde_json::json!({ "query": document, "variables": { variable: value } }).to_string()
    }
}

impl Values {
    /// The values of this data that need no database.
    pub fn plain(self, rows: Rows) -> Vec<serde_json::Value> {
        match self {
            Self::PostKeys => (0..200).map(|i| (1 + i * 7919 % rows.posts).into()).collect(),
            Self::Views => (0..100).map(|i| (500 + i * 55).into()).collect(),
            Self::UserOffsets(page) => (0..100).map(|i| (i * 20 % (rows.users - page)).into()).collect(),
            Self::PostOffsets(page) => (0..100).map(|i| (i * 100 % (rows.posts - page)).into()).collect(),
            Self::Words => WORDS.iter().map(|word| (*word).into()).collect(),
            Self::Places => comments(rows).into_iter().map(Into::into).collect(),
            Self::NewPosts => (0..200).map(|i| new_post(1 + i * 37 % rows.users)).collect(),
        }
    }
}

fn new_post(author: u32) -> serde_json::Value {
    serde_json::json!({
        "title": "A new post",
        "slug": http::SERIAL,
        "content": "Some content for the new post",
        "authorId": author.to_string(),
        "published": true,
        "views": 0,
    })
}

/// Keys of comments that stand all over the order of time.
pub fn comments(rows: Rows) -> Vec<i32> {
    (0..100_u64)
        .filter_map(|i| i32::try_from(1 + (i * 104_729 + 4_243) % u64::from(rows.comments)).ok())
        .collect()
}

/// The places of [`comments`] as the references take them: `YYYY-MM-DD HH:MM:SS.ffffff|key`, in UTC.
///
/// # Errors
/// Those of the database.
pub async fn places(postgres: &str, rows: Rows) -> Result<Vec<serde_json::Value>, Failure> {
    let statement = "SELECT to_char(created_at, 'YYYY-MM-DD HH24:MI:SS.US') || '|' || id FROM comments \
        JOIN unnest($1::int[]) WITH ORDINALITY AS wanted(key, place) ON key = id ORDER BY place";
    let client = data::connect(postgres).await?;
    client.batch_execute("SET timezone = 'UTC'").await?;
    let found = client.query(statement, &[&comments(rows)]).await?;
    found.iter().map(|row| Ok(serde_json::Value::String(row.try_get(0)?))).collect()
}
