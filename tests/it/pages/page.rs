//! What a person does with a page: look, click, type. Things are found by what they are called, as a person or a screen
//! reader finds them.

use std::time::{Duration, Instant};

use anyhow::Context;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use serde::Deserialize;
use serde_json::{Value, json};

use super::host::{Console, Host};
use crate::product::{PATIENCE, workspace};

/// Finds what can be seen and has this role and name. Roles are ARIA's; the name is that of the accessibility tree, near
/// enough: label, labelled-by, own text, placeholder.
const FIND: &str = include_str!("find.js");

/// WebDriver's names of keys.
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const CONTROL: &str = "\u{e009}";
pub(crate) const SHIFT: &str = "\u{e008}";
/// Ends what is held.
pub(crate) const RELEASE: &str = "\u{e000}";

/// A defect that axe found.
#[derive(Debug, Deserialize)]
pub(crate) struct Violation {
    pub(crate) id: String,
    pub(crate) impact: Option<String>,
    pub(crate) help: String,
    pub(crate) nodes: Vec<Value>,
}

impl Console {
    /// Sets the first password.
    pub(crate) async fn set_password(&self, password: &str) -> anyhow::Result<()> {
        self.fill("New password", password).await?;
        self.fill("New password, once more", password).await?;
        self.click("button", "Set password and go on").await?;
        self.find("navigation", "Pages").await?;
        Ok(())
    }

    /// The element with this role and name, as soon as there is one.
    pub(crate) async fn find(&self, role: &str, name: &str) -> anyhow::Result<Element> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.client.execute(FIND, vec![json!(role), json!(name)]).await?;
            if !found.is_null() {
                return Ok(Element::from_element_id(self.client.clone(), element_id(&found)?));
            }
            if Instant::now() >= deadline {
                anyhow::bail!("there is no {role} \"{name}\" on the page");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks it. What moves, is covered or was drawn anew, the driver refuses to click: it is looked for again.
    pub(crate) async fn click(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.find(role, name).await?.click().await {
                Err(refusal) if is_refused(&refusal) && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                outcome => return outcome.with_context(|| format!("click on {role} \"{name}\"")),
            }
        }
    }

    /// Presses a button with the keyboard: what comes and goes by itself moves, and a mouse would have to hit it.
    pub(crate) async fn press_button(&self, name: &str) -> anyhow::Result<()> {
        self.find("button", name).await?.send_keys(ENTER).await.with_context(|| format!("press \"{name}\""))
    }

    /// Clicks what closes the page it is on: the answer to the click may go with it. What follows tells whether it was
    /// pressed.
    pub(crate) async fn click_and_go(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let _ = self.find(role, name).await?.click().await;
        Ok(())
    }

    /// Types into the field with this label, in place of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) -> anyhow::Result<()> {
        let field = self.find("textbox", label).await?;
        // What is chosen is replaced. WebDriver's own way to clear a field escapes a page that watches its fields.
        let choose = "arguments[0].focus(); arguments[0].select()";
        self.client.execute(choose, vec![serde_json::to_value(&field)?]).await?;
        field.send_keys(text).await.with_context(|| format!("type into \"{label}\""))
    }

    /// Presses keys where the focus is; see WebDriver for those that are no letters. Shift and Control are held until the
    /// key that releases them. To the window they come from the screen's keyboard.
    pub(crate) async fn press(&self, keys: &str) -> anyhow::Result<()> {
        if self.host() == Host::Window {
            return self.seat()?.press(keys).await;
        }
        let mut actions = KeyActions::new("keyboard".to_owned());
        let mut held = Vec::new();
        for value in keys.chars() {
            match value {
                '\u{e008}' | '\u{e009}' => {
                    held.push(value);
                    actions = actions.then(KeyAction::Down { value });
                }
                '\u{e000}' => {
                    for value in held.drain(..) {
                        actions = actions.then(KeyAction::Up { value });
                    }
                }
                value => actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value }),
            }
        }
        self.client.perform_actions(actions).await.with_context(|| format!("press {keys:?}"))
    }

    /// Presses Tab, and waits until it has led somewhere else.
    pub(crate) async fn tab(&self) -> anyhow::Result<()> {
        self.client.execute("window.tabbedFrom = document.activeElement", vec![]).await?;
        self.press(TAB).await?;
        self.becomes("window.tabbedFrom !== document.activeElement", json!(true)).await
    }

    /// Runs a command of the palette.
    pub(crate) async fn command(&self, words: &str) -> anyhow::Result<()> {
        let opener = self.there("[aria-keyshortcuts^='Control+K']").await?;
        opener.click().await?;
        let input = self.there("[cmdk-input]").await?;
        input.send_keys(&format!("{words}{ENTER}")).await?;
        self.becomes("document.querySelector('[cmdk-input]')", Value::Null).await
    }

    /// The first element that fits a CSS selector, as soon as there is one.
    pub(crate) async fn there(&self, selector: &str) -> anyhow::Result<Element> {
        let wanted = fantoccini::Locator::Css(selector);
        self.client.wait().at_most(PATIENCE).for_element(wanted).await.with_context(|| selector.to_owned())
    }

    /// What an expression of the page is now.
    pub(crate) async fn eval(&self, expression: &str) -> anyhow::Result<Value> {
        Ok(self.client.execute(&format!("return {expression}"), vec![]).await?)
    }

    /// Waits until an expression of the page is this.
    pub(crate) async fn becomes(&self, expression: &str, wanted: Value) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let value = self.eval(expression).await?;
            if value == wanted {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < deadline, "{expression} is {value}, not {wanted}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// All that can be read on the page.
    pub(crate) async fn text(&self) -> anyhow::Result<String> {
        let text = self.client.execute("return document.body.innerText", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until this can be read.
    pub(crate) async fn see(&self, words: &str) -> anyhow::Result<()> {
        self.until(words, |text| text.contains(words)).await
    }

    /// Waits until this can be read no more.
    pub(crate) async fn see_no_more(&self, words: &str) -> anyhow::Result<()> {
        self.until(&format!("no more \"{words}\""), |text| !text.contains(words)).await
    }

    /// Waits until this can be read so often.
    pub(crate) async fn see_times(&self, words: &str, times: usize) -> anyhow::Result<()> {
        self.until(words, |text| text.matches(words).count() >= times).await
    }

    /// Opens the row of a list in which this stands.
    pub(crate) async fn press_row(&self, words: &str) -> anyhow::Result<()> {
        let path = format!("//*[@role='row'][contains(., '{words}')][@tabindex]");
        self.client
            .wait()
            .at_most(PATIENCE)
            .for_element(fantoccini::Locator::XPath(&path))
            .await?
            .click()
            .await?;
        Ok(())
    }

    async fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text().await?;
            if holds(&text) {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < deadline, "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Goes to a page by its route, such as `/keys`.
    pub(crate) async fn go(&self, route: &str) -> anyhow::Result<()> {
        self.client.execute("location.hash = arguments[0]", vec![json!(format!("#{route}"))]).await?;
        Ok(())
    }

    /// What axe finds of serious or critical weight.
    pub(crate) async fn violations(&self) -> anyhow::Result<Vec<Violation>> {
        let loaded = self.client.execute("return typeof axe !== 'undefined'", vec![]).await?;
        if loaded != json!(true) {
            self.client.execute(&axe()?, vec![]).await?;
        }
        let run = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] })
                .then(result => done(result.violations.map(({ id, impact, help, nodes }) =>
                    ({ id, impact, help, nodes: nodes.map(node => node.html.slice(0, 300) + ' ' + node.failureSummary) }))))
                .catch(error => done(String(error)))";
        let found = self.client.execute_async(run, vec![]).await?;
        let found: Vec<Violation> = serde_json::from_value(found)?;
        let grave =
            |violation: &Violation| matches!(violation.impact.as_deref(), Some("serious" | "critical"));
        Ok(found.into_iter().filter(grave).collect())
    }

    /// What sticks out of the page to the side, or is cut off where nobody can scroll to it.
    pub(crate) async fn overflows(&self) -> anyhow::Result<Vec<String>> {
        let found = self.client.execute(include_str!("overflow.js"), vec![]).await?;
        Ok(serde_json::from_value(found)?)
    }
}

fn element_id(found: &Value) -> anyhow::Result<fantoccini::elements::ElementRef> {
    let id = found.as_object().and_then(|fields| fields.values().next()).and_then(Value::as_str);
    Ok(id.context("an element")?.to_owned().into())
}

/// The source of axe, which checks pages for accessibility.
fn axe() -> anyhow::Result<String> {
    let file = workspace().join("ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file).with_context(|| file.display().to_string())
}

/// Whether the driver did not click at all.
fn is_refused(error: &CmdError) -> bool {
    let refusals = [
        ErrorStatus::ElementClickIntercepted,
        ErrorStatus::ElementNotInteractable,
        ErrorStatus::StaleElementReference,
    ];
    matches!(error, CmdError::Standard(known) if refusals.contains(&known.error))
}
