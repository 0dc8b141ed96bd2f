//! GraphQL over WebSocket: the protocol `graphql-transport-ws`, as the npm package graphql-ws specifies it.
//!
//! async-graphql's own loop closes with codes that the protocol does not have, answers request errors as `next`
//! and takes answers apart into values. This one passes the engine's bytes through. One task owns the socket and
//! all operations on it; when the socket ends, they are dropped and with them their statements.

use super::failure::Failure;
use super::graphql::Settings;
use super::layers::{OperationName, internal_error, origin_is_allowed};
use super::state::ServerState;
use axum::body::Body;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts as _, Request as HttpRequest};
use axum::http::{HeaderMap, Response, StatusCode, header};
use futures::FutureExt as _;
use futures::future::{AbortHandle, Abortable, Aborted, BoxFuture};
use futures::stream::{FuturesUnordered, StreamExt as _};
use nuages_schema::{Request, ResponseKind};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

const PROTOCOL: &str = "graphql-transport-ws";
/// How long a client may wait with `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a silent connection is probed, so that a vanished client is noticed.
const PROBE_INTERVAL: Duration = Duration::from_secs(30);
/// Most operations that run at once on one socket.
const MAX_OPERATIONS: usize = 100;

/// Whether a request asks for a WebSocket.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Accepts a WebSocket, unless a foreign page opens it: browsers apply no CORS to WebSockets, so without the
/// check every page on the web could read what a server on localhost serves.
pub(super) async fn upgrade(state: ServerState, request: HttpRequest) -> Result<Response<Body>, Failure> {
    let (mut parts, _body) = request.into_parts();
    if !origin_is_ours(&state, &parts.headers) {
        let message = "pages of this origin may not connect; add it to cors_origins";
        return Err(Failure::new(StatusCode::FORBIDDEN, "FORBIDDEN", message));
    }
    let offered = parts.headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let speaks = offered.iter().filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(','));
    if !speaks.into_iter().any(|protocol| protocol.trim() == PROTOCOL) {
        return Err(Failure::bad_request(
            "the server speaks the WebSocket sub-protocol graphql-transport-ws",
        ));
    }
    let settings = Settings::read(&state, &parts.headers)?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &state).await;
    let upgrade = upgrade.map_err(|rejection| Failure::bad_request(rejection.body_text()))?;
    let limit = state.options().max_body_bytes;
    Ok(upgrade
        .protocols([PROTOCOL])
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| Connection::new(state, settings).converse(socket)))
}

fn origin_is_ours(state: &ServerState, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let own = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    own.is_some_and(|(_, authority)| host == Some(authority)) || origin_is_allowed(state.options(), origin)
}

/// What a client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ClientMessage {
    ConnectionInit,
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    Pong,
    Subscribe {
        id: String,
        payload: Operation,
    },
    Complete {
        id: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
}

/// Why the server closes the socket: a code of the protocol and its words.
type Close = (u16, String);

struct Connection {
    state: ServerState,
    settings: Settings,
    acknowledged: bool,
    /// The operations that run, by the client's ids.
    handles: HashMap<String, AbortHandle>,
    running: FuturesUnordered<Abortable<BoxFuture<'static, Finished>>>,
}

struct Finished {
    id: String,
    response: nuages_schema::Response,
}

impl Connection {
    fn new(state: ServerState, settings: Settings) -> Self {
        Self {
            state,
            settings,
            acknowledged: false,
            handles: HashMap::new(),
            running: FuturesUnordered::new(),
        }
    }

    async fn converse(mut self, mut socket: WebSocket) {
        let stopping = self.state.stopping().clone();
        let init_timeout = tokio::time::sleep(INIT_TIMEOUT);
        tokio::pin!(init_timeout);
        let mut probe = tokio::time::interval(PROBE_INTERVAL);
        probe.reset();
        let close = loop {
            let replies = tokio::select! {
                biased;
                () = stopping.cancelled() => break (1001, "the server stops".to_owned()),
                Some(finished) = self.running.next() => match finished {
                    Ok(finished) => self.finish(finished),
                    Err(Aborted) => continue,
                },
                received = socket.recv() => match received {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return,
                    Some(Ok(Message::Text(text))) => match self.receive(&text) {
                        Ok(reply) => reply,
                        Err(close) => break close,
                    },
                    Some(Ok(Message::Binary(_))) => break (4400, "binary messages are not understood".to_owned()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                },
                () = &mut init_timeout, if !self.acknowledged => {
                    break (4408, "Connection initialisation timeout".to_owned());
                }
                _ = probe.tick() => vec![Message::Ping(axum::body::Bytes::new())],
            };
            for reply in replies {
                // A client that is gone: everything that runs for it is dropped with `self`.
                if socket.send(reply).await.is_err() {
                    return;
                }
            }
        };
        let (code, mut reason) = close;
        // A close frame carries at most 123 bytes of text.
        while reason.len() > 123 {
            reason.pop();
        }
        let frame = CloseFrame { code, reason: Utf8Bytes::from(reason) };
        if socket.send(Message::Close(Some(frame))).await.is_err() {
            tracing::debug!("the WebSocket was gone before it was closed");
        }
    }

    fn receive(&mut self, text: &str) -> Result<Vec<Message>, Close> {
        let message = serde_json::from_str::<ClientMessage>(text)
            .map_err(|error| (4400, format!("Invalid message: {error}")))?;
        match message {
            ClientMessage::ConnectionInit if self.acknowledged => {
                Err((4429, "Too many initialisation requests".to_owned()))
            }
            ClientMessage::ConnectionInit => {
                self.acknowledged = true;
                Ok(vec![text_message(json!({"type": "connection_ack"}).to_string())])
            }
            ClientMessage::Ping { payload } => {
                let mut pong = json!({"type": "pong"});
                if let Some(payload) = payload {
                    pong["payload"] = payload;
                }
                Ok(vec![text_message(pong.to_string())])
            }
            ClientMessage::Pong => Ok(Vec::new()),
            ClientMessage::Subscribe { .. } if !self.acknowledged => Err((4401, "Unauthorized".to_owned())),
            ClientMessage::Subscribe { id, .. } if self.handles.contains_key(&id) => {
                Err((4409, format!("Subscriber for {id} already exists")))
            }
            ClientMessage::Subscribe { .. } if self.handles.len() >= MAX_OPERATIONS => {
                Err((4429, format!("More than {MAX_OPERATIONS} operations at once")))
            }
            ClientMessage::Subscribe { id, payload } => {
                self.start(id, payload);
                Ok(Vec::new())
            }
            ClientMessage::Complete { id } => {
                if let Some(handle) = self.handles.remove(&id) {
                    handle.abort();
                }
                Ok(Vec::new())
            }
        }
    }

    fn start(&mut self, id: String, operation: Operation) {
        let request = self.settings.apply(Request {
            query: operation.query,
            operation_name: operation.operation_name,
            variables: operation.variables.unwrap_or_default(),
            ..Request::default()
        });
        let engine = self.state.engine();
        let name = OperationName::of(&request);
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(id.clone(), handle);
        let run: BoxFuture<'static, Finished> = Box::pin(async move {
            let started = Instant::now();
            let executed = AssertUnwindSafe(engine.execute(request)).catch_unwind().await;
            let response = executed.unwrap_or_else(|panic| nuages_schema::Response {
                body: internal_error(panic.as_ref(), "-").into(),
                kind: ResponseKind::RequestError,
            });
            let ms = started.elapsed().as_micros() as f64 / 1000.0;
            let status = if response.kind == ResponseKind::Executed { 200 } else { 400 };
            tracing::info!(target: "nuages::request", method = "WS", path = "/graphql", operation = name.text(), status, ms);
            Finished { id, response }
        });
        self.running.push(Abortable::new(run, registration));
    }

    /// The messages of a finished operation: its answer and its end, or its error, which is also its end.
    fn finish(&mut self, finished: Finished) -> Vec<Message> {
        let Finished { id, response } = finished;
        // Completed by the client in the meantime: it hears nothing more of it.
        if self.handles.remove(&id).is_none() {
            return Vec::new();
        }
        let Ok(body) = std::str::from_utf8(&response.body) else {
            tracing::error!("the engine's answer is not UTF-8");
            return vec![error_message(
                &id,
                r#"[{"message":"internal error","extensions":{"code":"INTERNAL"}}]"#,
            )];
        };
        if response.kind == ResponseKind::Executed {
            let quoted = Value::from(id.as_str());
            vec![
                text_message(format!(r#"{{"id":{quoted},"type":"next","payload":{body}}}"#)),
                text_message(format!(r#"{{"id":{quoted},"type":"complete"}}"#)),
            ]
        } else {
            #[derive(Deserialize)]
            struct Refused<'a> {
                #[serde(borrow)]
                errors: &'a RawValue,
            }
            let errors =
                serde_json::from_str::<Refused<'_>>(body).map_or("[]", |refused| refused.errors.get());
            vec![error_message(&id, errors)]
        }
    }
}

fn error_message(id: &str, errors: &str) -> Message {
    text_message(format!(r#"{{"id":{},"type":"error","payload":{errors}}}"#, Value::from(id)))
}

fn text_message(text: String) -> Message {
    Message::Text(Utf8Bytes::from(text))
}
