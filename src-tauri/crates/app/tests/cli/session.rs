//! A desktop session of its own: a message bus, and a real keyring on it.
#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use crate::support::PATIENCE;

/// What a session needs; tests without it say so and pass, unless they must not.
const PROGRAMS: [&str; 3] = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"];

/// A bus for one test, with a home of its own for the keyring.
pub(crate) struct Session {
    bus: Child,
    pub(crate) address: String,
    home: TempDir,
}

/// A keyring on the bus, ended at the latest when it is dropped.
pub(crate) struct Keyring(Child);

impl Session {
    /// Opens one; `None` on a machine that cannot.
    pub(crate) fn open() -> Option<Self> {
        let there = |program: &&str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
        };
        if let Some(missing) = PROGRAMS.iter().find(|program| !there(program)) {
            assert!(std::env::var_os("POSTERN_TEST_STRICT").is_none(), "{missing} is missing");
            println!("skipped: {missing} is missing");
            return None;
        }
        let home = tempfile::tempdir().expect("a folder");
        // Without the services of the machine: nothing is started that the test did not start.
        let config = home.path().join("bus.conf");
        let text = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>\
                    <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
                    <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";
        std::fs::write(&config, text).expect("written");
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address", "--config-file"])
            .arg(&config)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a bus");
        let mut address = String::new();
        let mut said = BufReader::new(bus.stdout.take().expect("a pipe"));
        said.read_line(&mut address).expect("an address");
        Some(Self { bus, address: address.trim().to_owned(), home })
    }

    /// Starts a keyring, unlocked with a password or locked, and waits until it answers.
    pub(crate) fn keyring(&self, unlocked: bool) -> Keyring {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(unlocked.then_some("--unlock"));
        self.inhabit(&mut command);
        let mut keyring = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a keyring");
        keyring.stdin.take().expect("a pipe").write_all(b"password").expect("unlocked");
        let keyring = Keyring(keyring);
        let start = Instant::now();
        while !self.has_keyring() {
            assert!(start.elapsed() < PATIENCE, "the keyring did not start");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        keyring
    }

    /// Lets the command live in this session.
    pub(crate) fn inhabit(&self, command: &mut Command) {
        let home = self.home.path();
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("HOME", home);
        command.env("XDG_RUNTIME_DIR", home).env("XDG_DATA_HOME", home.join("share")).env_remove("DISPLAY");
    }

    /// Everything that the keyring keeps on the disk.
    pub(crate) fn kept(&self) -> Vec<Vec<u8>> {
        let folder: &Path = &self.home.path().join("share/keyrings");
        let files = std::fs::read_dir(folder).expect("a folder");
        files.map(|file| std::fs::read(file.expect("a file").path()).expect("readable")).collect()
    }

    fn has_keyring(&self) -> bool {
        let mut ask = Command::new("dbus-send");
        self.inhabit(&mut ask);
        ask.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
        ask.args(["org.freedesktop.DBus.GetNameOwner", "string:org.freedesktop.secrets"]);
        ask.output().expect("dbus-send runs").status.success()
    }
}

impl Keyring {
    /// From now on it answers nothing.
    pub(crate) fn freeze(&self) {
        let stopped = Command::new("kill").args(["-s", "STOP", &self.0.id().to_string()]).status();
        assert!(stopped.expect("runs").success());
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}
