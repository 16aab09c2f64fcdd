//! The room against an installed Chromium, and a Firefox, with a web server of the test's own on loopback.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod capture;
mod cookies;
mod firefox;
mod lane;
mod life;
mod page;
mod site;
mod window;

use std::path::Path;
use std::time::Duration;

use postern_browser::{Browser, CaptureMode, Options, Profile};
use tokio::sync::{Mutex, MutexGuard};

/// One browser at a time: they are heavy.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// After this a thing will not happen any more. Not a measure of speed.
const NEVER: Duration = Duration::from_secs(60);

async fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().await
}

fn options(dir: &Path, capture: CaptureMode) -> Options {
    let args = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];
    Options {
        headless: true,
        args: args.map(str::to_owned).to_vec(),
        capture,
        log_dir: dir.join("logs"),
        ..Options::default()
    }
}

async fn browser(dir: &Path, capture: CaptureMode) -> Browser {
    let profile = Profile::open(&dir.join("profile")).unwrap();
    Browser::start(&options(dir, capture), profile).await.unwrap()
}

/// Whether the process exists and has not ended.
fn runs(pid: u32) -> bool {
    let mut system = sysinfo::System::new().unwrap();
    let pid = sysinfo::Pid::from_u32(pid);
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[pid]), true);
    system.process(pid).is_some_and(|process| process.status() != sysinfo::ProcessStatus::Zombie)
}
