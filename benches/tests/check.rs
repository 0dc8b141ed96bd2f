//! The contestants that are built here give the same answers on small data. What the benchmark measures is of no use
//! otherwise; this is the part of it that continuous integration runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages_benches::contestants::{CONTESTANTS, Databases, Server};
use nuages_benches::queries::QUERIES;
use nuages_benches::scale::Scale;
use nuages_benches::{answers, data};
use nuages_models::database::Dialect;
use nuages_tests::databases::TestDatabase;

#[tokio::test(flavor = "multi_thread")]
async fn contestants_give_the_same_answers() {
    let postgres = TestDatabase::empty(Dialect::Postgres, "bench");
    let sqlite = TestDatabase::empty(Dialect::Sqlite, "bench");
    let rows = Scale::Small.rows();
    data::fill(rows, &postgres.url, &sqlite.path()).await.unwrap_or_else(|failure| panic!("{failure}"));
    let databases = Databases { postgres: postgres.url.clone(), sqlite: sqlite.path(), rows, peers: None };
    let mut servers = Vec::new();
    for contestant in CONTESTANTS {
        let server = Server::start(contestant, &databases).await;
        servers.push(server.unwrap_or_else(|failure| panic!("{failure}")));
    }
    let checked = answers::check(&servers, &QUERIES, &databases).await;
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}
