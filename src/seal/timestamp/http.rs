//! Asking an authority. Nothing here is called unless the user named an address.
//!
//! A time stamp is signed, so that plain `http`, which most authorities speak, is enough; `https` is
//! left to `curl`.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::reply::LONGEST;
use crate::model::text::excerpt;
use crate::seal::Fault;
use crate::seal::door::{Private, Stock, run};
use crate::tree::file;

/// How long an authority may take to be reached.
const CONNECT: Duration = Duration::from_secs(10);
/// How long it may take in all.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most that is read of an answer with its head.
const MOST: u64 = LONGEST as u64 + 16 * 1024;

/// An address that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address<'a> {
    host: &'a str,
    port: u16,
    path: &'a str,
}

/// Sends a request and gives the answer.
///
/// # Errors
/// An address that is none, an authority that does not answer, or not with a time stamp.
pub fn ask(url: &str, request: &[u8]) -> Result<Vec<u8>, Fault> {
    let plain = |c: char| c.is_ascii_graphic();
    if !url.chars().all(plain) {
        return Err(wrong(url));
    }
    if url.starts_with("https://") {
        return by_curl(url, request);
    }
    let address = Address::parse(url).ok_or_else(|| wrong(url))?;
    let answer = address
        .post(request)
        .map_err(|error| Fault::new(format!("{url} does not answer: {}", file::reason(&error))))?;
    body(&answer).map_err(|fault| Fault::new(format!("{url}: {fault}")))
}

fn wrong(url: &str) -> Fault {
    Fault::new(format!(
        "expected an address as http://HOST/PATH, found {}",
        excerpt(url)
    ))
}

impl<'a> Address<'a> {
    fn parse(url: &'a str) -> Option<Self> {
        let rest = url.strip_prefix("http://")?;
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(at);
        if authority.contains('@') || path.contains('#') || path.starts_with('?') {
            return None;
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (authority, 80),
        };
        let path = if path.is_empty() { "/" } else { path };
        (!host.is_empty()).then_some(Self { host, port, path })
    }

    fn post(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let started = Instant::now();
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let mut last = std::io::Error::other("there is no such host");
        for place in (host, self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&place, CONNECT) {
                Ok(stream) => return self.talk(stream, request, started),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// One question and one answer, by the version of the protocol that has nothing more.
    fn talk(
        &self,
        mut stream: TcpStream,
        request: &[u8],
        started: Instant,
    ) -> std::io::Result<Vec<u8>> {
        stream.set_write_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "POST {} HTTP/1.0\r\nHost: {}\r\nContent-Type: application/timestamp-query\r\n\
             Accept: application/timestamp-reply\r\nContent-Length: {}\r\n\r\n",
            self.path,
            self.host,
            request.len()
        )?;
        stream.write_all(request)?;
        let mut answer = Vec::new();
        let mut piece = vec![0_u8; 16 * 1024];
        loop {
            let left = PATIENCE.saturating_sub(started.elapsed());
            if left.is_zero() || answer.len() as u64 > MOST {
                return Err(std::io::Error::other("it sends too much, or too slowly"));
            }
            stream.set_read_timeout(Some(left))?;
            match stream.read(&mut piece)? {
                0 => return Ok(answer),
                count => answer.extend(piece.get(..count).unwrap_or_default()),
            }
        }
    }
}

/// What follows the head of an answer of success.
fn body(answer: &[u8]) -> Result<Vec<u8>, Fault> {
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = at
        .and_then(|at| answer.split_at_checked(at))
        .ok_or_else(|| Fault::new("expected an answer of HTTP, found something else"))?;
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    let mut words = status.split(' ');
    if !words.next().is_some_and(|word| word.starts_with("HTTP/1.")) || words.next() != Some("200")
    {
        return Err(Fault::new(format!(
            "expected the status 200, found {}",
            excerpt(status)
        )));
    }
    let encoded = lines.any(|line| line.to_ascii_lowercase().starts_with("transfer-encoding:"));
    if encoded {
        return Err(Fault::new("expected a plain answer, found an encoded one"));
    }
    Ok(body.get(4..).unwrap_or_default().to_vec())
}

fn by_curl(url: &str, request: &[u8]) -> Result<Vec<u8>, Fault> {
    let folder = Private::new()?;
    folder.write("request.tsq", request)?;
    let most = LONGEST.to_string();
    let arguments = [
        "--disable",
        "--silent",
        "--show-error",
        "--fail",
        "--globoff",
        "--proto",
        "=https",
        "--max-redirs",
        "0",
        "--max-time",
        "30",
        "--max-filesize",
        &most,
        "--header",
        "Content-Type: application/timestamp-query",
        "--data-binary",
        "@request.tsq",
        "--output",
        "reply.tsr",
        "--url",
        url,
    ];
    let ended = run(Stock::Curl, &arguments, &folder)?.ok_or_else(|| {
        Fault::new("expected curl for an address with https, found none; give one with http")
    })?;
    if !ended.success {
        return Err(Fault::new(format!(
            "{url} does not answer: {}",
            excerpt(&ended.says)
        )));
    }
    file::read_up_to(
        &folder.path().join("reply.tsr"),
        "reply.tsr",
        LONGEST as u64,
    )
    .map_err(|unread| Fault::new(format!("{url}: {}", unread.says)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let parts = |url| Address::parse(url).map(|it| (it.host, it.port, it.path));
        assert_eq!(parts("http://tsa.example"), Some(("tsa.example", 80, "/")));
        assert_eq!(
            parts("http://tsa.example:8080/a?b"),
            Some(("tsa.example", 8080, "/a?b"))
        );
        assert_eq!(parts("http://[::1]:99/"), Some(("[::1]", 99, "/")));
        for wrong in [
            "",
            "ftp://x",
            "http://",
            "http://a@b",
            "http://a:b/",
            "http://a/#b",
        ] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
        assert!(ask("http://a b", b"").is_err() && ask("http://a\r\nb", b"").is_err());
    }

    #[test]
    fn only_a_plain_answer_of_success_is_taken() {
        assert_eq!(
            body(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nxy"),
            Ok(b"xy".to_vec())
        );
        for wrong in [
            &b""[..],
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 302 Found\r\n\r\n",
            b"SMTP 200\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        ] {
            assert!(body(wrong).is_err());
        }
    }
}
