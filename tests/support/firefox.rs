use std::fmt::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::standin::Standin;

/// The stand-in's hosts, whose certificate a Firefox has to be told to accept one by one.
const HOSTS: [&str; 6] = [
    "aistudio.google.com",
    "accounts.google.com",
    "www.google.com",
    "alkalimakersuite-pa.clients6.google.com",
    "waa-pa.clients6.google.com",
    "ai.studio",
];

/// A Firefox that finds AI Studio at a stand-in, and nothing else anywhere. It has no switches for that, but settings in
/// its profile: its program is a script that puts them there and becomes the browser.
pub struct Fox {
    folder: TempDir,
    _stop: DropGuard,
}

impl Fox {
    /// Of this installed program.
    pub async fn tame(program: &Path, standin: &Standin) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let settings = settings(listener.local_addr()?.port());
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(proxy(listener, standin.addr())));
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("user.js"), settings)?;
        std::fs::write(folder.path().join("cert_override.txt"), exceptions(standin.fingerprint()))?;
        let fox = Self { folder, _stop: stop.drop_guard() };
        std::fs::write(fox.program(), script(program, fox.folder.path()))?;
        std::fs::set_permissions(fox.program(), std::fs::Permissions::from_mode(0o755))?;
        Ok(fox)
    }

    /// What to start.
    pub fn program(&self) -> PathBuf {
        self.folder.path().join("firefox")
    }
}

fn settings(proxy: u16) -> String {
    format!(
        r#"user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", {proxy});
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", {proxy});
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.stricttransportsecurity.preloadlist", false);
user_pref("security.cert_pinning.enforcement_level", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
"#
    )
}

/// `HOST:PORT:` and the certificate's fingerprint, after the number that SHA-256 goes by.
fn exceptions(fingerprint: &str) -> String {
    HOSTS.iter().fold(String::new(), |mut all, host| {
        // Writing to a string does not fail.
        let _ = writeln!(all, "{host}:443:\tOID.2.16.840.1.101.3.4.2.1\t{fingerprint}\t");
        all
    })
}

/// The last word for a setting wins, whoever else wrote into the file.
fn script(program: &Path, folder: &Path) -> String {
    let (program, folder) = (program.display(), folder.display());
    format!(
        r#"#!/bin/sh
before=
for word in "$@"; do
  if [ "$before" = --profile ]; then
    cat '{folder}/user.js' >> "$word/user.js"
    cp '{folder}/cert_override.txt' "$word/"
  fi
  before=$word
done
exec '{program}' "$@"
"#
    )
}

/// Leads what is meant for the stand-in's hosts there, and turns everything else away.
async fn proxy(listener: TcpListener, site: SocketAddr) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        tokio::spawn(async move {
            // The browser may hang up at any time.
            let _ = lead(socket, site).await;
        });
    }
}

async fn lead(socket: TcpStream, site: SocketAddr) -> anyhow::Result<()> {
    let mut socket = BufReader::new(socket);
    let mut first = String::new();
    socket.read_line(&mut first).await?;
    let mut line = first.clone();
    while !line.trim().is_empty() {
        line.clear();
        socket.read_line(&mut line).await?;
    }
    let target = first.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let host = target.strip_suffix(":443").unwrap_or_default();
    if !HOSTS.contains(&host) {
        return Ok(socket.write_all(b"HTTP/1.1 502 Nothing There\r\nContent-Length: 0\r\n\r\n").await?);
    }
    let mut there = TcpStream::connect(site).await.context("the stand-in is gone")?;
    socket.write_all(b"HTTP/1.1 200 Here You Are\r\n\r\n").await?;
    copy_bidirectional(&mut socket, &mut there).await?;
    Ok(())
}
