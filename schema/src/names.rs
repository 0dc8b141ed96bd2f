//! Every GraphQL name is decided here: casing, plurals, names of types and root fields, escapes and collisions.

use nuages_models::english;
use nuages_models::registry::{Field, Model, Origin, Relation};
use std::collections::HashMap;
use std::fmt;

/// The names that a model gives the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelNames {
    /// `Post`
    pub object: String,
    /// `post(id:)`
    pub one: String,
    /// `postBy(key:)`
    pub by_key: String,
    /// `posts`
    pub list: String,
    /// `postsConnection`
    pub connection: String,
    /// `postsAggregate`
    pub aggregate: String,
    /// `postsGroupBy`
    pub groups: String,
}

/// The names of a model: its own, or those that its `graphql` table gives.
///
/// A plural that equals the singular gives `newsList` and `newsConnection`.
pub fn model_names(model: &Model) -> ModelNames {
    let object = model.graphql.name.clone().unwrap_or_else(|| pascal_case(&model.name));
    let one = camel_case(&object);
    let many = model.graphql.plural.clone().unwrap_or_else(|| english::plural(&one));
    let list = if many == one { format!("{one}List") } else { many.clone() };
    ModelNames {
        by_key: format!("{one}By"),
        connection: connection_name(&many),
        aggregate: aggregate_name(&many),
        groups: format!("{many}GroupBy"),
        object,
        one,
        list,
    }
}

impl ModelNames {
    /// `PostConnection`
    pub fn connection_type(&self) -> String {
        format!("{}Connection", self.object)
    }

    /// `PostEdge`
    pub fn edge_type(&self) -> String {
        format!("{}Edge", self.object)
    }

    /// `PostFilter`
    pub fn filter_type(&self) -> String {
        format!("{}Filter", self.object)
    }

    /// `PostListFilter`
    pub fn list_filter_type(&self) -> String {
        format!("{}ListFilter", self.object)
    }

    /// `PostOrder`
    pub fn order_type(&self) -> String {
        format!("{}Order", self.object)
    }

    /// `PostKey`
    pub fn key_type(&self) -> String {
        format!("{}Key", self.object)
    }

    /// `PostField`
    pub fn field_enum(&self) -> String {
        format!("{}Field", self.object)
    }

    /// `PostSetField`
    pub fn set_field_enum(&self) -> String {
        format!("{}SetField", self.object)
    }

    /// `PostAggregate` and the other types of aggregates: `PostSum`, `PostGroup`, …
    pub fn of_aggregates(&self, what: &str) -> String {
        format!("{}{what}", self.object)
    }

    /// `PostManager`
    pub fn manager_enum(&self) -> String {
        format!("{}Manager", self.object)
    }

    /// The inputs of writes: `PostCreate`, `PostSet`, `PostManyCreate`, …
    pub fn of_writes(&self, what: &str) -> String {
        format!("{}{what}", self.object)
    }

    /// `createPost`
    pub fn mutation(&self, verb: &str) -> String {
        format!("{verb}{}", self.object)
    }

    /// `createPosts`, `createNewsList`
    pub fn bulk_mutation(&self, verb: &str) -> String {
        format!("{verb}{}", raise_first(&self.list))
    }

    /// `PostsPayload`, `NewsListPayload`
    pub fn payload_type(&self) -> String {
        format!("{}Payload", raise_first(&self.list))
    }

    /// `UpsertPostPayload`
    pub fn upsert_payload_type(&self) -> String {
        format!("Upsert{}Payload", self.object)
    }

    /// `PostStatus`, for the choices of the field that the schema calls `status`.
    pub fn choices_enum(&self, field_name: &str) -> String {
        format!("{}{}", self.object, pascal_case(field_name))
    }

    /// `authorIdSlug` and `PostAuthorIdSlugKey`, for a key of several columns by their GraphQL names.
    pub fn columns_key<'a>(&self, columns: impl Iterator<Item = &'a str>) -> (String, String) {
        let joined: String = columns.map(pascal_case).collect();
        (lower_first_word(&joined), format!("{}{joined}Key", self.object))
    }
}

/// The name of a column: its own, or the one that the model file gives.
pub fn field_name(field: &Field) -> String {
    field.graphql_name.clone().unwrap_or_else(|| camel_case(&field.name))
}

/// The name of a relation: its own, or the one that the model file gives.
pub fn relation_name(relation: &Relation) -> String {
    relation.graphql_name.clone().unwrap_or_else(|| camel_case(&relation.name))
}

/// The name of the paged twin of a list: `postsConnection`.
pub fn connection_name(list: &str) -> String {
    format!("{list}Connection")
}

/// The name of the aggregated twin of a list: `postsAggregate`.
pub fn aggregate_name(list: &str) -> String {
    format!("{list}Aggregate")
}

/// The name of a computed field or of one of its arguments.
pub fn annotation_name(name: &str) -> String {
    camel_case(name)
}

/// The name of a manager as an enum value. The words that GraphQL refuses get an underscore.
pub fn manager_name(manager: &str) -> String {
    let name = camel_case(manager);
    if is_refused_enum_value(&name) { format!("{name}_") } else { name }
}

/// The member of a filter input for a column or relation: the names of the logical members are taken.
pub fn filter_member(name: &str) -> String {
    escape(name, &["and", "or", "not", "expr"])
}

/// The member of an order input for a column or relation.
pub fn order_member(name: &str) -> String {
    escape(name, &["expr"])
}

fn escape(name: &str, taken: &[&str]) -> String {
    if taken.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// Whether a choice's stored text can be an enum value as it stands.
pub fn is_enum_value(text: &str) -> bool {
    is_name(text) && !text.starts_with("__") && !is_refused_enum_value(text)
}

/// <https://spec.graphql.org/September2025/#EnumValue>
fn is_refused_enum_value(text: &str) -> bool {
    matches!(text, "true" | "false" | "null")
}

/// <https://spec.graphql.org/September2025/#Name>
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// `created_at` to `createdAt`, `ArtistId` to `artistId`, `URLPath` to `urlPath`. Underscores at either end stay.
pub fn camel_case(name: &str) -> String {
    let core = name.trim_start_matches('_');
    let leading = &name[..name.len() - core.len()];
    format!("{leading}{}", lower_first_word(&join_words(core)))
}

/// `blog_post` to `BlogPost`, `createdAt` to `CreatedAt`. Underscores at either end stay.
pub fn pascal_case(name: &str) -> String {
    let core = name.trim_start_matches('_');
    let leading = &name[..name.len() - core.len()];
    format!("{leading}{}", raise_first(&join_words(core)))
}

/// Raises the first letter.
fn raise_first(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", characters.as_str())
}

/// Takes out the underscores between words and raises the letter after each.
fn join_words(text: &str) -> String {
    let core = text.trim_end_matches('_');
    let trailing = &text[core.len()..];
    let mut words = core.split('_').filter(|word| !word.is_empty());
    let mut joined = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut characters = word.chars();
        joined.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        joined.push_str(characters.as_str());
    }
    joined.push_str(trailing);
    joined
}

/// Lowers the first word: one letter, or a run of capitals up to the one that starts the next word.
fn lower_first_word(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let capitals = characters.iter().take_while(|c| c.is_uppercase()).count();
    let next_is_lower = characters.get(capitals).is_some_and(|c| c.is_lowercase());
    let lowered = if capitals > 1 && next_is_lower { capitals - 1 } else { capitals };
    let first: String = characters.iter().take(lowered).flat_map(|c| c.to_lowercase()).collect();
    first + &characters.iter().skip(lowered).collect::<String>()
}

/// Who wants a name, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// "the field `node_id` of `Post`".
    pub what: String,
    /// Where it is declared; `None` for what Nuages makes itself.
    pub origin: Option<Origin>,
}

impl Owner {
    /// Something that Nuages makes itself.
    pub fn built_in(what: impl Into<String>) -> Self {
        Self { what: what.into(), origin: None }
    }

    /// Something that a model file declares.
    pub fn declared(what: impl Into<String>, origin: &Origin) -> Self {
        Self { what: what.into(), origin: Some(origin.clone()) }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(origin) => write!(f, "{} ({origin})", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// A name that the schema cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Two things want one name in one place.
    #[error(
        "in {place}, `{name}` would name both {first} and {second}; rename one of them, or give it another \
         GraphQL name in the model file (`graphql = {{ name = \"…\" }}`)"
    )]
    Collision {
        /// "the schema's types", "`Query`", "the type `Post`".
        place: String,
        /// The name.
        name: String,
        /// Who had it first.
        first: Owner,
        /// Who wants it too.
        second: Owner,
    },
    /// Not a name of GraphQL.
    #[error(
        "{owner} would be named `{name}` in GraphQL, where names are letters, digits and underscores, do not \
         start with a digit, and two leading underscores are reserved; give it another GraphQL name in the \
         model file (`graphql = {{ name = \"…\" }}`)"
    )]
    Illegal {
        /// The name.
        name: String,
        /// Who wants it.
        owner: Owner,
    },
}

impl NameProblem {
    /// The declaration to point at: the later one of two.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Collision { first, second, .. } => second.origin.as_ref().or(first.origin.as_ref()),
            Self::Illegal { owner, .. } => owner.origin.as_ref(),
        }
    }
}

/// The names given so far in one place (the schema's types, the fields of a type).
#[derive(Debug)]
pub struct Namespace {
    place: String,
    owners: HashMap<String, Owner>,
}

impl Namespace {
    /// An empty place; `place` is how messages call it.
    pub fn new(place: impl Into<String>) -> Self {
        Self { place: place.into(), owners: HashMap::new() }
    }

    /// Gives a name to an owner. When it is not a legal name or somebody else's, the problem is noted and the
    /// answer is `false`.
    pub fn claim(&mut self, name: &str, owner: Owner, problems: &mut Vec<NameProblem>) -> bool {
        if !is_name(name) || name.starts_with("__") {
            problems.push(NameProblem::Illegal { name: name.to_owned(), owner });
            return false;
        }
        if let Some(first) = self.owners.get(name) {
            problems.push(NameProblem::Collision {
                place: self.place.clone(),
                name: name.to_owned(),
                first: first.clone(),
                second: owner,
            });
            return false;
        }
        self.owners.insert(name.to_owned(), owner);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casing() {
        for (given, camel, pascal) in [
            ("created_at", "createdAt", "CreatedAt"),
            ("ArtistId", "artistId", "ArtistId"),
            ("URLPath", "urlPath", "URLPath"),
            ("URL", "url", "URL"),
            ("line_1", "line1", "Line1"),
            ("address2", "address2", "Address2"),
            ("a__b", "aB", "AB"),
            ("not_", "not_", "Not_"),
            ("_private", "_private", "_Private"),
            ("__x", "__x", "__X"),
            ("_", "_", "_"),
            ("", "", ""),
            ("straße_ä", "straßeÄ", "StraßeÄ"),
        ] {
            assert_eq!((camel_case(given).as_str(), pascal_case(given).as_str()), (camel, pascal), "{given}");
        }
    }

    #[test]
    fn enum_values() {
        for legal in ["draft", "DRAFT", "_x", "a1"] {
            assert!(is_enum_value(legal), "{legal}");
        }
        for illegal in ["", "true", "false", "null", "1a", "a-b", "__a", "in progress", "é"] {
            assert!(!is_enum_value(illegal), "{illegal}");
        }
        assert_eq!(manager_name("null"), "null_");
        assert_eq!(manager_name("not_deleted"), "notDeleted");
    }

    #[test]
    fn escapes() {
        assert_eq!(
            ["and", "or", "not", "expr", "eq"].map(filter_member),
            ["and_", "or_", "not_", "expr_", "eq"]
        );
        assert_eq!(["not", "expr"].map(order_member), ["not", "expr_"]);
    }

    #[test]
    fn a_collision_names_both_sides() {
        let mut problems = Vec::new();
        let mut names = Namespace::new("the type `Post`");
        let origin = Origin { file: "models/blog.toml".into(), line: 7 };
        assert!(names.claim("nodeId", Owner::built_in("the global id"), &mut problems));
        assert!(!names.claim(
            "nodeId",
            Owner::declared("the field `node_id` of `Post`", &origin),
            &mut problems
        ));
        let text = problems[0].to_string();
        assert!(
            text.contains("the global id and the field `node_id` of `Post` (models/blog.toml:7)"),
            "{text}"
        );
        assert_eq!(problems[0].origin(), Some(&origin));
    }
}
