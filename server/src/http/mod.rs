//! The HTTP face of the engine: routes, and what every request passes through.

mod failure;
mod graphql;
mod layers;
mod negotiate;
mod parameters;
mod playground;
mod probes;
mod state;
mod websocket;

pub use state::{HttpOptions, ServerState};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

/// All routes over one engine: `/graphql` (and `/` for a browser), `/schema.graphql`, `/healthz`, `/readyz` and
/// the files of the playground. It can be nested under a path of another router: the page finds its endpoint
/// relative to its own address.
pub fn router(state: ServerState) -> Router {
    let routes = Router::new()
        .route("/", get(graphql::welcome))
        .route("/graphql", any(graphql::endpoint))
        .route("/schema.graphql", get(probes::schema))
        .route("/healthz", get(probes::healthy))
        .route("/readyz", get(probes::ready))
        .route("/favicon.svg", get(playground::favicon))
        .route("/assets/{file}", get(playground::asset))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(state.options().max_body_bytes));
    layers::wrap(routes, &state).with_state(state)
}

async fn nothing_here() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here. The API is at /graphql.\n").into_response()
}
