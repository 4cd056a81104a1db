//! The watch of a folder as a service: real processes, real signals, real sockets.
#![cfg(unix)]

mod asked;
mod files;
mod service;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::raised::raises;
use crate::support::{Desk, Ended, program};

raises! {
    LISTEN_FAILED: an_address_that_another_holds_is_told => on_a_held_address();
    LISTEN_NOT_LOCAL: who_asks_for_no_password_stays_at_home => Desk::workspace().run("watch --listen 0.0.0.0:0");
}

fn on_a_held_address() -> Ended {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    Desk::workspace().run(&format!("watch --listen {}", held.local_addr().unwrap()))
}

/// An order of so many pieces.
fn order(pieces: u32) -> String {
    format!("Réf;Qté\n0070817965D;{pieces}\n")
}

/// A watch; it ends with the test, whatever becomes of that.
struct Watch {
    child: Child,
    /// Where what it said is.
    said: PathBuf,
}

impl Watch {
    /// Begins one and waits until it watches.
    fn begin(desk: &Desk, options: &str) -> Self {
        let watch = Self::start(desk, options, |_| {});
        watch.wait_until("it watches", || watch.said().contains("Watching"));
        watch
    }

    fn start(desk: &Desk, options: &str, prepare: impl Fn(&mut Command)) -> Self {
        let mut command = program(&desk.path(""));
        command.env_remove("BORDEREAU_NOW").env("BORDEREAU_PATIENCE", "0").env("BORDEREAU_LANG", "en");
        let number = crate::support::names(&desk.path("")).len();
        let said = desk.path(&format!("said-{number}.txt"));
        let output = fs::File::create(&said).unwrap();
        command.arg("watch").args(options.split_whitespace()).stdin(Stdio::null());
        command.stdout(output.try_clone().unwrap()).stderr(output);
        prepare(&mut command);
        Self { child: command.spawn().unwrap(), said }
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap()
    }

    #[track_caller]
    fn wait_until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !is_so() {
            assert!(Instant::now() < end, "{what}: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[track_caller]
    fn wait_for(&self, path: &Path) {
        self.wait_until(&path.display().to_string(), || path.exists());
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Asks it to end; how it did, within ten seconds.
    fn end(&mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it did not end within ten seconds: {}", self.said());
    }

    /// What it answers to a request.
    fn ask(&self, request: &[u8]) -> String {
        let said = self.said();
        let address = said.split("http://").nth(1).unwrap().split('/').next().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // Who is refused before the end may not hear the rest.
        drop(stream.write_all(request));
        let mut answer = String::new();
        drop(stream.read_to_string(&mut answer));
        answer
    }

    fn get(&self, page: &str) -> String {
        self.ask(format!("GET {page} HTTP/1.1\r\nHost: here\r\n\r\n").as_bytes())
    }

    /// One of its numbers.
    fn number(&self, name: &str) -> u64 {
        let page = self.get("/metrics");
        let line = page.lines().find(|line| line.split(' ').next() == Some(name));
        let value = line.unwrap_or_else(|| panic!("{name}: {page}")).rsplit(' ').next().unwrap();
        value.split('.').next().unwrap().parse().unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What `status` tells.
fn status(desk: &Desk) -> (Option<i32>, serde_json::Value) {
    let ended = desk.run("status --json");
    let told = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}{}", ended.stdout, ended.stderr));
    (ended.code, told)
}
