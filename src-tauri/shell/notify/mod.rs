//! Notifications: what the user would otherwise find out late, shown by the system when the settings want that.
//!
//! What is news is decided in [`news`], what it says in [`note`]; [`bell`] hands it to the system. What happens within a
//! moment is told as one.

#[cfg(target_os = "linux")]
mod bell;
#[cfg(not(target_os = "linux"))]
#[path = "bell_elsewhere.rs"]
mod bell;
mod news;
mod note;

use std::time::Duration;

use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;

use self::bell::Bell;
use self::news::{Known, News};
use self::note::Note;
use super::choices::Choices;
use super::house::{Front, Inside, Keeper};
use super::tray::Words;

/// How long a change is let settle: what follows within it is told with it, what passes within it not at all.
const SETTLED: Duration = Duration::from_secs(3);

/// Tells what is new in the house for as long as the program runs.
pub(crate) async fn follow(app: AppHandle) {
    let mut fronts = app.state::<Keeper>().watch();
    let mut bell = Bell::new(app.clone());
    let mut closed_out = false;
    loop {
        let front = fronts.borrow_and_update().clone();
        match front {
            Front::Open(inside) => {
                closed_out = false;
                follow_open(&app, &mut bell, &inside, &mut fronts).await;
                continue;
            }
            // However often it is tried again.
            Front::Failed if !std::mem::replace(&mut closed_out, true) => {
                tell(&app, &mut bell, &[News::Server { port: None }]).await;
            }
            Front::Opening | Front::Failed => {}
            Front::Closed => return,
        }
        if fronts.changed().await.is_err() {
            return;
        }
    }
}

/// Until the house is closed.
async fn follow_open(app: &AppHandle, bell: &mut Bell, inside: &Inside, fronts: &mut watch::Receiver<Front>) {
    let desk = &inside.desk;
    let (mut server, mut accounts) = (desk.server_changes(), desk.account_changes());
    let mut known = known_from_before(inside).await;
    loop {
        tokio::select! {
            () = tokio::time::sleep(SETTLED) => {}
            _ = fronts.changed() => return,
        }
        server.mark_unchanged();
        accounts.mark_unchanged();
        let news = known.learn(&desk.server(), &desk.accounts());
        // Also when they are not wanted: whoever switches them on is not told what is old.
        tell(app, bell, &news).await;
        tokio::select! {
            _ = server.changed() => {}
            _ = accounts.changed() => {}
            _ = fronts.changed() => return,
        }
    }
}

/// What was so before this start: an account that nobody has looked at since is as its history left it.
async fn known_from_before(inside: &Inside) -> Known {
    let mut known = Known::default();
    for account in inside.desk.accounts() {
        let last = match inside.desk.account(&account.name).await {
            Ok(detail) => detail.history.into_iter().next().map(|change| change.status),
            Err(error) => {
                tracing::debug!(%error, account = account.name, "what it was like before is not known");
                None
            }
        };
        known.recall(&account.name, &last.unwrap_or(account.status));
    }
    known
}

async fn tell(app: &AppHandle, bell: &mut Bell, news: &[News]) {
    let choices = app.state::<Choices>();
    if !choices.wants_notifications() {
        return;
    }
    let words = Words::of(choices.now().language);
    let Some(note) = Note::of(news, &words.notices) else { return };
    if let Err(error) = bell.ring(note).await {
        tracing::debug!(error = format!("{error:#}"), "nothing shows notifications");
    }
}
