//! `money`: amounts of two digits after the point, kept as whole cents.

use nuages_models::registry::{Comparison, FieldType, FieldTypeOption, LogicalType};
use nuages_models::value::{Decimal, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// An amount. `step = 5` of a field allows multiples of five cents only.
#[derive(Debug)]
pub(crate) struct Money {
    pub(crate) step: i64,
}

impl FieldType for Money {
    fn name(&self) -> &'static str {
        "money"
    }

    fn doc(&self) -> &'static str {
        "Amount with cents, such as \"12.50\"."
    }

    fn scalar(&self) -> &'static str {
        "Money"
    }

    fn value_type(&self) -> LogicalType {
        LogicalType::Decimal { digits: 15, scale: 2 }
    }

    fn stored_type(&self) -> LogicalType {
        LogicalType::Int64
    }

    fn comparison(&self) -> Comparison {
        Comparison::Order
    }

    fn clean(&self, value: Value) -> Result<Value, String> {
        if cents(&value)? % self.step != 0 {
            return Err(format!("an amount must be a multiple of {} cents", self.step));
        }
        Ok(value)
    }

    fn store(&self, value: &Value) -> Result<Value, String> {
        cents(value).map(Value::Int)
    }

    fn load(&self, stored: Value) -> Result<Value, String> {
        match stored {
            Value::Int(cents) => Ok(Value::Decimal(Decimal::from_scaled(cents, 2))),
            other => Err(format!("{other:?} is no number of cents")),
        }
    }

    fn options(&self) -> &'static [FieldTypeOption] {
        &[FieldTypeOption { name: "step", doc: "Amounts are multiples of so many cents." }]
    }

    fn with_options(&self, options: &Map<String, Json>) -> Result<Arc<dyn FieldType>, String> {
        match options["step"].as_i64() {
            Some(step) if step > 0 => Ok(Arc::new(Self { step })),
            _ => Err("`step` is a number of cents, at least 1".to_owned()),
        }
    }
}

fn cents(value: &Value) -> Result<i64, String> {
    match value {
        Value::Decimal(amount) => amount.to_scaled_i64(2),
        _ => None,
    }
    .ok_or_else(|| "an amount is a number with two digits after the point".to_owned())
}
