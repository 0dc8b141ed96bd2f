//! The history: all migration files of a project, their order, and the states that they add up to.

use crate::file::{self, MigrationFile};
use crate::operation::{OperationError, apply_all};
use crate::state::ProjectState;
use nuages_models::define::{DefineErrors, SourceFile};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why the migration files do not make a history.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A file or the folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Files that are no migrations.
    #[error("{}", .0.render(false))]
    Files(DefineErrors),
    /// A dependency that is not there.
    #[error("{migration} depends on `{dependency}`, which is not there; {help}")]
    MissingDependency {
        /// Which migration says so.
        migration: String,
        /// What is not there.
        dependency: String,
        /// What helps.
        help: String,
    },
    /// Migrations that wait for each other.
    #[error("migrations depend on each other in a circle: {}. Take one of these dependencies away", .0.join(" → "))]
    Circular(Vec<String>),
    /// A history with several ends.
    #[error(
        "there are {} latest migrations: {}. Two people wrote one after the same migration: \
        run `nuages makemigrations --merge`",
        .0.len(), .0.join(" and ")
    )]
    Conflict(Vec<String>),
    /// No migration has this name.
    #[error("there is no migration `{name}`; {help}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        help: String,
    },
    /// Several migrations have a name that begins so.
    #[error("`{name}` may be {}; write more of the name", .found.join(" or "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// What begins so.
        found: Vec<String>,
    },
    /// An operation does not fit.
    #[error("{migration}: {error}")]
    Operation {
        /// In which migration.
        migration: String,
        /// What does not fit.
        error: OperationError,
    },
    /// The models of a state contradict each other.
    #[error("after {migration} the models contradict each other; change its operations:\n{}", .errors.render(false))]
    State {
        /// The last migration.
        migration: String,
        /// How. The places are in the state as model files.
        errors: DefineErrors,
    },
}

/// All migration files of a project.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// By name.
    migrations: Vec<MigrationFile>,
}

/// A migration in a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned<'h> {
    /// The migration.
    pub migration: &'h MigrationFile,
    /// Whether it is applied: by its own name, or because all that it replaces is.
    pub applied: bool,
}

impl History {
    /// Reads `migrations/*.toml` of a project's folder; no folder is an empty history.
    ///
    /// # Errors
    /// When a file cannot be read or is wrong, and as [`new`](Self::new).
    pub fn read(project: &Path) -> Result<Self, HistoryError> {
        let folder = project.join("migrations");
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            |source| HistoryError::Unreadable { path, source }
        };
        if !folder.exists() {
            return Ok(Self::default());
        }
        let mut paths = Vec::new();
        for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
            let path = entry.map_err(unreadable(&folder))?.path();
            if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            files.push(SourceFile { path: path.display().to_string(), text });
        }
        Self::new(file::read(&files).map_err(HistoryError::Files)?)
    }

    /// A history of these migrations.
    ///
    /// # Errors
    /// When a dependency is not there, and when dependencies go in a circle.
    pub fn new(mut migrations: Vec<MigrationFile>) -> Result<Self, HistoryError> {
        migrations.sort_by(|one, other| one.name.cmp(&other.name));
        let history = Self { migrations };
        history.plan(&BTreeSet::new())?;
        Ok(history)
    }

    /// All migrations by name, replaced ones too.
    pub fn migrations(&self) -> &[MigrationFile] {
        &self.migrations
    }

    /// The migration of this very name.
    pub fn get(&self, name: &str) -> Option<&MigrationFile> {
        self.migrations.iter().find(|migration| migration.name == name)
    }

    /// The migration whose name is or begins with this, as `0002`.
    ///
    /// # Errors
    /// When there is none or are several.
    pub fn find(&self, name: &str) -> Result<&MigrationFile, HistoryError> {
        if let Some(migration) = self.get(name) {
            return Ok(migration);
        }
        let found: Vec<_> =
            self.migrations.iter().filter(|migration| migration.name.starts_with(name)).collect();
        match found.as_slice() {
            [only] => Ok(only),
            [] => {
                let names = self.migrations.iter().map(|migration| migration.name.as_str());
                Err(HistoryError::Unknown { name: name.to_owned(), help: suggestion(name, names) })
            }
            several => Err(HistoryError::Ambiguous {
                name: name.to_owned(),
                found: several.iter().map(|migration| migration.name.clone()).collect(),
            }),
        }
    }

    /// The migrations in the order in which they are applied, given the names that a database has applied. Where a
    /// migration replaces others, either it is in the plan or they are: they, when some but not all of them are applied.
    ///
    /// # Errors
    /// When a dependency is not there, and when dependencies go in a circle.
    pub fn plan(&self, applied: &BTreeSet<String>) -> Result<Vec<Planned<'_>>, HistoryError> {
        let graph = Graph::of(&self.migrations, applied);
        graph.check_dependencies(self)?;
        let mut open: BTreeMap<&str, BTreeSet<&str>> = graph.dependencies.clone();
        let mut plan = Vec::new();
        while let Some(next) = open.iter().find(|(_, waits)| waits.is_empty()).map(|(name, _)| *name) {
            open.remove(next);
            open.values_mut().for_each(|waits| {
                waits.remove(next);
            });
            if let Some(migration) = self.get(next) {
                let replaced = !migration.replaces.is_empty()
                    && migration.replaces.iter().all(|name| applied.contains(name));
                plan.push(Planned { migration, applied: replaced || applied.contains(next) });
            }
        }
        match open.is_empty() {
            true => Ok(plan),
            false => Err(HistoryError::Circular(circle(&open))),
        }
    }

    /// The migrations that no other comes after, by name, without replaced ones.
    pub fn leaves(&self) -> Vec<&str> {
        let graph = Graph::of(&self.migrations, &BTreeSet::new());
        let needed: BTreeSet<&str> = graph.dependencies.values().flatten().copied().collect();
        graph.dependencies.keys().filter(|name| !needed.contains(*name)).copied().collect()
    }

    /// The one latest migration; `None` when there are no migrations.
    ///
    /// # Errors
    /// When there are several.
    pub fn leaf(&self) -> Result<Option<&str>, HistoryError> {
        match self.leaves().as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            several => Err(HistoryError::Conflict(several.iter().map(|name| (*name).to_owned()).collect())),
        }
    }

    /// The state that all migrations add up to, in canonical form.
    ///
    /// # Errors
    /// When there are several latest migrations, when an operation does not fit, and when the models of the state
    /// contradict each other.
    pub fn state(&self) -> Result<ProjectState, HistoryError> {
        let Some(leaf) = self.leaf()? else { return Ok(ProjectState::default()) };
        let mut state = ProjectState::default();
        for planned in self.plan(&BTreeSet::new())? {
            planned.migration.apply(&mut state)?;
        }
        state.canonical().map_err(|errors| HistoryError::State { migration: leaf.to_owned(), errors })
    }

    /// The names of a migration and of all that must be applied before it, as its files say: where those that are replaced
    /// are there, they and not their replacement.
    pub(crate) fn ancestors<'h>(&'h self, name: &'h str) -> BTreeSet<&'h str> {
        let mut found = BTreeSet::from([name]);
        let mut open = vec![name];
        while let Some(migration) = open.pop().and_then(|name| self.get(name)) {
            let dependencies = migration.dependencies.iter().map(|dependency| self.standing_for(dependency));
            open.extend(dependencies.filter(|dependency| found.insert(dependency)));
        }
        found
    }

    /// The name of the migration that a name stands for: its own, or when its file is gone that of its replacement.
    fn standing_for<'h>(&'h self, name: &'h str) -> &'h str {
        let replacement =
            || self.migrations.iter().find(|migration| migration.replaces.iter().any(|it| it == name));
        match self.get(name).or_else(replacement) {
            Some(migration) => &migration.name,
            None => name,
        }
    }

    /// The state after some migrations, in the order of their names in the list.
    pub(crate) fn state_of(
        &self,
        names: &[&str],
        mut state: ProjectState,
    ) -> Result<ProjectState, HistoryError> {
        for migration in names.iter().filter_map(|name| self.get(name)) {
            migration.apply(&mut state)?;
        }
        Ok(state)
    }

    /// These names in the order in which the migrations are applied, one after the other.
    pub(crate) fn in_order<'h>(&self, names: &BTreeSet<&'h str>) -> Vec<&'h str> {
        let mut left: Vec<&str> = names.iter().copied().collect();
        let mut order: Vec<&str> = Vec::new();
        while !left.is_empty() {
            let waits = |name: &str| {
                let needed =
                    self.get(name).map(|migration| migration.dependencies.as_slice()).unwrap_or_default();
                needed.iter().any(|other| left.contains(&self.standing_for(other)))
            };
            let next = left.iter().position(|name| !waits(name)).unwrap_or(0);
            order.push(left.remove(next));
        }
        order
    }

    /// The number of the next migration.
    pub fn next_number(&self) -> u32 {
        self.migrations.iter().filter_map(MigrationFile::number).max().unwrap_or(0).saturating_add(1)
    }
}

impl MigrationFile {
    /// Changes the state as the migration's operations say.
    ///
    /// # Errors
    /// The first operation that does not fit.
    pub fn apply(&self, state: &mut ProjectState) -> Result<(), HistoryError> {
        let failed = |error| HistoryError::Operation { migration: self.name.clone(), error };
        apply_all(&self.operations, state).map_err(failed)
    }
}

/// The migrations of a plan with what each waits for, where replaced migrations or their replacements are left out.
struct Graph<'h> {
    dependencies: BTreeMap<&'h str, BTreeSet<&'h str>>,
}

impl<'h> Graph<'h> {
    fn of(migrations: &'h [MigrationFile], applied: &BTreeSet<String>) -> Self {
        // What stands for a migration that is not in the plan.
        let mut instead: HashMap<&str, &str> = HashMap::new();
        for squashed in migrations.iter().filter(|migration| !migration.replaces.is_empty()) {
            let there = squashed.replaces.iter().filter(|name| applied.contains(*name)).count();
            let partly = there > 0 && there < squashed.replaces.len() && !applied.contains(&squashed.name);
            match (partly, squashed.replaces.last()) {
                (true, Some(last)) => {
                    instead.insert(&squashed.name, last);
                }
                _ => instead
                    .extend(squashed.replaces.iter().map(|name| (name.as_str(), squashed.name.as_str()))),
            }
        }
        let resolve = |mut name: &'h str| {
            // A squashed migration may be squashed again; as many steps as there are replacements end any circle.
            for _ in 0..=instead.len() {
                match instead.get(name) {
                    Some(other) => name = other,
                    None => break,
                }
            }
            name
        };
        let mut dependencies: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for migration in migrations {
            let name = migration.name.as_str();
            // What a replacement does, its members wait for too: those outside of it are its dependencies.
            if resolve(name) == name {
                let waits = migration.dependencies.iter().map(|dependency| resolve(dependency));
                dependencies.entry(name).or_default().extend(waits.filter(|other| *other != name));
            }
        }
        Self { dependencies }
    }

    fn check_dependencies(&self, history: &History) -> Result<(), HistoryError> {
        for (migration, waits) in &self.dependencies {
            if let Some(missing) = waits.iter().find(|name| !self.dependencies.contains_key(*name)) {
                // It cannot have meant itself.
                let names = history.migrations.iter().map(|other| other.name.as_str());
                return Err(HistoryError::MissingDependency {
                    migration: (*migration).to_owned(),
                    dependency: (*missing).to_owned(),
                    help: suggestion(missing, names.filter(|name| name != migration)),
                });
            }
        }
        Ok(())
    }
}

fn suggestion<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    match known.min_by_key(|known| strsim::damerau_levenshtein(known, name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "the folder `migrations` has none like it".to_owned(),
    }
}

/// A circle among migrations that all wait for another one of them.
fn circle(open: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut next = open.keys().next().copied();
    while let Some(name) = next {
        let seen = path.iter().position(|known| *known == name);
        path.push(name);
        if let Some(start) = seen {
            return path[start..].iter().map(|name| (*name).to_owned()).collect();
        }
        next = open.get(name).and_then(|waits| waits.iter().next()).copied();
    }
    path.into_iter().map(str::to_owned).collect()
}
