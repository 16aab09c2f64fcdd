//! Processes begin and end with the browser, whatever happens.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use postern_browser::find::FindError;
use postern_browser::{Browser, BrowserError, CaptureMode, Options, Profile};
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};
use tokio::time::timeout;

use crate::capture::hear;
use crate::site::{Answer, Site};
use crate::{NEVER, alone, browser, options, runs};

/// Picks the process to kill.
type Victim = fn(&Browser) -> u32;

/// Set for the copy of this test program that is going to be killed.
const HOLD: &str = "POSTERN_TEST_HOLD_PROFILE";

/// A process that ends with the test, however that ends.
pub(crate) struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn kill(pid: u32) {
    let mut system = System::new().unwrap();
    let pid = Pid::from_u32(pid);
    system.refresh_processes(ProcessesToUpdate::Some(&[pid]), true);
    assert!(system.process(pid).unwrap().kill());
}

/// The browser itself among the processes on a profile: its command line begins with the program.
fn browser_process(browser: &Browser) -> u32 {
    find_process(browser, |line| line.contains("--user-data-dir=") && !line.contains("--type="))
}

fn driver_process(browser: &Browser) -> u32 {
    find_process(browser, |line| line.contains("--postern-profile="))
}

fn all_processes() -> System {
    let mut system = System::new().unwrap();
    let what = ProcessRefreshKind::nothing().with_cmd(UpdateKind::Always).without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    system
}

pub(crate) fn find_process(browser: &Browser, wanted: impl Fn(&str) -> bool) -> u32 {
    let system = all_processes();
    let line = |pid: u32| {
        let process = system.process(Pid::from_u32(pid))?;
        Some(process.cmd().iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" "))
    };
    browser.process_ids().into_iter().find(|&pid| line(pid).is_some_and(|line| wanted(&line))).unwrap()
}

/// Looks at every command line, independent of how the room itself recognises its processes.
pub(crate) fn nothing_left(dir: &Path) {
    let here = dir.to_string_lossy().into_owned();
    let system = all_processes();
    let left: Vec<_> = system
        .processes()
        .values()
        .filter(|process| process.status() != ProcessStatus::Zombie)
        .filter(|process| process.cmd().iter().any(|part| part.to_string_lossy().contains(&here)))
        .map(|process| process.cmd().to_vec())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

pub(crate) fn all_end(pids: &[u32]) {
    let since = Instant::now();
    while pids.iter().any(|&pid| runs(pid)) {
        assert!(since.elapsed() < NEVER, "processes are left");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn closing_leaves_no_process_and_frees_the_profile() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let first = browser(dir.path(), CaptureMode::Network).await;
    let pids = first.process_ids();
    assert!(pids.len() > 3, "driver, browser and its children: {pids:?}");
    assert!(first.is_alive());
    let again = Profile::open(&dir.path().join("profile"));
    assert!(matches!(again, Err(BrowserError::ProfileInUse)));

    let profile = first.close().await;
    assert!(pids.iter().all(|&pid| !runs(pid)));
    nothing_left(dir.path());
    let still_locked = Profile::open(&dir.path().join("profile"));
    assert!(matches!(still_locked, Err(BrowserError::ProfileInUse)));

    let second = Browser::start(&options(dir.path(), CaptureMode::Network), profile).await.unwrap();
    let pids = second.process_ids();
    drop(second);
    assert!(pids.iter().all(|&pid| !runs(pid)), "dropping ends the processes too");
    nothing_left(dir.path());
    Profile::open(&dir.path().join("profile")).unwrap();
}

#[tokio::test]
async fn a_killed_browser_or_driver_is_noticed() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let victims: [(CaptureMode, Victim); 3] = [
        (CaptureMode::Network, browser_process),
        (CaptureMode::Page, browser_process),
        (CaptureMode::Network, driver_process),
    ];
    for (capture, victim) in victims {
        let browser = browser(dir.path(), capture).await;
        let page = browser.page();
        let mut watch = page.watch("/").await.unwrap();
        let pids = browser.process_ids();
        let pending = page.clone();
        let pending =
            tokio::spawn(async move { pending.run::<()>("return new Promise(() => {})", ()).await });
        kill(victim(&browser));
        timeout(NEVER, browser.exited()).await.unwrap();
        assert!(!browser.is_alive());
        assert!(matches!(timeout(NEVER, pending).await.unwrap().unwrap(), Err(BrowserError::Gone)));
        assert!(matches!(page.url().await, Err(BrowserError::Gone)));
        assert_eq!(timeout(NEVER, watch.next()).await.unwrap(), None);
        browser.close().await;
        all_end(&pids);
        nothing_left(dir.path());
    }
}

#[tokio::test]
async fn what_a_crashed_run_left_is_ended_by_the_next() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let mut run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "life::the_run_that_is_killed", "--ignored", "--nocapture"])
        .env(HOLD, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told = lines.find(|line| line.contains("processes ")).unwrap();
    let (_, pids) = told.split_once("processes ").unwrap();
    let pids: Vec<u32> = pids.split(' ').map(|pid| pid.parse().unwrap()).collect();
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(pids.iter().any(|&pid| runs(pid)), "the crash left something");

    let profile = Profile::open(&dir.path().join("profile")).unwrap();
    assert!(pids.iter().all(|&pid| !runs(pid)));
    nothing_left(dir.path());
    let lock = dir.path().join("profile/SingletonLock");
    assert!(lock.symlink_metadata().is_err(), "the browser's own lock is gone too");
    let browser = Browser::start(&options(dir.path(), CaptureMode::Network), profile).await.unwrap();
    browser.close().await;
}

#[tokio::test]
#[ignore = "started and killed by the test above"]
async fn the_run_that_is_killed() {
    let dir = std::env::var_os(HOLD).unwrap();
    let browser = browser(Path::new(&dir), CaptureMode::Network).await;
    let pids: Vec<String> = browser.process_ids().iter().map(u32::to_string).collect();
    println!("processes {}", pids.join(" "));
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_start_that_fails_says_why_and_leaves_nothing() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let open = || Profile::open(&dir.path().join("profile")).unwrap();

    let nowhere =
        Options { path: Some("/nowhere/chrome".into()), ..options(dir.path(), CaptureMode::Network) };
    let failed = Browser::start(&nowhere, open()).await;
    assert!(
        matches!(failed, Err(BrowserError::Find(FindError::NotFound { remedy })) if remedy.contains("/nowhere/chrome"))
    );

    let unreachable = Options {
        webdriver_url: Some("http://127.0.0.1:1".to_owned()),
        ..options(dir.path(), CaptureMode::Network)
    };
    assert!(matches!(Browser::start(&unreachable, open()).await, Err(BrowserError::Start(_))));

    // The browser ends at once when its profile folder is a file.
    let mut broken = options(dir.path(), CaptureMode::Network);
    std::fs::write(dir.path().join("file"), "").unwrap();
    broken.args.push(format!("--user-data-dir={}", dir.path().join("file").display()));
    assert!(matches!(Browser::start(&broken, open()).await, Err(BrowserError::Start(_))));
    nothing_left(dir.path());
}

/// A driver that this room did not start, and its address.
pub(crate) fn remote_driver() -> (Ends, String) {
    let installed = postern_browser::find::find(&Options::default()).unwrap();
    let driver = Command::new(installed.driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
    let mut driver = Ends(driver);
    let mut lines = BufReader::new(driver.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told = lines.find(|line| line.contains("successfully on port ")).unwrap();
    let port = told.rsplit(' ').next().unwrap().trim_end_matches('.');
    (driver, format!("http://127.0.0.1:{port}"))
}

#[tokio::test]
async fn a_driver_that_runs_elsewhere_is_used_by_its_address() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let (_driver, address) = remote_driver();

    for capture in [CaptureMode::Network, CaptureMode::Page] {
        let mut wanted = options(dir.path(), capture);
        wanted.webdriver_url = Some(address.clone());
        let profile = Profile::open(&dir.path().join("profile")).unwrap();
        let browser = Browser::start(&wanted, profile).await.unwrap();
        assert!(browser.process_ids().is_empty());
        let page = browser.page();
        page.goto(&site.origin).await.unwrap();
        let (url, _) = site.answer("remote", Answer::pieces(["from ", "afar"]));
        let mut watch = page.watch("/api/remote").await.unwrap();
        page.run::<()>("window.ask('xhr', arguments[0], 'GET')", &url).await.unwrap();
        assert_eq!(hear(&mut watch).await.body, b"from afar");
        browser.close().await;
    }
}

#[cfg(unix)]
#[test]
fn a_new_profile_is_private_and_an_old_one_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("accounts/one");
    let profile = Profile::open(&folder).unwrap();
    assert_eq!(profile.dir(), folder);
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    drop(profile);

    std::fs::write(folder.join("Local State"), "{}").unwrap();
    std::os::unix::fs::symlink("host-1", folder.join("SingletonLock")).unwrap();
    Profile::open(&folder).unwrap();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "the lock is not in the profile");
    assert!(folder.join("Local State").is_file());
}
