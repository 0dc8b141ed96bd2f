//! One source of configuration, read and checked against the table of keys: a file, the environment, flags.

use super::keys::{Key, KeyKind, key_named, nearest_key};
use super::problem::{ConfigProblem, Place};
use figment::value::{Dict, Value};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The text of a configuration file and where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileText<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

impl FileText<'_> {
    fn place(self, span: Range<usize>) -> Place {
        Place::File { name: self.name.to_owned(), text: self.text.to_owned(), span }
    }
}

/// Reads a file. Every problem is reported, not only the first.
pub(super) fn from_file(file: FileText<'_>, problems: &mut Vec<ConfigProblem>) -> Dict {
    let mut values = Dict::new();
    let table = match DeTable::parse(file.text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            problems.push(ConfigProblem::new(error.message().trim_end(), file.place(span)));
            return values;
        }
    };
    for (name, value) in table {
        let Some(key) = key_named(name.get_ref()) else {
            let problem =
                ConfigProblem::new(format!("unknown key `{}`", name.get_ref()), file.place(name.span()));
            problems.push(problem.with_hint(unknown_key_hint(name.get_ref())));
            continue;
        };
        match file_value(key, value.get_ref()) {
            Some(value) => {
                values.insert(key.name.to_owned(), value);
            }
            None => problems.push(wrong_value(key, file.place(value.span()))),
        }
    }
    values
}

fn file_value(key: &Key, value: &DeValue<'_>) -> Option<Value> {
    match (key.kind, value) {
        (KeyKind::Text, DeValue::String(text)) => Some(Value::from(text.as_ref())),
        (KeyKind::Flag, DeValue::Boolean(flag)) => Some(Value::from(*flag)),
        (KeyKind::Count(least), DeValue::Integer(number)) => {
            u64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .filter(|number| *number >= least)
                .map(Value::from)
        }
        (KeyKind::Choice(words), DeValue::String(text)) => {
            words.contains(&text.as_ref()).then(|| Value::from(text.as_ref()))
        }
        (KeyKind::TextList, DeValue::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            texts.map(Value::from)
        }
        _ => None,
    }
}

/// Reads `NUAGES_*` and `DATABASE_URL`, the latter below `NUAGES_DATABASE`. An empty variable counts as absent,
/// because that is how container tools write one that is not set. Variables with the prefix that are no key are
/// returned as warnings rather than refused: Kubernetes sets `NUAGES_PORT` for a service of that name.
pub(super) fn from_environment(
    variables: impl IntoIterator<Item = (String, String)>,
    problems: &mut Vec<ConfigProblem>,
) -> (Dict, Vec<String>) {
    let mut values = Dict::new();
    let mut warnings = Vec::new();
    let mut database_url = None;
    for (variable, text) in variables {
        if text.is_empty() {
            continue;
        }
        if variable == "DATABASE_URL" {
            database_url = Some(text);
            continue;
        }
        let Some(name) = variable.strip_prefix("NUAGES_").map(str::to_lowercase) else { continue };
        let Some(key) = key_named(&name) else {
            if let Some(near) = nearest_key(&name) {
                let near = near.to_uppercase();
                warnings.push(format!("{variable} is no setting; did you mean NUAGES_{near}?"));
            }
            continue;
        };
        match text_value(key, &text) {
            Some(value) => {
                values.insert(key.name.to_owned(), value);
            }
            None => problems.push(wrong_value(key, Place::Variable(variable))),
        }
    }
    if let Some(url) = database_url {
        values.entry("database".to_owned()).or_insert_with(|| Value::from(url));
    }
    (values, warnings)
}

fn text_value(key: &Key, text: &str) -> Option<Value> {
    match key.kind {
        KeyKind::Text => Some(Value::from(text)),
        KeyKind::Flag => match text.to_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(Value::from(true)),
            "false" | "0" | "no" | "off" => Some(Value::from(false)),
            _ => None,
        },
        KeyKind::Count(least) => {
            text.trim().parse::<u64>().ok().filter(|number| *number >= least).map(Value::from)
        }
        KeyKind::Choice(words) => words.contains(&text).then(|| Value::from(text)),
        KeyKind::TextList => {
            let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
            Some(Value::from(items))
        }
    }
}

fn wrong_value(key: &Key, place: Place) -> ConfigProblem {
    let message = format!("wrong value for `{}`: expected {}", key.name, key.kind.expectation());
    ConfigProblem::new(message, place).with_hint(format!("{}: {}", key.name, key.doc))
}

fn unknown_key_hint(name: &str) -> String {
    match nearest_key(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let names: Vec<&str> = super::keys::KEYS.iter().map(|key| key.name).collect();
            format!("the keys are {}", names.join(", "))
        }
    }
}
