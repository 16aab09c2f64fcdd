//! A desktop session beside the program that is tested: the windows on its screen, its keyboard, a panel that shows
//! trays, and what shows notifications.

mod keyboard;

use std::collections::HashMap;

use anyhow::{Context, ensure};
use tokio::sync::watch;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window};
use x11rb::rust_connection::RustConnection;
use zbus::zvariant::OwnedValue;

pub use keyboard::press;

/// A panel on a session's bus that shows trays, until it is closed or dropped.
pub struct Panel(zbus::Connection);

impl Panel {
    /// Puts it on the bus with this address.
    pub async fn open(bus: &str) -> anyhow::Result<Self> {
        let bus = zbus::connection::Builder::address(bus)?;
        let bus = bus.serve_at("/StatusNotifierWatcher", Trays)?.name("org.kde.StatusNotifierWatcher")?;
        Ok(Self(bus.build().await?))
    }

    /// Takes it off, as when the desktop's own panel ends.
    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.0.close().await?)
    }
}

/// Takes trays and shows them to nobody.
struct Trays;

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Trays {
    fn register_status_notifier_item(&self, _item: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// Title and text of a notification.
pub type Notice = (String, String);

const NOTICES: &str = "org.freedesktop.Notifications";
const NOTICES_AT: &str = "/org/freedesktop/Notifications";

/// What shows notifications on a session's bus: it remembers them, the first one as number 1.
pub struct Notices {
    bus: zbus::Connection,
    shown: watch::Receiver<Vec<Notice>>,
}

impl Notices {
    /// Puts it on the bus with this address.
    pub async fn open(bus: &str) -> anyhow::Result<Self> {
        let (sender, shown) = watch::channel(Vec::new());
        let bus = zbus::connection::Builder::address(bus)?;
        let bus = bus.serve_at(NOTICES_AT, Board(sender))?.name(NOTICES)?;
        Ok(Self { bus: bus.build().await?, shown })
    }

    /// Everything that was shown until now.
    pub fn shown(&self) -> Vec<Notice> {
        self.shown.borrow().clone()
    }

    /// Waits until so many were shown.
    pub async fn become_at_least(&self, count: usize) -> anyhow::Result<()> {
        self.shown.clone().wait_for(|shown| shown.len() >= count).await?;
        Ok(())
    }

    /// Clicks the one with this number.
    pub async fn click(&self, number: u32) -> anyhow::Result<()> {
        let clicked = (number, "default");
        Ok(self.bus.emit_signal(None::<&str>, NOTICES_AT, NOTICES, "ActionInvoked", &clicked).await?)
    }
}

/// Takes notifications and shows them to nobody.
struct Board(watch::Sender<Vec<Notice>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Board {
    #[expect(clippy::too_many_arguments, reason = "so it is on the bus")]
    fn notify(
        &self,
        _program: &str,
        _replaces: u32,
        _picture: &str,
        title: String,
        text: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _milliseconds: i32,
    ) -> u32 {
        self.0.send_modify(|shown| shown.push((title, text)));
        u32::try_from(self.0.borrow().len()).unwrap_or(u32::MAX)
    }
}

/// How many windows can be seen on this display.
pub fn windows(display: &str) -> anyhow::Result<usize> {
    each_window(display, |_, _| Ok(()))
}

/// Asks every window on this display to close, as a window manager does for whoever clicks the cross.
pub fn close_windows(display: &str) -> anyhow::Result<()> {
    let closed = each_window(display, |x, window| {
        let protocols = x.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
        let delete = x.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        // Waits for the server, which may drop what a client has said that hangs up at once.
        Ok(x.send_event(false, window, EventMask::NO_EVENT, message)?.check()?)
    })?;
    ensure!(closed > 0, "there is no window to close");
    Ok(())
}

fn each_window(
    display: &str,
    act: impl Fn(&RustConnection, Window) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let (x, screen) = x11rb::connect(Some(display))?;
    let root = x.setup().roots.get(screen).context("the X server has no screen")?.root;
    let protocols = x.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
    let mut count = 0;
    for window in x.query_tree(root)?.reply()?.children {
        // One of the list may be gone by now.
        let Ok(about) = x.get_window_attributes(window)?.reply() else { continue };
        let Ok(listens) = x.get_property(false, window, protocols, AtomEnum::ATOM, 0, 1)?.reply() else {
            continue;
        };
        if about.map_state == MapState::VIEWABLE && listens.length > 0 {
            act(&x, window)?;
            count += 1;
        }
    }
    Ok(count)
}
