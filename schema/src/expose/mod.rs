//! The expose stage: `Registry` → GraphQL schema. It knows no SQL and no driver.
//!
//! It gives two things that belong together: the schema's text, parsed and validated, and the [`Exposure`], which
//! says of every name in it what it stands for in the registry.

mod exposure;
pub mod operators;

pub use exposure::{
    ChoiceEnum, ConnectionField, Direction, EnumUse, ExposeOptions, ExposedColumn, ExposedModel, Exposure,
    FilterMember, InputUse, KeyMember, KeyShape, Leaf, ObjectField, OrderMember, RootField, Scalar, TypeUse,
};
pub use operators::{FilterKind, Operand, Operator, OperatorSpec};
