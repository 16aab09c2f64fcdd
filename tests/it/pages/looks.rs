//! How every page looks, in both themes, both languages and two sizes: everyone can use it, nothing sticks out, nothing
//! is left in the other language, and the browser has nothing to complain about.

use std::collections::BTreeSet;

use anyhow::Context;
use serde_json::{Value, json};

use super::gallery::{LOOKS, Look, SIZES, VIEWS, furnished};
use super::host::{Console, Host};
use crate::product::workspace;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_whole_translated_and_for_everyone() -> anyhow::Result<()> {
    if !super::can_open(Host::Browser) {
        return Ok(());
    }
    let (console, _provider) = furnished().await?;
    let texts = Texts::read()?;
    let mut defects = BTreeSet::new();
    let looked = look_at_all(&console, &texts, &mut defects).await;
    if looked.is_err() {
        console.complain().await;
    }
    looked?;
    for entry in console.driver("se/log", &json!({ "type": "browser" })).await?.as_array().context("a log")? {
        if entry["level"] == "SEVERE" {
            defects.insert(format!("the browser complains: {}", entry["message"]));
        }
    }
    let defects: Vec<String> = defects.into_iter().collect();
    anyhow::ensure!(defects.is_empty(), "{} defects\n{}", defects.len(), defects.join("\n"));
    console.close().await
}

async fn look_at_all(console: &Console, texts: &Texts, defects: &mut BTreeSet<String>) -> anyhow::Result<()> {
    for look in LOOKS {
        console.wear(look).await?;
        for view in VIEWS {
            console.show(view).await?;
            examine(console, view.name, look, texts, defects).await?;
            console.dismiss().await?;
        }
    }
    console.leave().await?;
    for look in LOOKS {
        console.wear_outside(look).await?;
        examine(console, "login", look, texts, defects).await?;
    }
    Ok(())
}

async fn examine(
    console: &Console,
    name: &str,
    look: Look,
    texts: &Texts,
    defects: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    for size in SIZES {
        console.resize(size).await?;
        for defect in console.overflows().await? {
            defects.insert(format!("{name} at {}, {}: {defect}", size.0, look.language));
        }
        if look.language != "en" {
            for defect in texts.left_in_english(console).await? {
                defects.insert(format!("{name}: {defect}"));
            }
        }
        for violation in console.violations().await? {
            let nodes = violation.nodes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n    ");
            let (id, help) = (&violation.id, &violation.help);
            defects.insert(format!("{name} in {} at {}: {id}: {help}\n    {nodes}", look.theme, size.0));
        }
    }
    Ok(())
}

/// The texts that are different in the two languages.
struct Texts {
    english: Vec<String>,
    rooms: Vec<String>,
}

impl Texts {
    fn read() -> anyhow::Result<Self> {
        let folder = workspace().join("ui/src/locales");
        let (mut english, mut rooms) = (Vec::new(), Vec::new());
        for entry in std::fs::read_dir(folder.join("en"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let Some(room) = name.strip_suffix(".json") else { continue };
            rooms.push(room.to_owned());
            let read = |language: &str| -> anyhow::Result<Value> {
                Ok(serde_json::from_str(&std::fs::read_to_string(folder.join(language).join(&name))?)?)
            };
            collect(&read("en")?, &read("zh-CN")?, &mut english);
        }
        anyhow::ensure!(english.len() > 200, "where are the texts?");
        Ok(Self { english, rooms })
    }

    async fn left_in_english(&self, console: &Console) -> anyhow::Result<Vec<String>> {
        let arguments = vec![json!(self.english), json!(self.rooms)];
        let found = console.client.execute(include_str!("untranslated.js"), arguments).await?;
        Ok(serde_json::from_value(found)?)
    }
}

fn collect(english: &Value, other: &Value, into: &mut Vec<String>) {
    match english {
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, &other[name.as_str()], into);
            }
        }
        Value::String(text) if text.len() > 3 && english != other => into.push(text.clone()),
        _ => {}
    }
}
