//! Files of this computer, below folders that the owner listed.

use std::io;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tokio::io::AsyncReadExt;
use url::Url;

use super::MediaError;
use super::stage::Draft;

/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// The path that an address means; `None` for one of the web.
pub(super) fn path_of(address: &str) -> Result<Option<PathBuf>, MediaError> {
    let path = Path::new(address);
    if path.is_absolute() {
        return Ok(Some(path.to_owned()));
    }
    let unusable = |why: &str| MediaError::Address(why.to_owned());
    let url = Url::parse(address)
        .map_err(|_| unusable("it is neither an http or https address nor a whole path"))?;
    match url.scheme() {
        "http" | "https" => Ok(None),
        "file" => {
            let path = url.to_file_path().map_err(|()| unusable("its file: address names no path here"))?;
            Ok(Some(path))
        }
        // The driver letter of another system's path looks like a scheme.
        scheme if scheme.len() == 1 => Err(unusable("a path of another system cannot be read here")),
        _ => Err(unusable("only http, https and file addresses are known")),
    }
}

/// Copies the file, if it really lies below one of the folders.
pub(super) async fn copy(path: PathBuf, folders: &[PathBuf], draft: &mut Draft) -> Result<(), MediaError> {
    let (folders, limit) = (folders.to_owned(), draft.limit());
    let opened = tokio::task::spawn_blocking(move || open(&path, &folders, limit)).await;
    let file = opened.map_err(|error| MediaError::Unreadable(error.to_string()))??;
    let mut file = tokio::fs::File::from_std(file);
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece).await.map_err(|error| unreadable(&error))? {
            0 => return Ok(()),
            count => draft.write(&piece[..count]).await?,
        }
    }
}

/// Opens the file. What it is said to be is followed to its end first; from the folder on, nothing on the way to it
/// can lead out of the folder any more, whatever is changed meanwhile.
fn open(path: &Path, folders: &[PathBuf], limit: u64) -> Result<std::fs::File, MediaError> {
    let folders: Vec<PathBuf> = folders.iter().filter_map(|folder| folder.canonicalize().ok()).collect();
    let real = match path.canonicalize() {
        Ok(real) => real,
        // Nobody learns from the answer what there is elsewhere.
        Err(error) if folders.iter().any(|folder| is_below(path, folder)) => return Err(unreadable(&error)),
        Err(_) => return Err(MediaError::Outside),
    };
    let folder = folders.iter().find(|folder| real.starts_with(folder)).ok_or(MediaError::Outside)?;
    let within = real.strip_prefix(folder).map_err(|_| MediaError::Outside)?;
    let dir = Dir::open_ambient_dir(folder, ambient_authority()).map_err(|error| unreadable(&error))?;
    let is_file = |file: &cap_std::fs::Metadata| {
        if file.is_file() { Ok(()) } else { Err(MediaError::Unreadable("it is not a file".to_owned())) }
    };
    // Opening a pipe would wait for somebody at its other end.
    is_file(&dir.metadata(within).map_err(|error| unreadable(&error))?)?;
    let file = dir.open(within).map_err(|error| unreadable(&error))?;
    let about = file.metadata().map_err(|error| unreadable(&error))?;
    is_file(&about)?;
    if about.len() > limit {
        return Err(MediaError::TooLarge { limit });
    }
    Ok(file.into_std())
}

/// Whether the path, as it is written, leads below the folder: the nearest folder on its way that is there does.
fn is_below(path: &Path, folder: &Path) -> bool {
    let plain = path.components().all(|part| !matches!(part, std::path::Component::ParentDir));
    let nearest = path.ancestors().skip(1).find_map(|above| above.canonicalize().ok());
    plain && nearest.is_some_and(|above| above.starts_with(folder))
}

fn unreadable(error: &io::Error) -> MediaError {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "Postern may not read it".to_owned(),
        _ => error.to_string(),
    };
    MediaError::Unreadable(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_paths() {
        assert_eq!(path_of("https://a.test/x").unwrap(), None);
        for bad in ["images/cat.png", "ftp://a.test/x", "javascript:1", "file://server.test/share/x"] {
            assert!(matches!(path_of(bad), Err(MediaError::Address(_))), "{bad}");
        }
        if cfg!(unix) {
            assert_eq!(path_of("/tmp/a b.png").unwrap(), Some("/tmp/a b.png".into()));
            assert_eq!(path_of("file:///tmp/a%20b.png").unwrap(), Some("/tmp/a b.png".into()));
            assert_eq!(path_of("file:///tmp/%2e%2e/etc/x").unwrap(), Some("/etc/x".into()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_of_the_folders_is_read() {
        use std::os::unix::fs::symlink;

        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for folder in ["open/deep", "open2", "shut"] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        std::fs::write(at("open/deep/a.txt"), "in").unwrap();
        std::fs::write(at("open2/b.txt"), "near").unwrap();
        std::fs::write(at("shut/secret"), "out").unwrap();
        symlink(at("shut/secret"), at("open/link")).unwrap();
        symlink(at("shut"), at("open/way")).unwrap();
        symlink(at("open/deep/a.txt"), at("open/inner")).unwrap();
        symlink(at("open"), at("alias")).unwrap();
        let open = |name: &str| open(&at(name), &[at("open"), at("missing")], 100).map(drop);
        for name in ["open/deep/a.txt", "open/inner", "alias/deep/a.txt", "shut/../open/deep/a.txt"] {
            assert_eq!(open(name), Ok(()), "{name}");
        }
        for name in [
            "open/link",
            "open/way/secret",
            "open/../shut/secret",
            "open2/b.txt",
            "shut/secret",
            "shut/none",
            "open/../shut/none",
            "open/way/none",
        ] {
            assert_eq!(open(name), Err(MediaError::Outside), "{name}");
        }
        assert!(matches!(open("open/none"), Err(MediaError::Unreadable(_))));
        assert!(matches!(open("open/deep"), Err(MediaError::Unreadable(_))));
        let small = super::open(&at("open/deep/a.txt"), &[at("open")], 1);
        assert!(matches!(small, Err(MediaError::TooLarge { limit: 1 })));
        assert_eq!(super::open(&at("open/deep/a.txt"), &[], 100).map(drop), Err(MediaError::Outside));
    }
}
