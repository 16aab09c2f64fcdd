//! A listening socket that outlives those who answer on it, so that one takes over from another without a gap.

use std::io;
use std::net::SocketAddr;

use postern_console::api::server::ServerFailure;
use tokio::net::TcpListener;

use crate::port;

pub(super) struct Socket {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Socket {
    /// Takes the address.
    pub(super) async fn open(wanted: SocketAddr) -> Result<Self, ServerFailure> {
        let opened = async {
            let listener = TcpListener::bind(wanted).await?.into_std()?;
            let address = listener.local_addr()?;
            io::Result::Ok(Self { listener, address })
        };
        match opened.await {
            Ok(socket) => Ok(socket),
            Err(error) => Err(explain(wanted, error).await),
        }
    }

    /// Where it is, with the port the system chose if it was asked to.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether who wants `address` can use this one.
    pub(super) fn is_at(&self, address: SocketAddr) -> bool {
        self.address.ip() == address.ip() && (address.port() == 0 || self.address.port() == address.port())
    }

    /// The socket for somebody who answers on it. It is closed when all of them and this have let go.
    pub(super) fn listener(&self) -> Result<TcpListener, ServerFailure> {
        let shared = self.listener.try_clone().and_then(TcpListener::from_std);
        shared.map_err(|error| port::explain(self.address, &error))
    }
}

/// Finding out who has the port takes a moment.
async fn explain(wanted: SocketAddr, error: io::Error) -> ServerFailure {
    let kind = error.kind();
    let explained = tokio::task::spawn_blocking(move || port::explain(wanted, &error)).await;
    explained.unwrap_or_else(|_| port::explain(wanted, &kind.into()))
}
