//! Names that would be one in the GraphQL schema.
//!
//! The schema crate decides the names; this pass knows only as much of its rules as it takes to tell a collision
//! at the line that makes it: members are in lower camel case, types are the model's name, and each model makes
//! types of its name and a suffix. The schema crate has the last word on what is left (plurals, root fields).

use super::errors::{Code, Problem, Problems};
use super::inherit::Draft;
use super::tree::Place;
use std::collections::HashMap;

/// Types that every schema has, but for the scalars' filters.
const FIXED_TYPES: &[&str] =
    &["Query", "Mutation", "Subscription", "Node", "PageInfo", "Direction", "ExprOrder", "OrderDirection"];

/// Scalars; each has a `…Filter` input.
const SCALARS: &[&str] = &[
    "ID", "Int", "BigInt", "Decimal", "Float", "Boolean", "String", "DateTime", "Date", "Time", "Duration",
    "UUID", "JSON", "Bytes", "Expr",
];

/// What follows a model's name in the types that are made for it.
const SUFFIXES: &[&str] = &[
    "Filter",
    "ListFilter",
    "Order",
    "Connection",
    "Edge",
    "Key",
    "Field",
    "Manager",
    "Aggregate",
    "AggregateFilter",
    "AggregateOrder",
    "Sum",
    "Avg",
    "Min",
    "Max",
    "Group",
    "GroupKey",
    "GroupKeyValues",
    "GroupOrder",
    "Having",
    "Create",
    "Set",
    "Calc",
    "Expect",
    "Conflict",
];

/// Whether a model of this name would clash with a type that every schema has, or with the types of another model:
/// `FilmList` makes a `FilmListFilter`, and so does `Film`.
pub fn type_name_clash<'n>(name: &str, mut others: impl Iterator<Item = &'n str>) -> bool {
    let share_a_type = |name: &str, other: &str| {
        let rest = name.strip_prefix(other);
        rest.is_some_and(|rest| {
            SUFFIXES.iter().any(|suffix| SUFFIXES.contains(&format!("{rest}{suffix}").as_str()))
        })
    };
    is_built_in(name)
        || others.any(|other| {
            let both = [(name, other), (other, name)];
            both.iter().any(|(name, other)| is_made_for(name, other) || share_a_type(name, other))
        })
}

/// Whether every schema has a type of this name.
fn is_built_in(name: &str) -> bool {
    let is_filter = name.strip_suffix("Filter").is_some_and(|scalar| SCALARS.contains(&scalar));
    FIXED_TYPES.contains(&name) || SCALARS.contains(&name) || is_filter
}

/// Whether a type of this name is made for a model of the other name.
fn is_made_for(name: &str, model: &str) -> bool {
    name.strip_prefix(model).is_some_and(|rest| SUFFIXES.contains(&rest))
}

/// `created_at` as `createdAt`; what follows a `_` becomes upper case, everything else stays.
pub fn camel_case(name: &str) -> String {
    let mut result = String::with_capacity(name.len());
    let mut upper = false;
    for (position, character) in name.chars().enumerate() {
        if character == '_' && position > 0 {
            upper = true;
        } else if std::mem::take(&mut upper) {
            result.extend(character.to_uppercase());
        } else {
            result.push(character);
        }
    }
    result
}

/// Reports collisions of members within a model, and of types.
pub(super) fn check(drafts: &[Draft], problems: &mut Problems) {
    check_types(drafts, problems);
    for draft in drafts.iter().filter(|draft| is_exposed(draft)) {
        check_members(draft, problems);
        check_managers(draft, problems);
    }
}

fn is_exposed(draft: &Draft) -> bool {
    !draft.model.implicit && !draft.model.graphql.hidden
}

fn type_name(draft: &Draft) -> &str {
    draft.model.graphql.name.as_deref().unwrap_or(&draft.model.name)
}

fn check_types(drafts: &[Draft], problems: &mut Problems) {
    let exposed: Vec<_> = drafts.iter().filter(|draft| is_exposed(draft)).collect();
    let mut first: HashMap<&str, &Draft> = HashMap::new();
    for draft in &exposed {
        let (name, at) = (type_name(draft), draft.declaration.name.at);
        let collision = |what: String| {
            Problem::new(
                Code::GraphqlCollision,
                at,
                format!("the GraphQL type `{name}` of the model `{}` is also {what}", draft.model.name),
            )
            .help("rename the model, or its type: graphql = { name = \"…\" }")
        };
        if is_built_in(name) {
            problems.add(collision("a type that every schema has".to_owned()));
        }
        if let Some(other) = first.insert(name, draft) {
            problems.add(
                collision(format!("that of the model `{}`", other.model.name))
                    .also(other.declaration.name.at, "the other"),
            );
        }
        for other in &exposed {
            if is_made_for(name, type_name(other)) && other.model.id != draft.model.id {
                problems.add(
                    collision(format!("made for the model `{}`", other.model.name))
                        .also(other.declaration.name.at, "this model"),
                );
            }
        }
    }
}

fn check_members(draft: &Draft, problems: &mut Problems) {
    let mut names: Vec<(String, String, Place)> = Vec::new();
    let place = |name: &str| draft.claims.get(name).map_or(draft.declaration.name.at, |(_, at)| *at);
    let model = &draft.model;
    for field in model.fields.iter().filter(|field| !field.hidden) {
        let shown = field.graphql_name.clone().unwrap_or_else(|| camel_case(&field.name));
        names.push((shown, format!("the field `{}`", field.name), place(&field.name)));
    }
    for relation in model.relations.iter().filter(|relation| !relation.hidden) {
        let shown = relation.graphql_name.clone().unwrap_or_else(|| camel_case(&relation.name));
        let at = place(&relation.name);
        if !relation.is_to_one() {
            for suffix in ["Connection", "Aggregate"] {
                names.push((
                    format!("{shown}{suffix}"),
                    format!("the {} of `{}`", suffix.to_lowercase(), relation.name),
                    at,
                ));
            }
        }
        names.push((shown, format!("the relation `{}`", relation.name), at));
    }
    // One that has the very name of a field has been reported as that.
    for annotation in model.annotations.keys().filter(|name| model.member(name).is_none()) {
        names.push((camel_case(annotation), format!("the computed field `{annotation}`"), place(annotation)));
    }
    // Every type that implements Node has it.
    let mut first: HashMap<String, (String, Place)> =
        HashMap::from([("nodeId".to_owned(), ("the global id".to_owned(), draft.declaration.name.at))]);
    for (shown, what, at) in names {
        if let Some((other, other_at)) = first.get(&shown) {
            problems.add(
                Problem::new(
                    Code::GraphqlCollision,
                    at,
                    format!("in GraphQL {what} of `{}` is `{shown}`, and so is {other}", model.name),
                )
                .also(*other_at, other.clone())
                .help("rename one, or give it another GraphQL name: graphql = { name = \"…\" }"),
            );
            continue;
        }
        first.insert(shown, (what, at));
    }
}

fn check_managers(draft: &Draft, problems: &mut Problems) {
    let mut first: HashMap<String, &str> = HashMap::new();
    for manager in &draft.declaration.managers {
        if let Some(other) = first.insert(camel_case(&manager.name.value), &manager.name.value) {
            problems.add(
                Problem::new(
                    Code::GraphqlCollision,
                    manager.name.at,
                    format!("the managers `{other}` and `{}` have one GraphQL name", manager.name.value),
                )
                .help("rename one of them"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn camel_case_of_names() {
        for (name, wanted) in [
            ("created_at", "createdAt"),
            ("createdAt", "createdAt"),
            ("a_1_b", "a1B"),
            ("id", "id"),
            ("URL", "URL"),
        ] {
            assert_eq!(camel_case(name), wanted);
        }
    }
}
