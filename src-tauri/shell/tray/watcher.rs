//! Whether a panel is there that shows trays. On Linux that is not certain: GNOME brings none.

use futures::StreamExt as _;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

/// The name that panels take on the session's bus when they show trays.
const PANEL: &str = "org.kde.StatusNotifierWatcher";

/// Tells whether a panel is there, now and whenever that changes, for as long as there is a session.
pub(super) async fn follow(tell: impl Fn(bool)) {
    if let Err(error) = watch(&tell).await {
        tracing::info!(%error, "no tray: this session has no bus on which a panel could be found");
        tell(false);
    }
}

async fn watch(tell: &impl Fn(bool)) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let names = DBusProxy::new(&bus).await?;
    // First listen, then ask: a panel that comes between the two is not missed.
    let mut changes = names.receive_name_owner_changed_with_args(&[(0, PANEL)]).await?;
    tell(names.name_has_owner(BusName::try_from(PANEL)?).await?);
    while let Some(change) = changes.next().await {
        tell(change.args()?.new_owner().is_some());
    }
    Ok(())
}
