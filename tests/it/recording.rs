//! What was answered is recorded, however the server ends.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use postern_store::ConversationStore;
use serde_json::json;

use crate::product::{PATIENCE, end, serve};

const REQUESTS: u64 = 50;

/// The server while the test has it.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

/// Asks the echo model for so many answers at once and takes all of them.
async fn ask(base_url: &str) -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let asked = (0..REQUESTS).map(|number| {
        let messages = json!([{ "role": "user", "content": format!("number {number}") }]);
        let body = json!({ "model": "postern/echo", "stream": number % 2 == 0, "messages": messages });
        let request = client.post(format!("{base_url}/v1/chat/completions")).json(&body);
        async move {
            let text = request.send().await?.error_for_status()?.text().await?;
            ensure!(text.contains("number"), "{text}");
            Ok(())
        }
    });
    try_join_all(asked).await.map(drop)
}

/// How many exchanges a folder holds once what a process left behind is taken in.
async fn recorded(data: &Path) -> anyhow::Result<u64> {
    let store = ConversationStore::open(data)?;
    let kept = store.conversations();
    let mut arrivals = kept.arrivals();
    let all = tokio::time::timeout(PATIENCE, arrivals.wait_for(|last| *last >= REQUESTS));
    all.await.context("they did not arrive")??;
    let exchanges = kept.usage().await?.exchanges;
    store.close();
    Ok(exchanges)
}

fn signal(child: &Child, name: &str) -> anyhow::Result<()> {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status()?;
    ensure!(status.success(), "kill {name}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_keeps_every_answer_before_that() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let (child, base_url) = serve(data.path(), Some(0))?;
    let mut serving = Serving(child);
    ask(&base_url).await?;
    signal(&serving.0, "-INT")?;
    ensure!(serving.0.wait()?.success(), "it did not end in order");
    assert_eq!(recorded(data.path()).await?, REQUESTS);
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_killed_keeps_what_was_answered_a_second_before() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let (child, base_url) = serve(data.path(), Some(0))?;
    let mut serving = Serving(child);
    ask(&base_url).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    signal(&serving.0, "-KILL")?;
    serving.0.wait()?;
    assert_eq!(recorded(data.path()).await?, REQUESTS);
    Ok(())
}
