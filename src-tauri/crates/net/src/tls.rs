//! Encryption: whom we believe, and what we offer to speak.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::NetError;

/// What is offered to be spoken inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// HTTP/2, or else HTTP/1.1.
    Either,
    /// HTTP/1.1, which alone can become something else.
    Http1,
}

/// Encrypts connections. The system's list of those who vouch for servers is read when it is first needed.
pub(crate) struct Tls {
    more: Vec<CertificateDer<'static>>,
    ready: OnceCell<Result<Ready, String>>,
}

struct Ready {
    either: Arc<ClientConfig>,
    http1: Arc<ClientConfig>,
}

impl Tls {
    /// Believes those whom the system believes, and these.
    pub(crate) fn new(more: Vec<CertificateDer<'static>>) -> Self {
        Self { more, ready: OnceCell::new() }
    }

    /// Encrypts a connection, once the other side has proven that it is this host.
    pub(crate) async fn wrap<S>(
        &self,
        stream: S,
        host: &str,
        speech: Speech,
        limit: Duration,
    ) -> Result<TlsStream<S>, NetError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let wrong = |why: String| NetError::Tls { host: host.to_owned(), why };
        let config = self.config(speech).await.map_err(wrong)?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| wrong("its name cannot be proven".to_owned()))?;
        let shaking = TlsConnector::from(config).connect(name, stream);
        match tokio::time::timeout(limit, shaking).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(wrong(broken(&error))),
            Err(_) => Err(NetError::Late { host: host.to_owned(), after: limit }),
        }
    }

    async fn config(&self, speech: Speech) -> Result<Arc<ClientConfig>, String> {
        let ready = self.ready.get_or_init(|| async {
            let more = self.more.clone();
            // The list is some hundred files on some systems.
            let read = tokio::task::spawn_blocking(move || Ready::new(more)).await;
            read.unwrap_or_else(|error| Err(error.to_string()))
        });
        let ready = ready.await.as_ref().map_err(Clone::clone)?;
        Ok(Arc::clone(match speech {
            Speech::Either => &ready.either,
            Speech::Http1 => &ready.http1,
        }))
    }
}

impl Ready {
    fn new(more: Vec<CertificateDer<'static>>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        for error in &native.errors {
            tracing::warn!(%error, "a list of trusted certificates cannot be read");
        }
        roots.add_parsable_certificates(native.certs);
        roots.add_parsable_certificates(more);
        if roots.is_empty() {
            return Err(
                "this computer has no list of certificates to trust; install ca-certificates".to_owned()
            );
        }
        let config = |spoken: &[&[u8]]| {
            let mut config =
                ClientConfig::builder().with_root_certificates(roots.clone()).with_no_client_auth();
            config.alpn_protocols = spoken.iter().map(|name| name.to_vec()).collect();
            Arc::new(config)
        };
        Ok(Self { either: config(&[b"h2", b"http/1.1"]), http1: config(&[b"http/1.1"]) })
    }
}

fn broken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            "the connection was closed while it was being encrypted".to_owned()
        }
        _ => error.to_string(),
    }
}
