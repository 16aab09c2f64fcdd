//! A profile as one stream of bytes: a tar of its folder, without what a browser makes again.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use postern_browser::StorageState;
use tar::{Builder, EntryType, Header};

use crate::accounts::{Kept, LEFT_BEHIND};

/// What is kept of the account, in the archive.
pub(super) const ACCOUNT: &str = "account.toml";
/// The session, for a machine that cannot read the profile's own cookies: browsers may encrypt them with a key of
/// the machine.
pub(super) const SESSION: &str = "session.json";
/// The folder of the profile.
pub(super) const PROFILE: &str = "profile";
/// Most bytes of an archive, unpacked.
pub(super) const MOST_BYTES: u64 = 2 << 30;

/// Large, and the same for everybody: browsers fetch these again.
const FETCHED_AGAIN: &[&str] = &[
    "GraphiteDawnCache",
    "OnDeviceHeadSuggestModel",
    "OptGuideOnDeviceModel",
    "Safe Browsing",
    "Subresource Filter",
    "WidevineCdm",
    "component_crx_cache",
    "extensions_crx_cache",
    "optimization_guide_model_store",
];

/// Writes the profile, what is kept of its account, and its session if it is known.
pub(super) fn pack(
    profile: &Path,
    kept: &Kept,
    session: Option<&StorageState>,
    out: impl Write,
) -> io::Result<()> {
    let mut tar = Builder::new(out);
    let account = toml::to_string(kept).map_err(io::Error::other)?;
    add(&mut tar, ACCOUNT, account.as_bytes())?;
    if let Some(session) = session {
        add(&mut tar, SESSION, session.to_json().expose().as_bytes())?;
    }
    let mut room = MOST_BYTES;
    add_folder(&mut tar, profile, Path::new(PROFILE), &mut room)?;
    tar.into_inner()?.flush()
}

fn add(tar: &mut Builder<impl Write>, name: &str, bytes: &[u8]) -> io::Result<()> {
    tar.append_data(&mut header(EntryType::Regular, bytes.len() as u64), name, bytes)
}

fn add_folder(tar: &mut Builder<impl Write>, from: &Path, to: &Path, room: &mut u64) -> io::Result<()> {
    tar.append_data(&mut header(EntryType::Directory, 0), to, io::empty())?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if LEFT_BEHIND.iter().chain(FETCHED_AGAIN).any(|left| name == *left) {
            continue;
        }
        let kind = entry.file_type()?;
        let (path, to) = (entry.path(), to.join(&name));
        if kind.is_dir() {
            add_folder(tar, &path, &to, room)?;
        } else if kind.is_file() {
            let file = File::open(&path)?;
            let bytes = file.metadata()?.len();
            *room =
                room.checked_sub(bytes).ok_or_else(|| io::Error::other("the profile is larger than 2 GB"))?;
            // A file that shrinks meanwhile would make the archive unreadable; the browser is closed, so none does.
            tar.append_data(&mut header(EntryType::Regular, bytes), &to, file)?;
        }
        // Links and sockets are of this machine.
    }
    Ok(())
}

fn header(kind: EntryType, bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(bytes);
    header.set_mode(if kind == EntryType::Directory { 0o700 } else { 0o600 });
    header
}
