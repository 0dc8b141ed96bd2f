//! How the values of a column are written: from its type in the schema to an encoder.

use super::Planner;
use crate::error::RequestError;
use crate::expose::{Leaf, Scalar};
use nuages_models::plan::Encoder;
use nuages_models::registry::{LogicalType, RangeBound};

impl Planner<'_> {
    /// The encoder of a leaf type over a logical type.
    pub(super) fn encoder(&self, leaf: &Leaf, logical: &LogicalType) -> Result<Encoder, RequestError> {
        Ok(match leaf {
            Leaf::List(element) => {
                let LogicalType::Array(inner) = logical else {
                    return Err(RequestError::internal(
                        "a list type is exposed over a column that is no array",
                    ));
                };
                Encoder::Array(Box::new(self.encoder(element, inner)?))
            }
            Leaf::Enum(name) => {
                let choices = self
                    .exposure
                    .choices(name)
                    .ok_or_else(|| RequestError::internal(format_args!("the enum {name} is missing")))?;
                let text = |stored: &serde_json::Value| match stored.as_str() {
                    Some(text) => text.to_owned(),
                    None => stored.to_string(),
                };
                Encoder::Enum(
                    choices.values.iter().map(|(name, stored)| (text(stored), name.clone())).collect(),
                )
            }
            Leaf::Scalar(scalar) => match scalar {
                Scalar::Id => Encoder::Id(logical.clone()),
                Scalar::Int => Encoder::Int,
                Scalar::BigInt => Encoder::BigInt,
                Scalar::Float => Encoder::Float,
                Scalar::Decimal => match logical {
                    LogicalType::Decimal { scale, .. } => Encoder::Decimal { scale: *scale },
                    _ => {
                        return Err(RequestError::internal(
                            "Decimal is exposed over a column of another type",
                        ));
                    }
                },
                Scalar::String => Encoder::String,
                Scalar::Boolean => Encoder::Boolean,
                Scalar::Date => Encoder::Date,
                Scalar::Time => Encoder::Time,
                Scalar::DateTime => Encoder::DateTime,
                Scalar::Duration => Encoder::Duration,
                Scalar::Uuid => Encoder::Uuid,
                Scalar::Json => Encoder::Json,
                Scalar::Bytes => Encoder::Bytes,
                Scalar::Secret => Encoder::String,
                Scalar::Custom(..) => Encoder::Custom,
                Scalar::Range(bound) => Encoder::Range(bound_type(*bound)),
            },
        })
    }
}

/// The type of a range's bounds. Decimals are written with the digits that they have.
fn bound_type(bound: RangeBound) -> LogicalType {
    match bound {
        RangeBound::Int32 => LogicalType::Int32,
        RangeBound::Int64 => LogicalType::Int64,
        RangeBound::Decimal => LogicalType::Decimal { digits: u16::MAX, scale: u16::MAX },
        RangeBound::Date => LogicalType::Date,
        RangeBound::DateTime => LogicalType::DateTime,
    }
}
