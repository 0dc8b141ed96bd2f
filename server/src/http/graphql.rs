//! `/graphql`: GraphQL over HTTP, the page for browsers, and the way to the WebSocket.

use super::failure::Failure;
use super::negotiate::{Media, answer_media, body_is_json};
use super::state::ServerState;
use super::{layers, parameters, playground, websocket};
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use nuages_schema::{Request, ResponseKind};
use std::time::Duration;

const ALLOWED: &str = "GET, HEAD, POST, OPTIONS";
/// How long a body may take to arrive; a client that stalls must not hold a connection for ever.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
const TIME_ZONE_HEADER: &str = "x-nuages-time-zone";
const DEBUG_HEADER: &str = "x-nuages-debug";

/// Every request to `/graphql`.
pub(super) async fn endpoint(State(state): State<ServerState>, request: HttpRequest) -> Response<Body> {
    let answer = match *request.method() {
        Method::POST => post(&state, request).await,
        Method::GET | Method::HEAD if websocket::is_upgrade(request.headers()) => {
            websocket::upgrade(state, request).await
        }
        Method::GET | Method::HEAD => get(&state, request).await,
        Method::OPTIONS => Ok(options()),
        _ => Err(Failure::method_not_allowed(ALLOWED, "send GraphQL requests by POST or GET")),
    };
    answer.unwrap_or_else(Failure::into_response)
}

/// `/`: the page for a browser, a pointer for everybody else.
pub(super) async fn welcome(request: HttpRequest) -> Response<Body> {
    if answer_media(request.headers()) == Some(Media::Html) {
        return playground::page(request.headers());
    }
    let mut response = Response::new(Body::from("The API is at /graphql, its schema at /schema.graphql.\n"));
    vary_by_accept(&mut response);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

async fn post(state: &ServerState, request: HttpRequest) -> Result<Response<Body>, Failure> {
    let media = json_media(request.headers())?;
    if !body_is_json(request.headers()) {
        return Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "BAD_INPUT",
            "send the request as `content-type: application/json` in UTF-8",
        ));
    }
    let settings = Settings::read(state, request.headers())?;
    let body = tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await;
    let body = body
        .map_err(|_| {
            Failure::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", "the body took too long to arrive")
        })?
        .map_err(|rejection| unread_body(state, &rejection))?;
    let request = parameters::from_body(&body)?;
    drop(body);
    Ok(execute(state, settings.apply(request), media).await)
}

async fn get(state: &ServerState, request: HttpRequest) -> Result<Response<Body>, Failure> {
    let query_string = request.uri().query().unwrap_or_default();
    if answer_media(request.headers()) == Some(Media::Html) {
        return Ok(playground::page(request.headers()));
    }
    let media = json_media(request.headers())?;
    if !parameters::asks_something(query_string) {
        return Err(Failure::bad_request(
            "the parameter `query` is missing; a browser that accepts text/html gets a page to write queries in",
        ));
    }
    let settings = Settings::read(state, request.headers())?;
    let request = parameters::from_query_string(query_string)?;
    Ok(execute(state, settings.apply(request), media).await)
}

async fn execute(state: &ServerState, request: Request, media: Media) -> Response<Body> {
    let operation = layers::OperationName::of(&request);
    let answer = state.engine().execute(request).await;
    let status = match (answer.kind, media) {
        (ResponseKind::Executed, _) => StatusCode::OK,
        (ResponseKind::MethodNotAllowed, _) => StatusCode::METHOD_NOT_ALLOWED,
        // The specification asks for 200 in `application/json`, so that clients of old tell a server's answer
        // from a proxy's.
        (ResponseKind::RequestError, Media::Json) => StatusCode::OK,
        (ResponseKind::RequestError, Media::GraphqlResponse | Media::Html) => StatusCode::BAD_REQUEST,
    };
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = status;
    response.extensions_mut().insert(operation);
    vary_by_accept(&mut response);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    if answer.kind == ResponseKind::MethodNotAllowed {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

/// What headers say about a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    time_zone: Option<String>,
    debug: bool,
}

impl Settings {
    pub(super) fn read(state: &ServerState, headers: &HeaderMap) -> Result<Self, Failure> {
        let options = state.options();
        let asked = || headers.get(DEBUG_HEADER).is_some_and(|value| value == "1" || value == "true");
        let time_zone = match headers.get(TIME_ZONE_HEADER) {
            None => None,
            Some(value) => match value.to_str() {
                Ok(name) if jiff::tz::TimeZone::get(name).is_ok() => Some(name.to_owned()),
                _ => {
                    return Err(Failure::bad_request(
                        "the header X-Nuages-Time-Zone is not the IANA name of a time zone, as Europe/Berlin is",
                    ));
                }
            },
        };
        Ok(Self { time_zone, debug: options.debug || (options.debug_header && asked()) })
    }

    pub(super) fn apply(&self, request: Request) -> Request {
        Request { time_zone: self.time_zone.clone(), debug: self.debug, ..request }
    }
}

fn json_media(headers: &HeaderMap) -> Result<Media, Failure> {
    match answer_media(headers) {
        Some(media @ (Media::GraphqlResponse | Media::Json)) => Ok(media),
        // A POST that names text/html is a script that set a browser's headers.
        Some(Media::Html) => Ok(Media::Json),
        None => Err(Failure::new(
            StatusCode::NOT_ACCEPTABLE,
            "BAD_INPUT",
            "accept application/graphql-response+json or application/json",
        )),
    }
}

fn unread_body(state: &ServerState, rejection: &BytesRejection) -> Failure {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let limit = state.options().max_body_bytes;
        let message = format!("the body is larger than {limit} bytes");
        return Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "LIMIT_EXCEEDED", message);
    }
    Failure::bad_request("the body could not be read to its end")
}

fn options() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(ALLOWED));
    response
}

fn vary_by_accept(response: &mut Response<Body>) {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
}
