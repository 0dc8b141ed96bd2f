//! The project state: all models as data, at one point of the history.

use indexmap::IndexMap;
use nuages_models::Registry;
use nuages_models::define::{
    DefineErrors, ModelDefinition, Renamed, SourceFile, define, definitions, model_file,
};
use nuages_models::registry::FieldTypes;
use std::fmt;

/// The name of a model with its app: `blog.Post`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelName {
    /// The app.
    pub app: String,
    /// The model's name, unique in the project.
    pub name: String,
}

impl ModelName {
    /// The name of a model.
    pub fn of(model: &ModelDefinition) -> Self {
        Self { app: model.app.clone(), name: model.name.clone() }
    }

    /// Reads `blog.Post`; `None` when there is no point.
    pub fn parse(text: &str) -> Option<Self> {
        let (app, name) = text.split_once('.')?;
        Some(Self { app: app.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.app, self.name)
    }
}

/// All models of a project, by name. The order of models is kept and does not count when states are compared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectState {
    /// Models with tables and proxies by their names (`Post`). Implicit link models are not among them: their
    /// many-to-many fields stand for them.
    pub models: IndexMap<String, ModelDefinition>,
}

impl ProjectState {
    /// The state that model files describe, and what they say of former names.
    ///
    /// # Errors
    /// All that is wrong in the files.
    pub fn from_files(files: &[SourceFile]) -> Result<(Self, Renamed), DefineErrors> {
        Self::from_files_with(files, FieldTypes::NONE)
    }

    /// [`from_files`](Self::from_files) with field types of an embedder's own. In the state their fields are of the built-in types that
    /// their columns have, so that the history needs no program to be read.
    ///
    /// # Errors
    /// All that is wrong in the files.
    pub fn from_files_with(
        files: &[SourceFile],
        types: &FieldTypes,
    ) -> Result<(Self, Renamed), DefineErrors> {
        let (models, renamed) = definitions(files, types)?;
        let models = models.into_iter().map(|model| (model.name.clone(), model)).collect();
        Ok((Self { models }, renamed))
    }

    /// The registry whose tables the state has. Relations have no reverse ends in it, because the names of those may be the
    /// same for the time between two operations.
    ///
    /// # Errors
    /// When the models contradict each other, which the operations of a migration file can make them do.
    pub fn registry(&self) -> Result<Registry, DefineErrors> {
        define(&self.files(ReverseNames::Left))
    }

    /// The registry with the reverse ends of relations, as [`Operation::UpdateRows`](crate::Operation::UpdateRows) needs it.
    ///
    /// # Errors
    /// As [`registry`](Self::registry), and when reverse ends have one name.
    pub fn registry_for_rows(&self) -> Result<Registry, DefineErrors> {
        define(&self.files(ReverseNames::Kept))
    }

    /// The same state in canonical form: a migration that somebody wrote by hand may spell things in another way.
    ///
    /// # Errors
    /// As [`registry_for_rows`](Self::registry_for_rows).
    pub fn canonical(&self) -> Result<Self, DefineErrors> {
        Ok(Self::from_files(&self.files(ReverseNames::Kept))?.0)
    }

    fn files(&self, names: ReverseNames) -> Vec<SourceFile> {
        let mut apps: IndexMap<&str, String> = IndexMap::new();
        for model in self.models.values() {
            let text = match names {
                ReverseNames::Kept => model_file(model),
                ReverseNames::Left => {
                    let mut model = model.clone();
                    for field in model.fields.values_mut().filter(|field| field.text("to").is_some()) {
                        field.options.insert("related_name".to_owned(), "+".into());
                    }
                    model_file(&model)
                }
            };
            let file = apps.entry(&model.app).or_default();
            file.push_str(&text);
            file.push('\n');
        }
        let file = |(app, text): (&str, String)| {
            // A file of this name is called after its folder.
            let folder = if app == "models" { "models/" } else { "" };
            SourceFile { path: format!("{folder}{app}.toml"), text }
        };
        apps.into_iter().map(file).collect()
    }

    /// The model of a name, when its app is the right one too.
    pub fn model(&self, name: &ModelName) -> Option<&ModelDefinition> {
        self.models.get(&name.name).filter(|model| model.app == name.app)
    }

    pub(crate) fn model_mut(&mut self, name: &ModelName) -> Option<&mut ModelDefinition> {
        self.models.get_mut(&name.name).filter(|model| model.app == name.app)
    }

    /// The fields, with their models, that refer to a model by `to` or `through`.
    pub fn referring<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a ModelDefinition, &'a str)> {
        self.models.values().flat_map(move |model| {
            model.fields.iter().filter_map(move |(field, definition)| {
                let refers =
                    definition.target(&model.name) == Some(name) || definition.text("through") == Some(name);
                refers.then_some((model, field.as_str()))
            })
        })
    }
}

/// Whether the names of the reverse ends of relations are written.
#[derive(Clone, Copy)]
enum ReverseNames {
    Kept,
    Left,
}
