use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::control::Control;
use crate::server::{self, Door};
use crate::tls::Identity;

/// A running stand-in. Dropping it closes its port and every open connection.
pub struct Standin {
    addr: SocketAddr,
    spki: String,
    fingerprint: String,
    control: Control,
    _stop: DropGuard,
}

impl Standin {
    /// Starts on a free loopback port.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_on(0).await
    }

    /// Starts on the given loopback port; 0 picks a free one.
    pub async fn start_on(port: u16) -> anyhow::Result<Self> {
        let identity = Identity::new()?;
        let listener =
            TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("port {port} is taken"))?;
        let addr = listener.local_addr()?;
        let control = Control::new();
        let stop = CancellationToken::new();
        let door = Door { listener, tls: Arc::clone(&identity.config), stop: stop.clone() };
        let site = control.clone();
        tokio::spawn(door.open(move |request| server::respond(site.clone(), request)));
        let Identity { spki, fingerprint, .. } = identity;
        Ok(Self { addr, spki, fingerprint, control, _stop: stop.drop_guard() })
    }

    /// Where it listens (HTTPS).
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The handle that scripts it and reads what it received.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// The fingerprint of its certificate.
    #[cfg(target_os = "linux")]
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Arguments that make a Chromium find AI Studio here, and nothing else anywhere.
    ///
    /// Chromium honours the certificate exception only together with its own `--user-data-dir`.
    pub fn browser_args(&self) -> Vec<String> {
        let port = self.addr.port();
        let hosts = [
            format!("MAP *.google.com 127.0.0.1:{port}"),
            format!("MAP *.googleapis.com 127.0.0.1:{port}"),
            format!("MAP *.gstatic.com 127.0.0.1:{port}"),
            format!("MAP ai.studio 127.0.0.1:{port}"),
            "MAP * ~NOTFOUND".to_owned(),
            "EXCLUDE localhost".to_owned(),
            "EXCLUDE 127.0.0.1".to_owned(),
        ];
        vec![
            format!("--host-resolver-rules={}", hosts.join(", ")),
            format!("--ignore-certificate-errors-spki-list={}", self.spki),
            "--disable-quic".to_owned(),
        ]
    }
}
