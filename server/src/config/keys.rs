//! The table of configuration keys: what `nuages.toml` and `NUAGES_*` may say.

/// What a key's value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number, at least the given one.
    Count(u64),
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A list of texts; separated by commas in the environment.
    TextList,
}

impl KeyKind {
    /// The kind in an error message: "expected …".
    pub fn expectation(self) -> String {
        match self {
            Self::Text => "a text in quotes".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Count(least) => format!("a whole number, at least {least}"),
            Self::Choice(words) => {
                words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ")
            }
            Self::TextList => "a list of texts".to_owned(),
        }
    }
}

/// One configuration key.
#[derive(Debug)]
pub struct Key {
    /// Its name in `nuages.toml`; in the environment it is `NUAGES_` and the name in capitals.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: KeyKind,
    /// What it does, in one line.
    pub doc: &'static str,
}

const fn key(name: &'static str, kind: KeyKind, doc: &'static str) -> Key {
    Key { name, kind, doc }
}

/// Every key. The names are those of the fields of [`Config`](super::Config); a test holds the two together.
pub static KEYS: &[Key] = &[
    key("database", KeyKind::Text, "URL of the database: sqlite:PATH, sqlite::memory: or postgres://…"),
    key("address", KeyKind::Text, "HOST:PORT to listen on"),
    key("debug", KeyKind::Flag, "reload changed models, show SQL in answers, allow browsers from localhost"),
    key("migrate", KeyKind::Flag, "apply migrations before serving; without any, create missing tables"),
    key(
        "unmigrated",
        KeyKind::Choice(&["refuse", "unready", "serve"]),
        "when the database is not as the models need it: do not start, start with a failing /readyz, or serve",
    ),
    key("initial_data", KeyKind::Text, "data file that is loaded when the tables are created"),
    key("time_zone", KeyKind::Text, "IANA name of the time zone of date parts"),
    key("default_limit", KeyKind::Count(1), "rows of a list without limit or first"),
    key("max_limit", KeyKind::Count(1), "largest limit or first"),
    key("max_written_rows", KeyKind::Count(1), "most rows in the input of one mutation"),
    key("timeout_ms", KeyKind::Count(1), "longest time of one request, in milliseconds"),
    key(
        "consistency",
        KeyKind::Choice(&["statement", "snapshot"]),
        "whether all statements of a request read one snapshot (SQLite always does)",
    ),
    key("cursor_key", KeyKind::Text, "secret that signs cursors; servers that share it accept each other's"),
    key(
        "encryption_keys",
        KeyKind::TextList,
        "keys of encrypted fields, the one that encrypts first; `nuages generate-key` makes one",
    ),
    key(
        "expressions",
        KeyKind::Flag,
        "let clients write expressions: expr in filters, orders and groups, calc in changes",
    ),
    key("relay", KeyKind::Flag, "make id of a Node the global id, as Relay's compiler wants"),
    key("pool_size", KeyKind::Count(1), "connections to the database"),
    key("log", KeyKind::Choice(&["text", "json"]), "form of the log lines"),
    key("log_level", KeyKind::Text, "which log lines are written: info, debug, nuages=debug,warn, …"),
    key("cors_origins", KeyKind::TextList, "origins whose pages may call the server, or \"*\""),
    key("max_body_bytes", KeyKind::Count(1), "largest request body"),
    key("grace_ms", KeyKind::Count(0), "how long a stop waits for running requests, in milliseconds"),
    key("debug_header", KeyKind::Flag, "let the header X-Nuages-Debug: 1 ask for SQL in the answer"),
];

/// The key with this name.
pub(super) fn key_named(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The key whose name is most like this one, when any is like it.
pub(super) fn nearest_key(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase().replace('-', "_");
    KEYS.iter()
        .map(|key| (strsim::jaro_winkler(&name, key.name), key.name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (position, key) in KEYS.iter().enumerate() {
            assert!(!key.doc.is_empty(), "{}", key.name);
            assert!(KEYS[..position].iter().all(|other| other.name != key.name), "{} twice", key.name);
        }
    }

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(nearest_key("adress"), Some("address"));
        assert_eq!(nearest_key("TIME-ZONE"), Some("time_zone"));
        assert_eq!(nearest_key("xyzzy"), None);
    }
}
