//! Expressions that a database keeps: checks, conditions and keys of indexes, generated columns, defaults.
//!
//! They are of the one language of expressions, over a row's own columns. What the database keeps must mean the same to
//! every program that opens it: built-in functions only, no collation that was probed, no value that changes with the
//! request, and literals in place of parameters. Where no built-in function gives the right answer, the expression is
//! refused.
//!
//! | step | module |
//! |---|---|
//! | read, bind, type, and refuse what is of other rows or of other moments | `own` |
//! | SQL of PostgreSQL: that of queries, which is refused where it is not immutable | `postgres` |
//! | SQL of SQLite, whose queries need functions of ours | `sqlite`, `sqlite_numbers`, `sqlite_moments` |
//! | values as literals | `literal` |

mod literal;
mod own;
mod postgres;
mod sqlite;
mod sqlite_moments;
mod sqlite_numbers;

use crate::bind::{BoundExpr, Scalar, Typed};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::{FieldId, ModelId, Registry};
use crate::sql::{Sql, render_expression};
use crate::text::TextError;

pub use own::{DdlError, DdlFault, GeneratedValue};

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DdlRole {
    /// A check constraint. Its logic is SQL's: NULL passes, and stays NULL when it is negated.
    Check,
    /// The condition of an index or a unique constraint. Its logic is that of filters.
    Condition,
    /// A key of an index.
    IndexKey,
    /// The value of this generated column.
    Generated(FieldId),
    /// The default of this column.
    Default(FieldId),
}

impl DdlRole {
    /// Its words in messages.
    fn words(self) -> &'static str {
        match self {
            Self::Check => "a check",
            Self::Condition => "the condition of an index",
            Self::IndexKey => "the key of an index",
            Self::Generated(_) => "a generated column",
            Self::Default(_) => "a default of the database",
        }
    }
}

/// What NOT does with NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Logic {
    /// SQL's: it stays NULL.
    Sql,
    /// The complement, as in filters.
    TwoValued,
}

/// An expression as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DdlSql {
    /// Its text, in the dialect that was asked for; columns stand without a table.
    pub sql: String,
    /// The column, when it is nothing but one.
    pub column: Option<String>,
    /// Whether it is nothing but a literal.
    pub literal: bool,
}

/// An expression, bound.
#[derive(Debug, Clone, PartialEq)]
enum Body {
    Condition(BoundExpr),
    Value(Typed),
}

/// Checks an expression for all databases: names, types, and that it speaks of the row's own columns and, but for
/// defaults, is the same at any moment.
///
/// # Errors
/// With the place in the text, and the remedy.
pub fn check_ddl(registry: &Registry, model: ModelId, role: DdlRole, text: &str) -> Result<(), DdlError> {
    own::bind(registry, model, role, text).map(|_| ())
}

/// What a generated column takes from its expression.
///
/// # Errors
/// As [`check_ddl`].
pub fn generated_value(
    registry: &Registry,
    model: ModelId,
    field: FieldId,
    text: &str,
) -> Result<GeneratedValue, DdlError> {
    own::generated_value(registry, model, field, text)
}

/// The SQL of an expression that the database keeps.
///
/// # Errors
/// As [`check_ddl`]; and when the dialect has no built-in function that gives the right answer.
///
/// ```
/// use nuages_models::compile::{DdlRole, compile_ddl};
/// use nuages_models::database::Dialect;
/// use nuages_models::define::{SourceFile, define};
///
/// let file = SourceFile {
///     path: "models/shop.toml".to_owned(),
///     text: "[Item.fields]\nprice = { type = 'decimal', max_digits = 8, decimal_places = 2 }".to_owned(),
/// };
/// let registry = define(&[file]).unwrap();
/// let check = |dialect| {
///     compile_ddl(&registry, registry.models()[0].id, DdlRole::Check, "price < 9.5", dialect).unwrap().sql
/// };
/// assert_eq!(check(Dialect::Postgres), r#""price" < 9.5"#);
/// // Hundredths are stored there.
/// assert_eq!(check(Dialect::Sqlite), r#""price" < 950"#);
/// ```
pub fn compile_ddl(
    registry: &Registry,
    model: ModelId,
    role: DdlRole,
    text: &str,
    dialect: Dialect,
) -> Result<DdlSql, DdlError> {
    let body = own::bind(registry, model, role, text)?;
    let logic = if role == DdlRole::Check { Logic::Sql } else { Logic::TwoValued };
    let sql = match dialect {
        Dialect::Postgres => postgres::compile(&body, role, logic),
        Dialect::Sqlite => {
            let target = match role {
                DdlRole::Generated(field) | DdlRole::Default(field) => {
                    Some(registry.model(model).field(field))
                }
                _ => None,
            };
            sqlite::compile(&body, role, logic, target)
        }
    };
    let sql =
        sql.map_err(|error| DdlError::new(DdlFault::Unsupported, TextError::from_bind(text, &error)))?;
    let column = match &sql {
        Sql::Name(column) => Some(column.clone()),
        _ => None,
    };
    let literal = match &sql {
        Sql::Integer(_) | Sql::Number(_) | Sql::Text(_) | Sql::Blob(_) | Sql::Boolean(_) | Sql::Null => true,
        Sql::Cast { of, .. } => matches!(**of, Sql::Text(_)),
        _ => false,
    };
    Ok(DdlSql { sql: render_expression(&sql, dialect), column, literal })
}

/// That something has no place in an expression of DDL on a database, because its built-in functions are not enough.
fn refused(role: DdlRole, name: &str, database: &str, reason: &str) -> CompileError {
    CompileError::Invalid(format!("`{name}` cannot stand in {} on {database}: {reason}", role.words()))
}

/// Whether the value was written down.
fn is_constant(typed: &Typed) -> bool {
    matches!(typed.scalar, Scalar::Slot(crate::expr::Slot::Constant(_)))
}
