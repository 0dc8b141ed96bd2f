//! The same requests in projects of more models.

use super::table::{Growth, Row, Table};
use super::{Effort, Loaded};
use crate::contestants::{Contestant, Server};
use crate::failure::Failure;
use crate::load::Requests;
use crate::measure::say;
use crate::{http, programs};
use serde_json::json;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CONNECTIONS: usize = 16;

/// Rows of the models that are asked for.
const ROWS: u32 = 200;

const BY_KEY: &str = "query ByKey($n: ID!) { model1(id: $n) { id name slug amount position } }";
const LIST: &str = "query List($n: Int!) { model2s(where: { position: { gt: $n } }, orderBy: [{ name: ASC }], \
    limit: 20) { id name isActive parent { name } } }";

/// A project with so many models, on an SQLite file of its own.
struct Generated {
    project: String,
    database: String,
    sdl_bytes: usize,
}

/// Of Nuages on SQLite; the first count is the base. All servers run at once, in turn.
///
/// # Errors
/// When a program fails, or a server answers with an error.
pub async fn models(growth: &mut Growth, counts: &[usize], effort: Effort) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::io("a temporary folder"))?;
    let mut generated = Vec::new();
    for count in counts {
        say(&format!("making a project of {count} models"));
        generated.push(generate(&folder.path().join(count.to_string()), *count)?);
    }
    let mut starts = Vec::new();
    let mut idle = Vec::new();
    let mut servers = Vec::new();
    for round in 0..=effort.rounds {
        servers.clear();
        let (mut started, mut resident) = (Vec::new(), Vec::new());
        for generated in &generated {
            let server = start(generated).await?;
            started.push(Some(server.started_in.as_secs_f64() * 1e3));
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let bytes = server.memory().resident / 100_000;
            resident.push(Some(f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 10.0));
            servers.push(server);
        }
        // The first one reads the program and the files from the disk.
        if round > 0 {
            starts.push(started);
            idle.push(resident);
        }
    }
    let sizes = generated
        .iter()
        .map(|generated| Some(f64::from(u32::try_from(generated.sdl_bytes).unwrap_or(u32::MAX)) / 1000.0));
    let mut rows = vec![
        Row::new("first answer, ms", 0, &starts),
        Row::new("idle RSS, MB", 0, &idle),
        Row::new("SDL, kB", 0, &[sizes.collect()]),
    ];
    for (name, document, first) in [("by key", BY_KEY, 1), ("20 of a list", LIST, 0)] {
        let bodies =
            (0..50).map(|n| json!({ "query": document, "variables": { "n": first + n } }).to_string());
        let known: Requests = Arc::new(bodies.clone().map(|body| http::request(&body)).collect());
        let unseen = bodies.map(|body| {
            let at = body.find("query ").map_or(0, |at| at + "query ".len());
            let end = body.find('(').unwrap_or(at);
            http::request(&format!("{}{}{}", &body[..at], http::SERIAL, &body[end..]))
        });
        let unseen: Requests = Arc::new(unseen.collect());
        for (kind, requests) in [("known", &known), ("never seen", &unseen)] {
            let mut rounds = Vec::new();
            for round in 0..=effort.rounds {
                say(&format!("models: {name}, {kind}, round {round} of {}", effort.rounds));
                let mut values = Vec::new();
                for server in &servers {
                    let loaded = Loaded { server, postmaster: None };
                    let cost = loaded.run(requests, CONNECTIONS, effort, u64::from(round) + 1).await?;
                    values.push(Some(cost.processor_us));
                }
                if round > 0 {
                    rounds.push(values);
                }
            }
            rows.push(Row::new(format!("{name}, {kind}: us an answer"), 0, &rounds));
        }
    }
    let points = counts.iter().map(|count| format!("{count} models")).collect();
    growth.tables.push(Table { title: "Models".to_owned(), points, base: 0, rows });
    Ok(())
}

async fn start(generated: &Generated) -> Result<Server, Failure> {
    let contestant = Contestant::named("nuages-sqlite")?;
    let request = http::request(&json!({ "query": BY_KEY, "variables": { "n": 1 } }).to_string());
    Server::start_command(contestant, &request, |port| {
        let address = format!("127.0.0.1:{port}");
        let arguments =
            ["serve", &generated.project, "--address", &address, "--database", &generated.database];
        programs::nuages(&arguments)
    })
    .await
}

fn generate(folder: &Path, count: usize) -> Result<Generated, Failure> {
    let write =
        |path: PathBuf, text: &str| fs::write(&path, text).map_err(Failure::io(path.display().to_string()));
    let models = folder.join("models");
    fs::create_dir_all(&models).map_err(Failure::io(models.display().to_string()))?;
    write(folder.join("nuages.toml"), "cursor_key = \"the same for every server of a run\"\n")?;
    for number in 1..=count {
        write(models.join(format!("model{number}.toml")), &model(number))?;
    }
    let project = folder.display().to_string();
    let file = folder.join("growth.db");
    let database = format!("sqlite:{}", file.display());
    programs::run(&mut programs::nuages(&["migrate", &project, "--database", &database])?)?;
    let connection = rusqlite::Connection::open(&file)?;
    for number in 1..=2 {
        connection.execute_batch(&format!(
            "INSERT INTO model_{number} (id, name, slug, amount, position, is_active, created_at, parent_id) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) \
             SELECT i, 'Name ' || i, 'slug-' || i, i * 7, i, i % 3 > 0, '2024-01-01 00:00:00', 1 + i * 3 % {ROWS} \
             FROM n; ANALYZE;"
        ))?;
    }
    let schema = programs::nuages(&["schema", &project])?.output().map_err(Failure::io("nuages schema"))?;
    Ok(Generated { project, database, sdl_bytes: schema.stdout.len() })
}

/// A model with a field of each common type that refers to the one before it, the first to itself.
fn model(number: usize) -> String {
    let parent = number.saturating_sub(1).max(1);
    let mut text = String::new();
    let _ = write!(
        text,
        r#"[Model{number}]
table    = "model_{number}"
ordering = ["id"]
[Model{number}.fields]
id         = {{ type = "auto", primary_key = true }}
name       = {{ type = "text" }}
slug       = {{ type = "text", unique = true }}
amount     = {{ type = "decimal", max_digits = 10, decimal_places = 2 }}
position   = {{ type = "integer", db_default = "0" }}
is_active  = {{ type = "boolean", db_default = "true" }}
created_at = {{ type = "datetime", auto_now_add = true }}
parent     = {{ type = "foreign_key", to = "Model{parent}", on_delete = "cascade", related_name = "children_of_{number}" }}
"#
    );
    text
}
