//! Tests of the configuration: which source wins, and what each error says.

use super::*;

fn project(file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(CONFIG_FILE), file).unwrap();
    folder
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn load(file: &str, environment: &[(&str, &str)], overrides: &Overrides) -> Result<Config, ConfigErrors> {
    let folder = project(file);
    Config::load(folder.path(), variables(environment), overrides).map(|(config, _)| config)
}

#[test]
fn the_table_of_keys_names_the_fields() {
    let serde_json::Value::Object(fields) = serde_json::to_value(Config::default()).unwrap() else {
        panic!("a struct");
    };
    let mut fields: Vec<&str> = fields.keys().map(String::as_str).collect();
    let mut keys: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    fields.sort_unstable();
    keys.sort_unstable();
    assert_eq!(fields, keys);
}

#[test]
fn a_later_source_wins() {
    let file = "address = \"127.0.0.1:1\"\nmax_limit = 500\nrelay = true\n";
    let flags = Overrides { address: Some("127.0.0.1:3".to_owned()), ..Overrides::default() };
    let environment = [("NUAGES_ADDRESS", "127.0.0.1:2"), ("NUAGES_MAX_LIMIT", "600")];

    let config = load(file, &environment, &flags).unwrap();
    assert_eq!((config.address.as_str(), config.max_limit, config.relay), ("127.0.0.1:3", 600, true));
    let config = load(file, &environment, &Overrides::default()).unwrap();
    assert_eq!((config.address.as_str(), config.max_limit), ("127.0.0.1:2", 600));
    let config = load(file, &[], &Overrides::default()).unwrap();
    assert_eq!((config.address.as_str(), config.max_limit), ("127.0.0.1:1", 500));
    assert_eq!(load("", &[], &Overrides::default()).unwrap().address, "127.0.0.1:8000");
}

#[test]
fn a_flag_can_switch_off_what_the_file_switches_on() {
    let flags = Overrides { debug: Some(false), ..Overrides::default() };
    assert!(!load("debug = true", &[], &flags).unwrap().debug);
    assert!(load("debug = true", &[], &Overrides::default()).unwrap().debug);
}

#[test]
fn database_url_is_between_the_file_and_its_own_variable() {
    let file = "database = \"postgres://file/a\"";
    let url = ("DATABASE_URL", "postgres://url/b");
    let own = ("NUAGES_DATABASE", "postgres://own/c");
    let flags = Overrides { database: Some("postgres://flag/d".to_owned()), ..Overrides::default() };
    let database =
        |environment: &[(&str, &str)], flags: &Overrides| load(file, environment, flags).unwrap().database;

    assert_eq!(database(&[], &Overrides::default()), "postgres://file/a");
    assert_eq!(database(&[url], &Overrides::default()), "postgres://url/b");
    assert_eq!(database(&[url, own], &Overrides::default()), "postgres://own/c");
    assert_eq!(database(&[own, url], &Overrides::default()), "postgres://own/c");
    assert_eq!(database(&[url, own], &flags), "postgres://flag/d");
}

#[test]
fn a_sqlite_path_of_the_file_is_in_the_project() {
    let folder = project("database = \"sqlite:data/blog.db\"");
    let load = |environment: &[(&str, &str)]| {
        Config::load(folder.path(), variables(environment), &Overrides::default()).unwrap().0.database
    };
    assert_eq!(load(&[]), format!("sqlite:{}", folder.path().join("data/blog.db").display()));
    assert_eq!(load(&[("DATABASE_URL", "sqlite://here.db")]), "sqlite://here.db");

    let folder = tempfile::tempdir().unwrap();
    let (config, _) = Config::load(folder.path(), [], &Overrides::default()).unwrap();
    assert_eq!(config.database, format!("sqlite:{}", folder.path().join("nuages.db").display()));
    assert_eq!(sqlite_path_in(Path::new("/p"), "sqlite::memory:"), "sqlite::memory:");
    assert_eq!(sqlite_path_in(Path::new("/p"), "sqlite:/abs/x.db"), "sqlite:/abs/x.db");
    assert_eq!(sqlite_path_in(Path::new("."), "sqlite://x.db"), "sqlite:x.db");
}

#[test]
fn every_problem_of_a_file_is_reported_with_its_line_and_the_nearest_name() {
    let file = "adress = \"x\"\nmax_limit = \"many\"\nlog = \"xml\"\n[serve]\nport = 1\n";
    let errors = load(file, &[], &Overrides::default()).unwrap_err();
    let text = errors.to_string();
    assert_eq!(errors.0.len(), 4, "{text}");
    assert!(text.contains("nuages.toml:1: unknown key `adress` (did you mean `address`?)"), "{text}");
    assert!(
        text.contains("nuages.toml:2: wrong value for `max_limit`: expected a whole number, at least 1"),
        "{text}"
    );
    assert!(text.contains("nuages.toml:3: wrong value for `log`: expected \"text\" or \"json\""), "{text}");
    assert!(text.contains("nuages.toml:4: unknown key `serve`"), "{text}");

    let rendered = errors.render(false);
    assert!(rendered.contains("max_limit = \"many\"") && rendered.contains("nuages.toml:2"), "{rendered}");
    assert!(!rendered.contains('\u{1b}'), "no colour was asked for");
}

#[test]
fn a_syntax_error_names_its_line() {
    let errors = load("debug = true\naddress = \n", &[], &Overrides::default()).unwrap_err();
    assert!(errors.to_string().contains("nuages.toml:2: "), "{errors}");
}

#[test]
fn values_of_the_environment_are_read_by_the_kind_of_their_key() {
    let environment = [
        ("NUAGES_CURSOR_KEY", "00000000000000001"),
        ("NUAGES_DEBUG", "1"),
        ("NUAGES_CORS_ORIGINS", "https://a.example, http://b.example:3000"),
        ("NUAGES_LOG", ""),
    ];
    let config = load("", &environment, &Overrides::default()).unwrap();
    assert_eq!(config.cursor_key.as_deref(), Some("00000000000000001"));
    assert!(config.debug);
    assert_eq!(config.cors_origins, ["https://a.example", "http://b.example:3000"]);
    assert_eq!(config.log, LogFormat::Text);

    let errors = load("", &[("NUAGES_MAX_LIMIT", "-3")], &Overrides::default()).unwrap_err();
    assert!(errors.to_string().starts_with("NUAGES_MAX_LIMIT: wrong value"), "{errors}");
}

#[test]
fn a_misspelt_variable_is_a_warning_and_a_foreign_one_is_not() {
    let folder = project("");
    let environment = variables(&[("NUAGES_DATABSE", "x"), ("NUAGES_SERVICE_HOST", "10.0.0.1")]);
    let (_, warnings) = Config::load(folder.path(), environment, &Overrides::default()).unwrap();
    assert_eq!(warnings, ["NUAGES_DATABSE is no setting; did you mean NUAGES_DATABASE?"]);
}

#[test]
fn settings_are_checked_together() {
    let file = "default_limit = 10\nmax_limit = 5\ntime_zone = \"Mars/Olympus\"\naddress = \"8000\"\n\
                cors_origins = [\"https://a.example/path\"]\ncursor_key = \"short\"\ndatabase = \"mysql://x\"\n";
    let errors = load(file, &[], &Overrides::default()).unwrap_err();
    assert_eq!(errors.0.len(), 6, "{errors}");
}

#[test]
fn numbers_that_do_not_fit_are_errors() {
    let errors = load("max_limit = 99999999999", &[], &Overrides::default()).unwrap_err();
    assert!(errors.to_string().contains("max_limit"), "{errors}");
}

#[test]
fn passwords_are_not_shown() {
    let shown =
        |url: &str| Config { database: url.to_owned(), ..Config::default() }.database_without_password();
    assert_eq!(shown("postgres://u:secret@h:5432/d?password=secret"), "postgres://u@h:5432/d");
    assert_eq!(shown("postgres://u:se@cret@h/d"), "postgres://u@h/d");
    assert_eq!(shown("postgres:///d?host=/tmp"), "postgres:///d");
    assert_eq!(shown("sqlite:a/b.db"), "sqlite:a/b.db");
}

#[test]
fn the_signing_key_is_stable_and_depends_on_the_database() {
    let key = |database: &str, cursor_key: Option<&str>| {
        let cursor_key = cursor_key.map(str::to_owned);
        Config { database: database.to_owned(), cursor_key, ..Config::default() }.signing_key()
    };
    assert_eq!(key("sqlite:a", None), key("sqlite:a", None));
    assert_ne!(key("sqlite:a", None), key("sqlite:b", None));
    assert_eq!(key("sqlite:a", Some("0123456789abcdef")), b"0123456789abcdef");
}
