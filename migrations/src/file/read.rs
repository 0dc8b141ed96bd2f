//! Migration files as data, with the messages that model files have.

use super::operations::{About, FILE, FOR_BOTH, Keys, NOTHING, OPERATIONS};
use super::{MigrationFile, number_of};
use crate::operation::{Fill, Operation, RunSql, SqlText, TableChanges, UndoRows, UpdateRows};
use crate::state::ModelName;
use indexmap::IndexMap;
use nuages_models::define::document::{
    At, Place, Problem, Problems, Table, Value, parse, plain_value, read_constraint, read_field, read_flag,
    read_index, read_manager, read_model, read_name_groups, read_names, read_positive, read_text, suggest,
    wrong_type,
};
use nuages_models::define::{Code, DefineErrors, SourceFile};

/// Reads the files of a `migrations` folder, in the order of their names. The stem of a path is the migration's name.
///
/// # Errors
/// All that is wrong in them, each with its place and a remedy. That a migration fits the state before it is the matter of
/// [`History`](crate::History).
pub fn read(files: &[SourceFile]) -> Result<Vec<MigrationFile>, DefineErrors> {
    let mut problems = Problems::new(files, "migration files");
    let mut migrations: Vec<MigrationFile> = Vec::new();
    for (position, file) in files.iter().enumerate() {
        let tree = parse(position, &file.text, &mut problems);
        if problems.has_syntax_errors() {
            continue;
        }
        let start = Place { file: position, start: 0, end: 0 };
        let mut reader = Reader { problems: &mut problems };
        let name = reader.name(&file.path, start);
        // A replacement stands among those that it replaces, and none of them comes after it.
        let own = |migration: &&MigrationFile| migration.replaces.is_empty();
        let previous = migrations.iter().rev().find(own).or(migrations.last());
        let previous = previous.map(|migration| migration.name.clone());
        migrations.push(reader.file(name, &tree, previous));
    }
    problems.finish(migrations)
}

type Entry = (At<String>, At<Value>);

struct Reader<'p> {
    problems: &'p mut Problems,
}

impl Reader<'_> {
    fn name(&mut self, path: &str, at: Place) -> String {
        let stem = std::path::Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if number_of(stem).is_none() {
            self.problems.add(
                Problem::new(Code::BadName, at, format!("`{stem}` is not the name of a migration"))
                    .help("a migration's name begins with a number of four digits: 0002_post_rating.toml"),
            );
        }
        stem.to_owned()
    }

    fn file(&mut self, name: String, tree: &Table, previous: Option<String>) -> MigrationFile {
        let mut file = MigrationFile {
            name,
            dependencies: previous.into_iter().collect(),
            replaces: Vec::new(),
            atomic: true,
            operations: Vec::new(),
        };
        for (key, value) in &tree.entries {
            match key.value.as_str() {
                "dependencies" => file.dependencies = read_names(key, value, self.problems),
                "replaces" => file.replaces = read_names(key, value, self.problems),
                "atomic" => file.atomic = read_flag(key, value, self.problems).unwrap_or(true),
                "operations" => file.operations = self.operations(key, value),
                _ => self.unknown(key, "a migration", FILE),
            }
        }
        file
    }

    fn unknown(&mut self, key: &At<String>, of: &str, known: &[&str]) {
        let what = if known.is_empty() { "it has no other keys" } else { "the keys are" };
        let help = suggest(&key.value, known, what).or_else(|| known.is_empty().then(|| what.to_owned()));
        self.problems.add(
            Problem::new(Code::UnknownKey, key.at, format!("`{}` is not a key of {of}", key.value))
                .label("unknown")
                .maybe_help(help),
        );
    }

    fn missing(&mut self, at: Place, verb: &str, key: &str, example: &str) {
        self.problems.add(
            Problem::new(Code::MissingKey, at, format!("`{verb}` has no `{key}`"))
                .help(format!("write {key} = {example}")),
        );
    }

    fn operations(&mut self, key: &At<String>, value: &At<Value>) -> Vec<Operation> {
        let Value::List(items) = &value.value else {
            let problem = wrong_type(key, value, "a list of tables");
            self.problems.add(problem.help(format!("write [[{}]]", key.value)));
            return Vec::new();
        };
        let mut operations = Vec::new();
        for item in items {
            match &item.value {
                Value::Table(table) => operations.extend(self.operation(key, table)),
                _ => self.problems.add(wrong_type(key, item, "a table")),
            }
        }
        operations
    }

    fn operation(&mut self, list: &At<String>, table: &Table) -> Option<Operation> {
        let verb = |entry: &Entry| OPERATIONS.iter().find(|keys| keys.verb == entry.0.value);
        let mut verbs = table.entries.iter().filter_map(|entry| Some((verb(entry)?, entry)));
        let Some((keys, (verb, about))) = verbs.next() else {
            let at = table.entries.first().map_or(list.at, |(key, _)| key.at);
            let known: Vec<_> = OPERATIONS.iter().map(|keys| keys.verb).collect();
            let given = table.entries.first().map_or("", |(key, _)| key.value.as_str());
            self.problems.add(
                Problem::new(Code::MissingKey, at, "the operation does not say what it does")
                    .maybe_help(suggest(given, &known, "it begins with one of")),
            );
            return None;
        };
        if let Some((_, (other, _))) = verbs.next() {
            self.problems.add(
                Problem::new(
                    Code::OptionConflict,
                    other.at,
                    format!("one operation is `{}` and `{}`", verb.value, other.value),
                )
                .also(verb.at, "the first")
                .help("write two operations: [[operations]] before each"),
            );
        }
        let rest: Vec<&Entry> = table
            .entries
            .iter()
            .filter(|(key, _)| OPERATIONS.iter().all(|keys| keys.verb != key.value))
            .collect();
        let mut given = Given { reader: self, keys: *keys, verb, rest };
        given.read(about)
    }
}

/// The keys of one operation.
struct Given<'a, 'p> {
    reader: &'a mut Reader<'p>,
    keys: Keys,
    verb: &'a At<String>,
    rest: Vec<&'a Entry>,
}

impl<'a> Given<'a, '_> {
    fn read(&mut self, about: &At<Value>) -> Option<Operation> {
        let verb = self.keys.verb;
        if verb == "create_model" {
            return self.create_model(about);
        }
        for (key, _) in self.rest.clone() {
            if !self.keys.others.contains(&key.value.as_str()) {
                self.reader.unknown(key, &format!("`{verb}`"), self.keys.others);
            }
        }
        match self.keys.about {
            About::Field => self.of_field(about),
            About::Model => self.of_model(about),
            About::Sql => self.run_sql(about),
            About::Note => self.separate(about),
        }
    }

    fn problems(&mut self) -> &mut Problems {
        self.reader.problems
    }

    fn get(&self, key: &str) -> Option<&'a Entry> {
        self.rest.iter().find(|(name, _)| name.value == key).copied()
    }

    /// A key that the operation must have.
    fn need(&mut self, key: &str, example: &str) -> Option<&'a Entry> {
        let entry = self.get(key);
        if entry.is_none() {
            self.reader.missing(self.verb.at, self.keys.verb, key, example);
        }
        entry
    }

    fn text(&mut self, key: &str, example: &str) -> Option<String> {
        let (name, value) = self.need(key, example)?;
        read_text(name, value, self.problems())
    }

    fn flag(&mut self, key: &str) -> bool {
        let Some((name, value)) = self.get(key) else { return false };
        read_flag(name, value, self.problems()).unwrap_or(false)
    }

    /// `blog.Post`, or `blog.Post.title`.
    fn path(&mut self, key: &At<String>, value: &At<Value>, parts: usize) -> Option<Vec<String>> {
        let text = read_text(key, value, self.problems())?;
        let path: Vec<String> = text.split('.').map(str::to_owned).collect();
        if path.len() != parts || path.iter().any(String::is_empty) {
            let (what, example) = match parts {
                2 => ("a model with its app", "blog.Post"),
                _ => ("a field with its model and app", "blog.Post.title"),
            };
            let problem =
                Problem::new(Code::BadName, value.at, format!("`{}` takes {what}, not `{text}`", key.value));
            self.problems().add(problem.help(format!("write {} = \"{example}\"", key.value)));
            return None;
        }
        Some(path)
    }

    fn model_name(&mut self, key: &At<String>, value: &At<Value>) -> Option<ModelName> {
        let mut path = self.path(key, value, 2)?.into_iter();
        Some(ModelName { app: path.next()?, name: path.next()? })
    }

    fn create_model(&mut self, about: &At<Value>) -> Option<Operation> {
        let model = self.model_name(self.verb, about)?;
        let entries = self.rest.iter().map(|entry| (*entry).clone()).collect();
        let name = At::new(model.name, about.at);
        let definition = read_model(&name, &model.app, &Table { entries }, self.problems());
        Some(Operation::CreateModel(Box::new(definition)))
    }

    fn of_field(&mut self, about: &At<Value>) -> Option<Operation> {
        let mut path = self.path(self.verb, about, 3)?.into_iter();
        let model = ModelName { app: path.next()?, name: path.next()? };
        let name = path.next()?;
        Some(match self.keys.verb {
            "remove_field" => Operation::RemoveField { model, name },
            "rename_field" => Operation::RenameField { model, name, to: self.text("to", "\"headline\"")? },
            verb => {
                let (_, value) = self.need("field", "{ type = \"integer\", null = true }")?;
                let field = read_field(&At::new(name.clone(), about.at), value, self.problems())?;
                let fill = match self.get("fill") {
                    Some((key, value)) => Some(self.fill(key, value)?),
                    None => None,
                };
                if verb == "add_field" {
                    Operation::AddField { model, name, field, fill }
                } else {
                    Operation::AlterField { model, name, field, fill }
                }
            }
        })
    }

    fn fill(&mut self, key: &At<String>, value: &At<Value>) -> Option<Fill> {
        let Value::Table(table) = &value.value else { return Some(Fill::Value(plain_value(&value.value))) };
        match table.entries.as_slice() {
            [(name, text)] if name.value == "expr" => {
                read_text(name, text, self.problems()).map(Fill::Expression)
            }
            [(name, value)] if name.value == "value" => Some(Fill::Value(plain_value(&value.value))),
            _ => {
                let problem = wrong_type(key, value, "a value, { expr = \"…\" } or { value = … }");
                self.problems().add(problem);
                None
            }
        }
    }

    fn of_model(&mut self, about: &At<Value>) -> Option<Operation> {
        let model = self.model_name(self.verb, about)?;
        let name_example = "\"post_title_idx\"";
        Some(match self.keys.verb {
            "delete_model" => Operation::DeleteModel { model },
            "rename_model" => {
                let (key, value) = self.need("to", "\"blog.Article\"")?;
                Operation::RenameModel { model, to: self.model_name(key, value)? }
            }
            "add_index" => {
                let (at, table) =
                    self.table("index", "{ name = \"post_title_idx\", fields = [\"title\"] }")?;
                let (name, index) = read_index(table, at, self.problems())?;
                let concurrently = self.flag("concurrently");
                Operation::AddIndex { model, name, index, concurrently }
            }
            "remove_index" => {
                let name = self.text("name", name_example)?;
                Operation::RemoveIndex { model, name, concurrently: self.flag("concurrently") }
            }
            "rename_index" => Operation::RenameIndex {
                model,
                name: self.text("name", name_example)?,
                to: self.text("to", name_example)?,
            },
            "add_constraint" => {
                let example = "{ name = \"views_non_negative\", check = \"views >= 0\" }";
                let (at, table) = self.table("constraint", example)?;
                let (name, constraint) = read_constraint(table, at, self.problems())?;
                Operation::AddConstraint { model, name, constraint, not_valid: self.flag("not_valid") }
            }
            "remove_constraint" => {
                Operation::RemoveConstraint { model, name: self.text("name", "\"views_non_negative\"")? }
            }
            "alter_managers" => {
                let (_, table) = self.table("managers", "{ published = { filter = \"is_published\" } }")?;
                let mut managers = IndexMap::new();
                for (name, value) in &table.entries {
                    let manager = read_manager(name, value, self.problems());
                    managers.extend(manager.map(|manager| (name.value.clone(), manager)));
                }
                Operation::AlterManagers { model, managers }
            }
            "update_rows" => self.update_rows(model)?,
            _ => Operation::AlterTable { model, changes: self.changes() },
        })
    }

    fn table(&mut self, key: &str, example: &str) -> Option<(Place, &'a Table)> {
        let (name, value) = self.need(key, example)?;
        match &value.value {
            Value::Table(table) => Some((value.at, table)),
            _ => {
                let problem = wrong_type(name, value, "a table").help(format!("write {key} = {example}"));
                self.problems().add(problem);
                None
            }
        }
    }

    /// An empty text or list stands for what a model has when its file says nothing.
    fn changes(&mut self) -> TableChanges {
        let mut changes = TableChanges::default();
        for (key, value) in self.rest.clone() {
            match key.value.as_str() {
                "table" => changes.table = self.text_or_none(key, value),
                "db_comment" => changes.db_comment = self.text_or_none(key, value),
                "managed" => changes.managed = read_flag(key, value, self.problems()),
                "primary_key" => changes.primary_key = Some(read_names(key, value, self.problems())),
                "unique_together" => {
                    let groups = read_name_groups(key, value, self.problems());
                    changes.unique_together =
                        Some(groups.into_iter().filter(|group| !group.is_empty()).collect());
                }
                _ => {}
            }
        }
        changes
    }

    fn text_or_none(&mut self, key: &At<String>, value: &At<Value>) -> Option<Option<String>> {
        match &value.value {
            Value::Text(text) if text.is_empty() => Some(None),
            _ => read_text(key, value, self.problems()).map(Some),
        }
    }

    fn update_rows(&mut self, model: ModelName) -> Option<Operation> {
        let example = "{ status = \"'draft'\" }";
        let (_, set) = self.table("set", example)?;
        let set = self.expressions(set);
        let filter = match self.get("where") {
            Some((key, value)) => read_text(key, value, self.problems()),
            None => None,
        };
        let batch = match self.get("batch") {
            Some((key, value)) => read_positive(key, value, self.problems()),
            None => None,
        };
        let reverse = match self.get("reverse") {
            Some((key, value)) => Some(self.undo_rows(key, value)?),
            None => None,
        };
        Some(Operation::UpdateRows(UpdateRows { model, filter, set, batch, reverse }))
    }

    /// Expressions by fields; a number or a boolean stands for itself.
    fn expressions(&mut self, table: &Table) -> IndexMap<String, String> {
        let mut set = IndexMap::new();
        for (name, value) in &table.entries {
            let text = match &value.value {
                Value::Boolean(flag) => Some(flag.to_string()),
                Value::Integer(number) => Some(number.to_string()),
                Value::Float(number) => Some(number.clone()),
                _ => read_text(name, value, self.problems()),
            };
            set.extend(text.map(|text| (name.value.clone(), text)));
        }
        set
    }

    fn undo_rows(&mut self, key: &At<String>, value: &At<Value>) -> Option<UndoRows> {
        let table = match &value.value {
            Value::Text(text) if text == NOTHING => return Some(UndoRows::Nothing),
            Value::Table(table) => table,
            _ => {
                let expected = "\"nothing\" or { where = \"…\", set = { … } }";
                let problem = wrong_type(key, value, expected);
                self.problems().add(problem);
                return None;
            }
        };
        let (mut filter, mut set) = (None, IndexMap::new());
        for (name, value) in &table.entries {
            match (name.value.as_str(), &value.value) {
                ("where", _) => filter = read_text(name, value, self.problems()),
                ("set", Value::Table(table)) => set = self.expressions(table),
                ("set", _) => {
                    let problem = wrong_type(name, value, "a table");
                    self.problems().add(problem);
                }
                _ => self.reader.unknown(name, "`reverse`", &["where", "set"]),
            }
        }
        Some(UndoRows::Update { filter, set })
    }

    fn run_sql(&mut self, about: &At<Value>) -> Option<Operation> {
        let forward = self.sql(self.verb, about)?;
        let reverse = match self.get("reverse") {
            Some((key, value)) => Some(self.sql(key, value)?),
            None => None,
        };
        let state = self.nested("state");
        Some(Operation::RunSql(RunSql { forward, reverse, state }))
    }

    fn sql(&mut self, key: &At<String>, value: &At<Value>) -> Option<SqlText> {
        match &value.value {
            Value::Text(text) if text.trim().is_empty() => Some(SqlText::default()),
            Value::Table(table) => {
                let mut sql = SqlText::default();
                for (name, value) in &table.entries {
                    let text = match &value.value {
                        Value::Text(text) if text.trim().is_empty() => Some(String::new()),
                        _ => read_text(name, value, self.problems()),
                    };
                    match name.value.as_str() {
                        "postgres" => sql.postgres = text,
                        "sqlite" => sql.sqlite = text,
                        _ => self.reader.unknown(name, &format!("`{}`", key.value), &FOR_BOTH),
                    }
                }
                Some(sql)
            }
            Value::Text(_) => read_text(key, value, self.problems()).map(SqlText::same),
            _ => {
                let problem = wrong_type(key, value, "SQL or { postgres = \"…\", sqlite = \"…\" }");
                self.problems().add(problem);
                None
            }
        }
    }

    fn separate(&mut self, about: &At<Value>) -> Option<Operation> {
        let note = match &about.value {
            Value::Boolean(true) => None,
            _ => Some(read_text(self.verb, about, self.problems())?),
        };
        let (database, state) = (self.nested("database"), self.nested("state"));
        Some(Operation::SeparateDatabaseAndState { note, database, state })
    }

    fn nested(&mut self, key: &str) -> Vec<Operation> {
        match self.get(key) {
            Some((key, value)) => self.reader.operations(key, value),
            None => Vec::new(),
        }
    }
}
