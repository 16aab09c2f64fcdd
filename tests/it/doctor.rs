//! AI Studio's page, looked at from the command line: by a running server, and without one.

use std::process::Output;

use anyhow::Context;
use postern_tests::Layout;
use serde_json::Value;

use crate::product::{Product, postern};

/// Runs `postern doctor …` on the product's data folder, however it ends.
async fn doctor(product: &Product, arguments: &[&str]) -> anyhow::Result<Output> {
    let mut command = postern(product.data.path());
    command.arg("doctor").args(arguments);
    Ok(tokio::task::spawn_blocking(move || command.output()).await??)
}

fn said(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What was found of a control of the one account's page.
fn sight(output: &Output, purpose: &str) -> anyhow::Result<Value> {
    let looked: Value = serde_json::from_slice(&output.stdout).with_context(|| said(output))?;
    assert_eq!(looked[0]["account"], "main", "{looked:#}");
    let controls = looked[0]["report"]["controls"].as_array().context("controls")?;
    let control = controls.iter().find(|control| control["purpose"] == purpose).context("the control")?;
    Ok(control["sight"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_looked_at_by_the_server_and_without_one() -> anyhow::Result<()> {
    let mut product = Product::start().await?;
    let selectors = product.data.path().join("selectors.toml");
    let looked = doctor(&product, &["aistudio", "--account", "main", "--json"]).await?;
    assert!(looked.status.success(), "{}", said(&looked));
    assert_eq!(sight(&looked, "prompt")?["state"], "found");
    assert_eq!(sight(&looked, "stop")?["why"], "no_answer");
    assert!(product.site.control().records().is_empty(), "no request was made");
    assert_eq!(product.browsers().len(), 1, "it was the server's browser");

    // A file is taken up while the server runs; what it costs is told, and the command fails.
    std::fs::write(&selectors, "[selectors]\nrun = [\"#nothing\"]\ntop_p = [\"#nowhere\"]\n")?;
    let looked = doctor(&product, &["aistudio"]).await?;
    assert_eq!(looked.status.code(), Some(1), "{}", said(&looked));
    let text = said(&looked);
    let of = |purpose: &str| {
        text.lines().find(|line| line.contains(&format!("  {purpose} "))).map(str::trim_start)
    };
    assert!(of("run").is_some_and(|line| line.starts_with("BAD") && line.contains("required")), "{text}");
    assert!(of("top_p").is_some_and(|line| line.starts_with("note") && line.contains("optional")), "{text}");
    assert!(text.contains("selectors.run, selectors.top_p"), "{text}");

    // A wrong one is left aside, with the line.
    std::fs::write(&selectors, "[selectors]\nrun = [\"#nothing\"]\nrum = [\"#go\"]\n")?;
    let found = said(&doctor(&product, &[]).await?);
    assert!(found.contains("line 3") && found.contains("`rum`"), "{found}");
    assert_eq!(product.ask("Still there?").await?.0, 200);

    // Of a page that has changed beyond use, too, each control that is missing is named.
    std::fs::remove_file(&selectors)?;
    product.site.control().set_layout(Layout { broken: true, ..Layout::default() });
    product.crash_and_restart()?;
    let looked = doctor(&product, &["aistudio"]).await?;
    assert_eq!(looked.status.code(), Some(1), "{}", said(&looked));
    let text = said(&looked);
    let prompt = text.lines().map(str::trim_start).find(|line| line.contains("  prompt "));
    assert!(prompt.is_some_and(|line| line.starts_with("BAD") && line.contains("required")), "{text}");
    product.site.control().set_layout(Layout::default());

    let nobody = doctor(&product, &["aistudio", "--account", "nobody"]).await?;
    assert!(said(&nobody).contains("there is no account nobody"), "{}", said(&nobody));

    product.crash()?;
    let looked = doctor(&product, &["aistudio", "--json"]).await?;
    assert!(looked.status.success(), "{}", said(&looked));
    assert_eq!(sight(&looked, "run")?["rank"], 0);
    Ok(())
}
