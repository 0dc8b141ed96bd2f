//! A small HTTP/1.1 client that keeps its connection: what it costs must not hide what servers cost.

use std::io;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to a server of this machine.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    /// What was read and not used yet.
    buffer: Vec<u8>,
    /// The body of the last answer.
    body: Vec<u8>,
}

/// Stands in a request where each time it is sent another text of the same length is to stand.
pub const SERIAL: &str = "serial_0000000000000000";

/// A copy with a text in place of [`SERIAL`] that no request before had; `None` where that is not in it.
pub fn numbered(request: &[u8]) -> Option<Vec<u8>> {
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
        // Sixteen digits until the year 2286, and later than all of an earlier run, whose rows may still be there.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        AtomicU64::new(u64::try_from(now).unwrap_or_default())
    });
    let at = request.windows(SERIAL.len()).position(|window| window == SERIAL.as_bytes())?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut request = request.to_vec();
    request.splice(at..at + SERIAL.len(), format!("serial_{number:016}").into_bytes());
    Some(request)
}

/// A request as it goes over the wire, made once and sent often.
pub fn request(body: &str) -> Vec<u8> {
    format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Accept: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Client {
    /// Connects to a port of this machine.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 16), body: Vec::new() })
    }

    /// Sends a request and gives the status and the body of its answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not HTTP/1.1.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        let end = self.until(b"\r\n\r\n").await?;
        let head = std::str::from_utf8(self.buffer.get(..end).unwrap_or_default()).map_err(not_http)?;
        let status = head.get(9..12).and_then(|code| code.parse().ok()).ok_or_else(|| not_http("status"))?;
        let mut length = None;
        let mut is_chunked = false;
        for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse::<usize>().map_err(not_http)?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                is_chunked = value.trim().eq_ignore_ascii_case("chunked");
            }
        }
        self.buffer.drain(..end);
        self.body.clear();
        match (is_chunked, length) {
            (true, _) => self.read_chunks().await?,
            (false, Some(length)) => self.read_body(length).await?,
            (false, None) => return Err(not_http("an answer without a length")),
        }
        Ok((status, &self.body))
    }

    async fn read_chunks(&mut self) -> io::Result<()> {
        loop {
            let end = self.until(b"\r\n").await?;
            let line = std::str::from_utf8(self.buffer.get(..end).unwrap_or_default()).map_err(not_http)?;
            let digits = line.trim().split(';').next().unwrap_or_default();
            let length = usize::from_str_radix(digits, 16).map_err(not_http)?;
            self.buffer.drain(..end);
            if length > 0 {
                self.read_body(length).await?;
            }
            let end = self.until(b"\r\n").await?;
            self.buffer.drain(..end);
            if length == 0 {
                return Ok(());
            }
        }
    }

    async fn read_body(&mut self, length: usize) -> io::Result<()> {
        while self.buffer.len() < length {
            self.fill().await?;
        }
        self.body.extend(self.buffer.drain(..length));
        Ok(())
    }

    /// Reads until the mark is in the buffer; gives where it ends.
    async fn until(&mut self, mark: &[u8]) -> io::Result<usize> {
        let mut seen = 0;
        loop {
            let unseen = self.buffer.get(seen..).unwrap_or_default();
            if let Some(at) = unseen.windows(mark.len()).position(|window| window == mark) {
                return Ok(seen + at + mark.len());
            }
            seen = self.buffer.len().saturating_sub(mark.len() - 1);
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

fn not_http(reason: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not an answer: {}", reason.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers each request with the next of these texts, in two pieces.
    async fn serve(answers: &'static [&'static str]) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            for answer in answers {
                assert!(stream.read(&mut buffer).await.unwrap() > 0);
                let (first, second) = answer.split_at(answer.len() / 2);
                stream.write_all(first.as_bytes()).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                stream.write_all(second.as_bytes()).await.unwrap();
            }
        });
        port
    }

    #[test]
    fn no_two_requests_have_the_same_serial() {
        let request = request(&format!("{{\"slug\": \"{SERIAL}\"}}"));
        let (first, second) = (numbered(&request).unwrap(), numbered(&request).unwrap());
        assert_eq!((first.len(), second.len()), (request.len(), request.len()));
        assert!(first != second && first != request);
        assert_eq!(numbered(b"POST / HTTP/1.1"), None);
    }

    #[tokio::test]
    async fn answers_have_a_length_or_chunks() {
        let port = serve(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        ])
        .await;
        let mut client = Client::connect(port).await.unwrap();
        assert_eq!(client.ask(b"1").await.unwrap(), (200, &b"hello"[..]));
        assert_eq!(client.ask(b"2").await.unwrap(), (400, &b"abcde"[..]));
        assert_eq!(client.ask(b"3").await.unwrap(), (200, &b""[..]));
    }
}
