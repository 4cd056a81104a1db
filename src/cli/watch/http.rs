//! Whoever supervises a watch asks it over HTTP: `/healthz`, `/metrics`.
//!
//! What enters: `GET` and `HEAD` requests of HTTP/1.x, a few at a time. What leaves: short answers, each on a connection of its
//! own. What is refused: another method (405), another page (404), a head that is too long (431), torn (400) or too slow (dropped).

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bordereau::diagnostic::{Arguments, Code, Error, Result};
use serde::Serialize;

use super::life::{Life, Trouble};
use super::metrics;

/// A head is no longer than this.
const LONGEST_HEAD: usize = 4096;

/// From the first byte to the last, both ways.
const PATIENCE: Duration = Duration::from_secs(5);

/// So many are heard at a time.
const MOST: usize = 8;

/// The address, if everybody may listen to it that can reach it.
pub(super) fn bind(address: SocketAddr, may_be_anywhere: bool) -> Result<TcpListener> {
    let arguments = || Arguments::none().with("address", address);
    if !address.ip().is_loopback() && !may_be_anywhere {
        return Err(Error::new(Code::ListenNotLocal, arguments()));
    }
    TcpListener::bind(address).map_err(|error| Error::new(Code::ListenFailed, arguments().with("cause", error)))
}

/// Answers from now on, in threads of its own.
pub(super) fn serve(listener: TcpListener, life: &Arc<Life>) -> Result<()> {
    let life = Arc::clone(life);
    let address = listener.local_addr().map_or_else(|_| String::new(), |address| address.to_string());
    let served = std::thread::Builder::new().name("http".to_owned()).spawn(move || answer_all(&listener, &life));
    let failed =
        |error| Error::new(Code::ListenFailed, Arguments::none().with("address", address).with("cause", error));
    served.map(drop).map_err(failed)
}

fn answer_all(listener: &TcpListener, life: &Arc<Life>) {
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // No more connections than the system has room for; it is asked again in a while.
            std::thread::sleep(Duration::from_millis(100));
            continue;
        };
        if open.fetch_add(1, Ordering::SeqCst) >= MOST {
            open.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let (life, done) = (Arc::clone(life), Arc::clone(&open));
        let spawned = std::thread::Builder::new().name("http".to_owned()).spawn(move || {
            // Whoever went away in between does not want to know.
            drop(answer(stream, &life));
            done.fetch_sub(1, Ordering::SeqCst);
        });
        if spawned.is_err() {
            open.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn answer(mut stream: TcpStream, life: &Life) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    stream.set_write_timeout(Some(PATIENCE))?;
    let answer = match read_head(&mut stream, deadline)? {
        Some(head) => respond(&head, life),
        None => Answer::bare("431 Request Header Fields Too Large"),
    };
    stream.write_all(&answer.bytes())?;
    stream.shutdown(std::net::Shutdown::Write)?;
    // What is still on its way here is read, so that the answer is not torn by it.
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    drop(stream.read(&mut [0; 1024]));
    Ok(())
}

/// The head of a request up to its empty line; nothing when it is too long.
fn read_head(stream: &mut TcpStream, deadline: Instant) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let count = stream.read(&mut piece)?;
        head.extend_from_slice(&piece[..count]);
        if head.windows(4).any(|end| end == b"\r\n\r\n") || count == 0 {
            return Ok(Some(head));
        }
        if head.len() > LONGEST_HEAD {
            return Ok(None);
        }
    }
}

struct Answer {
    status: &'static str,
    form: &'static str,
    body: String,
    /// Whether only the head was asked for.
    is_head: bool,
}

impl Answer {
    fn bare(status: &'static str) -> Self {
        Self { status, form: "text/plain; charset=utf-8", body: format!("{status}\n"), is_head: false }
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { status, form, body, is_head } = self;
        let allow = if status.starts_with("405") { "Allow: GET, HEAD\r\n" } else { "" };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {form}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\n{allow}Connection: close\r\n\r\n",
            body.len()
        );
        (head + if *is_head { "" } else { body }).into_bytes()
    }
}

fn respond(head: &[u8], life: &Life) -> Answer {
    let request = head.split(|byte| *byte == b'\r').next().and_then(|text| std::str::from_utf8(text).ok());
    let words: Vec<_> = request.unwrap_or_default().split(' ').collect();
    let is_whole = head.windows(4).any(|end| end == b"\r\n\r\n");
    let [method, target, version] = words[..] else { return Answer::bare("400 Bad Request") };
    if !is_whole || !matches!(version, "HTTP/1.1" | "HTTP/1.0") || !target.starts_with('/') {
        return Answer::bare("400 Bad Request");
    }
    if !matches!(method, "GET" | "HEAD") {
        return Answer::bare("405 Method Not Allowed");
    }
    let page = target.split('?').next().unwrap_or_default();
    let answer = match page {
        "/healthz" => health(life),
        "/metrics" => Answer {
            status: "200 OK",
            form: "text/plain; version=0.0.4; charset=utf-8",
            body: metrics::page(life),
            is_head: false,
        },
        _ => Answer::bare("404 Not Found"),
    };
    Answer { is_head: method == "HEAD", ..answer }
}

#[derive(Serialize)]
struct Health {
    kind: &'static str,
    version: u8,
    healthy: bool,
    phase: &'static str,
    reasons: Vec<Trouble>,
}

fn health(life: &Life) -> Answer {
    let reasons = life.troubles();
    let healthy = reasons.is_empty();
    let phase = life.facts().phase.name();
    // Texts always have a JSON form.
    let body =
        serde_json::to_string(&Health { kind: "health", version: 1, healthy, phase, reasons }).unwrap_or_default();
    Answer {
        status: if healthy { "200 OK" } else { "503 Service Unavailable" },
        form: "application/json",
        body: body + "\n",
        is_head: false,
    }
}

#[cfg(test)]
mod tests {
    use bordereau::model::Language;

    use super::*;

    #[test]
    fn only_what_is_asked_properly_is_answered() {
        let life = Life::new(Duration::from_secs(2), Language::English);
        for (request, status) in [
            ("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "200"),
            ("HEAD /metrics?x=1 HTTP/1.0\r\n\r\n", "200"),
            ("GET / HTTP/1.1\r\n\r\n", "404"),
            ("GET /../etc/passwd HTTP/1.1\r\n\r\n", "404"),
            ("POST /healthz HTTP/1.1\r\n\r\n", "405"),
            ("GET /healthz HTTP/2.0\r\n\r\n", "400"),
            ("GET  /healthz HTTP/1.1\r\n\r\n", "400"),
            ("GET http://x/healthz HTTP/1.1\r\n\r\n", "400"),
            ("GET /healthz HTTP/1.1\r\n", "400"),
            ("\r\n\r\n", "400"),
            ("", "400"),
        ] {
            let answer = respond(request.as_bytes(), &life);
            assert!(answer.status.starts_with(status), "{request:?}: {}", answer.status);
            let bytes = String::from_utf8(answer.bytes()).unwrap();
            let (head, body) = bytes.split_once("\r\n\r\n").unwrap();
            assert_eq!(body.is_empty(), request.starts_with("HEAD"), "{request:?}");
            assert!(head.contains(&format!("Content-Length: {}", answer.body.len())), "{head}");
        }
    }

    #[test]
    fn what_hinders_it_is_told() {
        let life = Life::new(Duration::from_secs(2), Language::French);
        life.facts().room = Some(Trouble::little_room(1 << 20, Language::French));
        let answer = health(&life);
        assert_eq!(answer.status, "503 Service Unavailable");
        let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((&told["healthy"], &told["reasons"][0]["code"]), (&false.into(), &"DISK_LOW".into()));
        let page = metrics::page(&life);
        assert!(page.contains("bordereau_healthy 0\n") && page.contains("bordereau_phase{phase=\"standing-by\"} 1\n"));
    }
}
