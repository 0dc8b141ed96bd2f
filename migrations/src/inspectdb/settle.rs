//! Drafts are defined and compared with the database; what is refused or differs is taken back, until nothing does.

use super::catalog::Catalog;
use super::draft::{Draft, FieldDraft, Part, Text, toml_text};
use super::plan::Plan;
use super::{InspectError, Inspected};
use crate::compare::{Aspect, Difference, Weight};
use crate::describe::tables_of;
use crate::migrate::{MigrateError, differences_of};
use indexmap::IndexMap;
use nuages_models::database::{Database, Dialect};
use nuages_models::define::{Code, SourceFile, define};
use nuages_models::sql::quoted_identifier;

/// What became of the drafts.
pub(super) enum Settled {
    /// Files that fit the database.
    Files(Inspected),
    /// A link table that needs a model of its own.
    Link(String),
}

/// Each round takes something back; there is only so much to take.
const ROUNDS: usize = 1000;

pub(super) async fn settle(
    database: &Database,
    mut drafts: Vec<Draft>,
    plan: &Plan<'_>,
    catalog: &Catalog,
) -> Result<Settled, InspectError> {
    let mut reasons: IndexMap<String, String> = IndexMap::new();
    for _ in 0..ROUNDS {
        let files = write(&drafts, catalog);
        let sources: Vec<SourceFile> = files
            .iter()
            .map(|(app, text)| SourceFile { path: format!("models/{app}.toml"), text: text.text.clone() })
            .collect();
        let owner = |file: &str, line: u32| {
            let (_, text) = files.iter().find(|(app, _)| file == format!("models/{app}.toml"))?;
            text.lines.get(usize::try_from(line).ok()?.checked_sub(1)?).copied()
        };
        let registry = match define(&sources) {
            Ok(registry) => registry,
            Err(errors) => {
                let mut changed = false;
                for error in &errors.errors {
                    let Some((at, part)) = owner(error.file(), error.line()) else { continue };
                    let Some(draft) = drafts.get_mut(at) else { continue };
                    changed |= take_back(draft, part, error.error_code(), error.message(), &mut reasons);
                }
                if changed {
                    continue;
                }
                return Err(errors.into());
            }
        };
        let tables = match tables_of(&registry, database.dialect()) {
            Ok(tables) => tables,
            Err(unsupported) => {
                for part in &unsupported {
                    if let Some(draft) = drafts.iter_mut().find(|draft| draft.name == part.model) {
                        let reason = format!("{}: {}", part.part, part.reason);
                        unmanage(draft, &reason, &mut reasons);
                    }
                }
                continue;
            }
        };
        let differences = match differences_of(database, &tables).await {
            Ok(differences) => differences,
            // A statement of a managed table that PostgreSQL does not take.
            Err(MigrateError::Statement { statement, error }) => {
                let of = |draft: &&mut Draft| {
                    draft.managed && statement.contains(&quoted_identifier(&draft.table))
                };
                match drafts.iter_mut().find(of) {
                    Some(draft) => unmanage(draft, &error.to_string(), &mut reasons),
                    None => return Err(MigrateError::Statement { statement, error }.into()),
                }
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let wrong: Vec<Difference> =
            differences.into_iter().filter(|difference| difference.weight == Weight::Wrong).collect();
        if wrong.is_empty() {
            let unmanaged = drafts.iter().filter(|draft| !draft.managed && draft.refused.is_none());
            let reason =
                |draft: &Draft| (draft.table.clone(), reasons.get(&draft.table).cloned().unwrap_or_default());
            return Ok(Settled::Files(Inspected {
                unmanaged: unmanaged.map(reason).collect(),
                models: drafts.iter().filter(|draft| draft.refused.is_none()).count(),
                files: sources,
                outside: catalog.outside.clone(),
            }));
        }
        for difference in &wrong {
            match drafts.iter_mut().find(|draft| draft.table == difference.table) {
                Some(draft) => differ(draft, difference, &mut reasons),
                None if plan.hidden.contains(&difference.table) => {
                    return Ok(Settled::Link(difference.table.clone()));
                }
                None => {}
            }
        }
    }
    Err(InspectError::Compare(MigrateError::Different(Vec::new())))
}

/// The files by their apps: models in order.
fn write(drafts: &[Draft], catalog: &Catalog) -> IndexMap<String, Text> {
    let mut files: IndexMap<String, Text> = IndexMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        let is_first = files.is_empty();
        let text = files.entry(draft.app.clone()).or_default();
        if text.text.is_empty() {
            head(text, &draft.app, is_first, catalog);
        }
        text.model(at, draft);
    }
    files.sort_keys();
    files
}

fn head(text: &mut Text, app: &str, is_first: bool, catalog: &Catalog) {
    let owner = (usize::MAX, Part::File);
    text.comment(
        owner,
        &format!("Models of `{app}`, written by `nuages inspectdb` from what the database has."),
    );
    if catalog.dialect == Dialect::Sqlite && catalog.relations.iter().any(|relation| !relation.strict) {
        text.comment(
            owner,
            "Tables that are not STRICT are another program's: they are read and written as Django does, and Nuages does \
             not change them (managed = false).",
        );
    }
    if is_first && !catalog.outside.is_empty() {
        text.comment(owner, "In no model file:");
        for line in &catalog.outside {
            text.comment(owner, &format!("- {line}"));
        }
    }
}

fn unmanage(draft: &mut Draft, reason: &str, reasons: &mut IndexMap<String, String>) {
    if draft.managed {
        draft.managed = false;
        draft.notes.push(format!("managed = false, because Nuages would make the table otherwise: {reason}"));
        reasons.insert(draft.table.clone(), reason.to_owned());
    }
}

/// Takes back what define refuses. Says whether anything was.
fn take_back(
    draft: &mut Draft,
    part: Part,
    code: Code,
    message: &str,
    reasons: &mut IndexMap<String, String>,
) -> bool {
    let of_language =
        matches!(code, Code::BadExpression | Code::WrongExpression | Code::BadDefault | Code::UnknownField);
    match part {
        Part::File => false,
        Part::Field(at) if !(of_language && draft.managed) => {
            let Some(field) = draft.fields.get_mut(at) else { return false };
            take_back_field(field, code, message);
            draft.managed = draft.managed && field.refused.is_none();
            true
        }
        Part::Block(at) if at < draft.blocks.len() => {
            let block = draft.blocks.remove(at);
            draft.remarks.push(format!("{}: {} (left out: {message})", block.name, block.sql));
            true
        }
        Part::Field(_) | Part::Block(_) | Part::Model if draft.managed => {
            unmanage(draft, message, reasons);
            true
        }
        _ if draft.refused.is_none() => {
            draft.refused = Some(message.to_owned());
            true
        }
        _ => false,
    }
}

fn take_back_field(field: &mut FieldDraft, code: Code, message: &str) {
    let option = match code {
        Code::BadChoices => Some("choices"),
        Code::BadDefault => Some("db_default"),
        Code::ReverseClash => Some("related_name"),
        _ => None,
    };
    let position = option.and_then(|option| field.options.iter().position(|(name, _)| *name == option));
    match (position, option) {
        (Some(at), Some("related_name"))
            if field.options.get(at).is_some_and(|(_, name)| name != "\"+\"") =>
        {
            if let Some((_, name)) = field.options.get_mut(at) {
                *name = toml_text("+");
            }
            field.add_note(format!("it has no other end: {message}"));
        }
        (Some(at), Some(option)) if option != "related_name" => {
            let (_, value) = field.options.remove(at);
            field.add_note(format!("{option} = {value} was left out: {message}"));
        }
        _ => field.refused = Some(message.to_owned()),
    }
}

/// Takes back what differs from the database.
fn differ(draft: &mut Draft, difference: &Difference, reasons: &mut IndexMap<String, String>) {
    if let Aspect::Index(name) | Aspect::Constraint(name) = &difference.aspect
        && let Some(at) = draft.blocks.iter().position(|block| block.name == *name)
    {
        let block = draft.blocks.remove(at);
        draft.remarks.push(format!(
            "{}: {} (left out: Nuages would make {})",
            block.name,
            block.sql,
            difference.expected.as_deref().unwrap_or("another")
        ));
        return;
    }
    unmanage(draft, &difference.to_string(), reasons);
}
