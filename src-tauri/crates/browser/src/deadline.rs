//! How long anything may take. No call of this room waits longer than these.

use std::time::Duration;

/// A command to the driver that needs no network.
pub(crate) const COMMAND: Duration = Duration::from_secs(30);
/// A script in the page; the driver ends it itself, a little before [`COMMAND`].
pub(crate) const SCRIPT: Duration = Duration::from_secs(25);
/// Giving files to a page: the driver looks at each of them.
pub(crate) const UPLOAD: Duration = Duration::from_secs(60);
/// Opening an address; the driver gives up itself, a little before [`NAVIGATION`].
pub(crate) const PAGE_LOAD: Duration = Duration::from_secs(40);
/// Opening an address, seen from here.
pub(crate) const NAVIGATION: Duration = Duration::from_secs(45);
/// From the driver's start until it tells its port.
pub(crate) const DRIVER_START: Duration = Duration::from_secs(20);
/// From asking for a session until the browser is up.
pub(crate) const BROWSER_START: Duration = Duration::from_secs(60);
/// A polite quit, before the processes are ended.
pub(crate) const QUIT: Duration = Duration::from_secs(5);
/// Connecting to DevTools, and each command there.
pub(crate) const DEVTOOLS: Duration = Duration::from_secs(10);
/// A program that was asked for its version.
pub(crate) const VERSION: Duration = Duration::from_secs(10);
/// Until killed processes have left the process table.
pub(crate) const KILLED: Duration = Duration::from_secs(5);
/// Between two signs of life to a WebDriver server elsewhere; grids end sessions after minutes of silence.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(60);
