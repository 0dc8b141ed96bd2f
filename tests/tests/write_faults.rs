//! Writers in numbers, and a server that is killed in the middle: no update is lost, nothing is there twice, nothing is
//! half-written, and the server starts again. On both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use nuages_models::Registry;
use nuages_models::build::f;
use nuages_models::database::{Database, DatabaseOptions, Dialect};
use nuages_models::define::{SourceFile, define};
use nuages_models::expr::Expr;
use nuages_models::objects::Orm;
use nuages_models::run::PathSegment;
use nuages_models::value::Value as Stored;
use nuages_models::write::{Action, Change, Key, Mutation, NewRow, Target, WriteContext, WriteError, Writer};
use nuages_schema::{Engine, EngineOptions, Request};
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::{postgres, program};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const TASKS: i64 = 200;
/// Rows of one request that is cut off.
const ROWS: usize = 2_000;

const MODELS: &str = "\
[Counter.fields]
name = { type = \"char\", max_length = 40, unique = true }
n = { type = \"integer\", default = 0 }
version = { type = \"integer\", default = 0 }
[Item.fields]
label = { type = \"char\", max_length = 40, unique = true }
counter = { type = \"foreign_key\", to = \"Counter\", on_delete = \"cascade\", related_name = \"items\", null = true }
";

struct World {
    place: TestDatabase,
    database: Database,
    registry: Arc<Registry>,
    engine: Arc<Engine>,
}

impl World {
    async fn new(dialect: Dialect) -> Self {
        let place = TestDatabase::empty(dialect, "faults");
        let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
        let file = SourceFile { path: "models/shop.toml".to_owned(), text: MODELS.to_owned() };
        let registry = Arc::new(define(&[file]).unwrap());
        nuages_migrations::migrate(&database, &registry).await.unwrap();
        let engine = Engine::new(Arc::clone(&registry), database.clone(), EngineOptions::default()).unwrap();
        Self { place, database, registry, engine: Arc::new(engine) }
    }

    /// The answers of as many requests at once.
    async fn at_once(&self, what: &str, request: impl Fn(i64) -> (String, Value)) -> Vec<Value> {
        let start = Instant::now();
        let running: Vec<_> = (0..TASKS)
            .map(|task| {
                let (engine, (query, variables)) = (Arc::clone(&self.engine), request(task));
                tokio::spawn(async move { ask(&engine, &query, variables).await })
            })
            .collect();
        let mut answers = Vec::new();
        for task in running {
            answers.push(task.await.unwrap());
        }
        eprintln!("{:?}: {TASKS} requests {what} in {:?}", self.place.dialect, start.elapsed());
        answers
    }
}

async fn ask(engine: &Engine, query: &str, variables: Value) -> Value {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    let answer = engine.execute(Request { query: query.to_owned(), variables, ..Request::default() }).await;
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_on_one_key_lose_nothing() {
    for dialect in BACKENDS {
        let world = World::new(dialect).await;
        let upsert = "mutation { upsertCounter(key: {name: \"a\"}, create: {name: \"a\", n: 1}, calc: {n: \"n + 1\"}) { created } }";
        let answers = world.at_once("upsert", |_| (upsert.to_owned(), json!({}))).await;
        let created = |answer: &&Value| answer["data"]["upsertCounter"]["created"] == true;
        assert_eq!(answers.iter().filter(created).count(), 1, "{dialect:?}: {answers:?}");
        let state = ask(&world.engine, "{ counters { name n version } }", json!({})).await;
        assert_eq!(
            state["data"]["counters"],
            json!([{"name": "a", "n": TASKS, "version": 0}]),
            "{dialect:?}"
        );

        // Everybody expects the same version: one has it, the others are told so.
        let expected = "mutation { updateCounter(id: 1, set: {version: 1}, calc: {n: \"n + 1\"}, expect: {version: 0}) { version } }";
        let answers = world.at_once("expect", |_| (expected.to_owned(), json!({}))).await;
        let won = answers.iter().filter(|answer| answer["data"]["updateCounter"]["version"] == 1).count();
        let conflicts =
            answers.iter().filter(|answer| answer["errors"][0]["extensions"]["code"] == "CONFLICT");
        assert_eq!((won, conflicts.count()), (1, TASKS as usize - 1), "{dialect:?}: {answers:?}");
        let state = ask(&world.engine, "{ counters { n version } }", json!({})).await;
        assert_eq!(state["data"]["counters"], json!([{"n": TASKS + 1, "version": 1}]), "{dialect:?}");

        // Several rows of one request: all or none, and one of each label.
        let several = "mutation ($own: String!) { first: createItem(input: {label: $own, counterId: 1}) { id } upsertItem(key: {label: \"shared\"}, create: {label: \"shared\", counter: {connectOrCreate: {key: {name: \"b\"}, create: {name: \"b\"}}}}) { created } last: createItem(input: {label: \"odd or even\"}) { id } }";
        let answers = world
            .at_once("make three", |task| (several.to_owned(), json!({"own": format!("own {task}")})))
            .await;
        let kept: Vec<&Value> = answers.iter().filter(|answer| !answer["data"].is_null()).collect();
        let codes: Vec<&Value> = answers
            .iter()
            .filter(|it| it["data"].is_null())
            .map(|it| &it["errors"][0]["extensions"]["code"])
            .collect();
        assert_eq!(kept.len(), 1, "{dialect:?}: {answers:?}");
        assert!(codes.iter().all(|code| **code == "UNIQUE_VIOLATION"), "{dialect:?}: {codes:?}");
        assert_eq!(world.place.count("shop_item"), 3, "{dialect:?}");
        assert_eq!(world.place.count("shop_counter"), 2, "{dialect:?}");

        // Get or create: one makes the row, and everybody gets it.
        let get = "mutation { upsertItem(key: {label: \"got\"}, create: {label: \"got\"}) { created item { id } } }";
        let answers = world.at_once("get or create", |_| (get.to_owned(), json!({}))).await;
        let ids: std::collections::BTreeSet<String> =
            answers.iter().map(|answer| answer["data"]["upsertItem"]["item"]["id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "{dialect:?}: {answers:?}");
        assert_eq!(answers.iter().filter(|it| it["data"]["upsertItem"]["created"] == true).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_on_one_key_lose_nothing() {
    for dialect in BACKENDS {
        let world = World::new(dialect).await;
        let model = world.registry.model_named("Counter").unwrap();
        let field = |name: &str| model.fields.iter().find(|field| field.name == name).unwrap().id;
        let (name, n, version) = (field("name"), field("n"), field("version"));
        let path = |name: &str| vec![PathSegment::Key(name.to_owned())];
        let key = || Key(vec![(name, Stored::Text("a".to_owned()))]);
        let plus_one = || Expr::from(f("n") + 1);
        let upsert = Mutation {
            model: model.id,
            action: Action::Upsert {
                key: key(),
                path: path("key"),
                create: NewRow { values: vec![(n, Expr::constant(Stored::Int(1)))], ..NewRow::default() },
                update: Change { values: vec![(n, plus_one())], ..Change::default() },
            },
        };
        let expected = Mutation {
            model: model.id,
            action: Action::Update {
                target: Target::Key {
                    key: key(),
                    expect: vec![(version, Stored::Int(0))],
                    path: path("key"),
                },
                change: Change {
                    values: vec![(version, Expr::constant(Stored::Int(1))), (n, plus_one())],
                    ..Change::default()
                },
            },
        };
        let at_once = async |mutation: &Mutation| {
            let tasks: Vec<_> = (0..TASKS)
                .map(|_| {
                    let (database, registry) = (world.database.clone(), Arc::clone(&world.registry));
                    let mutation = mutation.clone();
                    tokio::spawn(async move {
                        let writer = Writer::begin(&database, registry, WriteContext::default()).await?;
                        match writer.apply(&mutation).await {
                            Ok(outcome) => writer.commit().await.map(|()| outcome.created[0]),
                            Err(error) => {
                                writer.roll_back().await;
                                Err(error)
                            }
                        }
                    })
                })
                .collect();
            let mut results: Vec<Result<bool, WriteError>> = Vec::new();
            for task in tasks {
                results.push(task.await.unwrap());
            }
            results
        };
        let made = at_once(&upsert).await;
        assert!(made.iter().all(Result::is_ok), "{dialect:?}: {made:?}");
        assert_eq!(made.iter().filter(|made| matches!(made, Ok(true))).count(), 1, "{dialect:?}");
        let results = at_once(&expected).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{dialect:?}");
        let told = results.iter().filter_map(|result| result.as_ref().err());
        assert!(
            told.into_iter().all(|error| matches!(error, WriteError::Conflict { .. })),
            "{dialect:?}: {results:?}"
        );
        let row = Orm::new(Arc::clone(&world.registry), world.database.clone())
            .objects("Counter")
            .get()
            .await
            .unwrap();
        assert_eq!(
            (row.get("n"), row.get("version")),
            (Some(&Stored::Int(TASKS + 1)), Some(&Stored::Int(1)))
        );
    }
}

/// `nuages serve`, killed when it is dropped.
struct Killed {
    process: Child,
    url: String,
}

impl Killed {
    async fn start(folder: &std::path::Path, database: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut command: Command =
            program::command(&["serve", folder.to_str().unwrap(), "--address", &address]);
        command
            .args(["--database", database])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let this = Self { process: command.spawn().unwrap(), url: format!("http://{address}") };
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            let ready = reqwest::get(format!("{}/readyz", this.url)).await;
            if ready.is_ok_and(|answer| answer.status() == 200) {
                return this;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server does not become ready on {database}");
    }

    fn ask(&self, query: &str, variables: &Value) -> impl Future<Output = Option<Value>> + use<> {
        let request = reqwest::Client::new().post(format!("{}/graphql", self.url));
        let request = request.json(&json!({"query": query, "variables": variables}));
        async move { request.send().await.ok()?.json().await.ok() }
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        // SIGKILL: nothing is tidied up.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_has_written_all_or_nothing() {
    let bulk = "mutation ($items: [ItemCreate!]!) { createItems(input: $items) { affected } updateItems(where: {counterId: {isNull: true}}, set: {counterId: \"1\"}) { affected } updateCounter(id: 1, calc: {n: \"n + 1\"}) { n } }";
    for dialect in BACKENDS {
        let world = World::new(dialect).await;
        ask(&world.engine, "mutation { createCounter(input: {name: \"a\"}) { id } }", json!({})).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("models")).unwrap();
        std::fs::write(folder.path().join("models/shop.toml"), MODELS).unwrap();
        let rows = |round: usize| {
            let items: Vec<Value> = (0..ROWS).map(|row| json!({"label": format!("{round} {row}")})).collect();
            json!({ "items": items })
        };
        let mut server = Killed::start(folder.path(), &world.place.url).await;
        let start = Instant::now();
        let answer = server.ask(bulk, &rows(0)).await.unwrap();
        assert_eq!(answer["data"]["updateCounter"]["n"], 1, "{dialect:?}: {answer}");
        let whole = start.elapsed();
        let mut kept = 1;
        for round in 1..=10_u32 {
            let running = tokio::spawn(server.ask(bulk, &rows(round as usize)));
            tokio::time::sleep(whole * round / 9).await;
            drop(server);
            running.await.unwrap();
            if dialect == Dialect::Postgres {
                settled(&world.place.url);
            }
            // The next one serves at once, and finds all of a request or nothing.
            server = Killed::start(folder.path(), &world.place.url).await;
            let state = "{ counter(id: 1) { n itemsAggregate { count } } itemsAggregate { count } }";
            let state = server.ask(state, &json!({})).await.unwrap();
            let n = state["data"]["counter"]["n"].as_u64().unwrap();
            let counted = json!({"count": n * ROWS as u64});
            assert_eq!(state["data"]["itemsAggregate"], counted, "{dialect:?} {round}: {state}");
            assert_eq!(state["data"]["counter"]["itemsAggregate"], counted, "{dialect:?} {round}: {state}");
            assert!(n == kept || n == kept + 1, "{dialect:?} {round}: {state}");
            kept = n;
        }
        eprintln!("{dialect:?}: {kept} of 11 requests of {ROWS} rows were kept; one takes {whole:?}");
        let answer = server.ask(bulk, &rows(99)).await.unwrap();
        assert_eq!(answer["data"]["updateCounter"]["n"], kept + 1, "{dialect:?}: {answer}");
    }
}

/// Waits until no connection of a client that is gone is at work.
fn settled(url: &str) {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND state <> 'idle'";
    let deadline = Instant::now() + Duration::from_secs(30);
    while postgres::execute(url, sql).as_deref() != Some("0") {
        assert!(Instant::now() < deadline, "a connection of a dead client is still at work");
        std::thread::sleep(Duration::from_millis(20));
    }
}
