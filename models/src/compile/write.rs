//! Values in the form in which a column holds them.

use super::{Compiler, Conversion};
use crate::bind::{Scalar, Typed, cast, is_flexible, type_name};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::{Field, LogicalType, SqliteEncoding};
use crate::sql::Sql;

impl Compiler<'_> {
    /// A value for a column. A written value becomes a parameter of the column's type; a computed one is converted, rounded
    /// to the column's digits, and refused by the database where it does not fit.
    ///
    /// # Errors
    /// When it is no value of the field's type.
    pub(crate) fn stored(&mut self, typed: &Typed, field: &Field) -> Result<Sql, CompileError> {
        if is_flexible(typed) {
            let Scalar::Slot(slot) = &typed.scalar else { return Ok(Sql::Null) };
            let slot = match slot {
                crate::expr::Slot::Constant(value) => {
                    crate::expr::Slot::Constant(crate::bind::convert_value(value, &field.logical)?)
                }
                other => other.clone(),
            };
            return Ok(self.given(slot, field));
        }
        if typed.logical == field.logical && typed.encoding == field.sqlite {
            let value = self.scalar(typed)?;
            return Ok(self.for_column(value, field));
        }
        if !assignable(&typed.logical, &field.logical) {
            return Err(CompileError::Invalid(format!(
                "`{}` holds {}, not {}",
                field.name,
                type_name(&field.logical),
                type_name(&typed.logical)
            )));
        }
        let value = if typed.logical == field.logical && !matches!(field.logical, LogicalType::Decimal { .. })
        {
            self.scalar(typed)?
        } else {
            self.scalar(&cast(typed.clone(), &field.logical))?
        };
        if self.dialect() == Dialect::Sqlite
            && let LogicalType::Decimal { digits, scale } = &field.logical
        {
            let size = || vec![Sql::Integer(i64::from(*digits)), Sql::Integer(i64::from(*scale))];
            let with_size = |function| Sql::call(function, [vec![value.clone()], size()].concat());
            return Ok(match field.sqlite {
                SqliteEncoding::ScaledInteger { .. } => with_size("nuages_store_scaled"),
                SqliteEncoding::OrderedText { .. } => with_size("nuages_store_ordered"),
                SqliteEncoding::Plain | SqliteEncoding::Django => {
                    Sql::call("nuages_decimal_to_float", vec![value])
                }
                SqliteEncoding::Sortable => value,
            });
        }
        Ok(self.for_column(value, field))
    }

    /// A computed value in the type of its column, bounded as that is.
    fn for_column(&self, value: Sql, field: &Field) -> Sql {
        let value = self.bounded(value, field);
        match self.dialect() {
            Dialect::Postgres => in_column(value, field),
            Dialect::Sqlite => value,
        }
    }

    /// A parameter for a column.
    pub(crate) fn given(&mut self, slot: crate::expr::Slot, field: &Field) -> Sql {
        self.slot(slot, field.logical.clone(), field.sqlite, Conversion::Plain)
    }

    /// PostgreSQL's columns know how long their texts may be.
    fn bounded(&self, value: Sql, field: &Field) -> Sql {
        match (self.dialect(), &field.logical, field.max_length) {
            (Dialect::Sqlite, LogicalType::Text, Some(length)) => {
                Sql::call("nuages_store_text", vec![value, Sql::Integer(i64::from(length))])
            }
            _ => value,
        }
    }
}

/// A value of a field's own type as one of its column's, where PostgreSQL has that under another name. A parameter needs no
/// cast: it takes the type of the column that it is for.
pub(crate) fn in_column(value: Sql, field: &Field) -> Sql {
    match &field.db_type {
        Some(name) => {
            Sql::CastTo { of: Box::new(value), to: name.splitn(2, '.').map(str::to_owned).collect() }
        }
        None => value,
    }
}

/// Whether a computed value may be put into a column of another type: numbers into numbers, and what loses nothing.
fn assignable(from: &LogicalType, to: &LogicalType) -> bool {
    use crate::bind::is_number;
    from == to
        || is_number(from) && is_number(to)
        || matches!((from, to), (LogicalType::Date, LogicalType::DateTime))
}
