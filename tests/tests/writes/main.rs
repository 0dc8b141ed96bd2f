//! The Rust write API on both databases: what it writes, what it refuses, what it leaves behind when something fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod bulk;
mod contention;
mod deletion;
mod faults;
mod relations;
mod rows;

use nuages::{Config, Project};
use nuages_models::Registry;
use nuages_models::database::Dialect;
use nuages_models::objects::Orm;
use nuages_schema::{Engine, EngineOptions};
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::workspace;
use std::sync::Arc;
use tempfile::TempDir;

/// The models of `tests/models/writes.toml` on an empty database.
struct World {
    orm: Orm,
    registry: Arc<Registry>,
    database: TestDatabase,
    _folder: TempDir,
}

impl World {
    async fn new(dialect: Dialect) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("models")).unwrap();
        let models = folder.path().join("models/writes.toml");
        std::fs::copy(workspace::path("tests/models/writes.toml"), models).unwrap();
        let database = TestDatabase::empty(dialect, "writes");
        let config = Config { database: database.url.clone(), ..Config::default() };
        let project = Project::with_config(folder.path(), config);
        let registry = project.registry().unwrap_or_else(|error| panic!("{}", error.render(false)));
        let connected = project.connect().await.unwrap();
        project.migrate(&registry, &connected).await.unwrap();
        let registry = Arc::new(registry);
        let orm = Orm::new(Arc::clone(&registry), connected);
        Self { orm, registry, database, _folder: folder }
    }

    async fn both() -> Vec<Self> {
        let mut worlds = Vec::new();
        for dialect in BACKENDS {
            worlds.push(Self::new(dialect).await);
        }
        worlds
    }

    /// The GraphQL engine on the same database.
    fn engine(&self) -> Engine {
        let database = self.orm.database().clone();
        Engine::new(Arc::clone(&self.registry), database, EngineOptions::default()).unwrap()
    }

    /// All rows of a model, as text: two databases with the same rows give the same.
    async fn dump(&self, model: &str) -> String {
        let rows = self.orm.objects(model).unscoped().order_by(["pk"]).rows().await.unwrap();
        rows.iter().map(|row| row.to_json().to_string() + "\n").collect()
    }

    fn dialect(&self) -> Dialect {
        self.database.dialect
    }
}
