//! The define stage: model files in, an immutable [`Registry`] out.
//!
//! A model file is TOML; its name is the app. The stage reads every file, then works on all models at once, so
//! that models may refer to each other in any order. It never stops at the first error: each pass reports what it
//! finds and leaves out what it could not understand, and later passes stay silent about what was left out.
//!
//! | pass | module | what it does |
//! |---|---|---|
//! | parse | `tree` | TOML text to values with places |
//! | declare | `declare`, `declare_field` | values to declarations; unknown keys and wrong shapes are refused |
//! | inherit | `inherit` | abstract bases are folded into their models, proxies find their model |
//! | link | `links` | a many-to-many field without `through` gets a link model |
//! | fields | `fields` | columns, primary keys, defaults and limits |
//! | connect | `connect` | relations, their reverse ends, proxies |
//! | meta | `meta` | ordering, indexes, constraints, managers, display |
//! | expressions | `expressions` | computed fields, filters and conditions are read and typed |
//! | names | `graphql_names` | what would have the same name in the GraphQL schema |

mod connect;
mod declare;
mod declare_field;
mod definition;
mod definitions;
pub mod document;
mod errors;
mod expressions;
mod field_values;
mod fields;
mod graphql_names;
mod inherit;
mod json_schema;
mod kinds;
mod links;
mod literals;
mod meta;
mod names;
mod options;
mod project;
mod tree;
pub mod write_text;

pub use definition::{
    ConstraintDefinition, FieldDefinition, IndexDefinition, ManagerDefinition, ModelDefinition, Options,
    Renamed,
};
pub use definitions::definitions;
pub(crate) use errors::nearest;
pub use errors::{Code, DefineError, DefineErrors};
pub use graphql_names::{camel_case, type_name_clash};
pub use json_schema::json_schema;
pub use kinds::{FIELD_KINDS, FieldKind, KindType};
pub use names::{is_member_name, repaired};
pub use options::{FIELD_OPTIONS, OptionSpec, Shape};
pub use project::{ProjectError, SourceFile, read_project};
pub use write_text::{
    inline_constraint, inline_field, inline_index, inline_manager, inline_value, model_file,
};

use crate::Registry;
use crate::registry::FieldTypes;
use declare::ModelDeclaration;
use errors::Problems;

/// Turns model files into a [`Registry`].
///
/// # Errors
/// All that is wrong in the files, ordered by file and position. Files that are not TOML are reported alone,
/// because whatever they declare is missing everywhere else.
///
/// ```
/// use nuages_models::define::{SourceFile, define};
///
/// let file = SourceFile {
///     path: "models/blog.toml".to_owned(),
///     text: "[Tag.fields]\nname = { type = 'char', max_length = 60 }".to_owned(),
/// };
/// let registry = define(&[file]).unwrap();
/// assert_eq!(registry.models()[0].table, "blog_tag");
/// ```
pub fn define(files: &[SourceFile]) -> Result<Registry, DefineErrors> {
    define_with(files, FieldTypes::NONE)
}

/// [`define`] with field types of an embedder's own.
///
/// # Errors
/// As [`define`]; what a type refuses in a default, a limit or a choice is among them.
pub fn define_with(files: &[SourceFile], types: &FieldTypes) -> Result<Registry, DefineErrors> {
    Ok(declared_and_built(files, types)?.1)
}

/// The declarations of all models, in the order of their ids, and the registry that they give.
fn declared_and_built(
    files: &[SourceFile],
    types: &FieldTypes,
) -> Result<(Vec<ModelDeclaration>, Registry), DefineErrors> {
    let mut problems = Problems::new(files, "model files");
    let declared = declare::read_files(files, types, &mut problems);
    if problems.has_syntax_errors() {
        return Err(problems.into_errors());
    }
    let mut drafts = inherit::flatten(declared, &mut problems);
    links::add_link_models(&mut drafts, &mut problems);
    fields::build(&mut drafts, &mut problems);
    connect::connect(&mut drafts, &mut problems);
    meta::resolve(&mut drafts, &mut problems);
    graphql_names::check(&drafts, &mut problems);
    let (declarations, models): (Vec<_>, Vec<_>) =
        drafts.into_iter().map(|draft| (draft.declaration, draft.model)).unzip();
    let mut registry = Registry::new(models);
    expressions::resolve(&mut registry, &declarations, &mut problems);
    Ok((declarations, problems.finish(registry)?))
}
