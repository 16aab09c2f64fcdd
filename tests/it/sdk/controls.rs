//! Every control, set by the SDK, seen in what the site's page sends, and gone with the next request. The same where
//! the marks of the controls are others, and where there are no controls: then the answer says so.

use std::collections::BTreeMap;

use postern_tests::{Layout, Piece, Record, Scenario, Script};
use serde_json::{Value, json};

use super::{ANY_KEY, Sdk, done, sticky};
use crate::product::Product;

/// A model that thinks in levels.
const FLASH: &str = "gemini-3-flash-preview";
/// One that thinks in tokens.
const BUDGETED: &str = "gemini-2.5-flash";
const PAINTER: &str = "gemini-2.5-flash-image";
const SPEAKER: &str = "gemini-2.5-flash-preview-tts";

/// A control.
struct Control {
    model: &'static str,
    /// What the SDK is called with.
    ask: Value,
    /// Which of the settings it is about, and what they then are.
    sent: Value,
    /// What an answer names where the page has no such control.
    named: &'static str,
}

/// Controls of one model.
fn of<const N: usize>(model: &'static str, rows: [(Value, Value, &'static str); N]) -> Vec<Control> {
    rows.map(|(ask, sent, named)| Control { model, ask, sent, named }).into()
}

fn google(wishes: Value) -> Value {
    json!({ "extra_body": { "google": wishes } })
}

/// As programs send it that write down in full what the SDK would put at the top.
fn nested(wishes: Value) -> Value {
    json!({ "extra_body": { "extra_body": { "google": wishes } } })
}

fn sampling() -> Vec<Control> {
    let system = json!([{ "role": "system", "content": "Be brief." }, { "role": "user", "content": "Hi" }]);
    of(
        FLASH,
        [
            (json!({ "temperature": 0.3 }), json!({ "temperature": 0.3 }), "temperature"),
            (json!({ "temperature": 0.7, "stream": true }), json!({ "temperature": 0.7 }), "temperature"),
            (json!({ "top_p": 0.5 }), json!({ "top_p": 0.5 }), "top_p"),
            (json!({ "max_tokens": 777 }), json!({ "max_tokens": 777 }), "max_tokens"),
            (json!({ "max_completion_tokens": 555 }), json!({ "max_tokens": 555 }), "max_tokens"),
            (json!({ "stop": ["END", "<stop>"] }), json!({ "stop": ["END", "<stop>"] }), "stop"),
            (json!({ "stop": "###" }), json!({ "stop": ["###"] }), "stop"),
            (json!({ "messages": system }), json!({ "system": "Be brief." }), "system instructions"),
        ],
    )
}

fn thinking() -> Vec<Control> {
    let level = |level: &str| json!({ "thinking": { "budget": null, "level": level } });
    let budget = |budget: i64| json!({ "thinking": { "budget": budget, "level": null } });
    let effort = |effort: &str| json!({ "reasoning_effort": effort });
    let config = |config: Value| json!({ "thinking_config": config });
    let mut all = of(
        FLASH,
        [
            (effort("minimal"), level("minimal"), "thinking"),
            (effort("low"), level("low"), "thinking"),
            (effort("medium"), level("medium"), "thinking"),
            (effort("high"), level("high"), "thinking"),
            (google(config(json!({ "thinking_level": "low" }))), level("low"), "thinking"),
        ],
    );
    all.extend(of(
        BUDGETED,
        [
            (effort("none"), budget(0), "thinking"),
            (effort("low"), budget(1024), "thinking"),
            (google(config(json!({ "thinking_budget": 2000 }))), budget(2000), "thinking"),
            (nested(config(json!({ "thinkingBudget": 0 }))), budget(0), "thinking"),
        ],
    ));
    all
}

fn tools() -> Vec<Control> {
    let tool = |tool: Value| json!({ "tools": [tool] });
    let on = |name: &str| json!({ "tools": [name] });
    let search = "Google Search";
    let now = json!({ "type": "function", "function": { "name": "now", "description": "The time." } });
    let declared = json!([{ "name": "now", "description": "The time.", "schema": null }]);
    of(
        FLASH,
        [
            (tool(json!({ "type": "google_search" })), on("search"), search),
            (tool(json!({ "google_search_retrieval": {} })), on("search"), search),
            (
                tool(json!({ "type": "function", "function": { "name": "googleSearch" } })),
                on("search"),
                search,
            ),
            (json!({ "web_search_options": {} }), on("search"), search),
            (json!({ "model": format!("{FLASH}:search") }), on("search"), search),
            (tool(json!({ "type": "url_context" })), on("url_context"), "URL context"),
            (tool(json!({ "type": "code_execution" })), on("code_execution"), "code execution"),
            (tool(json!({ "type": "google_maps" })), on("maps"), "Google Maps"),
            (tool(now), json!({ "tools": ["functions"], "functions": declared }), "emulated"),
        ],
    )
}

fn forms() -> Vec<Control> {
    let schema = json!({ "type": "object", "properties": { "city": { "type": "string" } } });
    let form = json!({ "type": "json_schema", "json_schema": { "name": "place", "schema": schema } });
    let (any, this) = (
        json!({ "response_mime": "application/json" }),
        json!({ "response_mime": "application/json", "schema": schema }),
    );
    of(
        FLASH,
        [
            (json!({ "response_format": { "type": "json_object" } }), any, "JSON form"),
            (json!({ "response_format": form }), this, "JSON form"),
        ],
    )
}

fn safety_and_media() -> Vec<Control> {
    let settings = |thresholds: [&str; 4]| {
        let kinds = ["HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT"];
        let setting = |(kind, threshold)| json!({ "category": format!("HARM_CATEGORY_{kind}"), "threshold": threshold });
        json!({ "safety_settings": kinds.into_iter().zip(thresholds).map(setting).collect::<Vec<_>>() })
    };
    let blocked = |thresholds: [&str; 4]| {
        let kinds = ["harassment", "hate", "sexual", "dangerous"];
        json!({ "safety": kinds.into_iter().zip(thresholds).collect::<Vec<_>>() })
    };
    let asked = ["BLOCK_NONE", "BLOCK_ONLY_HIGH", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_LOW_AND_ABOVE"];
    let turned = ["BLOCK_LOW_AND_ABOVE", "BLOCK_NONE", "OFF", "BLOCK_MEDIUM_AND_ABOVE"];
    let media = |level: &str| json!({ "media_resolution": level });
    of(
        FLASH,
        [
            (google(settings(asked)), blocked(["none", "few", "some", "most"]), "safety settings"),
            (nested(settings(turned)), blocked(["most", "none", "off", "some"]), "safety settings"),
            (google(media("MEDIA_RESOLUTION_LOW")), media("low"), "media resolution"),
            (nested(media("MEDIA_RESOLUTION_MEDIUM")), media("medium"), "media resolution"),
            (google(media("MEDIA_RESOLUTION_HIGH")), media("high"), "media resolution"),
        ],
    )
}

fn pictures_and_voices() -> Vec<Control> {
    let image = |config: Value| json!({ "image_config": config });
    let voice = json!({ "voice_config": { "prebuilt_voice_config": { "voice_name": "Kore" } } });
    let spoken = json!({ "modalities": ["text", "audio"], "audio": { "voice": "Puck", "format": "wav" } });
    let alone = json!({ "modalities": ["image"] });
    let mut all = of(
        PAINTER,
        [
            (alone.clone(), alone.clone(), "output format"),
            (google(json!({ "response_modalities": ["IMAGE"] })), alone, "output format"),
            (
                google(image(json!({ "aspect_ratio": "16:9" }))),
                json!({ "aspect_ratio": "16:9" }),
                "aspect ratio",
            ),
            (nested(image(json!({ "image_size": "2K" }))), json!({ "image_size": "2K" }), "image size"),
        ],
    );
    all.extend(of(
        SPEAKER,
        [
            (spoken, json!({ "voice": "Puck" }), "voice"),
            (google(json!({ "speech_config": voice.clone() })), json!({ "voice": "Kore" }), "voice"),
            (nested(json!({ "speech_config": voice })), json!({ "voice": "Kore" }), "voice"),
        ],
    ));
    all
}

/// A request of the table: one that sets a control, or a plain one.
struct Ask {
    model: &'static str,
    control: Option<Control>,
}

impl Ask {
    /// What the SDK is called with.
    fn call(&self) -> Value {
        let mut call = json!({ "model": self.model });
        let own = self.control.as_ref().and_then(|control| control.ask.as_object());
        for (name, value) in own.into_iter().flatten() {
            call[name] = value.clone();
        }
        call
    }
}

/// When plain requests are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    /// After each control.
    Often,
    /// Before and after all controls of a model; in between each control shows what the one before left.
    Seldom,
}

/// All controls, model by model, so that the page stays between those of one model.
fn asks(plain: Plain) -> Vec<Ask> {
    let groups = [sampling(), thinking(), tools(), forms(), safety_and_media(), pictures_and_voices()];
    let mut controls: Vec<Control> = groups.into_iter().flatten().collect();
    let mut all = Vec::new();
    for model in [FLASH, BUDGETED, PAINTER, SPEAKER] {
        all.push(Ask { model, control: None });
        for control in controls.extract_if(.., |control| control.model == model) {
            all.push(Ask { model, control: Some(control) });
            if plain == Plain::Often {
                all.push(Ask { model, control: None });
            }
        }
        if plain == Plain::Seldom {
            all.push(Ask { model, control: None });
        }
    }
    all
}

/// A request, what the SDK saw beside its answer, and what the site got.
struct Exchange {
    ask: Ask,
    told: Value,
    record: Record,
    /// What the first plain request to the model set.
    plain: BTreeMap<&'static str, Value>,
}

impl Exchange {
    /// Nothing was to be said about it.
    fn is_quiet(&self) -> bool {
        self.told["warnings"].is_null() && self.told["ignored"].is_null()
    }

    /// Where the control does not do what it says, or anything else was set, as by a request before.
    fn faults(&self) -> Vec<String> {
        let mut expected = self.plain.clone();
        let sent = self.ask.control.as_ref().and_then(|control| control.sent.as_object());
        for (setting, value) in sent.into_iter().flatten() {
            *expected.get_mut(setting.as_str()).expect("a setting") = value.clone();
        }
        let mut found = self.differing(&expected);
        if !self.is_quiet() {
            found.push(format!("told {}", self.told));
        }
        found
    }

    /// Where there is no control: what was set all the same, not named, or named unasked.
    fn unnamed(&self) -> Vec<String> {
        let mut found = self.differing(&self.plain);
        let Some(control) = &self.ask.control else {
            if !self.is_quiet() || !self.told["tools"].is_null() || self.record.prompt() != "Hi" {
                found.push(format!("told {}, prompt {:?}", self.told, self.record.prompt()));
            }
            return found;
        };
        let note = |name: &str| self.told[name].as_str().unwrap_or_default();
        if !note("warnings").contains(control.named) && note("tools") != control.named {
            found.push(format!("{} is not named in {}", control.named, self.told));
        }
        // What has no box is said in the prompt.
        let system = control.sent["system"].as_str().unwrap_or_default();
        if !self.record.prompt().starts_with(system) {
            found.push(format!("prompt {:?}", self.record.prompt()));
        }
        found
    }

    fn differing(&self, expected: &BTreeMap<&str, Value>) -> Vec<String> {
        let sent = self.record.settings();
        let other = expected.iter().filter(|(name, value)| sent[*name] != **value);
        other.map(|(name, value)| format!("{name} {} instead of {value}", sent[name])).collect()
    }
}

/// Sends every request of the table, each in a chat of its own, and tells which of them have faults.
async fn every_control(
    layout: Layout,
    plain: Plain,
    faults: impl Fn(&Exchange) -> Vec<String>,
) -> anyhow::Result<()> {
    let told: Vec<String> = exchanges(layout, plain)
        .await?
        .iter()
        .flat_map(|one| faults(one).into_iter().map(|fault| format!("{}: {fault}", one.ask.call())))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    Ok(())
}

async fn exchanges(layout: Layout, plain: Plain) -> anyhow::Result<Vec<Exchange>> {
    let product = Product::start().await?;
    let site = product.site.control();
    site.set_layout(layout);
    // JSON, so that it is an answer in every form.
    site.set_scenario(Scenario::answering(done(Script::new().text("{}"))));
    let asks = asks(plain);
    let calls = serde_json::to_string(&asks.iter().map(Ask::call).collect::<Vec<_>>())?;
    let told = Sdk::PythonControls.play_with(&product, ANY_KEY, "each", &[("POSTERN_ASKS", &calls)]).await?;
    let Value::Array(told) = told else { anyhow::bail!("no list: {told}") };
    let records = site.records();
    assert_eq!((told.len(), records.len()), (asks.len(), asks.len()), "one each");
    assert!(told.iter().all(|told| told["status"] == 200));
    assert!(records.iter().all(|record| record.contents.len() == 1));
    assert_eq!(site.visits().len(), 4, "the page of a model stayed: {:?}", site.visits());
    let mut plain = BTreeMap::new();
    let exchange = |((ask, told), record): ((Ask, Value), Record)| {
        if ask.control.is_none() {
            plain.entry(ask.model).or_insert_with(|| record.settings());
        }
        let plain = plain.get(ask.model).cloned().unwrap_or_default();
        Exchange { ask, told, record, plain }
    };
    Ok(asks.into_iter().zip(told).zip(records).map(exchange).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_is_set_by_one_request_and_no_other() -> anyhow::Result<()> {
    every_control(sticky(), Plain::Often, Exchange::faults).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_is_set_where_its_marks_are_others() -> anyhow::Result<()> {
    every_control(Layout { drifted: true, ..sticky() }, Plain::Seldom, Exchange::faults).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_that_is_not_there_is_named() -> anyhow::Result<()> {
    let lists =
        [Piece::MediaResolution, Piece::AspectRatio, Piece::ImageSize, Piece::OutputFormat, Piece::Voice];
    let boxes =
        [Piece::System, Piece::Temperature, Piece::Thinking, Piece::MaxTokens, Piece::Stop, Piece::Safety];
    let tools = [Piece::Search, Piece::UrlContext, Piece::CodeExecution, Piece::Maps];
    let gone = lists.into_iter().chain(boxes).chain(tools).chain([Piece::Functions, Piece::StructuredOutput]);
    let poor = Layout { top_p: false, ..sticky() }.without(gone);
    every_control(poor, Plain::Seldom, Exchange::unnamed).await
}
