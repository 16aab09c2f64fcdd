//! Browser and driver as processes: who belongs to a profile, and how all of them are ended.
//!
//! Both carry the profile folder on their command line (the driver through a switch of ours that it
//! ignores), so they are recognised even when the run that started them crashed and left no note.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::{Duration, Instant};

use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

use crate::deadline;

/// The own switch of Chromium's family for the profile folder.
pub(crate) const BROWSER_MARK: &str = "--user-data-dir=";
/// Firefox's own switch for it, which the folder follows as a word of its own.
pub(crate) const FIREFOX_SWITCH: &str = "--profile";
/// Our mark on the driver's command line.
pub(crate) const DRIVER_MARK: &str = "--postern-profile=";
/// Our mark on that of Firefox's driver.
pub(crate) const FIREFOX_DRIVER_MARK: &str = "--profile-root=";
/// What a driver of either family is known by.
const DRIVER_MARKS: [&str; 2] = [DRIVER_MARK, FIREFOX_DRIVER_MARK];

/// What the environment may hold for this program alone, and would give to every program it starts.
pub const WITHHELD: &str = "POSTERN_MASTER_KEY";

/// Time between two looks at the process table. The end of a process that is not a child cannot be awaited.
const LOOK: Duration = Duration::from_millis(20);

/// The processes of browser and driver on this profile: those that name it, and all their descendants.
pub(crate) fn of_profile(dir: &Path) -> Vec<Pid> {
    look().map(|system| members(&system, dir).into_iter().collect()).unwrap_or_default()
}

/// Whether a driver is on the profile folder: its browser is not one that a person uses.
pub(crate) fn is_driven(dir: &Path) -> bool {
    look().is_some_and(|system| has_driver(&system, dir))
}

fn has_driver(system: &System, dir: &Path) -> bool {
    system.processes().values().filter(alive).any(|process| is_driver_on(process, dir))
}

/// Whether a browser is on the profile folder that no program steers: a person uses it. Looks at every process, so it
/// blocks for a moment.
pub fn is_with_person(dir: &Path) -> bool {
    let Some(system) = look() else { return false };
    !has_driver(&system, dir)
        && own_processes(&system).any(|process| {
            is_browser_on(process, dir)
                && !has_switch(process, "--type=")
                && !has_switch(process, "--remote-debugging-")
        })
}

/// Ends every process on the profile folder without asking, and waits until they are gone. Blocks; true when
/// none is left. It is for a program that has no time left for [`crate::Browser::close`].
pub fn end_all(dir: &Path) -> bool {
    let until = Instant::now() + deadline::KILLED;
    // Descendants lose their parent when it dies first, so everyone ever seen is remembered.
    let mut seen = HashSet::new();
    loop {
        let Some(system) = look() else { return false };
        seen.extend(members(&system, dir).into_iter().map(|pid| identity(&system, pid)));
        let left: Vec<&Process> =
            seen.iter().filter_map(|&(pid, started)| still_runs(&system, pid, started)).collect();
        if left.is_empty() {
            return true;
        }
        for process in left {
            process.kill();
        }
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(LOOK);
    }
}

/// The processes of a browser that is about to end.
#[derive(Debug, Default)]
pub(crate) struct Crew(Vec<(Pid, u64)>);

impl Crew {
    /// Those of the browser on the profile folder, without the driver's. Blocks for a moment.
    pub(crate) fn of(dir: &Path) -> Self {
        let Some(system) = look() else { return Self::default() };
        let driver = |pid: &Pid| {
            let line = system.process(*pid).map(Process::cmd).unwrap_or_default();
            let marked = |word: &str| DRIVER_MARKS.iter().any(|mark| word.starts_with(mark));
            line.iter().any(|word| word.to_str().is_some_and(marked))
        };
        Self(
            members(&system, dir)
                .into_iter()
                .filter(|pid| !driver(pid))
                .map(|pid| identity(&system, pid))
                .collect(),
        )
    }

    /// Waits until all have left by themselves, but no longer than this: the one that the window belongs to ends
    /// before the one that writes cookies down. Blocks.
    pub(crate) fn leave(&self, patience: Duration) {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            let Some(system) = look() else { return };
            if self.0.iter().all(|&(pid, started)| still_runs(&system, pid, started).is_none()) {
                return;
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// Asks the browsers on the profile folder to end in good order, each once. Whether any process is there.
pub(crate) fn ask_to_end(dir: &Path, asked: &mut HashSet<Pid>) -> bool {
    let Some(system) = look() else { return false };
    let members = members(&system, dir);
    for process in members.iter().filter_map(|pid| system.process(*pid)) {
        // Its other processes end with the one that names the folder.
        let main = is_browser_on(process, dir) && !has_switch(process, "--type=");
        if main && asked.insert(process.pid()) {
            ask(process);
        }
    }
    !members.is_empty()
}

/// A browser that gets this signal ends like one whose window was closed. At the one that tells programs to terminate
/// it makes haste, and does not write down the cookies of the last half minute. Firefox, which writes cookies down as
/// they come, knows no difference, but does not hear the first where whoever started it had it ignored.
#[cfg(unix)]
fn ask(process: &Process) {
    let signal = if is_firefox(process) { sysinfo::Signal::Term } else { sysinfo::Signal::Interrupt };
    // It may have ended by itself meanwhile.
    let _ = process.kill_with(signal);
}

/// There are no such signals here; this closes its windows.
#[cfg(not(unix))]
fn ask(process: &Process) {
    let closing = std::process::Command::new("taskkill").args(["/PID", &process.pid().to_string()]).output();
    if let Err(error) = closing {
        tracing::warn!(%error, "the browser could not be asked to end");
    }
}

/// Bytes of memory that browser and driver on the profile folder use; `None` when none runs. Looks at every
/// process, so it blocks for a moment.
pub fn memory(dir: &Path) -> Option<u64> {
    let mut system = look()?;
    let members: Vec<Pid> = members(&system, dir).into_iter().collect();
    let what = ProcessRefreshKind::nothing().with_memory().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&members), false, what);
    let used = |pid: &Pid| own_share(*pid).or_else(|| system.process(*pid).map(Process::memory));
    (!members.is_empty()).then(|| members.iter().filter_map(used).sum())
}

/// The process's memory with its share of what it has in common with others, of which a browser has much.
#[cfg(target_os = "linux")]
fn own_share(pid: Pid) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let kilobytes = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kilobytes: u64 = kilobytes.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Elsewhere the system does not tell it apart.
#[cfg(not(target_os = "linux"))]
fn own_share(_pid: Pid) -> Option<u64> {
    None
}

/// Whether this process runs as the system's all-powerful user, under whom Chromium's sandbox refuses to work.
pub(crate) fn is_root() -> bool {
    let (Ok(own), Ok(mut system)) = (sysinfo::get_current_pid(), System::new()) else { return false };
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, what());
    cfg!(unix) && system.process(own).and_then(Process::user_id).is_some_and(|user| user.to_string() == "0")
}

fn look() -> Option<System> {
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what());
    Some(system)
}

fn what() -> ProcessRefreshKind {
    ProcessRefreshKind::nothing().with_cmd(UpdateKind::Always).with_user(UpdateKind::Always).without_tasks()
}

fn members(system: &System, dir: &Path) -> HashSet<Pid> {
    let named = |process: &&Process| is_browser_on(process, dir) || is_driver_on(process, dir);
    let mut members: HashSet<Pid> = own_processes(system).filter(named).map(Process::pid).collect();
    loop {
        let children: Vec<Pid> = system
            .processes()
            .values()
            .filter(alive)
            .filter(|process| process.parent().is_some_and(|parent| members.contains(&parent)))
            .map(Process::pid)
            .filter(|pid| !members.contains(pid))
            .collect();
        if children.is_empty() {
            return members;
        }
        members.extend(children);
    }
}

/// This user's other processes.
fn own_processes(system: &System) -> impl Iterator<Item = &Process> {
    let own = sysinfo::get_current_pid().ok();
    let user = own.and_then(|pid| system.process(pid)).and_then(Process::user_id);
    let others = move |process: &&Process| Some(process.pid()) != own && process.user_id() == user;
    system.processes().values().filter(alive).filter(others)
}

/// Whether its command line says that it is a browser on the folder.
fn is_browser_on(process: &Process, dir: &Path) -> bool {
    let line = process.cmd();
    line.iter().any(|word| names(word, BROWSER_MARK, dir)) || profile_of_firefox(line) == Some(dir)
}

/// Whether its command line says that it is a driver on the folder.
fn is_driver_on(process: &Process, dir: &Path) -> bool {
    let marked = |word: &OsString| DRIVER_MARKS.iter().any(|mark| names(word, mark, dir));
    process.cmd().iter().any(marked)
}

#[cfg(unix)]
fn is_firefox(process: &Process) -> bool {
    profile_of_firefox(process.cmd()).is_some()
}

/// The folder behind Firefox's switch.
fn profile_of_firefox(line: &[OsString]) -> Option<&Path> {
    let at = line.iter().position(|word| *word == *FIREFOX_SWITCH)?;
    line.get(at + 1).map(Path::new)
}

/// Whether a switch on its command line begins so. A process of a type is a part of another one.
fn has_switch(process: &Process, switch: &str) -> bool {
    let within = format!(" {switch}");
    let holds = |word: &str| word.starts_with(switch) || word.contains(&within);
    process.cmd().iter().filter_map(|word| word.to_str()).any(holds)
}

fn names(argument: &OsStr, mark: &str, dir: &Path) -> bool {
    let Some(argument) = argument.to_str() else { return false };
    argument.strip_prefix(mark).is_some_and(|named| Path::new(named) == dir)
        || names_within(argument, &format!(" {mark}{}", dir.display()))
}

/// A running browser may have written its whole command line into its first argument, with spaces between.
fn names_within(line: &str, wanted: &str) -> bool {
    line.match_indices(wanted).any(|(at, _)| {
        let rest = &line[at + wanted.len()..];
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        rest.is_empty() || rest.starts_with(' ')
    })
}

// A dead process that its parent has not asked for yet is still listed, but holds nothing.
fn alive(process: &&Process) -> bool {
    !matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead)
}

fn identity(system: &System, pid: Pid) -> (Pid, u64) {
    (pid, system.process(pid).map_or(0, Process::start_time))
}

// The start time guards against a number that was given to another process meanwhile.
fn still_runs(system: &System, pid: Pid, started: u64) -> Option<&Process> {
    system.process(pid).filter(alive).filter(|process| process.start_time() == started)
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use std::os::unix::process::CommandExt;

    use super::*;

    #[test]
    fn nobody_on_a_folder_uses_no_memory() {
        assert_eq!(memory(Path::new("/data/accounts/nobody")), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_of_those_on_a_folder_is_counted() {
        let dir = Path::new("/data/accounts/counted");
        let mark = format!("{DRIVER_MARK}{}", dir.display());
        let mut child = std::process::Command::new("sleep").arg0(mark).arg("60").spawn().expect("a process");
        // The mark is on the command line once the program has taken the place of the test's own.
        let until = Instant::now() + Duration::from_secs(30);
        let mut used = None;
        while used.is_none() && Instant::now() < until {
            used = memory(dir);
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        assert!(used.is_some_and(|bytes| bytes > 1_000), "{used:?}");
    }

    #[test]
    fn only_the_exact_folder_is_named() {
        let named = |argument, dir| names(argument, BROWSER_MARK, dir) || names(argument, DRIVER_MARK, dir);
        let dir = Path::new("/data/accounts/one");
        assert!(named(OsStr::new("--user-data-dir=/data/accounts/one"), dir));
        assert!(named(OsStr::new("--user-data-dir=/data/accounts/one/"), dir));
        let fox = ["/usr/bin/firefox", "--no-remote", "--profile", "/data/accounts/one"].map(OsString::from);
        assert_eq!(profile_of_firefox(&fox), Some(dir));
        assert_eq!(profile_of_firefox(&fox[..3]), None);
        assert_eq!(profile_of_firefox(&fox[..2]), None);
        assert!(named(OsStr::new("--postern-profile=/data/accounts/one"), dir));
        assert!(!named(OsStr::new("--user-data-dir=/data/accounts/one-more"), dir));
        assert!(!named(OsStr::new("--user-data-dir=/data/accounts"), dir));
        assert!(!named(OsStr::new("/data/accounts/one"), dir));
        let line = "/usr/lib/chromium/chromium --user-data-dir=/data/accounts/one --no-first-run";
        assert!(named(OsStr::new(line), dir));
        assert!(named(OsStr::new(line.trim_end_matches(" --no-first-run")), dir));
        assert!(!named(OsStr::new(line), Path::new("/data/accounts")));
        assert!(!named(OsStr::new(&line.replace("one", "one-more")), dir));
    }
}
