//! What a visitor does with the run settings.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::visitor::Visitor;
use crate::{Outcome, Record};

/// The names of an editor: its dialog, what opens it, its text box and its buttons.
pub(super) struct Editor {
    pub(super) open: &'static str,
    pub(super) area: &'static str,
    pub(super) save: &'static str,
    pub(super) reset: &'static str,
}

pub(super) const FUNCTIONS: Editor = Editor {
    open: "button[aria-label='Edit function declarations']",
    area: "textarea[aria-label='Function declarations code editor']",
    save: "button[aria-label='Save the current function declarations']",
    reset: "button[aria-label='Reset the function declarations']",
};

pub(super) const SCHEMA: Editor = Editor {
    open: "button[aria-label='Edit JSON schema']",
    area: "textarea[aria-label='Structured output code editor']",
    save: "button[aria-label='Save the current schema']",
    reset: "button[aria-label='Reset the schema']",
};

impl Visitor {
    /// The last of so many records, once its answer is complete.
    pub(super) async fn record(&self, count: usize) -> anyhow::Result<Record> {
        let done =
            |records: &[Record]| records.len() == count && records[count - 1].outcome == Outcome::Complete;
        self.site.wait_for(done).await?.pop().context("no record")
    }

    /// Opens a model's page in a temporary chat, with the tools laid open.
    pub(super) async fn open_tools(&self, model: &str) -> anyhow::Result<()> {
        self.open(&format!("/prompts/new_chat?temporary=true&model={model}")).await?;
        let open = "document.querySelector('.settings-group.expanded') !== null";
        if self.value(open).await? != Value::Bool(true) {
            self.press("button[aria-label='Expand or collapse tools']").await?;
            self.until(open).await?;
        }
        Ok(())
    }

    /// Presses a switch and waits until it says so.
    pub(super) async fn switch(&self, label: &str, on: bool) -> anyhow::Result<()> {
        let switch = format!("button[role=switch][aria-label='{label}']");
        self.press(&switch).await?;
        self.until(&format!("document.querySelector(\"{switch}\").getAttribute('aria-checked') === '{on}'"))
            .await?;
        Ok(())
    }

    /// How many elements there are.
    pub(super) async fn count(&self, selector: &str) -> anyhow::Result<u64> {
        let count = self.value(&format!("document.querySelectorAll({}).length", json!(selector))).await?;
        count.as_u64().context("no number")
    }

    /// Waits until there are so many elements.
    pub(super) async fn until_count(&self, selector: &str, count: u64) -> anyhow::Result<()> {
        let selector = json!(selector);
        self.until(&format!("document.querySelectorAll({selector}).length === {count}")).await?;
        Ok(())
    }

    /// Writes into an editor and presses Save; the dialog may stay.
    pub(super) async fn write_into(&self, editor: &Editor, text: &str) -> anyhow::Result<()> {
        self.press(editor.open).await?;
        self.press("[role=dialog] [role=tab]:nth-of-type(2)").await?;
        self.until_count(editor.area, 1).await?;
        self.fill(editor.area, text).await?;
        self.press(editor.save).await
    }

    /// Waits until nothing lies over the page.
    pub(super) async fn uncovered(&self) -> anyhow::Result<()> {
        self.until_count(".cdk-overlay-backdrop", 0).await
    }

    /// Chooses from a drop-down list.
    pub(super) async fn choose(&self, label: &str, word: &str) -> anyhow::Result<()> {
        let list = format!("[role=combobox][aria-label='{label}']");
        self.press(&list).await?;
        let option = format!(
            "[...document.querySelectorAll('[role=option]')].find((option) => option.textContent === '{word}')"
        );
        self.until(&format!("{option} !== undefined")).await?;
        self.client.execute(&format!("{option}.click()"), vec![]).await?;
        self.until(&format!("document.querySelector(\"{list}\").textContent === '{word}'")).await?;
        Ok(())
    }

    /// Gives files to the page's file input.
    pub(super) async fn attach(&self, files: &[&Path]) -> anyhow::Result<()> {
        self.press("[data-test-id=add-media-button]").await?;
        self.until_count("[role=menuitem] input[type=file]", 1).await?;
        let input = self.client.find(fantoccini::Locator::Css("input[type=file]")).await?;
        let paths: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        Ok(input.send_keys(&paths.join("\n")).await?)
    }
}
