//! Every control, set by the SDK, seen in what the site's page sends, and gone with the next request. The same where
//! the marks of the controls are others, and where there are no controls: then the answer says so.

use anyhow::Context as _;
use postern_tests::{Layout, Piece, Record, Scenario, Script};
use serde_json::{Map, Value, json};

use super::{ANY_KEY, Sdk, done, sticky};
use crate::product::Product;

/// A model that thinks in levels.
const FLASH: &str = "gemini-3-flash-preview";
/// One that thinks in tokens.
const BUDGETED: &str = "gemini-2.5-flash";
const PAINTER: &str = "gemini-2.5-flash-image";
const SPEAKER: &str = "gemini-2.5-flash-preview-tts";

/// What a request sets, beside the conversation and the model.
const SETTINGS: [&str; 16] = [
    "system",
    "temperature",
    "top_p",
    "max_tokens",
    "stop",
    "thinking",
    "tools",
    "functions",
    "schema",
    "response_mime",
    "safety",
    "media_resolution",
    "modalities",
    "aspect_ratio",
    "image_size",
    "voice",
];

/// A control.
struct Control {
    model: &'static str,
    /// What the SDK is called with.
    ask: Value,
    /// Which of the [`SETTINGS`] it is about, and what they then are.
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

/// All of them, model by model, so that the page stays between those of one model.
fn controls() -> Vec<Control> {
    let mut all: Vec<Control> =
        [sampling(), thinking(), tools(), forms(), safety_and_media(), pictures_and_voices()]
            .into_iter()
            .flatten()
            .collect();
    let models = [FLASH, BUDGETED, PAINTER, SPEAKER];
    all.sort_by_key(|control| models.iter().position(|model| *model == control.model));
    all
}

/// What came of one request.
#[derive(Clone, Debug)]
struct Exchange {
    /// What the SDK saw beside the answer.
    told: Value,
    record: Record,
}

impl Exchange {
    /// What the answer says of controls that could not be set.
    fn notes(&self) -> String {
        let note = |name: &str| self.told[name].as_str().unwrap_or_default();
        format!("{} {}", note("warnings"), note("tools"))
    }

    /// Nothing was to be said about it.
    fn is_quiet(&self) -> bool {
        self.told["warnings"].is_null() && self.told["ignored"].is_null()
    }

    fn settings(&self) -> anyhow::Result<Map<String, Value>> {
        let Value::Object(mut whole) = serde_json::to_value(&self.record)? else {
            anyhow::bail!("a record is an object")
        };
        SETTINGS
            .into_iter()
            .map(|name| Ok((name.to_owned(), whole.remove(name).with_context(|| format!("no {name}"))?)))
            .collect()
    }
}

/// A control with the requests before, with and after it.
struct Played {
    control: Control,
    before: Exchange,
    with: Exchange,
    after: Exchange,
}

/// Sends each control between two plain requests to its model, in a chat of its own.
async fn play(layout: Layout) -> anyhow::Result<Vec<Played>> {
    let product = Product::start().await?;
    let site = product.site.control();
    site.set_layout(layout);
    // JSON, so that it is an answer in every form.
    site.set_scenario(Scenario::answering(done(Script::new().text("{}"))));
    let controls = controls();
    let asks = asks(&controls);
    let count = asks.len();
    let asks = serde_json::to_string(&asks)?;
    let told = Sdk::PythonControls.play_with(&product, ANY_KEY, "each", &[("POSTERN_ASKS", &asks)]).await?;
    let Value::Array(told) = told else { anyhow::bail!("no list: {told}") };
    let records = site.records();
    assert_eq!((told.len(), records.len()), (count, count), "one each");
    assert_eq!(site.visits().len(), 4, "the page of a model stayed: {:?}", site.visits());
    let mut exchanges = told.into_iter().zip(records).map(|(told, record)| Exchange { told, record });
    let mut next = || exchanges.next().context("one more");
    let mut last: Option<Exchange> = None;
    let played = |control: Control| {
        let same = last.take().filter(|last| last.record.model == control.model);
        let (before, with, after) = (same.map_or_else(&mut next, Ok)?, next()?, next()?);
        last = Some(after.clone());
        Ok(Played { control, before, with, after })
    };
    controls.into_iter().map(played).collect()
}

/// The controls one after another, and plain requests to their models around each.
fn asks(controls: &[Control]) -> Vec<Value> {
    let plain = |control: &Control| json!({ "model": control.model });
    let mut all: Vec<Value> = Vec::new();
    for control in controls {
        if all.last() != Some(&plain(control)) {
            all.push(plain(control));
        }
        let mut with = plain(control);
        for (name, value) in control.ask.as_object().into_iter().flatten() {
            with[name] = value.clone();
        }
        all.extend([with, plain(control)]);
    }
    all
}

/// Each control does what it says and nothing else, and nothing of it stays.
fn are_all_set(played: &[Played]) -> anyhow::Result<()> {
    for Played { control, before, with, after } in played {
        let name = format!("{} {}", control.model, control.ask);
        let plain = before.settings()?;
        let mut expected = plain.clone();
        for (setting, value) in control.sent.as_object().into_iter().flatten() {
            assert!(expected.insert(setting.clone(), value.clone()).is_some(), "{name}: no {setting}");
        }
        assert_eq!(with.settings()?, expected, "{name}");
        assert_eq!(after.settings()?, plain, "after {name}");
        for exchange in [before, with, after] {
            assert!(exchange.is_quiet(), "{name}: {}", exchange.told);
            assert_eq!(
                (&exchange.told["status"], exchange.record.contents.len()),
                (&json!(200), 1),
                "{name}"
            );
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_is_set_by_one_request_and_no_other() -> anyhow::Result<()> {
    are_all_set(&play(sticky()).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_is_set_where_its_marks_are_others() -> anyhow::Result<()> {
    are_all_set(&play(Layout { drifted: true, ..sticky() }).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_that_is_not_there_is_named() -> anyhow::Result<()> {
    let gone = [
        Piece::System,
        Piece::Temperature,
        Piece::Thinking,
        Piece::MaxTokens,
        Piece::Stop,
        Piece::Search,
        Piece::UrlContext,
        Piece::CodeExecution,
        Piece::Maps,
        Piece::Functions,
        Piece::StructuredOutput,
        Piece::MediaResolution,
        Piece::Safety,
        Piece::AspectRatio,
        Piece::ImageSize,
        Piece::OutputFormat,
        Piece::Voice,
    ];
    let poor = Layout { top_p: false, ..sticky() }.without(gone);
    for Played { control, before, with, after } in play(poor).await? {
        let name = format!("{} {}", control.model, control.ask);
        assert_eq!(with.told["status"], 200, "{name}");
        assert!(with.notes().contains(control.named), "{name}: {}", with.told);
        assert_eq!(with.settings()?, before.settings()?, "{name}: nothing could be set");
        for plain in [before, after] {
            assert!(plain.is_quiet() && plain.told["tools"].is_null(), "{name}: {}", plain.told);
            assert_eq!(plain.record.prompt(), "Hi");
        }
        let system = control.sent["system"].as_str().unwrap_or_default();
        assert!(with.record.prompt().starts_with(system), "{name}: {}", with.record.prompt());
    }
    Ok(())
}
