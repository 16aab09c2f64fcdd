//! A browser that a person uses on a profile: whether it runs, and asking it to end. Nothing here steers it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::process;

/// Time between two looks. The end of a process that is not a child cannot be awaited.
const LOOK: Duration = Duration::from_millis(100);

/// Whether any process is on the profile folder. Looks at every process, so it blocks for a moment.
pub fn is_in_use(dir: &Path) -> bool {
    !process::of_profile(dir).is_empty()
}

/// Asks the browser on the profile folder to end, as its user would, so that it writes down what it knows. True when
/// nothing is left there; false when something still runs after `patience`.
pub async fn close(dir: &Path, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    let mut asked = HashSet::new();
    loop {
        let (folder, mut known): (PathBuf, _) = (dir.to_owned(), std::mem::take(&mut asked));
        let looked = tokio::task::spawn_blocking(move || (process::ask_to_end(&folder, &mut known), known));
        match looked.await {
            Ok((true, known)) => asked = known,
            Ok((false, _)) => return true,
            Err(_) => return false,
        }
        if Instant::now() > until {
            return false;
        }
        tokio::time::sleep(LOOK).await;
    }
}
