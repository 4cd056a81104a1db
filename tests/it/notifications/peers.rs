//! A mail server and a web server on this machine, as simple as they can be, that do as they are told.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How a mail server treats its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes everything.
    Take,
    /// Knows no reader.
    Refuse,
    /// Wants to be asked later.
    Later,
    /// Takes a mail and is gone before it says so.
    DieAfterData,
    /// Says nothing at all.
    Silent,
    /// Takes mails of `u` with the password `pa55`.
    AskWho,
}

/// `\0u\0pa55` as AUTH PLAIN writes it.
const KNOWN: &str = "AHUAcGE1NQ==";

/// A mail that came.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
}

impl Mail {
    /// The value of a heading.
    pub(crate) fn heading(&self, name: &str) -> &str {
        let found = self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_else(|| panic!("no {name}: {}", self.text))
    }

    /// The text of its body, out of quoted-printable.
    pub(crate) fn body(&self) -> String {
        assert_eq!(self.heading("Content-Transfer-Encoding"), "quoted-printable");
        let body = self.text.split_once("\r\n\r\n").unwrap().1.replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = body.as_bytes();
        while let Some((first, more)) = rest.split_first() {
            rest = more;
            if *first == b'=' {
                let hex = std::str::from_utf8(&rest[..2]).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                rest = &rest[2..];
            } else {
                bytes.push(*first);
            }
        }
        String::from_utf8(bytes).unwrap()
    }
}

/// What callers and the test share.
struct Desk<M, G> {
    mood: Mutex<M>,
    got: Mutex<Vec<G>>,
    ends: AtomicBool,
    /// A ledger that is held from the moment on at which a mail has come.
    hold: Mutex<Option<PathBuf>>,
    held: Mutex<Option<rusqlite::Connection>>,
}

/// A server on a thread of its own.
struct Server<M, G> {
    desk: Arc<Desk<M, G>>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl<M: Send + 'static, G: Clone + Send + 'static> Server<M, G> {
    fn new(port: u16, mood: M, serve: fn(&Desk<M, G>, TcpStream) -> Option<()>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = Arc::new(Desk {
            mood: Mutex::new(mood),
            got: Mutex::default(),
            ends: AtomicBool::new(false),
            hold: Mutex::default(),
            held: Mutex::default(),
        });
        let shared = Arc::clone(&desk);
        let thread = thread::spawn(move || {
            for caller in listener.incoming() {
                if shared.ends.load(Ordering::SeqCst) {
                    break;
                }
                let (shared, caller) = (Arc::clone(&shared), caller.unwrap());
                caller.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                thread::spawn(move || serve(&shared, caller));
            }
        });
        Self { desk, port, thread: Some(thread) }
    }

    fn got(&self) -> Vec<G> {
        self.desk.got.lock().unwrap().clone()
    }
}

impl<M, G> Drop for Server<M, G> {
    /// From here on nobody listens.
    fn drop(&mut self) {
        self.desk.ends.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        self.thread.take().unwrap().join().unwrap();
    }
}

/// A mail server.
pub(crate) struct MailServer {
    server: Server<Mood, Mail>,
    pub(crate) port: u16,
}

impl MailServer {
    pub(crate) fn new(mood: Mood) -> Self {
        Self::on(0, mood)
    }

    pub(crate) fn on(port: u16, mood: Mood) -> Self {
        let server = Server::new(port, mood, converse);
        Self { port: server.port, server }
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.server.desk.mood.lock().unwrap() = mood;
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.server.got()
    }

    /// Lets nobody write into a ledger once the next mail is here.
    pub(crate) fn hold(&self, ledger: &Path) {
        *self.server.desk.hold.lock().unwrap() = Some(ledger.to_owned());
    }

    /// Ends that.
    pub(crate) fn release(&self) {
        self.server.desk.held.lock().unwrap().take();
    }
}

/// Speaks SMTP with a caller until one of the two has enough.
fn converse(desk: &Desk<Mood, Mail>, caller: TcpStream) -> Option<()> {
    let mood = *desk.mood.lock().unwrap();
    if mood == Mood::Silent {
        thread::sleep(Duration::from_secs(5));
        return None;
    }
    let mut out = caller.try_clone().ok()?;
    let mut lines = BufReader::new(caller);
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 here")?;
    let mut to = Vec::new();
    let mut is_known = mood != Mood::AskWho;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let line = line.trim_end();
        let (word, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
        match word {
            "EHLO" => say(if is_known { "250 here" } else { "250-here\r\n250 AUTH PLAIN" })?,
            "AUTH" => {
                is_known = rest == format!("PLAIN {KNOWN}");
                say(if is_known { "235 welcome" } else { "535 5.7.8 who are you?" })?;
            }
            "MAIL" if !is_known => say("530 5.7.0 sign in first")?,
            "MAIL" => say("250 ok")?,
            "RCPT" if mood == Mood::Refuse => say("550 5.1.1 no such reader")?,
            "RCPT" if mood == Mood::Later => say("450 4.2.0 come back")?,
            "RCPT" => {
                to.push(rest.trim_start_matches("TO:<").trim_end_matches('>').to_owned());
                say("250 ok")?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    lines.read_line(&mut text).ok().filter(|length| *length > 0)?;
                }
                text.truncate(text.len() - 3);
                if let Some(ledger) = desk.hold.lock().unwrap().take() {
                    let connection = rusqlite::Connection::open(ledger).unwrap();
                    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
                    *desk.held.lock().unwrap() = Some(connection);
                }
                desk.got.lock().unwrap().push(Mail { to: std::mem::take(&mut to), text });
                if mood == Mood::DieAfterData {
                    return None;
                }
                say("250 taken")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return None;
            }
            _ => say("500 what?")?,
        }
    }
}

/// A call that came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    headings: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Call {
    /// The value of a heading.
    pub(crate) fn heading(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headings.iter().find(|(each, _)| each.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.heading("Content-Type"), Some("application/json"));
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A web server that answers with one status; 0 is no answer at all.
pub(crate) struct HttpServer {
    server: Server<u16, Call>,
    pub(crate) port: u16,
}

impl HttpServer {
    pub(crate) fn new(status: u16) -> Self {
        let server = Server::new(0, status, answer);
        Self { port: server.port, server }
    }

    pub(crate) fn set(&self, status: u16) {
        *self.server.desk.mood.lock().unwrap() = status;
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.server.got()
    }
}

/// Reads a call and answers it.
fn answer(desk: &Desk<u16, Call>, caller: TcpStream) -> Option<()> {
    let status = *desk.mood.lock().unwrap();
    let mut out = caller.try_clone().ok()?;
    let mut lines = BufReader::new(caller);
    let mut read = || {
        let mut line = String::new();
        lines.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.trim_end().to_owned())
    };
    let asked = read()?;
    assert!(asked.starts_with("POST /hook"), "{asked}");
    let mut headings = Vec::new();
    while let Some((name, value)) = read()?.split_once(": ") {
        headings.push((name.to_owned(), value.to_owned()));
    }
    let call = Call { headings, body: String::new() };
    let mut body = vec![0; call.heading("Content-Length")?.parse().ok()?];
    lines.read_exact(&mut body).ok()?;
    if status == 0 {
        thread::sleep(Duration::from_secs(5));
        return None;
    }
    desk.got.lock().unwrap().push(Call { body: String::from_utf8(body).unwrap(), ..call });
    let location = "Location: http://127.0.0.1:1/elsewhere\r\n";
    let text = format!("HTTP/1.1 {status} so\r\n{location}Content-Length: 0\r\nConnection: close\r\n\r\n");
    out.write_all(text.as_bytes()).ok()
}
