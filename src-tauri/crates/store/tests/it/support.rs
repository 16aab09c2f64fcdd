//! What the tests share.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use postern_protocol::RequestId;
use postern_store::{Asked, Opening, Requests, Source, Store};

pub(crate) fn database(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("data").join("postern.db")
}

/// Waits for another process's change to arrive.
#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("the change never arrived");
}

/// Whether a text is in one of the database's files.
#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) fn on_disk(folder: &tempfile::TempDir, text: &str) -> bool {
    let folder = database(folder).parent().expect("a parent").to_owned();
    std::fs::read_dir(folder).expect("a folder").any(|file| {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// A request that came so long ago.
pub(crate) fn opening(id: &str, ago: Duration) -> Opening {
    Opening {
        id: RequestId::new(id),
        at: SystemTime::now() - ago,
        method: "POST".to_owned(),
        path: "/v1/chat/completions".to_owned(),
        key: None,
        source: Source::Client,
    }
}

/// A journal in memory.
#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) fn journal() -> Requests {
    Store::in_memory().expect("opens").requests()
}

/// Asks for this model with this body.
pub(crate) fn asked(model: &str, body: &str) -> Asked {
    Asked { model: model.to_owned(), stream: true, body: body.to_owned().into() }
}
