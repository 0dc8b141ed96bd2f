//! The page that a browser gets: GraphiQL, embedded by the build (see `build.rs`), compressed once.

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use flate2::read::GzDecoder;
use std::io::Read as _;

include!(concat!(env!("OUT_DIR"), "/playground.rs"));

/// One file of the page.
struct Asset {
    path: &'static str,
    content_type: &'static str,
    etag: &'static str,
    /// Whether its name changes with its content.
    immutable: bool,
    gzip: &'static [u8],
}

/// The page may load nothing from anywhere else, whatever a schema's descriptions contain.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The page itself, or what to install when the build had no npm.
pub(super) fn page(request: &HeaderMap) -> Response<Body> {
    let mut response = match (find("index.html"), MISSING) {
        (Some(asset), _) => serve(asset, request),
        (None, reason) => missing(reason.unwrap_or("the build embedded no page")),
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// `/assets/…`: scripts, styles and fonts of the page.
pub(super) async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response<Body> {
    serve_or_404(&format!("assets/{file}"), &headers)
}

/// `/favicon.svg`.
pub(super) async fn favicon(headers: HeaderMap) -> Response<Body> {
    serve_or_404("favicon.svg", &headers)
}

fn serve_or_404(path: &str, headers: &HeaderMap) -> Response<Body> {
    match find(path) {
        Some(asset) => serve(asset, headers),
        None => {
            let mut response = Response::new(Body::from("There is nothing here.\n"));
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    }
}

fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

fn serve(asset: &'static Asset, request: &HeaderMap) -> Response<Body> {
    let caching = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| value.to_str().is_ok_and(|tags| tags.split(',').any(|tag| tag.trim() == asset.etag)));
    let compressed = !known && accepts_gzip(request);
    let body = if known {
        Bytes::new()
    } else if compressed {
        Bytes::from_static(asset.gzip)
    } else {
        let mut plain = Vec::new();
        match GzDecoder::new(asset.gzip).read_to_end(&mut plain) {
            Ok(_) => Bytes::from(plain),
            Err(error) => {
                tracing::error!(%error, path = asset.path, "an embedded file cannot be decompressed");
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                return response;
            }
        }
    };
    let mut response = Response::new(Body::from(body));
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_static(asset.etag));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    if compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Whether `Accept-Encoding` names gzip or everything, and not with quality 0 (RFC 9110 section 12.5.3).
fn accepts_gzip(request: &HeaderMap) -> bool {
    let mut any = None;
    for value in request.get_all(header::ACCEPT_ENCODING) {
        for coding in value.to_str().unwrap_or_default().split(',') {
            let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
            let quality = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            let wanted = quality.is_ok_and(|quality| quality > 0.0);
            match name.trim() {
                name if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => {
                    return wanted;
                }
                "*" => any = Some(wanted),
                _ => {}
            }
        }
    }
    any.unwrap_or(false)
}

fn missing(reason: &str) -> Response<Body> {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Nuages</title></head>\
         <body style=\"font-family: system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; line-height: 1.5\">\
         <h1>Nuages</h1><p>The API is served at <code>/graphql</code> and its schema at \
         <a href=\"schema.graphql\">schema.graphql</a>, but this binary was built without the explorer page: {}.</p>\
         <p>To have it, install Node.js 20.19 or newer, which brings npm, and build again where the npm \
         registry can be reached:</p><pre>cargo clean --package nuages\ncargo build --release</pre></body></html>\n",
        escape(reason)
    );
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_for_those_who_accept_it() {
        let accepts = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepts_gzip(&headers)
        };
        assert!(accepts("gzip, deflate, br"));
        assert!(accepts("br;q=1.0, gzip;q=0.8"));
        assert!(accepts("*"));
        assert!(!accepts("gzip;q=0, *"));
        assert!(!accepts("br"));
        assert!(!accepts("identity"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn every_embedded_file_can_be_decompressed() {
        for asset in ASSETS {
            let mut plain = Vec::new();
            GzDecoder::new(asset.gzip).read_to_end(&mut plain).unwrap();
            assert!(!plain.is_empty(), "{}", asset.path);
        }
        assert_eq!(ASSETS.is_empty(), MISSING.is_some());
    }

    #[tokio::test]
    async fn without_npm_the_page_says_what_to_install() {
        let response = missing("npm <was> not found");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = std::str::from_utf8(&body).unwrap();
        assert!(text.contains("install Node.js") && text.contains("npm &lt;was&gt; not found"), "{text}");
    }
}
