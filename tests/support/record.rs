use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::files::Upload;
use crate::schema::schema;
use crate::wire::{at, items};

mod settings;
mod turn;

pub use settings::{Declared, Harm, Level, Modality, Resolution, ThinkingAsked, Threshold, Tool};
pub use turn::{CallSent, FileSent, FunctionResponse, Turn};

/// A point in time; in JSON the microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Instant);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    /// The moment that a page's own clock showed, in milliseconds since 1970.
    pub(crate) fn of_page_clock(milliseconds: f64) -> Option<Self> {
        let moment = UNIX_EPOCH + Duration::try_from_secs_f64(milliseconds / 1000.0).ok()?;
        let ago = SystemTime::now().duration_since(moment).unwrap_or_default();
        Instant::now().checked_sub(ago).map(Self)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let moment = SystemTime::now().checked_sub(self.0.elapsed()).unwrap_or(UNIX_EPOCH);
        let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
        to.serialize_u64(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }
}

/// A network chunk of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// When it was handed to the network.
    pub at: Moment,
    /// Its size.
    pub bytes: usize,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has not ended.
    Open,
    /// The answer was sent to its end.
    Complete,
    /// The page went away before the end: its Stop button, or the tab, or the browser.
    Aborted {
        /// When the stand-in noticed.
        at: Moment,
    },
    /// The scenario broke the connection.
    Cut,
    /// Answered with an error status.
    Failed {
        /// The status.
        status: u16,
    },
    /// The token was missing, wrong or used before: this request was not made by the page's own script.
    Forged,
}

/// What one request for an answer carried, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Counts from 0.
    pub id: u64,
    /// The account whose browser asked; `None` while the stand-in knows no accounts.
    pub account: Option<String>,
    /// Without `models/`.
    pub model: String,
    /// The conversation, the prompt last.
    pub contents: Vec<Turn>,
    /// The system instruction.
    pub system: Option<String>,
    /// Temperature.
    pub temperature: Option<f64>,
    /// Top-p.
    pub top_p: Option<f64>,
    /// Most tokens of the answer.
    pub max_tokens: Option<u64>,
    /// Stop sequences.
    pub stop: Vec<String>,
    /// Thinking.
    pub thinking: ThinkingAsked,
    /// Tools switched on.
    pub tools: Vec<Tool>,
    /// Functions that were declared.
    pub functions: Vec<Declared>,
    /// The schema that the answer shall have.
    pub schema: Option<Value>,
    /// The type that the answer shall have.
    pub response_mime: Option<String>,
    /// From which probability on each kind of harm is blocked.
    pub safety: Vec<(Harm, Threshold)>,
    /// How finely media are read.
    pub media_resolution: Option<Resolution>,
    /// Forms of the answer.
    pub modalities: Vec<Modality>,
    /// Shape of a picture.
    pub aspect_ratio: Option<String>,
    /// Size of a picture.
    pub image_size: Option<String>,
    /// Who speaks.
    pub voice: Option<String>,
    /// The files of all turns, in order.
    pub files: Vec<FileSent>,
    /// The request body as it came.
    pub raw: Value,
    /// Whether the chat was a temporary one.
    pub temporary: bool,
    /// The page's address when it sent the request.
    pub page: String,
    /// When Run was pressed, by the page's clock.
    pub run_pressed: Option<Moment>,
    /// When the request's head arrived.
    pub arrived: Moment,
    /// When Stop was pressed, as reported by the page.
    pub stop_pressed: Option<Moment>,
    /// The chunks of the answer.
    pub sent: Vec<Sent>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it ended.
    pub ended: Option<Moment>,
}

/// What the page says about itself beside a request.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct PageNote {
    pub(crate) temporary: bool,
    pub(crate) pressed: f64,
    pub(crate) page: String,
}

impl Record {
    /// The text of the last user turn.
    pub fn prompt(&self) -> &str {
        self.contents.iter().rev().find(|turn| turn.role == "user").map_or("", |turn| &turn.text)
    }

    /// The results of functions in the last turn.
    pub fn function_responses(&self) -> &[FunctionResponse] {
        self.contents.last().map_or(&[], |turn| &turn.responses)
    }

    /// What was set for the answer, by name: everything but the model, the conversation and its files.
    pub fn settings(&self) -> BTreeMap<&'static str, Value> {
        BTreeMap::from([
            ("system", json!(self.system)),
            ("temperature", json!(self.temperature)),
            ("top_p", json!(self.top_p)),
            ("max_tokens", json!(self.max_tokens)),
            ("stop", json!(self.stop)),
            ("thinking", json!(self.thinking)),
            ("tools", json!(self.tools)),
            ("functions", json!(self.functions)),
            ("schema", json!(self.schema)),
            ("response_mime", json!(self.response_mime)),
            ("safety", json!(self.safety)),
            ("media_resolution", json!(self.media_resolution)),
            ("modalities", json!(self.modalities)),
            ("aspect_ratio", json!(self.aspect_ratio)),
            ("image_size", json!(self.image_size)),
            ("voice", json!(self.voice)),
        ])
    }

    /// Whether this tool was switched on.
    pub fn has(&self, tool: Tool) -> bool {
        self.tools.contains(&tool)
    }

    /// What an echo says: the prompt, or the results of functions where nothing else was said.
    pub(crate) fn said(&self) -> String {
        let results = self.function_responses();
        if self.prompt().is_empty() && !results.is_empty() {
            return results.iter().map(|result| result.response.to_string()).collect::<Vec<_>>().join("\n");
        }
        self.prompt().to_owned()
    }

    /// Whether the page went away before the end of the answer.
    pub fn aborted(&self) -> bool {
        matches!(self.outcome, Outcome::Aborted { .. })
    }

    /// Whether there was a moment at which both were being answered.
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |one: &Self, two: &Self| one.ended.is_some_and(|ended| ended <= two.arrived);
        !before(self, other) && !before(other, self)
    }

    pub(crate) fn read(raw: Value, note: PageNote, arrived: Moment, uploads: &[Upload]) -> Self {
        let config = at(&raw, &[3]);
        let contents = items(at(&raw, &[1]));
        let word = |path: &[usize]| at(config, path).as_str().map(str::to_owned);
        Self {
            id: 0,
            account: None,
            model: model_of(&raw),
            contents: contents.iter().map(turn::turn).collect(),
            system: at(&raw, &[5, 0, 0, 1]).as_str().map(str::to_owned),
            temperature: at(config, &[4]).as_f64(),
            top_p: at(config, &[5]).as_f64(),
            max_tokens: at(config, &[3]).as_u64(),
            stop: items(at(config, &[1])).iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            thinking: settings::thinking(config),
            tools: items(at(&raw, &[6])).iter().filter_map(settings::tool).collect(),
            functions: settings::declared(at(&raw, &[6])),
            schema: Some(at(config, &[8])).filter(|place| !place.is_null()).map(schema),
            response_mime: word(&[7]),
            safety: settings::safety(at(&raw, &[2])),
            media_resolution: settings::media_resolution(config),
            modalities: settings::modalities(config),
            aspect_ratio: word(&[26, 0]),
            image_size: word(&[26, 1]),
            voice: word(&[15, 0, 0, 0]),
            files: turn::files(contents, uploads),
            temporary: note.temporary,
            page: note.page,
            run_pressed: Moment::of_page_clock(note.pressed),
            arrived,
            stop_pressed: None,
            sent: Vec::new(),
            outcome: Outcome::Open,
            ended: None,
            raw,
        }
    }
}

fn model_of(raw: &Value) -> String {
    let id = at(raw, &[0]).as_str().unwrap_or_default();
    id.strip_prefix("models/").unwrap_or(id).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_by_its_indexes() {
        let body = json!([
            "models/demo",
            [
                [[[null, "hi"]], "user"],
                [
                    [
                        [null, "hm", null, null, null, null, null, null, null, null, null, null, 1],
                        [null, "yo"]
                    ],
                    "model"
                ],
                [[[null, "bye"]], "user"]
            ],
            null,
            [
                null,
                ["END"],
                null,
                100,
                0.5,
                0.9,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                1,
                null,
                null,
                [1, null, null, 4]
            ],
            "!token",
            [[[null, "be brief"]], "user"],
            [[null, null, null, [null, [[]]]]]
        ]);
        let record = Record::read(body, PageNote::default(), Moment::now(), &[]);
        assert_eq!(record.model, "demo");
        assert_eq!(record.prompt(), "bye");
        assert_eq!(record.contents[1].text, "yo");
        assert_eq!(record.system.as_deref(), Some("be brief"));
        assert_eq!((record.temperature, record.top_p, record.max_tokens), (Some(0.5), Some(0.9), Some(100)));
        assert_eq!(record.stop, ["END"]);
        assert_eq!(record.thinking, ThinkingAsked { budget: None, level: Some(Level::Minimal) });
        assert_eq!(record.tools, [Tool::Search]);
    }
}
