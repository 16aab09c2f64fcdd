//! A listening socket that outlives those who answer on it, so that one takes over from another without a gap.

use std::io;
use std::net::SocketAddr;

use postern_console::api::server::ServerFailure;
use tokio::net::{TcpListener, TcpSocket};

use crate::port;

/// So many connections may wait to be taken. Programs open very many at once, and one that finds no room tries again after
/// a second at the earliest. The system may have a lower limit of its own.
const BACKLOG: u32 = 4096;

pub(super) struct Socket {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Socket {
    /// Takes the address.
    pub(super) async fn open(wanted: SocketAddr) -> Result<Self, ServerFailure> {
        let opened = listen(wanted).and_then(TcpListener::into_std).and_then(|listener| {
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        });
        match opened {
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

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows it would let another program take the address as well.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Finding out who has the port takes a moment.
async fn explain(wanted: SocketAddr, error: io::Error) -> ServerFailure {
    let kind = error.kind();
    let explained = tokio::task::spawn_blocking(move || port::explain(wanted, &error)).await;
    explained.unwrap_or_else(|_| port::explain(wanted, &kind.into()))
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::net::{Ipv4Addr, TcpStream};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn hundreds_of_clients_find_room_before_anybody_takes_them() {
        let socket = Socket::open((Ipv4Addr::LOCALHOST, 0).into()).await.expect("a port");
        // All stay open: who finds no room never comes in, as nobody is taken.
        let patience = Duration::from_secs(60);
        let clients: Result<Vec<TcpStream>, io::Error> =
            (0..400).map(|_| TcpStream::connect_timeout(&socket.address(), patience)).collect();
        assert_eq!(clients.expect("room").len(), 400);
    }
}
