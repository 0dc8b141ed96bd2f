//! Reading other files that have declarations of models in them, with the shapes, checks and messages of model files. What they
//! declare is given as it stands: [`definitions`](super::definitions) makes it canonical.

pub use super::errors::{Problem, Problems, suggest};
pub use super::tree::{At, Place, Table, Value, parse};

use super::declare::{self, ModelDeclaration};
use super::declare_field;
use super::definition::{
    ConstraintDefinition, FieldDefinition, IndexDefinition, ManagerDefinition, ModelDefinition,
};
use super::definitions::{Definer, as_declared, plain};
use super::errors::Code;
use crate::registry::FieldTypes;
use serde_json::Value as Json;

/// Reads the table of a model. An abstract base has no place in these files, nor has a model that extends one.
pub fn read_model(name: &At<String>, app: &str, table: &Table, problems: &mut Problems) -> ModelDefinition {
    let declaration = declare::read_model(name, app, table, FieldTypes::NONE, problems);
    let wrong = declaration.is_abstract || (declaration.proxy.is_none() && !declaration.extends.is_empty());
    if wrong {
        problems.add(
            Problem::new(Code::NotConcrete, name.at, "bases are folded in here: there is no `abstract` and no `extends`")
                .help("write all fields of the model; only a proxy extends something, the model whose table it shares"),
        );
    }
    let unnamed = declaration.indexes.iter().find(|index| index.name.is_none()).map(|index| index.at);
    if let Some(at) = unnamed {
        problems.add(no_name(at));
    }
    as_declared(&declaration)
}

/// Reads a field. `None` when it is wrong, which is reported.
pub fn read_field(name: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<FieldDefinition> {
    let field = declare_field::read_field(name, value, FieldTypes::NONE, problems)?;
    Some(plainly(name, |definer| definer.field(&field)))
}

/// Reads an index and its name, which it must have.
pub fn read_index(table: &Table, at: Place, problems: &mut Problems) -> Option<(String, IndexDefinition)> {
    let index = declare::read_index(table, at, problems)?;
    let Some(name) = index.name.clone() else {
        problems.add(no_name(at));
        return None;
    };
    Some((name.value.clone(), plainly(&name, |definer| definer.index(&index))))
}

/// Reads a constraint and its name, which it must have.
pub fn read_constraint(
    table: &Table,
    at: Place,
    problems: &mut Problems,
) -> Option<(String, ConstraintDefinition)> {
    let constraint = declare::read_constraint(table, at, problems)?;
    let Some(name) = constraint.name.clone() else {
        problems.add(no_name(at));
        return None;
    };
    Some((name.value.clone(), plainly(&name, |definer| definer.constraint(&constraint.rule))))
}

/// Reads a manager.
pub fn read_manager(
    name: &At<String>,
    value: &At<Value>,
    problems: &mut Problems,
) -> Option<ManagerDefinition> {
    let manager = declare::read_manager(name, value, problems)?;
    Some(plainly(name, |definer| definer.manager(&manager)))
}

/// Reads text that is not empty.
pub fn read_text(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<String> {
    declare::text(key, value, problems)
}

/// Reads `true` or `false`.
pub fn read_flag(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<bool> {
    declare::flag(key, value, problems)
}

/// Reads an integer from 1.
pub fn read_positive(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Option<u32> {
    declare::number(key, value, 1, problems)
}

/// Reads a list of texts.
pub fn read_names(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Vec<String> {
    declare::name_list(key, value, problems).into_iter().map(|name| name.value).collect()
}

/// Reads a list of lists of texts; one list stands for itself.
pub fn read_name_groups(key: &At<String>, value: &At<Value>, problems: &mut Problems) -> Vec<Vec<String>> {
    let groups = declare::name_groups(key, value, problems).into_iter();
    groups.map(|group| group.value.into_iter().map(|name| name.value).collect()).collect()
}

/// A value as it stands.
pub fn plain_value(value: &Value) -> Json {
    plain(value)
}

/// A value of another shape than its key takes.
pub fn wrong_type(key: &At<String>, value: &At<Value>, expected: &str) -> Problem {
    declare::wrong_type(key, value, expected)
}

fn no_name(at: Place) -> Problem {
    Problem::new(Code::MissingKey, at, "it has no `name`")
        .help("a migration says the name, because it stays what it is when fields and tables are renamed")
}

fn plainly<T>(name: &At<String>, define: impl FnOnce(&Definer<'_>) -> T) -> T {
    let declaration = ModelDeclaration::new(name.clone(), String::new());
    define(&Definer { declaration: &declaration, built: None })
}
