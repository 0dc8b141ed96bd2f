//! Until the write stage is here.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::unused_async)]
use nuages_models::Registry;
use nuages_models::database::Database;
use nuages_models::prepare::Prepared;
use nuages_models::run::*;
use nuages_models::value::Value;
use nuages_models::write::*;
use std::collections::BTreeMap;
use std::sync::Arc;
#[derive(Debug, Clone)]
pub struct WriteContext {
    pub time_zone: String,
    pub now: i64,
    pub session: BTreeMap<String, Value>,
    pub timeout_ms: u64,
    pub trace: bool,
}
#[derive(Debug)]
pub struct Writer;
fn no<T>() -> Result<T, WriteError> {
    Err(RunError::Internal("not here yet".to_owned()).into())
}
impl Writer {
    pub async fn begin(_: &Database, _: Arc<Registry>, _: WriteContext) -> Result<Self, WriteError> {
        Ok(Self)
    }
    pub async fn apply(&self, _: &Mutation) -> Result<Outcome, WriteError> {
        no()
    }
    pub async fn targets(&self, _: &Mutation) -> Result<Outcome, WriteError> {
        no()
    }
    pub async fn read(&self, _: &Arc<Prepared>, _: Arguments, _: &RunOptions) -> Result<Answer, RunError> {
        Err(RunError::Internal(String::new()))
    }
    pub fn statements(&self) -> Vec<StatementTrace> {
        Vec::new()
    }
    pub async fn commit(self) -> Result<(), WriteError> {
        Ok(())
    }
    pub async fn roll_back(self) {}
}
pub trait Retryable {
    fn is_retryable(&self) -> bool;
}
impl Retryable for WriteError {
    fn is_retryable(&self) -> bool {
        false
    }
}
