//! Why an address cannot be had, who has it, and which one could be had instead.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::ops::RangeInclusive;

use postern_console::api::server::{FailureKind, ServerFailure};

/// How many ports after the wanted one are tried.
const TRIED: u16 = 64;
/// The first port that everybody may listen on.
const FIRST_FOR_ALL: u16 = 1024;
/// What Windows says when it, or a program that shares with nobody, has the port.
const WSAEACCES: i32 = 10013;
/// What Windows says when a program listens on the port.
const WSAEADDRINUSE: i32 = 10048;

/// Ports that the system has set aside.
type Ranges = Vec<RangeInclusive<u16>>;

/// What the system's refusal of `address` means, with a way out. Looks at processes and tries other ports, so
/// it blocks for a moment.
pub(crate) fn explain(address: SocketAddr, error: &io::Error) -> ServerFailure {
    let reserved = reserved();
    let kind = kind(error, address.port(), &reserved);
    let holder = if kind == FailureKind::PortTaken { listener(address.port()) } else { None };
    let free_port = match kind {
        FailureKind::PortTaken | FailureKind::Reserved | FailureKind::NotAllowed => {
            next_free(address, kind, &reserved)
        }
        FailureKind::NotHere | FailureKind::OpenDoor | FailureKind::Other => None,
    };
    let why = why(address, kind, holder.as_deref(), error);
    ServerFailure { kind, why, holder, free_port }
}

fn kind(error: &io::Error, port: u16, reserved: &Ranges) -> FailureKind {
    match (error.raw_os_error(), error.kind()) {
        (Some(WSAEACCES), _) if is_in(reserved, port) => FailureKind::Reserved,
        (Some(WSAEACCES | WSAEADDRINUSE), _) | (_, io::ErrorKind::AddrInUse) => FailureKind::PortTaken,
        (_, io::ErrorKind::PermissionDenied) => FailureKind::NotAllowed,
        (_, io::ErrorKind::AddrNotAvailable) => FailureKind::NotHere,
        _ => FailureKind::Other,
    }
}

fn why(address: SocketAddr, kind: FailureKind, holder: Option<&str>, error: &io::Error) -> String {
    let (ip, port) = (address.ip(), address.port());
    let other = "choose another port with --port, POSTERN_PORT or `port` under [server] in the \
                 configuration file (0 picks a free one)";
    match kind {
        FailureKind::PortTaken => {
            let by = holder.map(|name| format!(" by {name}")).unwrap_or_default();
            format!("port {port} of {ip} is taken{by}; stop that program, or {other}")
        }
        FailureKind::Reserved => format!("the system has set port {port} aside for itself; {other}"),
        FailureKind::NotAllowed => {
            format!("this user may not listen on port {port}; choose one from {FIRST_FOR_ALL} up")
        }
        FailureKind::NotHere => {
            format!("{ip} is not an address of this machine; use 127.0.0.1, 0.0.0.0 or one it has")
        }
        FailureKind::OpenDoor | FailureKind::Other => format!("cannot listen on {address}: {error}"),
    }
}

/// The next port that could be had now. Others may take it meanwhile.
fn next_free(address: SocketAddr, kind: FailureKind, reserved: &Ranges) -> Option<u16> {
    let first = match kind {
        FailureKind::NotAllowed => address.port().max(FIRST_FOR_ALL),
        FailureKind::Reserved => after(reserved, address.port())?,
        _ => address.port().checked_add(1)?,
    };
    let candidates = (first..=first.saturating_add(TRIED)).filter(|port| !is_in(reserved, *port));
    let mut free = candidates.filter(|port| TcpListener::bind((address.ip(), *port)).is_ok());
    free.next()
}

fn is_in(ranges: &Ranges, port: u16) -> bool {
    ranges.iter().any(|range| range.contains(&port))
}

/// The first port after every range that begins at or before it and goes beyond.
fn after(ranges: &Ranges, port: u16) -> Option<u16> {
    match ranges.iter().find(|range| range.contains(&port)) {
        Some(range) => after(ranges, range.end().checked_add(1)?),
        None => Some(port),
    }
}

/// The ports that Windows has set aside, for virtual machines as a rule.
#[cfg(windows)]
fn reserved() -> Ranges {
    let mut command = std::process::Command::new("netsh");
    command.args(["int", "ipv4", "show", "excludedportrange", "protocol=tcp"]);
    // No console window may flash up.
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000);
    match command.output() {
        Ok(output) => excluded_ranges(&String::from_utf8_lossy(&output.stdout)),
        Err(error) => {
            tracing::debug!(%error, "the reserved ports are not known");
            Vec::new()
        }
    }
}

/// Elsewhere nothing is set aside.
#[cfg(not(windows))]
fn reserved() -> Ranges {
    Vec::new()
}

/// The ranges in the table that `netsh` prints, in whatever language: lines of two numbers, perhaps with a star
/// behind them.
#[cfg(any(windows, test))]
fn excluded_ranges(table: &str) -> Ranges {
    let range = |line: &str| {
        let mut columns = line.split_whitespace();
        let (start, end) = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
        columns.next().is_none_or(|mark| mark == "*").then_some(start..=end)
    };
    table.lines().filter_map(range).collect()
}

/// The program that listens on `port` of this machine, as `name (process 123)`, if the system tells us.
#[cfg(target_os = "linux")]
fn listener(port: u16) -> Option<String> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| listening_inodes(&table, port))
        .collect();
    let sockets: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    let entries = std::fs::read_dir("/proc").ok()?.flatten();
    let mut processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let owner = processes.find(|process| {
        let files = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        let mut targets = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        targets.any(|target| sockets.iter().any(|socket| target.as_os_str() == socket.as_str()))
    })?;
    let name = std::fs::read_to_string(format!("/proc/{owner}/comm")).ok()?;
    Some(format!("{} (process {owner})", name.trim()))
}

#[cfg(not(target_os = "linux"))]
fn listener(_port: u16) -> Option<String> {
    None
}

/// The inodes of the sockets that listen on `port`, from the kernel's table: the second column ends in
/// the port in hexadecimal, the fourth is `0A` for a listener, the tenth is the inode.
#[cfg(target_os = "linux")]
fn listening_inodes(table: &str, port: u16) -> Vec<String> {
    let suffix = format!(":{port:04X}");
    let inode = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let fits = columns.get(1)?.ends_with(&suffix) && *columns.get(3)? == "0A";
        columns.get(9).filter(|_| fits).map(|inode| (*inode).to_owned())
    };
    table.lines().filter_map(inode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn finds_itself() {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let found = listener(port).expect("found");
        assert!(found.ends_with(&format!("(process {})", std::process::id())), "{found}");
        drop(socket);
        assert_eq!(listener(port), None);
    }

    const NETSH: &str = "
Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
      1999        2047
      2048        2147
     50000       50059     *

* - Administered port exclusions.
";

    #[test]
    fn the_ranges_of_netsh_are_read_in_any_language() {
        let expected = vec![1999..=2047, 2048..=2147, 50000..=50059];
        assert_eq!(excluded_ranges(NETSH), expected);
        let german = NETSH.replace("Start Port    End Port", "Startport    Endport");
        assert_eq!(excluded_ranges(&german), expected);
        assert_eq!(excluded_ranges("netsh is not there"), Vec::new());
    }

    #[test]
    fn what_windows_says_is_told_apart() {
        let ranges = excluded_ranges(NETSH);
        let says = |code| io::Error::from_raw_os_error(code);
        assert_eq!(kind(&says(WSAEACCES), 2048, &ranges), FailureKind::Reserved);
        assert_eq!(kind(&says(WSAEACCES), 3000, &ranges), FailureKind::PortTaken);
        assert_eq!(kind(&says(WSAEADDRINUSE), 2048, &ranges), FailureKind::PortTaken);
        assert_eq!(after(&ranges, 2000), Some(2148));
        assert_eq!(after(&vec![65_000..=65_535], 65_000), None);
    }

    #[test]
    fn a_refusal_says_what_would_help() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = taken.local_addr().expect("an address");
        let failure = explain(address, &TcpListener::bind(address).expect_err("taken"));
        assert_eq!(failure.kind, FailureKind::PortTaken);
        assert!(failure.why.contains("is taken"), "{}", failure.why);
        assert!(failure.free_port.is_some_and(|port| port > address.port()) || address.port() > 65_000);

        let privileged: SocketAddr = "127.0.0.1:80".parse().expect("an address");
        let failure = explain(privileged, &io::ErrorKind::PermissionDenied.into());
        assert_eq!(failure.kind, FailureKind::NotAllowed);
        assert!(failure.free_port.is_some_and(|port| port >= FIRST_FOR_ALL));

        let failure = explain(privileged, &io::ErrorKind::AddrNotAvailable.into());
        assert_eq!((failure.kind, failure.free_port), (FailureKind::NotHere, None));
    }
}
