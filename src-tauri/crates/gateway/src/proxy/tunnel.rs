//! Connections that become another one, such as WebSockets: bytes both ways until either side ends.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use crate::stop::Stop;
use crate::visit::Visit;

/// Joins the two ends once both have agreed. The request is over when the tunnel is.
pub(crate) async fn join(client: OnUpgrade, server: OnUpgrade, stop: Stop, visit: Option<Visit>) {
    let joined = async {
        let (client, server) = tokio::try_join!(client, server)?;
        let (mut client, mut server) = (TokioIo::new(client), TokioIo::new(server));
        // How it ends is between the two.
        let _ = copy_bidirectional(&mut client, &mut server).await;
        Ok::<(), hyper::Error>(())
    };
    let joined = tokio::select! {
        biased;
        joined = joined => joined,
        () = stop.time_is_up.rung() => Ok(()),
    };
    match (joined, visit) {
        (Err(error), _) => tracing::debug!(%error, "a connection did not change over"),
        (Ok(()), Some(visit)) => visit.ended(),
        (Ok(()), None) => {}
    }
}
