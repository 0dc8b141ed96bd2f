//! The expose stage: `Registry` → GraphQL schema. It knows no SQL and no driver.
//!
//! It gives two things that belong together: the validated schema with its text, and the [`Exposure`], which
//! says of every name in it what it stands for in the registry.

pub(crate) mod aggregate;
mod assembly;
mod draft;
mod exposure;
mod mutations;
pub mod operators;
mod scalars;
mod write;
mod writes;

pub use exposure::{
    Aggregated, ChoiceEnum, ConnectionField, Direction, EnumUse, ExposeOptions, ExposedAnnotation,
    ExposedArgument, ExposedColumn, ExposedModel, Exposure, FilterMember, GroupMember, InputUse, KeyMember,
    KeyShape, Leaf, ObjectField, OrderMember, RootField, Scalar, TypeUse,
};
pub use writes::{ExposedWrites, MutationField, WriteKind, WriteMember};

pub use operators::{FilterKind, Operand, Operator, OperatorSpec};

pub(crate) use draft::{filter_kind, logical_leaf};
pub(crate) use mutations::DRY_RUN;
pub(crate) use writes::needs_value;

use crate::names::NameProblem;
use nuages_models::Registry;

/// Why a registry has no GraphQL schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExposeError {
    /// Names collide or are not names of GraphQL: every such problem, in the order of the models.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Names(Vec<NameProblem>),
    /// The schema that was made is not valid. That is an error of Nuages, not of the models.
    #[error("the GraphQL schema of these models is not valid; please report this with the models: {0}")]
    Invalid(String),
}

/// Makes the GraphQL schema of a registry.
///
/// # Errors
/// When names collide or are not names of GraphQL; every problem is in the error.
pub fn expose(registry: &Registry, options: &ExposeOptions) -> Result<Exposure, ExposeError> {
    let draft = draft::draft(registry, options);
    if !draft.problems.is_empty() {
        return Err(ExposeError::Names(draft.problems));
    }
    let (assembly, uses) = write::write(registry, &draft, options);
    let (schema, sdl) = assembly.finish().map_err(ExposeError::Invalid)?;
    let implementers = schema.implementers_map();
    let write::Uses { types, query, mutation, inputs, enums } = uses;
    Ok(Exposure {
        schema,
        sdl,
        implementers,
        options: options.clone(),
        types,
        query,
        mutation,
        models: draft.models,
        inputs,
        enums,
    })
}

/// The names of types that no model may take, whether the schema at hand has them or not: a model must not have
/// to be renamed because another one gets a field of a new type.
const BUILT_IN_TYPES: [&str; 45] = [
    "Query",
    "Mutation",
    "Subscription",
    "Node",
    "PageInfo",
    "Direction",
    "DateGroup",
    "DateTimeGroup",
    "DateUnit",
    "TimeUnit",
    "Expr",
    "ExprOrder",
    "ID",
    "String",
    "Int",
    "Float",
    "Boolean",
    "BigInt",
    "Decimal",
    "Date",
    "Time",
    "DateTime",
    "Duration",
    "UUID",
    "JSON",
    "Bytes",
    "Range",
    "IDFilter",
    "StringFilter",
    "IntFilter",
    "BigIntFilter",
    "FloatFilter",
    "DecimalFilter",
    "BooleanFilter",
    "DateFilter",
    "TimeFilter",
    "DateTimeFilter",
    "DurationFilter",
    "UUIDFilter",
    "JSONFilter",
    "JSONPathFilter",
    "BytesFilter",
    "NullFilter",
    "JSONCalc",
    "JSONCalcSet",
];
