//! What an answer rests on: lists of sources and of the passages they support, to official annotations.
//!
//! A provider tells such lists in its own form, now and then more than once; they are handed on as they came, and at the
//! end of the answer there is one annotation for each source of each passage. Places in the text are bytes in a list, and
//! characters of the whole answer in an annotation.

use serde_json::{Value, json};

use crate::chat::Event;

/// Gathers what is said, and what it rests on.
#[derive(Debug, Default)]
pub struct Sources {
    /// Everything that was said in words.
    said: String,
    raws: Vec<Value>,
    lists: Vec<Listed>,
    told: Vec<Value>,
}

/// One list of sources. A source that no passage refers to supports the answer as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The sources; `None` where there is no address, so that the numbers of the others stay right.
    pub sources: Vec<Option<Source>>,
    /// What rests on them.
    pub passages: Vec<Passage>,
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    url: String,
    title: String,
}

/// A passage of the answer. Its text decides where it is, because many count bytes from the beginning of a part, and
/// thoughts are parts too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Its first byte; a provider may leave out a zero.
    pub start: Option<u64>,
    /// The byte after its last.
    pub end: Option<u64>,
    /// Its words, where they are told.
    pub text: Option<String>,
    /// The numbers of its sources, from 0.
    pub of: Vec<u64>,
}

impl Source {
    /// A source with an address of the web; without a title it is called by its address.
    pub fn at(url: &str, title: Option<&str>) -> Option<Self> {
        let is_address = url.starts_with("https://") || url.starts_with("http://");
        let title = title.filter(|title| !title.is_empty()).unwrap_or(url);
        is_address.then(|| Self { url: url.to_owned(), title: title.to_owned() })
    }
}

/// A source with a place.
struct Cited<'a> {
    source: &'a Source,
    /// Bytes of what was said; `None` is all of it.
    place: Option<(usize, usize)>,
}

impl Sources {
    /// More of the answer was said.
    pub fn heard(&mut self, text: &str) {
        self.said.push_str(text);
    }

    /// Takes in what the provider told, and tells it as it came unless it is known.
    pub fn saw(&mut self, raw: &Value, read: impl FnOnce(&Value) -> Listed) -> Option<Event> {
        if self.raws.contains(raw) {
            return None;
        }
        self.raws.push(raw.clone());
        self.lists.push(read(raw));
        Some(Event::Citation { raw: raw.clone() })
    }

    /// The annotations that were not told yet. Asked for when the text is whole.
    pub fn annotations(&mut self) -> Vec<Event> {
        let found: Vec<Value> = {
            let cited: Vec<Cited<'_>> = self.lists.iter().flat_map(|list| self.cited(list)).collect();
            // A list may come before the passages that rest on it, and then once more with them.
            let placed = |url: &str| cited.iter().any(|one| one.source.url == url && one.place.is_some());
            let told = cited.iter().filter(|one| one.place.is_some() || !placed(&one.source.url));
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

    fn cited<'a>(&'a self, list: &'a Listed) -> Vec<Cited<'a>> {
        let mut cited = Vec::new();
        let mut used = vec![false; list.sources.len()];
        for passage in &list.passages {
            let Some(place) = self.place(passage) else { continue };
            for index in passage.of.iter().filter_map(|index| usize::try_from(*index).ok()) {
                if let Some(Some(source)) = list.sources.get(index) {
                    used[index] = true;
                    cited.push(Cited { source, place: Some(place) });
                }
            }
        }
        let unused = list.sources.iter().zip(used).filter(|(_, used)| !used);
        cited.extend(unused.filter_map(|(source, _)| Some(Cited { source: source.as_ref()?, place: None })));
        cited
    }

    /// Where a passage is in what was said.
    fn place(&self, passage: &Passage) -> Option<(usize, usize)> {
        let bytes = self.bytes(passage.start.unwrap_or(0), passage.end);
        let Some(text) = passage.text.as_deref().filter(|text| !text.is_empty()) else { return bytes };
        let fits = |(start, end): &(usize, usize)| self.said.get(*start..*end) == Some(text);
        let near = bytes.map_or(0, |(start, _)| start);
        let found = || {
            let starts = self.said.match_indices(text).map(|(start, _)| start);
            starts.min_by_key(|start| start.abs_diff(near)).map(|start| (start, start + text.len()))
        };
        bytes.filter(fits).or_else(found)
    }

    fn bytes(&self, start: u64, end: Option<u64>) -> Option<(usize, usize)> {
        let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end?).ok()?);
        (start < end && self.said.get(start..end).is_some()).then_some((start, end))
    }

    fn annotation(&self, cited: &Cited<'_>) -> Value {
        let characters = |end: usize| self.said.get(..end).map_or(0, |text| text.chars().count());
        let (start, end) = cited.place.unwrap_or((0, self.said.len()));
        json!({
            "type": "url_citation",
            "url_citation": {
                "url": cited.source.url,
                "title": cited.source.title,
                "start_index": characters(start),
                "end_index": characters(end),
            },
        })
    }
}
