//! What the service manager of Linux wants to know: that the watch is ready, that it lives, what it does, that it stops.
//!
//! What enters: a state, and whether there is a sign of life. What leaves: datagrams to the socket that `NOTIFY_SOCKET` names.
//! What is refused: nothing; who was not started by a service manager tells nobody.

use std::sync::Arc;
use std::time::Duration;

use super::life::Life;

/// Tells it, if it asked to be told.
pub(super) fn tell(state: &str) {
    // Whether anybody hears it is not our concern.
    drop(send(state));
}

#[cfg(unix)]
fn send(state: &str) -> std::io::Result<()> {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    #[cfg(target_os = "linux")]
    let address = {
        use std::os::linux::net::SocketAddrExt as _;
        match socket.as_bytes().strip_prefix(b"@") {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(&socket)?,
        }
    };
    #[cfg(not(target_os = "linux"))]
    let address = SocketAddr::from_pathname(&socket)?;
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}

#[cfg(not(unix))]
fn send(_: &str) -> std::io::Result<()> {
    Ok(())
}

/// Tells it from time to time that the watch lives, as long as it does, if it asked for that.
pub(super) fn tell_signs_of_life(life: &Arc<Life>) {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let is_for_us = number("WATCHDOG_PID").is_none_or(|process| process == u64::from(std::process::id()));
    let Some(patience) = number("WATCHDOG_USEC").filter(|_| is_for_us) else { return };
    let pause = Duration::from_micros(patience / 3).max(Duration::from_millis(10));
    let life = Arc::clone(life);
    let keeper = move || {
        loop {
            // Who hangs is started anew: nothing is told then.
            if !life.is_overdue() {
                tell("WATCHDOG=1");
            }
            std::thread::sleep(pause);
        }
    };
    drop(std::thread::Builder::new().name("watchdog".to_owned()).spawn(keeper));
}
