//! GraphQL over HTTP and WebSocket against a server on a port of its own: what is accepted, what is refused, and
//! with which status.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use futures::{SinkExt as _, StreamExt as _};
use nuages::config::Unmigrated;
use nuages::{Config, Project, Server, serve};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

struct Running {
    server: Server,
    client: Client,
    folder: tempfile::TempDir,
}

/// The models of a new project.
const MODELS: &str = include_str!("../src/cli/template/app.toml");

async fn start(change: impl FnOnce(&mut Config)) -> Running {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("models")).unwrap();
    std::fs::write(folder.path().join("models/app.toml"), MODELS).unwrap();
    let mut config = Config {
        address: "127.0.0.1:0".to_owned(),
        database: format!("sqlite:{}", folder.path().join("test.db").display()),
        migrate: true,
        ..Config::default()
    };
    change(&mut config);
    let server = serve(Project::with_config(folder.path(), config)).await.unwrap();
    Running { server, client: Client::new(), folder }
}

impl Running {
    fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = self.client.request(method, self.at(path)).body(body.to_vec());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Response {
        self.send(Method::POST, "/graphql", headers, body).await
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send(Method::GET, path, headers, b"").await
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

const JSON: (&str, &str) = ("content-type", "application/json");
const QUERY: &[u8] = br#"{"query":"{ __typename }"}"#;
const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

#[tokio::test]
async fn answers_have_the_type_that_was_asked_for() {
    let running = start(|_| {}).await;
    let cases = [
        ("*/*", "application/json; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8"),
        (
            "application/json;q=0.5, application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8",
        ),
        ("application/json, application/graphql-response+json;q=0.5", "application/json; charset=utf-8"),
    ];
    for (accept, expected) in cases {
        let response = running.post(&[JSON, ("accept", accept)], QUERY).await;
        assert_eq!(response.status(), StatusCode::OK, "{accept}");
        assert_eq!(header(&response, "content-type"), expected, "{accept}");
        assert!(response.json::<Value>().await.unwrap()["data"].is_object());
    }
    let response = running.post(&[JSON, ("accept", "text/csv")], QUERY).await;
    assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE);
    assert!(response.json::<Value>().await.unwrap()["errors"][0]["message"].is_string());
}

#[tokio::test]
async fn the_status_of_a_refused_document_depends_on_the_type() {
    let running = start(|_| {}).await;
    let refused = [
        r#"{"query":"{"}"#,
        r#"{"query":"{ nope }"}"#,
        r#"{"query":"query ($id: ID!) { __typename }","variables":{"id":null}}"#,
        r#"{"query":"{ __typename }","operationName":"None"}"#,
        r#"{"query":"{ notes(where: 5) { id } }"}"#,
        r#"{"query":""}"#,
    ];
    for body in refused {
        for (accept, status) in [
            ("application/json", StatusCode::OK),
            ("application/graphql-response+json", StatusCode::BAD_REQUEST),
        ] {
            let response = running.post(&[JSON, ("accept", accept)], body.as_bytes()).await;
            assert_eq!(response.status(), status, "{body} as {accept}");
            let answer: Value = response.json().await.unwrap();
            assert!(answer.get("data").is_none() && answer["errors"][0]["message"].is_string(), "{answer}");
        }
    }
}

#[tokio::test]
async fn sql_is_shown_when_it_is_asked_for() {
    let body = br#"{"query":"{ notes { id title } }"}"#;
    let shown = async |running: &Running, headers: &[(&str, &str)]| {
        let answer: Value = running.post(headers, body).await.json().await.unwrap();
        assert_eq!(answer["data"], json!({"notes": []}), "{answer}");
        answer["extensions"]["queries"].is_array()
    };
    let header = ("x-nuages-debug", "1");
    let quiet = start(|_| {}).await;
    assert!(!shown(&quiet, &[JSON]).await);
    assert!(!shown(&quiet, &[JSON, header]).await);
    let allowed = start(|config| config.debug_header = true).await;
    assert!(!shown(&allowed, &[JSON]).await);
    assert!(shown(&allowed, &[JSON, header]).await);
    let debug = start(|config| config.debug = true).await;
    assert!(shown(&debug, &[JSON]).await);
}

#[tokio::test]
async fn changed_models_are_served_while_debugging() {
    let running = start(|config| config.debug = true).await;
    let file = running.folder.path().join("models/app.toml");
    let before = running.server.state().engine().sdl().to_owned();
    let wait = async |old: &str| {
        for _ in 0..100 {
            let now = running.server.state().engine().sdl().to_owned();
            if now != old {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        old.to_owned()
    };
    std::fs::write(&file, MODELS.replace("A place to keep notes.", "Another place.")).unwrap();
    let after = wait(&before).await;
    assert!(after.contains("Another place."), "{after}");

    std::fs::write(&file, "[Broken\n").unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(running.server.state().engine().sdl(), after, "the models of before are served on");
    std::fs::write(&file, MODELS).unwrap();
    assert_eq!(wait(&after).await, before);
}

#[tokio::test]
async fn only_json_in_utf8_is_a_body() {
    let running = start(|_| {}).await;
    let cases = [
        ("application/json", StatusCode::OK),
        ("application/json; charset=UTF-8", StatusCode::OK),
        ("application/json; charset=utf-16", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/graphql", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ];
    for (content_type, expected) in cases {
        let response = running.post(&[("content-type", content_type)], QUERY).await;
        assert_eq!(response.status(), expected, "{content_type}");
    }
    assert_eq!(running.post(&[], QUERY).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn malformed_bodies_are_bad_requests_with_a_graphql_error() {
    let running = start(|_| {}).await;
    let deep = format!("{{\"query\":\"{{a}}\",\"variables\":{{\"x\":{}", "[".repeat(20_000));
    let bodies: [&[u8]; 12] = [
        b"",
        b"{ \"not a JSON",
        b"[]",
        b"null",
        b"{}",
        br#"{"query":1}"#,
        br#"{"query":"{__typename}","operationName":{}}"#,
        br#"{"query":"{__typename}","variables":"x"}"#,
        br#"{"query":"{__typename}","extensions":0}"#,
        b"{\"query\":\"\xff\xfe\"}",
        b"\xef\xbb\xbf{\"query\":\"{__typename}\"}",
        deep.as_bytes(),
    ];
    for body in bodies {
        for accept in ["application/json", "application/graphql-response+json"] {
            let response = running.post(&[JSON, ("accept", accept)], body).await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{}", String::from_utf8_lossy(body));
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{answer}");
            assert!(answer.get("data").is_none());
        }
    }
    let nulls = br#"{"query":"{__typename}","operationName":null,"variables":null,"extensions":null}"#;
    assert_eq!(running.post(&[JSON], nulls).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_has_a_largest_size() {
    let running = start(|config| config.max_body_bytes = 1000).await;
    let body = |length: usize| {
        let mut body = br#"{"query":"{__typename}"}"#.to_vec();
        body.resize(length, b' ');
        body
    };
    assert_eq!(running.post(&[JSON], &body(1000)).await.status(), StatusCode::OK);
    let response = running.post(&[JSON], &body(1001)).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn get_reads_and_other_methods_are_refused() {
    let running = start(|_| {}).await;
    let response = running.get("/graphql?query=%7B__typename%7D&variables=%7B%22a%22%3A1%7D", &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    for wrong in
        ["/graphql", "/graphql?query=%FF", "/graphql?query=a&variables=%5B1%5D", "/graphql?query=a&query=b"]
    {
        assert_eq!(running.get(wrong, &[]).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let response = running.send(method.clone(), "/graphql", &[JSON], QUERY).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(header(&response, "allow"), "GET, HEAD, POST, OPTIONS");
    }
}

#[tokio::test]
async fn headers_are_checked() {
    let running = start(|_| {}).await;
    let zone = |name: &'static str| ("x-nuages-time-zone", name);
    assert_eq!(running.post(&[JSON, zone("Europe/Berlin")], QUERY).await.status(), StatusCode::OK);
    assert_eq!(running.post(&[JSON, zone("Mars/Olympus")], QUERY).await.status(), StatusCode::BAD_REQUEST);
    let response = running.post(&[JSON, ("x-request-id", "given-1")], QUERY).await;
    assert_eq!(header(&response, "x-request-id"), "given-1");
    let response = running.post(&[JSON], QUERY).await;
    assert!(!header(&response, "x-request-id").is_empty());
}

#[tokio::test]
async fn a_browser_gets_the_page() {
    let running = start(|_| {}).await;
    for path in ["/", "/graphql"] {
        let response = running.get(path, &[HTML, ("accept-encoding", "gzip")]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert!(header(&response, "content-security-policy").contains("default-src 'self'"));
        let body = running.get(path, &[HTML]).await.text().await.unwrap();
        assert!(body.contains("<title>Nuages</title>"), "{body}");
        assert!(!body.contains("http://") && !body.contains("https://"), "nothing from elsewhere: {body}");
    }
    let plain = running.get("/", &[]).await;
    assert_eq!(header(&plain, "content-type"), "text/plain; charset=utf-8");
}

#[tokio::test]
async fn the_files_of_the_page_are_cached_and_compressed() {
    let running = start(|_| {}).await;
    let page = running.get("/", &[HTML]).await.text().await.unwrap();
    let Some(script) = page.split("src=\".").nth(1).and_then(|rest| rest.split('"').next()) else {
        assert!(page.contains("built without the explorer page"), "{page}");
        return;
    };
    let plain = running.get(script, &[]).await;
    assert_eq!(header(&plain, "content-encoding"), "");
    assert_eq!(header(&plain, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&plain, "content-type"), "text/javascript; charset=utf-8");
    let etag = header(&plain, "etag").to_owned();
    let plain = plain.bytes().await.unwrap();
    let compressed = running.get(script, &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(&compressed, "content-encoding"), "gzip");
    let compressed = compressed.bytes().await.unwrap();
    assert!(compressed.starts_with(&[0x1f, 0x8b]) && compressed.len() < plain.len());
    let known = running.get(script, &[("if-none-match", &etag)]).await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert!(known.bytes().await.unwrap().is_empty());

    assert_eq!(header(&running.get("/favicon.svg", &[]).await, "content-type"), "image/svg+xml");
    for missing in ["/assets/none.js", "/assets/..%2Findex.html", "/nothing"] {
        assert_eq!(running.get(missing, &[]).await.status(), StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn probes_and_schema() {
    let running = start(|_| {}).await;
    for path in ["/healthz", "/readyz"] {
        let response = running.get(path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.json::<Value>().await.unwrap(), json!({"status": "ok"}));
    }
    let sdl = running.get("/schema.graphql", &[]).await.text().await.unwrap();
    assert_eq!(sdl, running.server.state().engine().sdl());
    assert!(sdl.contains("type Query"));

    running.server.state().stopping().cancel();
    // The listener is closing; a state that stops is not ready for whoever still asks over an open connection.
    if let Ok(response) = running.client.get(running.at("/readyz")).send().await {
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn foreign_pages_are_let_in_only_when_configured() {
    let origin = |name: &'static str| ("origin", name);
    let allowed = |response: &Response| header(response, "access-control-allow-origin").to_owned();

    let closed = start(|_| {}).await;
    assert_eq!(allowed(&closed.post(&[JSON, origin("http://localhost:3000")], QUERY).await), "");

    let listed = start(|config| config.cors_origins = vec!["https://app.example".to_owned()]).await;
    assert_eq!(
        allowed(&listed.post(&[JSON, origin("https://app.example")], QUERY).await),
        "https://app.example"
    );
    assert_eq!(allowed(&listed.post(&[JSON, origin("https://evil.example")], QUERY).await), "");
    assert_eq!(allowed(&listed.post(&[JSON, origin("http://localhost:3000")], QUERY).await), "");
    let preflight = listed
        .send(
            Method::OPTIONS,
            "/graphql",
            &[
                origin("https://app.example"),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "content-type,x-nuages-debug"),
            ],
            b"",
        )
        .await;
    assert!(preflight.status().is_success());
    assert_eq!(header(&preflight, "access-control-allow-headers"), "content-type,x-nuages-debug");

    let debug = start(|config| config.debug = true).await;
    let local = origin("http://localhost:3000");
    assert_eq!(allowed(&debug.post(&[JSON, local], QUERY).await), "http://localhost:3000");
    assert_eq!(allowed(&debug.post(&[JSON, origin("https://evil.example")], QUERY).await), "");
}

#[tokio::test]
async fn a_stop_closes_the_port_and_lets_a_slow_request_finish() {
    let running = start(|_| {}).await;
    let address = running.server.address();
    let mut slow = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        QUERY.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(&QUERY[..5]).await.unwrap();
    // Until the server has read the head, the connection counts as idle.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let stop = tokio::spawn(running.server.stop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!stop.is_finished(), "the request is still running");
    slow.write_all(&QUERY[5..]).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), stop).await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let running = start(|config| config.grace_ms = 300).await;
    let mut slow = tokio::net::TcpStream::connect(running.server.address()).await.unwrap();
    let head =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    tokio::time::timeout(Duration::from_secs(5), running.server.stop()).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(running: &Running, headers: &[(&'static str, &str)]) -> Result<Socket, String> {
    let mut request = format!("ws://{}/graphql", running.server.address()).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let connected = tokio_tungstenite::connect_async(request).await;
    connected.map(|(socket, _)| socket).map_err(|error| error.to_string())
}

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

async fn say(socket: &mut Socket, message: Value) {
    socket.send(Message::Text(Utf8Bytes::from(message.to_string()))).await.unwrap();
}

async fn hear(socket: &mut Socket) -> Result<Value, u16> {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(5), socket.next()).await.unwrap();
        match next.expect("an open socket").unwrap() {
            Message::Text(text) => return Ok(serde_json::from_str(&text).unwrap()),
            Message::Close(Some(frame)) => return Err(frame.code.into()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_websocket_answers_operations() {
    let running = start(|_| {}).await;
    let mut socket = connect(&running, &[PROTOCOL]).await.unwrap();
    say(&mut socket, json!({"type": "connection_init", "payload": {"any": "thing"}})).await;
    assert_eq!(hear(&mut socket).await.unwrap(), json!({"type": "connection_ack"}));
    say(&mut socket, json!({"type": "ping", "payload": {"a": 1}})).await;
    assert_eq!(hear(&mut socket).await.unwrap(), json!({"type": "pong", "payload": {"a": 1}}));
    let operation = json!({"query": "{ __typename }", "variables": null, "operationName": null});
    say(&mut socket, json!({"type": "subscribe", "id": "a\"b", "payload": operation})).await;
    let next = hear(&mut socket).await.unwrap();
    assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("a\"b")));
    assert!(next["payload"]["data"].is_object());
    assert_eq!(hear(&mut socket).await.unwrap(), json!({"type": "complete", "id": "a\"b"}));

    running.server.state().stopping().cancel();
    assert_eq!(hear(&mut socket).await, Err(1001));
}

#[tokio::test]
async fn a_websocket_writes() {
    let running = start(|_| {}).await;
    let mut socket = connect(&running, &[PROTOCOL]).await.unwrap();
    say(&mut socket, json!({"type": "connection_init"})).await;
    assert_eq!(hear(&mut socket).await.unwrap(), json!({"type": "connection_ack"}));
    let query = "mutation ($note: NoteCreate!) { createNote(input: $note) { title folder { name } } }";
    let variables = json!({"note": {"title": "Milk", "folder": {"create": {"name": "To buy"}}}});
    for (id, expected) in [
        ("first", json!({"data": {"createNote": {"title": "Milk", "folder": {"name": "To buy"}}}})),
        ("second", json!(null)),
    ] {
        let payload = json!({"query": query, "variables": variables});
        say(&mut socket, json!({"type": "subscribe", "id": id, "payload": payload})).await;
        let next = hear(&mut socket).await.unwrap();
        if id == "first" {
            assert_eq!(next, json!({"type": "next", "id": id, "payload": expected}));
        } else {
            // The folder is there already.
            assert_eq!(next["payload"]["data"], expected);
            assert_eq!(next["payload"]["errors"][0]["extensions"]["code"], "UNIQUE_VIOLATION", "{next}");
        }
        assert_eq!(hear(&mut socket).await.unwrap(), json!({"type": "complete", "id": id}));
    }
    let query = b"{\"query\": \"{ notesAggregate { count } foldersAggregate { count } }\"}";
    let answer = running.post(&[("content-type", "application/json")], query).await.text().await.unwrap();
    let expected = "{\"data\":{\"notesAggregate\":{\"count\":1},\"foldersAggregate\":{\"count\":1}}}";
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_websocket_closes_with_the_codes_of_the_protocol() {
    let running = start(|_| {}).await;
    let operation = json!({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}});
    let cases = [
        (false, vec![operation.clone()], 4401),
        (true, vec![json!({"type": "connection_init"})], 4429),
        (true, vec![json!({"type": "bogus"})], 4400),
        (true, vec![json!({"type": "subscribe", "id": "1"})], 4400),
        (true, vec![json!({"type": "subscribe", "id": 1, "payload": {"query": "{__typename}"}})], 4400),
        (true, vec![json!("text")], 4400),
    ];
    for (init, messages, code) in cases {
        let mut socket = connect(&running, &[PROTOCOL]).await.unwrap();
        if init {
            say(&mut socket, json!({"type": "connection_init"})).await;
            hear(&mut socket).await.unwrap();
        }
        for message in &messages {
            say(&mut socket, message.clone()).await;
        }
        assert_eq!(hear(&mut socket).await, Err(code), "{messages:?}");
    }
}

#[tokio::test]
async fn a_websocket_is_for_our_pages_and_our_protocol() {
    let running = start(|_| {}).await;
    assert!(connect(&running, &[]).await.unwrap_err().contains("400"));
    assert!(
        connect(&running, &[("sec-websocket-protocol", "graphql-ws")]).await.unwrap_err().contains("400")
    );
    assert!(
        connect(&running, &[PROTOCOL, ("origin", "https://evil.example")]).await.unwrap_err().contains("403")
    );
    let own = format!("http://{}", running.server.address());
    assert!(connect(&running, &[PROTOCOL, ("origin", &own)]).await.is_ok());
}

#[tokio::test]
async fn a_database_that_is_not_as_the_models_need_it_is_refused() {
    let running = start(|_| {}).await;
    let change = running.folder.path().join("models/app.toml");
    std::fs::write(
        &change,
        MODELS.replace(
            "name = { type = \"char\", max_length = 100",
            "name = { type = \"char\", max_length = 99",
        ),
    )
    .unwrap();
    let config = |unmigrated| Config {
        address: "127.0.0.1:0".to_owned(),
        database: format!("sqlite:{}", running.folder.path().join("test.db").display()),
        unmigrated,
        ..Config::default()
    };
    let project = |unmigrated| Project::with_config(running.folder.path(), config(unmigrated));
    let error = serve(project(Unmigrated::Refuse)).await.unwrap_err().to_string();
    assert!(error.contains("app_folder: constraint app_folder_name_check"), "{error}");
    assert!(error.contains("nuages makemigrations"), "{error}");
    let started = serve(project(Unmigrated::Serve)).await.unwrap();
    started.stop().await;

    let server = serve(project(Unmigrated::Unready)).await.unwrap();
    let ready =
        || async { running.client.get(format!("http://{}/readyz", server.address())).send().await.unwrap() };
    let response = ready().await;
    assert_eq!(response.status(), 503);
    assert!(response.text().await.unwrap().contains("not as the models need it"));
    // It looks again by itself.
    std::fs::write(&change, MODELS).unwrap();
    for _ in 0..50 {
        if ready().await.status() == 200 {
            server.stop().await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it is not ready again");
}

#[tokio::test]
async fn a_taken_address_is_an_error_that_says_what_to_do() {
    let running = start(|_| {}).await;
    let config = Config {
        address: running.server.address().to_string(),
        database: "sqlite::memory:".to_owned(),
        migrate: true,
        ..Config::default()
    };
    let error = serve(Project::with_config(running.folder.path(), config)).await.unwrap_err().to_string();
    assert!(error.contains("--address"), "{error}");
}
