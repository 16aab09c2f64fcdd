//! A key that whoever starts the program gives it.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{BadKey, MasterKey, Source};

/// The key itself.
const VARIABLE: &str = "POSTERN_MASTER_KEY";
/// A file that holds it.
const FILE_VARIABLE: &str = "POSTERN_MASTER_KEY_FILE";
/// Where systemd puts the credentials of a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// Which of them is ours.
const CREDENTIAL: &str = "postern-master-key";

/// What was given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub(crate) key: Option<(MasterKey, Source)>,
    /// What was given and cannot be used, in words that do not repeat it.
    pub(crate) trouble: Option<String>,
}

impl Given {
    /// Looks at the environment, the file it names, and the credentials of a service, in this order.
    pub fn find(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.trim().is_empty());
        if let Some(text) = set(VARIABLE) {
            let text = Zeroizing::new(text);
            return Self::told(MasterKey::from_text(&text), Source::Environment, VARIABLE);
        }
        if let Some(path) = set(FILE_VARIABLE) {
            let path = PathBuf::from(path);
            let name = format!("{FILE_VARIABLE} ({})", path.display());
            return Self::read(&path, Source::GivenFile, &name);
        }
        let credential = set(CREDENTIALS).map(|folder| Path::new(&folder).join(CREDENTIAL));
        match credential.filter(|path| path.exists()) {
            Some(path) => Self::read(&path, Source::Credential, &format!("the credential {CREDENTIAL}")),
            None => Self::default(),
        }
    }

    /// This key, as if it were in the environment.
    pub fn key(key: MasterKey) -> Self {
        Self { key: Some((key, Source::Environment)), trouble: None }
    }

    fn read(path: &Path, source: Source, name: &str) -> Self {
        match std::fs::read(path).map(Zeroizing::new) {
            Ok(bytes) => Self::told(from_file(&bytes), source, name),
            Err(error) => Self { key: None, trouble: Some(format!("{name} cannot be read: {error}")) },
        }
    }

    fn told(key: Result<MasterKey, BadKey>, source: Source, name: &str) -> Self {
        match key {
            Ok(key) => Self { key: Some((key, source)), trouble: None },
            Err(error) => Self { key: None, trouble: Some(format!("{name} cannot be used: {error}")) },
        }
    }
}

/// A file holds a text, or the bytes themselves.
fn from_file(bytes: &[u8]) -> Result<MasterKey, BadKey> {
    MasterKey::from_bytes(bytes)
        .or_else(|_| std::str::from_utf8(bytes).map_err(|_| BadKey::Form).and_then(MasterKey::from_text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn find(set: &[(&str, &str)]) -> Given {
        let set: BTreeMap<&str, &str> = set.iter().copied().collect();
        Given::find(|name| set.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn the_nearest_place_comes_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys: Vec<MasterKey> = (0..3).map(|_| MasterKey::generate().expect("random")).collect();
        let text: Vec<String> = keys.iter().map(|key| key.recovery().expose().to_owned()).collect();
        let file = folder.path().join("key");
        std::fs::write(&file, format!("{}\n", text[1])).expect("written");
        std::fs::write(folder.path().join(CREDENTIAL), keys[2].bytes()).expect("written");
        let (file, folder) = (file.display().to_string(), folder.path().display().to_string());
        let all = [(VARIABLE, text[0].as_str()), (FILE_VARIABLE, &file), (CREDENTIALS, &folder)];
        let expected = [Source::Environment, Source::GivenFile, Source::Credential];
        for (first, source) in expected.into_iter().enumerate() {
            assert_eq!(find(&all[first..]).key, Some((keys[first].clone(), source)));
        }
        assert!(find(&[]).key.is_none() && find(&[]).trouble.is_none());
        let emptied = [(VARIABLE, ""), (FILE_VARIABLE, " "), (CREDENTIALS, "/does/not/exist")];
        assert!(find(&emptied).key.is_none() && find(&emptied).trouble.is_none());
    }

    #[test]
    fn what_cannot_be_used_is_named_and_not_repeated() {
        let bad = find(&[(VARIABLE, "hunter2-hunter2")]);
        let told = bad.trouble.expect("trouble");
        assert!(bad.key.is_none() && told.starts_with("POSTERN_MASTER_KEY cannot be used: "), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        let missing = find(&[(FILE_VARIABLE, "/does/not/exist")]).trouble.expect("trouble");
        assert!(missing.contains("/does/not/exist) cannot be read"), "{missing}");
    }
}
