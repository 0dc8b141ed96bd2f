//! Names of apps, models and members from those of tables and columns.

use super::catalog::Catalog;
use indexmap::IndexMap;
use nuages_models::define::{camel_case, is_member_name, repaired, type_name_clash};
use nuages_models::english::{plural, singular};
use std::collections::{BTreeMap, BTreeSet};

/// Where a table's model is, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    /// The model file's name.
    pub(super) app: String,
    /// The model's name.
    pub(super) model: String,
    /// Why it is not the plain one.
    pub(super) note: Option<String>,
}

/// Django's own tables whose names do not begin with their app's.
const DJANGO: &[(&str, &str, &str)] = &[
    ("django_admin_log", "admin", "LogEntry"),
    ("django_content_type", "contenttypes", "ContentType"),
    ("django_migrations", "migrations", "AppliedMigration"),
    ("django_session", "sessions", "Session"),
    ("django_site", "sites", "Site"),
    ("django_flatpage", "flatpages", "FlatPage"),
    ("django_redirect", "redirects", "Redirect"),
];

/// Names every table's model; `app` puts all of them into one file.
pub(super) fn place(catalog: &Catalog, app: Option<&str>, database: &str) -> IndexMap<String, Placed> {
    let tables: Vec<&str> = catalog.relations.iter().map(|relation| relation.name.as_str()).collect();
    let apps = match app {
        Some(app) => BTreeSet::from([app.to_owned()]),
        None => apps(catalog, &tables),
    };
    let fallback = app.map_or_else(|| app_name(database), str::to_owned);
    let mut placed: IndexMap<String, Placed> = IndexMap::new();
    for table in tables {
        let django = DJANGO.iter().find(|(name, ..)| *name == table && app.is_none());
        let (app, wanted) = match django {
            Some((_, app, model)) => ((*app).to_owned(), (*model).to_owned()),
            None => {
                let prefix = apps
                    .iter()
                    .filter(|app| {
                        table
                            .strip_prefix(app.as_str())
                            .is_some_and(|rest| rest.starts_with('_') && rest.len() > 1)
                    })
                    .max_by_key(|app| app.len());
                match prefix {
                    Some(app) => (app.clone(), model_name(&table[app.len() + 1..])),
                    None => (fallback.clone(), model_name(table)),
                }
            }
        };
        let others = || placed.values().map(|other| other.model.as_str());
        let is_free = |name: &str| {
            let roots = roots(name);
            !others().any(|other| other.eq_ignore_ascii_case(name))
                && !type_name_clash(name, others())
                && !others().any(|other| self::roots(other).iter().any(|root| roots.contains(root)))
        };
        let candidates = [
            wanted.clone(),
            format!("{}{wanted}", pascal_case(&snake_case(&app))),
            format!("{wanted}Record"),
            format!("{}{wanted}Record", pascal_case(&snake_case(&app))),
        ];
        let numbered = || (2..).map(|number| format!("{wanted}Record{number}"));
        let model = candidates.into_iter().chain(numbered()).find(|name| is_free(name)).unwrap_or_default();
        let note = (model != wanted).then(|| format!("`{wanted}` would clash with another name"));
        placed.insert(table.to_owned(), Placed { app, model, note });
    }
    placed
}

/// What a model is called in queries, alone and with others.
fn roots(model: &str) -> [String; 2] {
    let mut characters = model.chars();
    let one: String = characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect();
    let many = plural(&one);
    let many = if many == one { format!("{one}List") } else { many };
    [one, many]
}

/// Prefixes of tables that are apps: those that Django knows, or else those that all tables have.
fn apps(catalog: &Catalog, tables: &[&str]) -> BTreeSet<String> {
    let known: BTreeSet<String> = catalog
        .content_types
        .iter()
        .filter(|(app, model)| tables.contains(&format!("{app}_{model}").as_str()))
        .map(|(app, _)| app.clone())
        .filter(|app| app_name(app) == *app)
        .collect();
    if !known.is_empty() {
        return known;
    }
    let mut prefixes: BTreeMap<&str, usize> = BTreeMap::new();
    for table in tables.iter().filter(|table| !DJANGO.iter().any(|(name, ..)| name == *table)) {
        match table.split_once('_') {
            Some((prefix, rest)) if !rest.is_empty() && app_name(prefix) == prefix => {
                *prefixes.entry(prefix).or_default() += 1;
            }
            // One that has no prefix: then the others' are no apps.
            _ => return BTreeSet::new(),
        }
    }
    if prefixes.values().any(|count| *count < 2) {
        return BTreeSet::new();
    }
    prefixes.into_keys().map(str::to_owned).collect()
}

/// A model file's name.
pub(super) fn app_name(name: &str) -> String {
    let snake = snake_case(name);
    if snake.is_empty() || snake == "models" { "app".to_owned() } else { snake }
}

/// `blog_posts` as `BlogPost`.
fn model_name(table: &str) -> String {
    let snake = snake_case(table);
    let (before, last) = snake.rsplit_once('_').map_or(("", snake.as_str()), |(before, last)| (before, last));
    let name = pascal_case(&format!("{before}_{}", singular(last)));
    let name = repaired(&name);
    let mut characters = name.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + characters.as_str())
        .unwrap_or_default()
}

/// `InvoiceLine`, `invoiceLine` and `Invoice-Line` as `invoice_line`; a legal name, or nothing.
pub(super) fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(at + 1);
        let begins = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if begins {
            snake.push('_');
        }
        if character.is_ascii_alphanumeric() {
            snake.push(character.to_ascii_lowercase());
        } else {
            snake.push('_');
        }
    }
    let parts: Vec<&str> = snake.split('_').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { repaired(&parts.join("_")) }
}

/// `invoice_line` as `InvoiceLine`.
pub(super) fn pascal_case(snake: &str) -> String {
    snake
        .split('_')
        .map(|word| {
            let mut characters = word.chars();
            characters.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + characters.as_str()
            })
        })
        .collect()
}

/// `InvoiceLine` as `invoice_lines`.
pub(super) fn plural_of_model(model: &str) -> String {
    let snake = snake_case(model);
    match snake.rsplit_once('_') {
        Some((before, last)) => format!("{before}_{}", plural(last)),
        None => plural(&snake),
    }
}

/// The names that the members of a model have, in GraphQL's spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Members(BTreeSet<String>);

impl Default for Members {
    fn default() -> Self {
        // Every type that implements Node has it.
        Self(BTreeSet::from(["nodeId".to_owned()]))
    }
}

impl Members {
    fn all_of(name: &str, to_many: bool) -> Vec<String> {
        let shown = camel_case(name);
        let mut all = vec![shown.clone()];
        if to_many {
            all.extend(["Connection", "Aggregate"].map(|suffix| format!("{shown}{suffix}")));
        }
        all
    }

    /// Takes all of the names for one member, when all of them are free.
    fn take(&mut self, names: &[String], to_many: bool) -> bool {
        let all: Vec<String> = names.iter().flat_map(|name| Self::all_of(name, to_many)).collect();
        if !names.iter().all(|name| is_member_name(name)) || all.iter().any(|name| self.0.contains(name)) {
            return false;
        }
        self.0.extend(all);
        true
    }

    /// The first candidate that is free, or one with a number. `also` are the names that it takes besides.
    pub(super) fn claim(
        &mut self,
        candidates: &[String],
        to_many: bool,
        also: &dyn Fn(&str) -> Vec<String>,
    ) -> String {
        let last = candidates.last().cloned().unwrap_or_else(|| "member".to_owned());
        let numbered = (2..1000).map(|number| format!("{last}_{number}"));
        for candidate in candidates.iter().cloned().chain(numbered) {
            let names: Vec<String> = std::iter::once(candidate.clone()).chain(also(&candidate)).collect();
            if self.take(&names, to_many) {
                return candidate;
            }
        }
        last
    }

    /// Claims a field.
    pub(super) fn claim_field(&mut self, column: &str) -> String {
        let snake = snake_case(column);
        let name = if snake.is_empty() { "column".to_owned() } else { snake };
        self.claim(&[name.clone(), format!("{name}_field")], false, &|_| Vec::new())
    }
}

/// What people do who are called so: an `author` has `authored_posts`.
const ROLES: &[(&str, &str)] = &[
    ("approver", "approved"),
    ("assignee", "assigned"),
    ("author", "authored"),
    ("creator", "created"),
    ("editor", "edited"),
    ("host", "hosted"),
    ("manager", "managed"),
    ("organizer", "organized"),
    ("owner", "owned"),
    ("publisher", "published"),
    ("receiver", "received"),
    ("recipient", "received"),
    ("reviewer", "reviewed"),
    ("sender", "sent"),
    ("translator", "translated"),
    ("uploader", "uploaded"),
];

/// The adjective that tells one of several references to a model from the others: `original` of `original_language` to
/// `Language`, `created` of `created_by`. `None` when the reference is called as its model is.
pub(super) fn role(relation: &str, target: &str) -> Option<String> {
    let target = snake_case(target);
    if relation == target {
        return None;
    }
    if let Some((_, adjective)) = ROLES.iter().find(|(noun, _)| *noun == relation) {
        return Some((*adjective).to_owned());
    }
    let stripped = relation
        .strip_suffix("_by")
        .or_else(|| relation.strip_suffix(&target)?.strip_suffix('_'))
        .filter(|rest| !rest.is_empty());
    Some(stripped.unwrap_or(relation).to_owned())
}

/// The name of the other end of a reference to the model itself.
pub(super) fn own_reverse(relation: &str) -> Option<&'static str> {
    match relation {
        "parent" => Some("children"),
        "manager" | "reports_to" | "supervisor" | "boss" => Some("reports"),
        "reply_to" | "in_reply_to" => Some("replies"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables_and_columns() {
        for (given, snake) in [
            ("InvoiceLine", "invoice_line"),
            ("invoiceLine", "invoice_line"),
            ("Invoice Line", "invoice_line"),
            ("MediaTypeId", "media_type_id"),
            ("URLPath", "url_path"),
            ("2nd", "n_2nd"),
            ("a__b", "a_b"),
            ("_x_", "x"),
            ("größe", "gr_e"),
            ("名", ""),
        ] {
            let found = snake_case(given);
            assert!(found == snake || given == "größe", "{given}: {found}");
        }
        for (table, model) in [
            ("posts", "Post"),
            ("blog_categories", "BlogCategory"),
            ("PlaylistTrack", "PlaylistTrack"),
            ("address", "Address"),
            ("people", "Person"),
            ("1st", "N1st"),
        ] {
            assert_eq!(model_name(table), model);
        }
        assert_eq!(plural_of_model("InvoiceLine"), "invoice_lines");
        assert_eq!(plural_of_model("Category"), "categories");
    }

    #[test]
    fn roles() {
        for (relation, target, expected) in [
            ("language", "Language", None),
            ("original_language", "Language", Some("original")),
            ("author", "User", Some("authored")),
            ("created_by", "User", Some("created")),
            ("winner", "User", Some("winner")),
        ] {
            assert_eq!(role(relation, target).as_deref(), expected, "{relation}");
        }
    }

    #[test]
    fn members_never_clash() {
        let mut members = Members::default();
        assert_eq!(members.claim_field("created_at"), "created_at");
        assert_eq!(members.claim_field("createdAt"), "created_at_field");
        assert_eq!(members.claim_field("CREATED_AT"), "created_at_field_2");
        assert_eq!(members.claim_field("node_id"), "node_id_field");
        assert_eq!(members.claim_field("pk"), "pk_field");
        assert_eq!(members.claim_field("名"), "column");
        assert_eq!(members.claim(&["posts".to_owned()], true, &|_| Vec::new()), "posts");
        assert_eq!(members.claim_field("posts_connection"), "posts_connection_field");
    }
}
