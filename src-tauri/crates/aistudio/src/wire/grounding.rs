//! What an answer rests on: the site's lists of sources and of the passages they support, to official annotations.
//!
//! In come candidates of frames and the text that was said; out go the lists as they came, as soon as they come, and at
//! the end of the answer one annotation for each source of each passage. Places in the text are bytes of a part on the
//! wire, and characters of the whole answer in an annotation.

use postern_protocol::chat::Event;
use serde_json::{Value, json};

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
    /// Everything that was said in words.
    said: String,
    raws: Vec<Value>,
    told: Vec<Value>,
}

/// A source with a place.
struct Cited<'a> {
    url: &'a str,
    title: &'a str,
    /// Bytes of what was said; `None` is all of it.
    place: Option<(usize, usize)>,
}

impl Grounding {
    /// More of the answer was said.
    pub(super) fn heard(&mut self, text: &str) {
        self.said.push_str(text);
    }

    /// Reads a candidate and tells what is new, as it came.
    pub(super) fn saw(&mut self, candidate: &Value) -> Vec<Event> {
        let mut events = Vec::new();
        for raw in [QUOTED, FOUND].iter().filter_map(|index| at(candidate, *index)) {
            if !self.raws.contains(raw) {
                self.raws.push(raw.clone());
                events.push(Event::Citation { raw: raw.clone() });
            }
        }
        events
    }

    /// The annotations that were not told yet. Asked for when the text is whole.
    pub(super) fn annotations(&mut self) -> Vec<Event> {
        let found: Vec<Value> = {
            let cited: Vec<Cited<'_>> = self.raws.iter().flat_map(|raw| self.cited(raw)).collect();
            // A list may come before the passages that rest on it, and then once more with them.
            let placed = |url: &str| cited.iter().any(|one| one.url == url && one.place.is_some());
            let told = cited.iter().filter(|one| one.place.is_some() || !placed(one.url));
            told.map(|one| self.annotation(one)).collect()
        };
        let mut events = Vec::new();
        for annotation in found {
            if !self.told.contains(&annotation) {
                self.told.push(annotation.clone());
                events.push(Event::Citation { raw: annotation });
            }
        }
        events
    }

    fn cited<'a>(&'a self, raw: &'a Value) -> Vec<Cited<'a>> {
        match list(raw, SOURCES) {
            Some(sources) => self.found(sources, list(raw, PASSAGES).unwrap_or_default()),
            None => list(raw, 0).unwrap_or_default().iter().filter_map(|work| self.quoted(work)).collect(),
        }
    }

    /// A source that no passage refers to supports the answer as a whole.
    fn found<'a>(&'a self, sources: &'a [Value], passages: &'a [Value]) -> Vec<Cited<'a>> {
        let mut cited = Vec::new();
        let mut used = vec![false; sources.len()];
        for passage in passages {
            let Some(place) = at(passage, 0).and_then(|segment| self.place(segment)) else { continue };
            for index in list(passage, 1).unwrap_or_default() {
                let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
                let source = index.and_then(|index| Some((index, source(sources.get(index)?)?)));
                if let Some((index, (url, title))) = source {
                    used[index] = true;
                    cited.push(Cited { url, title, place: Some(place) });
                }
            }
        }
        let unused =
            sources.iter().zip(used).filter(|(_, used)| !used).filter_map(|(entry, _)| source(entry));
        cited.extend(unused.map(|(url, title)| Cited { url, title, place: None }));
        cited
    }

    /// `[start, end, url]`.
    fn quoted<'a>(&self, work: &'a Value) -> Option<Cited<'a>> {
        let url = at(work, 2)?.as_str().filter(|url| is_address(url))?;
        let place = self.bytes(at(work, 0), at(work, 1))?;
        Some(Cited { url, title: url, place: Some(place) })
    }

    /// Where a segment `[part, start, end, text]` is in what was said. Its text decides, because its bytes count from
    /// the beginning of a part, and thoughts are parts too.
    fn place(&self, segment: &Value) -> Option<(usize, usize)> {
        let bytes = self.bytes(at(segment, 1), at(segment, 2));
        let Some(text) = at(segment, 3).and_then(Value::as_str).filter(|text| !text.is_empty()) else {
            return bytes;
        };
        let fits = |(start, end): &(usize, usize)| self.said.get(*start..*end) == Some(text);
        let near = bytes.map_or(0, |(start, _)| start);
        let found = || {
            let starts = self.said.match_indices(text).map(|(start, _)| start);
            starts.min_by_key(|start| start.abs_diff(near)).map(|start| (start, start + text.len()))
        };
        bytes.filter(fits).or_else(found)
    }

    fn bytes(&self, start: Option<&Value>, end: Option<&Value>) -> Option<(usize, usize)> {
        let index = |value: &Value| value.as_u64().and_then(|index| usize::try_from(index).ok());
        // A start of zero is left out on the wire.
        let (start, end) = (start.map_or(Some(0), index)?, index(end?)?);
        (start < end && self.said.get(start..end).is_some()).then_some((start, end))
    }

    fn annotation(&self, cited: &Cited<'_>) -> Value {
        let characters = |end: usize| self.said.get(..end).map_or(0, |text| text.chars().count());
        let (start, end) = cited.place.unwrap_or((0, self.said.len()));
        json!({
            "type": "url_citation",
            "url_citation": {
                "url": cited.url,
                "title": cited.title,
                "start_index": characters(start),
                "end_index": characters(end),
            },
        })
    }
}

/// Address and title of a source. Of its kinds (the web, a document, a place) exactly one is filled.
fn source(entry: &Value) -> Option<(&str, &str)> {
    let kind = entry.as_array()?.iter().find(|kind| kind.is_array())?;
    let url = at(kind, 0)?.as_str().filter(|url| is_address(url))?;
    let title = at(kind, 1).and_then(Value::as_str).filter(|title| !title.is_empty());
    Some((url, title.unwrap_or(url)))
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn list(value: &Value, index: usize) -> Option<&[Value]> {
    dig(value, &[index])?.as_array().map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
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
