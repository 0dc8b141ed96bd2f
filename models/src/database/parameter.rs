//! [`Param`]: a value on its way into a statement.

use bytes::{BufMut, BytesMut};
use postgres_types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};
use std::error::Error;

/// A parameter, in a form that both drivers take.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// NULL.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Days since 1970-01-01 (PostgreSQL).
    Date(i32),
    /// Microseconds of the day (PostgreSQL).
    Time(i64),
    /// Microseconds since 1970-01-01 00:00 UTC (PostgreSQL).
    Timestamp(i64),
    /// Microseconds (PostgreSQL).
    Interval(i64),
    /// A UUID (PostgreSQL).
    Uuid([u8; 16]),
    /// A value in the text form of the parameter's type: decimals, JSON (PostgreSQL).
    Literal(String),
    /// An array (PostgreSQL).
    Array(Vec<Param>),
    /// An array of integers (PostgreSQL): keys of many rows.
    Integers(Vec<i64>),
}

/// Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01.
const EPOCH_DAYS: i32 = 10_957;
/// The same in microseconds.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

type Failure = Box<dyn Error + Sync + Send>;

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        let ty = behind_domains(ty);
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Bool(value) => out.put_u8(u8::from(*value)),
            Self::Int(value) if *ty == Type::NUMERIC => {
                out.put_slice(itoa::Buffer::new().format(*value).as_bytes());
            }
            Self::Int(value) => integer(*value, ty, out)?,
            Self::Float(value) if *ty == Type::NUMERIC => out.put_slice(value.to_string().as_bytes()),
            Self::Float(value) => match *ty {
                #[expect(clippy::cast_possible_truncation, reason = "the column has no more than that")]
                Type::FLOAT4 => out.put_f32(*value as f32),
                _ => out.put_f64(*value),
            },
            Self::Text(value) | Self::Literal(value) => out.put_slice(value.as_bytes()),
            Self::Bytes(value) => out.put_slice(value),
            Self::Date(days) => {
                out.put_i32(days.checked_sub(EPOCH_DAYS).ok_or("the date is out of range")?);
            }
            Self::Time(micros) => out.put_i64(*micros),
            Self::Timestamp(micros) => {
                out.put_i64(micros.checked_sub(EPOCH_MICROS).ok_or("the time is out of range")?);
            }
            Self::Interval(micros) => {
                out.put_i64(*micros);
                out.put_i32(0);
                out.put_i32(0);
            }
            Self::Uuid(bytes) => out.put_slice(bytes),
            Self::Array(elements) => array(elements, ty, out)?,
            Self::Integers(elements) => integers(elements, ty, out)?,
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        let ty = behind_domains(ty);
        match self {
            Self::Literal(_) => Format::Text,
            // The binary forms of other types are not text.
            Self::Text(_) if !is_text(ty) => Format::Text,
            // Decimals take integers and floats in text form.
            Self::Int(_) | Self::Float(_) if *ty == Type::NUMERIC => Format::Text,
            Self::Array(elements) if !in_binary(elements, ty) => Format::Text,
            _ => Format::Binary,
        }
    }

    to_sql_checked!();
}

/// A domain's values have the form of its base type's.
fn behind_domains(mut ty: &Type) -> &Type {
    while let Kind::Domain(base) = ty.kind() {
        ty = base;
    }
    ty
}

fn is_text(ty: &Type) -> bool {
    matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN)
}

/// Whether all elements can be sent in binary form as elements of the array type `ty`.
fn in_binary(elements: &[Param], ty: &Type) -> bool {
    let text = matches!(ty.kind(), Kind::Array(element) if is_text(element));
    let decimal = *ty == Type::NUMERIC_ARRAY;
    !elements.iter().any(|element| match element {
        Param::Literal(_) | Param::Array(_) | Param::Integers(_) => true,
        Param::Text(_) => !text,
        Param::Int(_) | Param::Float(_) => decimal,
        _ => false,
    })
}

fn integer(value: i64, ty: &Type, out: &mut BytesMut) -> Result<(), Failure> {
    match *ty {
        Type::INT2 => out.put_i16(i16::try_from(value)?),
        Type::INT4 => out.put_i32(i32::try_from(value)?),
        Type::OID => out.put_u32(u32::try_from(value)?),
        #[expect(clippy::cast_precision_loss, reason = "the column is a float")]
        Type::FLOAT4 => out.put_f32(value as f32),
        #[expect(clippy::cast_precision_loss, reason = "the column is a float")]
        Type::FLOAT8 => out.put_f64(value as f64),
        Type::INT8 => out.put_i64(value),
        _ => return Err(format!("an integer is no value of the type {ty}").into()),
    }
    Ok(())
}

/// PostgreSQL's binary array of one dimension.
fn integers(elements: &[i64], ty: &Type, out: &mut BytesMut) -> Result<(), Failure> {
    let Kind::Array(element_type) = ty.kind() else {
        return Err(format!("a list is no value of the type {ty}").into());
    };
    out.reserve(20 + elements.len() * 12);
    out.put_i32(1);
    out.put_i32(0);
    out.put_u32(element_type.oid());
    out.put_i32(i32::try_from(elements.len())?);
    out.put_i32(1);
    for element in elements {
        match *element_type {
            Type::INT8 => {
                out.put_i32(8);
                out.put_i64(*element);
            }
            Type::INT4 => {
                out.put_i32(4);
                out.put_i32(i32::try_from(*element)?);
            }
            Type::INT2 => {
                out.put_i32(2);
                out.put_i16(i16::try_from(*element)?);
            }
            _ => return Err(format!("an integer is no value of the type {element_type}").into()),
        }
    }
    Ok(())
}

/// PostgreSQL's binary array of one dimension, or, for elements in text form, an array literal.
fn array(elements: &[Param], ty: &Type, out: &mut BytesMut) -> Result<(), Failure> {
    if !in_binary(elements, ty) {
        out.put_u8(b'{');
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                out.put_u8(b',');
            }
            match element {
                Param::Literal(text) | Param::Text(text) => {
                    out.put_u8(b'"');
                    for byte in text.bytes() {
                        if matches!(byte, b'"' | b'\\') {
                            out.put_u8(b'\\');
                        }
                        out.put_u8(byte);
                    }
                    out.put_u8(b'"');
                }
                Param::Null => out.put_slice(b"NULL"),
                Param::Int(value) => out.put_slice(itoa::Buffer::new().format(*value).as_bytes()),
                Param::Float(value) => out.put_slice(value.to_string().as_bytes()),
                _ => return Err("the elements of a list must be of one kind".into()),
            }
        }
        out.put_u8(b'}');
        return Ok(());
    }
    let Kind::Array(element_type) = ty.kind() else {
        return Err(format!("a list is no value of the type {ty}").into());
    };
    let has_null = elements.contains(&Param::Null);
    out.put_i32(1);
    out.put_i32(i32::from(has_null));
    out.put_u32(element_type.oid());
    out.put_i32(i32::try_from(elements.len())?);
    out.put_i32(1);
    for element in elements {
        let at = out.len();
        out.put_i32(-1);
        if matches!(element.to_sql(element_type, out)?, IsNull::No) {
            let length = i32::try_from(out.len() - at - 4)?;
            out[at..at + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(())
}

impl rusqlite::ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Bool(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Self::Int(value) | Self::Time(value) | Self::Timestamp(value) | Self::Interval(value) => {
                ToSqlOutput::Owned(Value::Integer(*value))
            }
            Self::Date(days) => ToSqlOutput::Owned(Value::Integer(i64::from(*days))),
            Self::Float(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Text(value) | Self::Literal(value) => {
                ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes()))
            }
            Self::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            Self::Uuid(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            Self::Array(_) | Self::Integers(_) => {
                return Err(rusqlite::Error::ToSqlConversionFailure("a list is no value of SQLite".into()));
            }
        })
    }
}
