//! Who holds a port, so that "port taken" can name the culprit.

/// The program that listens on `port` of this machine, as `name (process 123)`, if the system tells us.
#[cfg(target_os = "linux")]
pub(crate) fn listener(port: u16) -> Option<String> {
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
pub(crate) fn listener(_port: u16) -> Option<String> {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn finds_itself() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let found = listener(port).expect("found");
        assert!(found.ends_with(&format!("(process {})", std::process::id())), "{found}");
        drop(socket);
        assert_eq!(listener(port), None);
    }
}
