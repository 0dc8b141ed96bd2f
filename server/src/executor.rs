//! The engine as an executor of async-graphql, for everything in its ecosystem that drives one.

use async_graphql::futures_util::stream::{BoxStream, StreamExt as _, once};
use async_graphql::{Data, Executor, Response, ServerError};
use nuages_schema::{Engine, Request};
use std::sync::Arc;

/// Drives an [`Engine`] where async-graphql's ecosystem expects an [`Executor`]. The answers are the engine's,
/// taken apart into async-graphql's values.
#[derive(Debug, Clone)]
pub struct EngineExecutor {
    engine: Arc<Engine>,
}

impl EngineExecutor {
    /// An executor over this engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

impl Executor for EngineExecutor {
    async fn execute(&self, request: async_graphql::Request) -> Response {
        let variables = match serde_json::to_value(&request.variables) {
            Ok(serde_json::Value::Object(variables)) => variables,
            Ok(_) => serde_json::Map::new(),
            Err(error) => return refused(format!("the variables cannot be read: {error}")),
        };
        let request = Request {
            query: request.query,
            operation_name: request.operation_name,
            variables,
            ..Request::default()
        };
        let answer = self.engine.execute(request).await;
        serde_json::from_slice(&answer.body).unwrap_or_else(|error| {
            tracing::error!(%error, "the engine's answer cannot be read");
            refused("internal error".to_owned())
        })
    }

    fn execute_stream(
        &self,
        request: async_graphql::Request,
        _session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let executor = self.clone();
        once(async move { executor.execute(request).await }).boxed()
    }
}

fn refused(message: String) -> Response {
    Response::from_errors(vec![ServerError::new(message, None)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use nuages_models::Registry;
    use nuages_models::database::{Database, DatabaseOptions};
    use nuages_schema::EngineOptions;

    #[tokio::test]
    async fn the_answer_is_the_engines() {
        let database = Database::connect("sqlite::memory:", DatabaseOptions::default()).await.unwrap();
        let engine = Engine::new(Arc::new(Registry::default()), database, EngineOptions::default()).unwrap();
        let engine = Arc::new(engine);
        let direct = engine.execute(Request { query: "{ __typename }".into(), ..Request::default() }).await;
        let direct: serde_json::Value = serde_json::from_slice(&direct.body).unwrap();

        let executor = EngineExecutor::new(engine);
        let answer = executor.execute("{ __typename }".into()).await;
        assert_eq!(serde_json::to_value(&answer).unwrap(), direct);
        let streamed: Vec<Response> = executor.execute_stream("{ __typename }".into(), None).collect().await;
        assert_eq!(streamed, [answer]);
    }
}
