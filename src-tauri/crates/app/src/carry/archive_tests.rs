use std::io::Write;

use tar::{Builder, Header};

use super::super::export::sealed_profile;
use super::*;

const PASSPHRASE: &str = "correct horse battery";

fn passphrase() -> Secret {
    Secret::new(PASSPHRASE)
}

fn sealed(tar: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    archive::seal(&passphrase(), tar, &mut out).expect("sealed");
    out
}

/// A tar with one entry of any kind under any name, also one that no well-meant program writes.
fn hostile(name: &str, kind: EntryType, link: Option<&str>) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(if kind == EntryType::Regular { 4 } else { 0 });
    let old = header.as_old_mut();
    old.name[..name.len()].copy_from_slice(name.as_bytes());
    if let Some(link) = link {
        old.linkname[..link.len()].copy_from_slice(link.as_bytes());
    }
    header.set_cksum();
    let mut tar = Builder::new(Vec::new());
    tar.append(&header, &b"evil"[..header.size().expect("a size") as usize]).expect("added");
    tar.into_inner().expect("done")
}

fn refused(tar: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("staging/profile");
    std::fs::create_dir_all(&profile).expect("created");
    let error = unpack(&passphrase(), &sealed(tar), &profile).expect_err("refused");
    let entries = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(entries, 1, "nothing lies outside of the profile");
    error.to_string()
}

#[test]
fn a_profile_comes_back_as_it_was_without_caches() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("a/profile"), folder.path().join("b/profile"));
    let long = format!("Default/{}/{}", "d".repeat(90), "f".repeat(90));
    let large = vec![7_u8; 300_000];
    let files: [(&str, &[u8]); 4] =
        [("Local State", b"{}"), ("Default/Cookies", b"c"), (&long, &large), ("Default/Cache/0", b"x")];
    for (name, bytes) in files {
        std::fs::create_dir_all(from.join(name).parent().expect("a folder")).expect("created");
        std::fs::write(from.join(name), bytes).expect("written");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", from.join("link")).expect("linked");
    let kept = Kept { email: Some("me@example.org".to_owned()), weight: 3, ..Kept::default() };
    let mut out = Vec::new();
    sealed_profile(&from, &kept, None, &passphrase(), &mut out).expect("sealed");
    assert!(!out.windows(14).any(|window| window == b"me@example.org"));

    std::fs::create_dir_all(&to).expect("created");
    let unpacked = unpack(&passphrase(), &out, &to).expect("unpacked");
    assert_eq!((unpacked.kept, unpacked.files), (Some(kept), 3));
    assert!(unpacked.session.is_none());
    for (name, bytes) in &files[..3] {
        assert_eq!(std::fs::read(to.join(name)).expect(name), *bytes);
    }
    assert!(!to.join("Default/Cache").exists() && !to.join("link").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| to.join(name).metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!((mode("Default"), mode("Default/Cookies")), (0o700, 0o600));
    }
}

#[test]
fn a_wrong_passphrase_and_a_damaged_archive_open_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("profile");
    std::fs::create_dir_all(profile.join("Default")).expect("created");
    std::fs::write(profile.join("Default/Cookies"), vec![1; 200_000]).expect("written");
    let mut out = Vec::new();
    sealed_profile(&profile, &Kept::default(), None, &passphrase(), &mut out).expect("sealed");
    let to = folder.path().join("to");
    let open = |secret: &str, bytes: &[u8]| {
        std::fs::create_dir_all(&to).expect("created");
        let error = unpack(&Secret::new(secret), bytes, &to).expect_err("refused");
        std::fs::remove_dir_all(&to).expect("removed");
        error
    };
    let wrong = open("another passphrase", &out);
    assert!(matches!(wrong, UnpackError::Archive(ArchiveError::WrongPassphrase)), "{wrong}");
    let cut = open(PASSPHRASE, &out[..out.len() - 10]);
    assert!(matches!(cut, UnpackError::Archive(_)), "{cut}");
    let at = out.len() - 70_000;
    out[at] ^= 1;
    let damaged = open(PASSPHRASE, &out);
    assert!(matches!(damaged, UnpackError::Archive(ArchiveError::Damaged)), "{damaged}");
    let short = sealed_profile(&profile, &Kept::default(), None, &Secret::new("elevenchars"), io::sink());
    assert!(short.is_err(), "twelve characters at least");
}

#[test]
fn what_leads_out_of_the_profile_or_is_no_plain_file_is_refused() {
    let outside = "it has a file outside of the profile, which no archive of Postern has";
    for name in ["profile/../../evil", "/evil", "evil", "../evil", "profile/a\\..\\evil", "profile/c:evil"] {
        assert_eq!(refused(&hostile(name, EntryType::Regular, None)), outside, "{name}");
    }
    let link = "it has a link or a device, which no archive of Postern has";
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo] {
        assert_eq!(refused(&hostile("profile/x", kind, Some("/etc/passwd"))), link, "{kind:?}");
    }
    let mut twice = hostile("profile/x", EntryType::Regular, None);
    twice.truncate(1024);
    twice.extend(hostile("profile/x", EntryType::Regular, None));
    assert!(refused(&twice).contains("exist"), "a file that comes twice");
}

#[test]
fn an_archive_of_something_else_or_of_too_much_is_refused() {
    assert_eq!(refused(b"no tar at all, but long enough to be looked at"), UnpackError::Tar.to_string());
    let mut header = Header::new_gnu();
    header.set_path("profile/large").expect("a path");
    header.set_size(MOST_BYTES + 1);
    header.set_cksum();
    let mut tar = Vec::new();
    tar.write_all(header.as_bytes()).expect("written");
    assert_eq!(refused(&tar), "it has more than 2 GB, which no archive of Postern has");
}
