//! What an answer rests on, as the site's frames list it.

use postern_protocol::chat::Event;
use postern_protocol::sources::{Listed, Passage, Source, Sources};
use serde_json::Value;

use super::loose::{at, dig};

/// Where a candidate keeps works that were quoted at length, and where what was searched and found.
const QUOTED: usize = 6;
const FOUND: usize = 7;

/// Where what was found keeps its sources, and the passages that rest on them.
const SOURCES: usize = 1;
const PASSAGES: usize = 2;

/// Gathers what the frames of one answer say of its sources.
#[derive(Debug, Default)]
pub(super) struct Grounding {
    sources: Sources,
}

impl Grounding {
    /// More of the answer was said.
    pub(super) fn heard(&mut self, text: &str) {
        self.sources.heard(text);
    }

    /// Reads a candidate and tells what is new, as it came.
    pub(super) fn saw(&mut self, candidate: &Value) -> Vec<Event> {
        let raws = [QUOTED, FOUND].into_iter().filter_map(|index| at(candidate, index));
        raws.filter_map(|raw| self.sources.saw(raw, listed)).collect()
    }

    /// The annotations that were not told yet. Asked for when the text is whole.
    pub(super) fn annotations(&mut self) -> Vec<Event> {
        self.sources.annotations()
    }
}

fn listed(raw: &Value) -> Listed {
    let Some(sources) = list(raw, SOURCES) else { return quoted(list(raw, 0).unwrap_or_default()) };
    Listed {
        sources: sources.iter().map(source).collect(),
        passages: list(raw, PASSAGES).unwrap_or_default().iter().filter_map(passage).collect(),
    }
}

/// Works as `[start, end, url]`.
fn quoted(works: &[Value]) -> Listed {
    let mut listed = Listed::default();
    for (index, work) in (0..).zip(works) {
        let number = |place| at(work, place).and_then(Value::as_u64);
        let url = at(work, 2).and_then(Value::as_str);
        listed.sources.push(url.and_then(|url| Source::at(url, None)));
        listed.passages.push(Passage { start: number(0), end: number(1), text: None, of: vec![index] });
    }
    listed
}

/// A passage: its segment `[part, start, end, text]`, and the numbers of its sources.
fn passage(passage: &Value) -> Option<Passage> {
    let segment = at(passage, 0)?;
    Some(Passage {
        start: at(segment, 1).and_then(Value::as_u64),
        end: at(segment, 2).and_then(Value::as_u64),
        text: at(segment, 3).and_then(Value::as_str).map(str::to_owned),
        of: list(passage, 1).unwrap_or_default().iter().filter_map(Value::as_u64).collect(),
    })
}

/// A source. Of its kinds (the web, a document, a place) exactly one is filled.
fn source(entry: &Value) -> Option<Source> {
    let kind = entry.as_array()?.iter().find(|kind| kind.is_array())?;
    Source::at(at(kind, 0)?.as_str()?, at(kind, 1).and_then(Value::as_str))
}

fn list(value: &Value, index: usize) -> Option<&[Value]> {
    dig(value, &[index])?.as_array().map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// URL, title, and the words an annotation is about.
    fn annotated(grounding: &mut Grounding, said: &str) -> Vec<(String, String, String)> {
        let characters: Vec<char> = said.chars().collect();
        let told = grounding.annotations().into_iter().map(|event| {
            let Event::Citation { raw } = event else { panic!("no citation: {event:?}") };
            assert_eq!(raw["type"], "url_citation");
            let citation = &raw["url_citation"];
            let index = |key: &str| usize::try_from(citation[key].as_u64().unwrap()).unwrap();
            let about = characters[index("start_index")..index("end_index")].iter().collect();
            (citation["url"].as_str().unwrap().into(), citation["title"].as_str().unwrap().into(), about)
        });
        told.collect()
    }

    fn candidate(found: &Value) -> Value {
        json!([null, null, null, null, null, null, null, found])
    }

    fn cited(url: &str, title: &str, about: &str) -> (String, String, String) {
        (url.to_owned(), title.to_owned(), about.to_owned())
    }

    const SAID: &str = "Grüße aus Oslo. Es regnet 🌧.";

    #[test]
    fn passages_are_annotated_in_characters() {
        let mut grounding = Grounding::default();
        grounding.heard("Grüße aus Oslo. ");
        let found = json!([
            null,
            [
                [["https://a.example/", "A"]],
                [["https://b.example/"]],
                [null, null, ["https://c.example/", "C"]]
            ],
            [
                [[null, null, 17, "Grüße aus Oslo."], [0, 1]],
                // From the beginning of a part that began later.
                [[1, 2, 18, "Es regnet 🌧."], [1]],
            ],
            null,
            ["wetter oslo"]
        ]);
        let raw = Event::Citation { raw: found.clone() };
        assert_eq!(grounding.saw(&candidate(&found)), [raw]);
        assert_eq!(grounding.saw(&candidate(&found)), [], "what is repeated is told once");
        grounding.heard("Es regnet 🌧.");
        let expected = [
            cited("https://a.example/", "A", "Grüße aus Oslo."),
            cited("https://b.example/", "https://b.example/", "Grüße aus Oslo."),
            cited("https://b.example/", "https://b.example/", "Es regnet 🌧."),
            cited("https://c.example/", "C", SAID),
        ];
        assert_eq!(annotated(&mut grounding, SAID), expected);
        assert_eq!(annotated(&mut grounding, SAID), []);
    }

    #[test]
    fn a_source_whose_passage_comes_later_is_annotated_there_only() {
        let mut grounding = Grounding::default();
        grounding.heard(SAID);
        let (a, b) = (json!([["https://a.example/", "A"]]), json!([["https://b.example/", "B"]]));
        let sources_first = json!([null, [a]]);
        let with_passages = json!([null, [a, b], [[[null, null, 17, "Grüße aus Oslo."], [0]]]]);
        grounding.saw(&candidate(&sources_first));
        grounding.saw(&candidate(&with_passages));
        let expected =
            [cited("https://a.example/", "A", "Grüße aus Oslo."), cited("https://b.example/", "B", SAID)];
        assert_eq!(annotated(&mut grounding, SAID), expected);
    }

    #[test]
    fn quoted_works_are_annotated_too() {
        let mut grounding = Grounding::default();
        grounding.heard(SAID);
        let quoted = json!([null, null, null, null, null, null, [[[12, 16, "https://q.example/"], [0, 3]]]]);
        assert_eq!(grounding.saw(&quoted).len(), 1);
        assert_eq!(
            annotated(&mut grounding, SAID),
            [cited("https://q.example/", "https://q.example/", "Oslo")]
        );
    }

    #[test]
    fn places_that_are_not_there_are_left_out() {
        let mut grounding = Grounding::default();
        grounding.heard(SAID);
        let found = json!([
            null,
            [[["https://a.example/", "A"]], [["javascript:alert(1)", "B"]], "nonsense"],
            [
                [[null, 0, 900], [0]],
                [[null, 3, 3], [0]],
                [[null, 0, 3], [0]],
                [[null, 0, 5, "never said"], [0]],
                [[null, 0, 5, "Oslo"], [1, 2, 7, -1, "x"]],
                [null, [0]],
                null,
            ],
        ]);
        grounding.saw(&candidate(&found));
        // The third ends in the middle of a letter; so the source counts for the whole.
        assert_eq!(annotated(&mut grounding, SAID), [cited("https://a.example/", "A", SAID)]);
    }

    #[test]
    fn an_answer_tells_its_annotations_when_its_text_is_whole() {
        let found = json!([null, [[["https://a.example/", "A"]]], [[[null, null, 2, "Hi"], [0]]]]);
        let mut thought = vec![Value::Null; 13];
        (thought[1], thought[12]) = (json!("Hi, I think."), json!(1));
        let frame = |parts: Value, found: Value| {
            json!([[[[parts, "model"], null, null, null, null, null, null, found]]])
        };
        let sound = json!([null, null, ["audio/L16;codec=pcm;rate=24000", "AQI="]]);
        let body = json!([[
            frame(json!([thought, sound]), Value::Null),
            frame(json!([[null, "H"]]), found.clone()),
            frame(json!([[null, "i"]]), found),
            [[[null, 1]]],
        ]]);
        let body = body.to_string();
        let (most, end) = body.as_bytes().split_at(body.len() - 12);
        let mut answer = super::super::Answer::new("r");
        let raw = |event: &Event| matches!(event, Event::Citation { .. });
        let before = answer.push(most);
        assert!(
            before.iter().any(|event| matches!(event, Event::Audio { mime, .. } if mime.contains("24000")))
        );
        assert_eq!(before.iter().filter(|event| raw(event)).count(), 1, "{before:?}");
        let after = answer.push(end);
        let expected = json!({ "url": "https://a.example/", "title": "A", "start_index": 0, "end_index": 2 });
        let [Event::Citation { raw }] = after.as_slice() else { panic!("{after:?}") };
        assert_eq!(raw["url_citation"], expected);
    }
}
