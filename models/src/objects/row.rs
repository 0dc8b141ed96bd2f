//! [`Row`]: values by name.

use crate::prepare::RowsColumn;
use crate::registry::{Field, LogicalType, Model};
use crate::value::{Value, write_value};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// One row of a query: values by name, in the order of its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub(super) columns: Arc<Vec<RowsColumn>>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// A row of a model with the values of all its fields.
    pub(crate) fn of_model(model: &Model, values: Vec<Value>) -> Self {
        let column = |field: &Field| RowsColumn {
            name: field.name.clone(),
            logical: field.logical.clone(),
            encoding: field.sqlite,
            nullable: field.null,
        };
        Self { columns: Arc::new(model.fields.iter().map(column).collect()), values }
    }

    /// The value of a column; `None` when there is no such column.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let position = self.columns.iter().position(|column| column.name == name)?;
        self.values.get(position)
    }

    /// The values in order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The values in order.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// Names and types of the columns in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &LogicalType)> {
        self.columns.iter().map(|column| (column.name.as_str(), &column.logical))
    }

    /// The row as a JSON object. Integers and floats are numbers; decimals, dates, times and UUIDs are strings in the form
    /// of the GraphQL API.
    pub fn to_json(&self) -> serde_json::Value {
        let member =
            |(column, value): (&RowsColumn, &Value)| (column.name.clone(), json(&column.logical, value));
        self.columns.iter().zip(&self.values).map(member).collect()
    }

    /// The row as a value of a type of your own: its members are named as the columns.
    ///
    /// # Errors
    /// What does not fit.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.to_json())
    }
}

/// A value in the JSON form of rows.
pub(crate) fn json(logical: &LogicalType, value: &Value) -> serde_json::Value {
    match (logical, value) {
        (_, Value::Null) => serde_json::Value::Null,
        (_, Value::Int(number)) => (*number).into(),
        (LogicalType::Array(element), Value::Array(values)) => {
            values.iter().map(|value| json(element, value)).collect()
        }
        _ => {
            let mut text = Vec::new();
            match write_value(&mut text, logical, value) {
                Ok(()) => serde_json::from_slice(&text).unwrap_or(serde_json::Value::Null),
                Err(_) => serde_json::Value::Null,
            }
        }
    }
}
