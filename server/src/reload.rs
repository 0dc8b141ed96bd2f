//! Reload of changed model files while debugging.

use crate::http::ServerState;
use crate::project::{Project, ProjectError};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Editors write a file in several steps; a reload waits until nothing happened for this long.
const QUIET: Duration = Duration::from_millis(150);

/// Watches as long as it lives.
#[derive(Debug)]
pub(crate) struct Watch {
    _watcher: RecommendedWatcher,
    task: JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Watches the project's model files and replaces the engine when they change. Models with errors are reported
/// in the log, and the engine of before stays. `None` when the system cannot watch; the log says why.
pub(crate) fn watch(project: Project, state: ServerState) -> Option<Watch> {
    // One pending signal is enough: a reload reads everything.
    let (changed, mut changes) = mpsc::channel::<()>(1);
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| match event {
        Ok(event) if concerns_models(&event) => {
            // A full channel means that a reload is due already.
            let _ = changed.try_send(());
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "watching the model files failed"),
    });
    let started = watcher.and_then(|mut watcher| {
        // The folder is watched rather than the files: editors replace files, and new ones count.
        watcher.watch(project.root(), RecursiveMode::NonRecursive)?;
        let models = project.root().join("models");
        if models.is_dir() {
            watcher.watch(&models, RecursiveMode::Recursive)?;
        }
        Ok(watcher)
    });
    let watcher = match started {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "changed model files will not be reloaded");
            return None;
        }
    };
    let task = tokio::spawn(async move {
        while changes.recv().await.is_some() {
            while let Ok(Some(())) = tokio::time::timeout(QUIET, changes.recv()).await {}
            match rebuild(&project, &state).await {
                Ok(()) => tracing::info!("the models changed and were reloaded"),
                Err(error) => tracing::error!(
                    "the changed models have errors; the ones of before are served on\n{}",
                    error.render(false)
                ),
            }
        }
    });
    Some(Watch { _watcher: watcher, task })
}

async fn rebuild(project: &Project, state: &ServerState) -> Result<(), ProjectError> {
    let registry = project.registry()?;
    if project.config().migrate {
        project.migrate(&registry, state.database()).await?;
    }
    match project.unmigrated(&registry, state.database()).await {
        Ok(Some(reason)) => tracing::warn!("{reason}"),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the tables cannot be compared with the models"),
    }
    state.replace_engine(project.engine(registry, state.database().clone())?);
    Ok(())
}

/// Whether an event is a change of a TOML file or of the folder of models. Reads are events, too.
fn concerns_models(event: &Event) -> bool {
    let is_model = |path: &Path| {
        path.extension().is_some_and(|extension| extension == "toml")
            || path.file_name().is_some_and(|name| name == "models")
    };
    !event.kind.is_access() && event.paths.iter().any(|path| is_model(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::EventKind;
    use notify::event::{AccessKind, CreateKind, ModifyKind};

    #[test]
    fn only_changes_of_model_files_count() {
        let event = |kind: EventKind, path: &str| concerns_models(&Event::new(kind).add_path(path.into()));
        let modified = EventKind::Modify(ModifyKind::Any);
        assert!(event(modified, "p/models/blog.toml"));
        assert!(event(EventKind::Create(CreateKind::Folder), "p/models"));
        assert!(!event(modified, "p/nuages.db-wal"));
        assert!(!event(modified, "p/models/.blog.toml.swp"));
        assert!(!event(EventKind::Access(AccessKind::Any), "p/models/blog.toml"));
    }
}
