//! Golden case folders: `tests/cases/GROUP/CASE/` with
//!
//! | file | what |
//! |---|---|
//! | `query.graphql` | the document |
//! | `variables.json` | its variables, when it has any |
//! | `case.toml` | settings, when it has any: see [`Settings`] |
//! | `plan.txt` | the plan |
//! | `sqlite.sql`, `postgres.sql` | the statements with their parameters |
//! | `response.json` | the response: the bytes that came, laid out in lines |
//! | `after.graphql` | of a mutation: what is asked of the same database afterwards |
//! | `after.json` | its response |
//!
//! Every case runs on both databases and under every strategy with equal bytes. A mutation runs on a copy of the data
//! of its own. `NUAGES_GOLDEN=rewrite` writes the
//! files anew; look at the difference before you commit it.

use crate::subject::{Answer, STRATEGIES, Subject};
use nuages_models::database::Dialect;
use nuages_schema::Request;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What to do with the files of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Fail where they differ.
    Compare,
    /// Write them.
    Rewrite,
}

impl Mode {
    /// `NUAGES_GOLDEN=rewrite` or nothing.
    ///
    /// # Panics
    /// When the variable has another value.
    pub fn of_environment() -> Self {
        match std::env::var("NUAGES_GOLDEN").as_deref() {
            Err(_) | Ok("") => Self::Compare,
            Ok("rewrite") => Self::Rewrite,
            Ok(other) => panic!("NUAGES_GOLDEN is `{other}`; the only value is `rewrite`"),
        }
    }
}

/// `case.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The project; `blog` when absent.
    pub project: Option<String>,
    /// Why the case is not run at all, or not on one database: a gap is a line with a reason.
    #[serde(default)]
    pub skip: Skip,
    /// Which operation of the document runs.
    pub operation: Option<String>,
    /// The request's time zone.
    pub time_zone: Option<String>,
}

/// Reasons not to run a case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// Not on SQLite.
    pub sqlite: Option<String>,
    /// Not on PostgreSQL.
    pub postgres: Option<String>,
}

/// One case folder, read.
#[derive(Debug, Clone)]
pub struct Case {
    /// The folder.
    pub folder: PathBuf,
    /// `case.toml`.
    pub settings: Settings,
    request: Request,
    /// What is asked after a mutation.
    after: Option<Request>,
}

impl Case {
    /// Whether it changes its database.
    pub fn is_mutation(&self) -> bool {
        self.request.query.lines().any(|line| line.starts_with("mutation"))
    }
}

/// All cases of a folder of groups, in the order of their names.
///
/// # Panics
/// When a case cannot be read, or there is none.
pub fn cases(root: &Path) -> Vec<Case> {
    let mut cases: Vec<Case> = folders(root).iter().flat_map(|group| folders(group)).map(read).collect();
    cases.sort_by(|left, right| left.folder.cmp(&right.folder));
    cases
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

fn read(folder: PathBuf) -> Case {
    let query =
        file(&folder, "query.graphql").unwrap_or_else(|| panic!("{} has no query.graphql", folder.display()));
    let variables = file(&folder, "variables.json").map_or_else(serde_json::Map::new, |text| {
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}/variables.json: {error}", folder.display()))
    });
    let settings = file(&folder, "case.toml").map_or_else(Settings::default, |text| {
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}/case.toml: {error}", folder.display()))
    });
    let request = Request {
        query,
        operation_name: settings.operation.clone(),
        variables,
        time_zone: settings.time_zone.clone(),
        read_only: false,
        debug: true,
    };
    let after = file(&folder, "after.graphql").map(|query| Request { query, ..Request::default() });
    Case { folder, settings, request, after }
}

fn file(folder: &Path, name: &str) -> Option<String> {
    fs::read_to_string(folder.join(name)).ok()
}

/// Runs a case against every subject and gives what is wrong with it; empty when nothing is.
pub async fn run_case(case: &Case, subjects: &[Subject], mode: Mode) -> Vec<String> {
    let mut problems = Vec::new();
    let mut reference: Option<(String, Answer)> = None;
    let mut afterwards: Option<String> = None;
    for subject in subjects.iter().filter(|subject| reason_to_skip(case, subject).is_none()) {
        let answer = subject.execute(&case.request).await;
        match &reference {
            Some((first, expected)) if expected.body != answer.body => {
                let difference = difference(&laid_out(&expected.body), &laid_out(&answer.body));
                problems.push(format!("{subject} answers otherwise than {first}:\n{difference}"));
            }
            Some(_) => {}
            None => {
                check(case, "response.json", &laid_out(&answer.body), mode, &mut problems);
                reference = Some((subject.to_string(), answer.clone()));
            }
        }
        if let Some(after) = &case.after {
            let answer = laid_out(&subject.execute(after).await.body);
            match &afterwards {
                Some(expected) if *expected != answer => {
                    let difference = difference(expected, &answer);
                    problems.push(format!("{subject} has other rows afterwards:\n{difference}"));
                }
                Some(_) => {}
                None => {
                    check(case, "after.json", &answer, mode, &mut problems);
                    afterwards = Some(answer);
                }
            }
        }
        if subject.strategy == STRATEGIES[0].name {
            check_extensions(case, subject, &answer, mode, &mut problems);
        }
    }
    if reference.is_none() {
        problems.push("nothing ran it: every subject is skipped".to_owned());
    }
    problems.iter().map(|problem| format!("{}: {problem}", case.folder.display())).collect()
}

/// Why a case is not run against a subject.
pub fn reason_to_skip<'case>(case: &'case Case, subject: &Subject) -> Option<&'case str> {
    match subject.dialect {
        Dialect::Sqlite => case.settings.skip.sqlite.as_deref(),
        Dialect::Postgres => case.settings.skip.postgres.as_deref(),
    }
}

#[derive(Deserialize)]
struct Extensions {
    #[serde(default)]
    plan: Option<String>,
    #[serde(default)]
    queries: Option<Vec<Statement>>,
}

#[derive(Deserialize)]
struct Statement {
    sql: String,
    parameters: Box<RawValue>,
    rows: u64,
}

fn check_extensions(case: &Case, subject: &Subject, answer: &Answer, mode: Mode, problems: &mut Vec<String>) {
    let extensions = answer.extensions.as_deref().map(serde_json::from_str::<Extensions>);
    let extensions = match extensions {
        Some(Ok(extensions)) => extensions,
        Some(Err(error)) => return problems.push(format!("{subject}: extensions: {error}")),
        // A request error has neither a plan nor statements.
        None => Extensions { plan: None, queries: None },
    };
    let plan = extensions.plan.map(|plan| format!("{}\n", plan.trim_end()));
    check(case, "plan.txt", plan.as_deref().unwrap_or(""), mode, problems);
    let name = match subject.dialect {
        Dialect::Sqlite => "sqlite.sql",
        Dialect::Postgres => "postgres.sql",
    };
    check(case, name, &statements(&extensions.queries.unwrap_or_default()), mode, problems);
}

/// Each text once, in the order of first use: SQLite's nested loops run one many times.
fn statements(queries: &[Statement]) -> String {
    let mut texts: Vec<(&Statement, usize, u64)> = Vec::new();
    for query in queries {
        match texts.iter_mut().find(|(first, ..)| first.sql == query.sql) {
            Some((_, runs, rows)) => {
                *runs += 1;
                *rows += query.rows;
            }
            None => texts.push((query, 1, query.rows)),
        }
    }
    texts.iter().fold(String::new(), |mut text, (query, runs, rows)| {
        let runs = if *runs == 1 { String::new() } else { format!("{runs} runs, ") };
        let parameters = query.parameters.get();
        let _ = writeln!(
            text,
            "{};\n-- {parameters}: {runs}{rows} rows\n",
            query.sql.trim_end().trim_end_matches(';')
        );
        text
    })
}

/// Compares or writes one file; an empty text is a file that is not there.
fn check(case: &Case, name: &str, actual: &str, mode: Mode, problems: &mut Vec<String>) {
    let path = case.folder.join(name);
    match mode {
        Mode::Rewrite if actual.is_empty() => drop(fs::remove_file(path)),
        Mode::Rewrite => {
            fs::write(&path, actual).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        }
        Mode::Compare => {
            let expected = file(&case.folder, name).unwrap_or_default();
            if expected != actual {
                problems.push(format!("{name} differs:\n{}", difference(&expected, actual)));
            }
        }
    }
}

/// The lines around the first difference.
fn difference(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let same = expected.iter().zip(&actual).take_while(|(left, right)| left == right).count();
    let mut text = format!("  at line {}\n", same + 1);
    for (sign, lines) in [('-', &expected), ('+', &actual)] {
        for line in lines.iter().skip(same).take(8) {
            let _ = writeln!(text, "  {sign} {line}");
        }
    }
    text
}

/// Adds line breaks and indentation between the tokens of a JSON text and leaves the tokens as they are, so that
/// the golden file shows `1.50` and `"\u00e9"` as they were written. Ends with a line break.
pub fn laid_out(json: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    let mut rest = json.trim();
    let new_line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ => rest.find(['"', '{', '}', '[', ']', ',', ':']).unwrap_or(rest.len()),
        };
        let (token, following) = rest.split_at(length);
        let following = following.trim_start();
        match first {
            '{' | '[' if following.starts_with(['}', ']']) => text.push(first),
            '{' | '[' => {
                depth += 1;
                text.push(first);
                new_line(&mut text, depth);
            }
            '}' | ']' if text.ends_with(['{', '[']) => text.push(first),
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push(first);
            }
            ',' => {
                text.push(',');
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => text.push_str(token.trim_end()),
        }
        rest = following;
    }
    text.push('\n');
    text
}

/// Bytes of the string that the text begins with, quotation marks included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_keeps_tokens() {
        let json = r#"{"a":[1.50,{"b\"{":"\u00e9"},[],{}],"c": null}"#;
        let expected = "{\n  \"a\": [\n    1.50,\n    {\n      \"b\\\"{\": \"\\u00e9\"\n    },\n    [],\n    {}\n  ],\n  \"c\": null\n}\n";
        assert_eq!(laid_out(json), expected);
        assert_eq!(laid_out(expected), expected);
    }

    #[test]
    fn a_repeated_statement_is_shown_once() {
        let query = |sql: &str, rows| Statement {
            sql: sql.to_owned(),
            parameters: RawValue::from_string("[1]".to_owned()).unwrap(),
            rows,
        };
        let text = statements(&[query("a", 1), query("b", 2), query("b", 3)]);
        assert_eq!(text, "a;\n-- [1]: 1 rows\n\nb;\n-- [1]: 2 runs, 5 rows\n\n");
    }

    #[test]
    fn a_difference_names_its_line() {
        assert_eq!(difference("a\nb\n", "a\nc\n"), "  at line 2\n  - b\n  + c\n");
    }
}
