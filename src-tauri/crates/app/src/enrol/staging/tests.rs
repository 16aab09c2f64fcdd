//! A killed Postern at each point of saving and replacing.

use super::*;

struct Ground {
    _folder: tempfile::TempDir,
    staging: Staging,
    accounts: Accounts,
}

fn ground() -> Ground {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
    Ground { staging: Staging::new(&paths), accounts: Accounts::new(&paths), _folder: folder }
}

fn name(text: &str) -> AccountName {
    text.parse().expect("a name")
}

fn note(text: &str) -> Note {
    Note {
        kind: EnrolmentKind::SignIn,
        source: AccountSource::SignIn,
        name: text.to_owned(),
        started_at: 7,
        filled: false,
        left: false,
        browser: Some("/usr/bin/chromium".into()),
        file: None,
        email: Some("ada@example.org".to_owned()),
        share: None,
        proxy: None,
        saving: None,
    }
}

fn kept(weight: u32) -> Kept {
    Kept { weight, email: Some("ada@example.org".to_owned()), ..Kept::default() }
}

impl Ground {
    /// An enrolment with a session in its profile.
    fn begun(&self, account: &str) -> (Place, Note) {
        let mut note = note(account);
        let place = self.staging.begin(&note).expect("begun");
        place.make_profile().expect("made");
        std::fs::write(place.profile().join("Cookies"), "new").expect("written");
        note.filled = true;
        place.write(&note).expect("written");
        (place, note)
    }

    fn old(&self, account: &str) {
        self.accounts.create(&name(account)).expect("created");
        std::fs::write(self.accounts.profile(&name(account)).join("Cookies"), "old").expect("written");
        self.accounts.write(&name(account), &kept(3)).expect("kept");
    }

    fn session(&self, account: &str) -> Option<String> {
        std::fs::read_to_string(self.accounts.profile(&name(account)).join("Cookies")).ok()
    }

    fn left(&self) -> usize {
        std::fs::read_dir(&self.staging.root).map(Iterator::count).unwrap_or_default()
    }
}

#[test]
fn what_was_cut_short_waits_and_is_no_account() {
    let ground = ground();
    let (place, note) = ground.begun("work");
    let id = place.id();
    assert_eq!(ground.accounts.list().expect("a list"), []);
    // Held by this process, so nobody takes it up.
    assert!(ground.staging.recover().is_empty());
    drop(place);
    let broken_off = ground.staging.recover();
    let (place, known) = broken_off.into_iter().next().expect("one");
    assert_eq!((place.id(), &known), (id, &note));
    assert!(place.profile().join("Cookies").exists());
    place.remove().expect("removed");
    assert_eq!(ground.left(), 0);
}

#[test]
fn an_account_is_saved_whole_wherever_it_was_cut() {
    for cut in ["before", "decided", "renamed"] {
        let ground = ground();
        let (place, mut note) = ground.begun("work");
        match cut {
            "before" => {}
            "decided" => {
                place.keep(&kept(1)).expect("kept");
                note.saving = Some(Saving::New);
                place.write(&note).expect("written");
            }
            _ => ground.staging.save(&place, &mut note, &kept(1)).expect("saved"),
        }
        drop(place);
        let waiting = ground.staging.recover();
        if cut == "renamed" {
            assert!(waiting.is_empty());
            assert_eq!(ground.session("work").as_deref(), Some("new"));
            assert_eq!(ground.accounts.read(&name("work")).email.as_deref(), Some("ada@example.org"));
            assert_eq!(ground.left(), 0);
        } else {
            assert_eq!(waiting.len(), 1, "{cut}");
            assert_eq!(ground.accounts.list().expect("a list"), [], "{cut}");
            assert!(waiting[0].0.profile().join("Cookies").exists(), "{cut}");
        }
    }
}

#[test]
fn one_session_is_there_wherever_a_replacement_was_cut() {
    for cut in ["decided", "put aside", "put in"] {
        let ground = ground();
        ground.old("work");
        let (place, mut note) = ground.begun("account-1");
        let aside = place.dir.join(OLD);
        if cut == "put in" {
            ground.staging.replace(&place, &mut note, &name("work"), &kept(3)).expect("replaced");
        } else {
            place.keep(&kept(3)).expect("kept");
            note.name = "work".to_owned();
            note.saving = Some(Saving::Replace);
            place.write(&note).expect("written");
        }
        if cut == "put aside" {
            std::fs::rename(ground.accounts.folder(&name("work")), &aside).expect("renamed");
        }
        drop(place);
        let waiting = ground.staging.recover();
        assert_eq!(ground.accounts.list().expect("a list"), [name("work")], "{cut}");
        let expected = if cut == "decided" { "old" } else { "new" };
        assert_eq!(ground.session("work").as_deref(), Some(expected), "{cut}");
        assert_eq!(ground.accounts.read(&name("work")).weight, 3, "{cut}");
        assert_eq!(waiting.len(), usize::from(cut == "decided"), "{cut}");
        drop(waiting);
        assert_eq!(ground.left(), usize::from(cut == "decided"), "{cut}");
    }
}

#[test]
fn a_place_in_which_nothing_was_done_is_swept_and_one_that_cannot_be_read_is_kept() {
    let ground = ground();
    let (place, _) = ground.begun("work");
    std::fs::write(place.dir.join(NOTE), "kind = ").expect("written");
    drop(place);
    std::fs::create_dir(ground.staging.root.join("empty")).expect("created");
    assert!(ground.staging.recover().is_empty());
    assert_eq!(ground.left(), 1);
}

#[test]
fn a_name_that_was_taken_meanwhile_is_not_overwritten() {
    let ground = ground();
    let (place, mut note) = ground.begun("work");
    ground.old("work");
    ground.staging.save(&place, &mut note, &kept(1)).expect_err("taken");
    assert_eq!(ground.session("work").as_deref(), Some("old"));
    // The account of that name is another's; this one still waits.
    drop(place);
    assert_eq!(ground.staging.recover().len(), 1);
}
