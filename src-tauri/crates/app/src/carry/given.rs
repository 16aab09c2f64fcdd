//! What a person gives to be imported: files of several kinds, many at once.

use std::io::{Cursor, Read};
use std::sync::{Arc, OnceLock};

use postern_browser::{Options, StorageState};
use postern_console::api::enrolments::EnrolmentView;
use postern_console::{Code, Trouble};
use postern_protocol::Secret;
use zip::ZipArchive;

use super::cookies::CookieFile;
use super::names::{from_any, stem};
use super::sealed::SealedFile;
use crate::Accounts;
use crate::enrol::{Bring, Machine};

/// Most files of one import, those in zip archives counted.
const MOST_FILES: usize = 200;
/// Most bytes of a file in a zip archive; no session is larger.
const MOST_BYTES: u64 = 16 << 20;
/// How a sealed archive begins.
const SEALED: &[u8] = b"POSTERN\x1a";
/// How a zip archive begins.
const ZIPPED: &[u8] = b"PK\x03\x04";

/// A file. Has no `Debug`: it holds a session.
pub struct File {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is to be imported. Has no `Debug`: it holds sessions.
pub struct Given {
    /// The files.
    pub files: Vec<File>,
    /// What the account is to be called; only where one account comes of it.
    pub name: Option<String>,
    /// Opens sealed archives among them.
    pub passphrase: Option<Secret>,
}

/// Whether this is a sealed archive, which opens with its passphrase only.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(SEALED)
}

/// Begins an enrolment for each account in the files, and returns at once. Whoever asks has the person's consent.
pub fn import(
    machine: &Machine,
    accounts: &Accounts,
    options: &Options,
    given: Given,
) -> Result<Vec<EnrolmentView>, Trouble> {
    let files = unzipped(given.files)?;
    if files.is_empty() {
        return Err(Trouble::new(Code::Invalid, "There is no file to import.").field("files"));
    }
    if given.name.is_some() && files.len() > 1 {
        let message =
            "Several accounts cannot have one name; leave it out, and each is named after its file.";
        return Err(Trouble::new(Code::Invalid, message).field("name"));
    }
    let mut begun = Vec::new();
    for file in files {
        let (session, names) = read(file, options, given.passphrase.as_ref());
        let name = match &given.name {
            Some(name) => Some(name.clone()),
            None => {
                let names = names.iter().map(String::as_str);
                from_any(names, &taken(machine, accounts)).map(|name| name.to_string())
            }
        };
        begun.push(machine.bring(name.as_deref(), session)?);
    }
    Ok(begun)
}

/// The names of accounts that are there or on their way.
fn taken(machine: &Machine, accounts: &Accounts) -> Vec<String> {
    let there = accounts.list().unwrap_or_default().into_iter().map(|name| name.to_string());
    there.chain(machine.views().into_iter().map(|view| view.name)).collect()
}

/// What the file holds, and after what its account may be called.
fn read(file: File, options: &Options, passphrase: Option<&Secret>) -> (Arc<dyn Bring>, Vec<String>) {
    let File { name, bytes } = file;
    let called = stem(&name).to_owned();
    if is_sealed(&bytes) {
        let sealed = SealedFile {
            file: name,
            bytes: Arc::new(bytes),
            passphrase: passphrase.cloned(),
            options: options.clone(),
            source: OnceLock::new(),
        };
        return (Arc::new(sealed), vec![called]);
    }
    let session = StorageState::read(&bytes);
    let address = session.as_ref().ok().and_then(StorageState::account).map(str::to_owned);
    let names = address.into_iter().chain([called]).collect();
    (Arc::new(CookieFile { file: name, session, options: options.clone() }), names)
}

/// The files, and in the place of each zip archive those in it that can be sessions.
fn unzipped(files: Vec<File>) -> Result<Vec<File>, Trouble> {
    let mut all = Vec::new();
    for file in files {
        if file.bytes.starts_with(ZIPPED) {
            all.append(&mut inside(&file)?);
        } else {
            all.push(file);
        }
        if all.len() > MOST_FILES {
            let message = format!("These are more than {MOST_FILES} files; import them in parts.");
            return Err(Trouble::new(Code::TooLarge, message).field("files"));
        }
    }
    Ok(all)
}

fn inside(zip: &File) -> Result<Vec<File>, Trouble> {
    let bad = |why: &str| {
        let message = format!("{} cannot be used: {why}.", zip.name);
        Trouble::new(Code::Invalid, message)
            .action(
                "Choose a zip archive of storage_state JSON or cookies.txt files, or the files themselves.",
            )
            .field("files")
    };
    let mut archive =
        ZipArchive::new(Cursor::new(&zip.bytes)).map_err(|_| bad("it is no complete zip archive"))?;
    if archive.len() > MOST_FILES {
        return Err(bad("it holds too many files"));
    }
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|_| bad("a file in it is damaged or locked"))?;
        let name = entry.name().map_err(|_| bad("a file in it has a name that is no text"))?.into_owned();
        let session = [".json", ".txt"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
        if !entry.is_file() || !session || name.starts_with("__MACOSX/") {
            continue;
        }
        let mut bytes = Vec::new();
        // What an archive says of its sizes need not be true.
        let read = entry.by_ref().take(MOST_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|_| bad("a file in it is damaged"))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(bad("a file in it is larger than any session"));
        }
        files.push(File { name, bytes });
    }
    if files.is_empty() { Err(bad("no file in it can be a session")) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip(files: &[(&str, &[u8])]) -> File {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).expect("begun");
            writer.write_all(bytes).expect("written");
        }
        File { name: "all.zip".to_owned(), bytes: writer.finish().expect("done").into_inner() }
    }

    #[test]
    fn the_sessions_in_a_zip_archive_are_taken_one_by_one() {
        let plain = File { name: "b.txt".to_owned(), bytes: b"b".to_vec() };
        let many = zip(&[
            ("saved/a.json", b"{}"),
            ("README.md", b"x"),
            ("__MACOSX/a.json", b"x"),
            ("key.TXT", b"k"),
        ]);
        let files = unzipped(vec![many, plain]).expect("read");
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["saved/a.json", "key.TXT", "b.txt"]);
        assert_eq!(files[0].bytes, b"{}");
    }

    #[test]
    fn a_zip_archive_that_is_none_or_too_much_is_refused() {
        let refused = |file: File| unzipped(vec![file]).err().expect("refused").message;
        let cut = File { name: "cut.zip".to_owned(), bytes: b"PK\x03\x04rest".to_vec() };
        assert_eq!(refused(cut), "cut.zip cannot be used: it is no complete zip archive.");
        assert_eq!(refused(zip(&[("a.md", b"")])), "all.zip cannot be used: no file in it can be a session.");
        let large = vec![b' '; usize::try_from(MOST_BYTES).expect("a size") + 1];
        let said = refused(zip(&[("a.json", &large)]));
        assert_eq!(said, "all.zip cannot be used: a file in it is larger than any session.");
    }

    #[test]
    fn an_account_is_named_after_its_address_or_its_file() {
        let names = |name: &str, bytes: &str| {
            read(File { name: name.to_owned(), bytes: bytes.into() }, &Options::default(), None).1
        };
        let cookie = r#"{"name": "SID", "value": "v", "domain": ".google.com"}"#;
        let said = format!(r#"{{"accountName": "me@example.org", "cookies": [{cookie}]}}"#);
        assert_eq!(names("auth-0.json", &said), ["me@example.org", "auth-0"]);
        assert_eq!(names("auth-0.json", &format!("[{cookie}]")), ["auth-0"]);
        assert_eq!(names("work.postern-profile", "POSTERN\u{1a}..."), ["work"]);
    }
}
