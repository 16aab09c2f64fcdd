//! How long each step may take.

use std::time::Duration;

/// From opening the page until it shows the editor, or that it will not.
pub(super) const SETTLE: Duration = Duration::from_secs(15);
/// For one of the looks at a page that settles; a script must end before the browser ends it.
pub(super) const SETTLE_SLICE: Duration = Duration::from_secs(15);
/// From the editor until it shows whose account it is, while that is not known.
pub(super) const OWNER: Duration = Duration::from_secs(1);
/// From the editor until it shows the model asked for.
pub(super) const MODEL_SHOWN: Duration = Duration::from_secs(5);
/// From putting a request into an open page until it shows the model asked for.
pub(super) const MODEL_KEPT: Duration = Duration::from_millis(300);
/// From opening the page until it has asked for its models.
pub(super) const MODEL_LIST: Duration = Duration::from_secs(10);
/// From pressing Run until the page sends its request.
pub(super) const SENT: Duration = Duration::from_secs(6);
/// The same while the page shows that it runs: a long prompt takes a slow machine a while to send.
pub(super) const SENT_LATE: Duration = Duration::from_secs(30);
/// From the end of an answer, as the site says it, until its connection closes.
pub(super) const CLOSE: Duration = Duration::from_secs(2);
/// For the body of an error.
pub(super) const ERROR_BODY: Duration = Duration::from_secs(5);
/// From pressing Stop until the page is idle.
pub(super) const STOP: Duration = Duration::from_secs(1);
/// For stopping as a whole, whatever state the browser is in.
pub(super) const STOP_IN_ALL: Duration = Duration::from_secs(4);
/// For one look at an answer that is read off the page.
pub(super) const READ: Duration = Duration::from_millis(500);
/// For reading the session and giving it to whoever keeps it.
pub(super) const KEEP: Duration = Duration::from_secs(5);
/// The same when the program ends, which leaves little time.
pub(super) const LAST_KEEP: Duration = Duration::from_secs(1);
/// For bringing the files of a request into the page: large ones go over the network twice.
pub(super) const UPLOAD: Duration = Duration::from_secs(300);
/// For taking a snapshot.
pub(super) const SNAPSHOT: Duration = Duration::from_secs(5);
/// For a place among the browsers that run at once, when a window is to be shown.
pub(super) const SHOW_BERTH: Duration = Duration::from_secs(15);
/// Until a window in which a person has something to do is looked at again, should its tab not move.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// How long a window stays when the person has done what was asked.
pub(super) const DONE_WITH: Duration = Duration::from_secs(60);
/// How long one stays in which nothing was to be done, and nothing happens.
pub(super) const LOOKED_AT: Duration = Duration::from_secs(15 * 60);
/// Before a request that failed in passing is tried again.
pub(super) const BACK_OFF: Duration = Duration::from_millis(700);
