//! The master key: in a real keyring, in a file, given, lost, exchanged.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use postern_app::{KeyPlaces, Paths, SecretKind, Secrets};
use postern_store::Store;
use postern_vault::MasterKey;

use crate::support::{MASTER_KEY, NO_BUS, PATIENCE, Place, text};

const STATE: SecretKind = SecretKind::AccountState;

/// The command with no key given, where there is no keyring.
fn bare(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.command(arguments);
    command.env_remove("POSTERN_MASTER_KEY").env("DBUS_SESSION_BUS_ADDRESS", NO_BUS);
    command
}

/// Runs it to its end, which must come.
#[expect(clippy::expect_used, clippy::panic, reason = "a helper of tests")]
fn run(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("it never ended: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().expect("ended")
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn json(mut command: Command) -> serde_json::Value {
    command.arg("--json");
    let output = run(command);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The recovery key that a command shows.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn key(command: Command) -> String {
    json(command)["key"].as_str().expect("a key").to_owned()
}

/// Works with the secrets of the folder as whoever has the recovery key.
#[expect(clippy::expect_used, reason = "a helper of tests")]
async fn with<T>(place: &Place, key: &str, work: impl AsyncFnOnce(&Secrets) -> T) -> T {
    let paths = Paths::new(Some(place.path().to_owned()), None).expect("paths");
    let store = Store::open(&paths.database()).expect("opens");
    let key = MasterKey::from_recovery(key).expect("a recovery key");
    let done = work(&Secrets::new(&paths, store.sealed(), KeyPlaces::given(key))).await;
    store.close();
    done
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
/// Puts away the sessions of accounts that are there and switched off.
async fn plant(place: &Place, key: &str, count: usize) {
    for number in 0..count {
        let folder = place.path().join(format!("accounts/account-{number}"));
        std::fs::create_dir_all(folder.join("profile")).expect("made");
        std::fs::write(folder.join("account.toml"), "enabled = false\nsource = \"cookies\"\n")
            .expect("written");
    }
    with(place, key, async |secrets| {
        for number in 0..count {
            let secret = format!("secret number {number} ").repeat(500);
            secrets.put(STATE, &format!("account-{number}"), secret.as_bytes()).await.expect("put");
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_keyring_the_key_is_kept_in_a_file_with_a_warning() {
    let place = Place::new();
    let none = json(bare(&place, &["vault", "status"]));
    assert_eq!((&none["place"], &none["secrets"]), (&serde_json::Value::Null, &0.into()));
    let recovery = key(bare(&place, &["vault", "recovery"]));
    plant(&place, &recovery, 2).await;
    let status = json(bare(&place, &["vault", "status"]));
    assert_eq!((&status["place"], &status["warning"]["kind"]), (&"file".into(), &"in_file".into()));
    assert_eq!((&status["secrets"], &status["unreadable"]), (&2.into(), &0.into()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let rights = place.path().join("master.key").metadata().expect("there").permissions().mode();
        assert_eq!(rights & 0o777, 0o600);
    }
    let again = run(bare(&place, &["vault", "recovery"]));
    assert!(!again.status.success() && text(&again.stderr).contains("shown once only"), "{again:?}");
    assert!(!text(&again.stderr).contains(&recovery[..8]) && again.stdout.is_empty());

    // What was lost is brought back through standard input, by whoever kept it.
    std::fs::remove_file(place.path().join("master.key")).expect("removed");
    assert_eq!(json(bare(&place, &["vault", "status"]))["unreadable"], 2);
    let doctor = run(bare(&place, &["doctor"]));
    assert!(text(&doctor.stdout).contains("2 of 2 stored secrets"), "{}", text(&doctor.stdout));
    let file = place.path().join("kept");
    for (written, status) in [(recovery.replacen('-', "", 1) + "0", 1), (recovery.to_lowercase(), 0)] {
        std::fs::write(&file, written).expect("written");
        let mut recover = bare(&place, &["vault", "recover"]);
        recover.stdin(std::fs::File::open(&file).expect("there"));
        assert_eq!(run(recover).status.code(), Some(status));
    }
    assert_eq!(json(bare(&place, &["vault", "status"]))["unreadable"], 0);
    let kept = with(&place, &recovery, async |secrets| secrets.get(STATE, "account-1").await).await;
    assert!(kept.expect("opens").is_some_and(|secret| secret.starts_with(b"secret number 1 ")));
}

#[test]
fn a_given_key_is_used_and_not_shown() {
    let place = Place::new();
    let status = place.json(&["vault", "status"]);
    assert_eq!((&status["place"], &status["given"]), (&"environment".into(), &true.into()));
    for command in ["recovery", "rekey"] {
        let stderr = place.fail(&["vault", command]);
        assert!(stderr.contains("given from outside") && !stderr.contains(MASTER_KEY), "{stderr}");
    }
    let mut bad = place.command(&["vault", "status"]);
    bad.env("POSTERN_MASTER_KEY", "hunter2-hunter2").env("DBUS_SESSION_BUS_ADDRESS", NO_BUS);
    let status = json(bad);
    assert_eq!(status["warning"]["kind"], "given_unusable");
    assert!(!status.to_string().contains("hunter2"), "{status}");
}

#[test]
fn the_key_is_not_exchanged_under_a_running_server() {
    let place = Place::new();
    let _server = place.serve();
    for command in ["rekey", "recover"] {
        assert!(place.fail(&["vault", command]).contains("in use by another Postern server"));
    }
    assert_eq!(place.json(&["vault", "status"])["place"], "environment");
}

#[cfg(target_os = "linux")]
mod in_a_session {
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::session::Session;

    /// The command with no key given, in the session.
    fn at_home(session: &Session, place: &Place, arguments: &[&str]) -> Command {
        let mut command = place.command(arguments);
        command.env_remove("POSTERN_MASTER_KEY");
        session.inhabit(&mut command);
        command
    }

    #[tokio::test]
    async fn the_key_is_in_the_keyring_and_nowhere_else() {
        let Some(session) = Session::open() else { return };
        let (place, other) = (Place::new(), Place::new());
        let keyring = session.keyring(true);
        let recovery = key(at_home(&session, &place, &["vault", "recovery"]));
        plant(&place, &recovery, 2).await;
        assert_ne!(
            key(at_home(&session, &other, &["vault", "recovery"])),
            recovery,
            "one for each data folder"
        );
        for status in [json(at_home(&session, &place, &["vault", "status"])), {
            let _server = place.serve_as(at_home(&session, &place, &["serve", "--port", "0"]));
            json(at_home(&session, &place, &["vault", "status"]))
        }] {
            assert_eq!((&status["place"], &status["warning"]), (&"keyring".into(), &serde_json::Value::Null));
            assert_eq!((&status["secrets"], &status["unreadable"]), (&2.into(), &0.into()));
        }
        assert!(!place.path().join("master.key").exists());
        let raw = MasterKey::from_recovery(&recovery).expect("a key");
        assert!(session.kept().iter().any(|file| file.len() > 100), "the keyring keeps something");
        for file in std::fs::read_dir(place.path()).expect("a folder") {
            let path = file.expect("a file").path();
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let shown = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
            assert!(!shown(recovery.as_bytes()) && !shown(b"secret number"), "{}", path.display());
        }
        drop(keyring);

        // Locked, it would ask its owner, who is not there: a file serves, and that is said.
        let keyring = session.keyring(false);
        let status = json(at_home(&session, &place, &["vault", "status"]));
        assert_eq!((&status["warning"]["kind"], &status["unreadable"]), (&"keyring_away".into(), &2.into()));
        let server = place.serve_as(at_home(&session, &place, &["serve", "--port", "0"]));
        assert_eq!(server.chat(None).0, 200);
        place.until_logged("which cannot be reached");
        drop((server, keyring));

        // Unlocked again, everything comes together, and the file is gone.
        let _keyring = session.keyring(true);
        let server = place.serve_as(at_home(&session, &place, &["serve", "--port", "0"]));
        let start = Instant::now();
        while place.path().join("master.key").exists() {
            assert!(start.elapsed() < PATIENCE, "the file stays");
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(server);
        assert_eq!(json(at_home(&session, &place, &["vault", "status"]))["place"], "keyring");
        assert_eq!(json(at_home(&session, &place, &["vault", "status"]))["unreadable"], 0);
        assert_eq!(raw.recovery().expose(), recovery);
    }

    #[tokio::test]
    async fn a_keyring_or_bus_that_hangs_holds_up_nobody() {
        let Some(session) = Session::open() else { return };
        let place = Place::new();
        let keyring = session.keyring(true);
        let recovery = key(at_home(&session, &place, &["vault", "recovery"]));
        plant(&place, &recovery, 1).await;
        keyring.freeze();
        let status = json(at_home(&session, &place, &["vault", "status"]));
        assert_eq!((&status["warning"]["kind"], &status["unreadable"]), (&"keyring_away".into(), &1.into()));
        let server = place.serve_as(at_home(&session, &place, &["serve", "--port", "0"]));
        assert_eq!(server.chat(None).0, 200);
        place.until_logged("the system's keyring does not answer");
        drop(server);

        // A bus that takes the call and says nothing.
        let socket = place.path().join("silent");
        let _silent = UnixListener::bind(&socket).expect("bound");
        let mut status = at_home(&session, &place, &["vault", "status"]);
        status.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
        assert_eq!(json(status)["warning"]["kind"], "keyring_away");
    }

    #[tokio::test]
    async fn an_exchange_that_is_killed_loses_nothing() {
        const SECRETS: usize = 20;
        let Some(session) = Session::open() else { return };
        let place = Place::new();
        let _keyring = session.keyring(true);
        let first = key(at_home(&session, &place, &["vault", "recovery"]));
        plant(&place, &first, SECRETS).await;
        for round in 0..12 {
            let mut exchange = at_home(&session, &place, &["vault", "rekey"]);
            exchange.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = exchange.spawn().expect("starts");
            // Wherever this hits, it must do no harm; some rounds hit before, some behind.
            std::thread::sleep(Duration::from_millis(round * 15));
            child.kill().expect("killed");
            child.wait().expect("ended");
            let status = json(at_home(&session, &place, &["vault", "status"]));
            assert_eq!((&status["secrets"], &status["unreadable"]), (&SECRETS.into(), &0.into()), "{round}");
            assert_eq!(status["place"], "keyring");
        }
        let last = key(at_home(&session, &place, &["vault", "rekey"]));
        for number in 0..SECRETS {
            let id = format!("account-{number}");
            let kept = with(&place, &last, async |secrets| secrets.get(STATE, &id).await).await;
            let start = format!("secret number {number} ");
            assert!(kept.expect("opens").is_some_and(|secret| secret.starts_with(start.as_bytes())), "{id}");
        }
    }
}
