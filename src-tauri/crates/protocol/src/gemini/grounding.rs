//! What an answer rests on, in Google's lists and in annotations.

use serde_json::{Map, Value, json};

use crate::sources::{Listed, Passage, Source};

/// Where a candidate keeps lists of sources.
pub(super) const LISTS: [&str; 3] = ["groundingMetadata", "citationMetadata", "urlContextMetadata"];

/// Reads one of them.
pub(super) fn listed(raw: &Value) -> Listed {
    if let Some(quoted) = raw["citationSources"].as_array().or_else(|| raw["citations"].as_array()) {
        return Listed {
            sources: quoted.iter().map(|work| source(work, "uri")).collect(),
            passages: (0..).zip(quoted).map(|(at, work)| Passage { of: vec![at], ..passage(work) }).collect(),
        };
    }
    if let Some(read) = raw["urlMetadata"].as_array() {
        let fetched = read.iter().filter(|one| one["urlRetrievalStatus"] == "URL_RETRIEVAL_STATUS_SUCCESS");
        return Listed {
            sources: fetched.map(|one| source(one, "retrievedUrl")).collect(),
            passages: Vec::new(),
        };
    }
    let list = |key: &str| raw[key].as_array().map(Vec::as_slice).unwrap_or_default();
    Listed {
        sources: list("groundingChunks").iter().map(found).collect(),
        passages: list("groundingSupports").iter().map(supported).collect(),
    }
}

/// Of its kinds (the web, a place, a document) exactly one is filled.
fn found(chunk: &Value) -> Option<Source> {
    chunk.as_object()?.values().find_map(|kind| source(kind, "uri"))
}

fn source(entry: &Value, key: &str) -> Option<Source> {
    Source::at(entry[key].as_str()?, entry["title"].as_str())
}

fn supported(support: &Value) -> Passage {
    let chunks = support["groundingChunkIndices"].as_array().map(Vec::as_slice).unwrap_or_default();
    Passage { of: chunks.iter().filter_map(Value::as_u64).collect(), ..passage(&support["segment"]) }
}

fn passage(place: &Value) -> Passage {
    Passage {
        start: place["startIndex"].as_u64(),
        end: place["endIndex"].as_u64(),
        text: place["text"].as_str().map(str::to_owned),
        of: Vec::new(),
    }
}

/// Lists for a client of this dialect: Google's own as they came, else what official annotations say. `said` is the text
/// that annotations are about.
pub(super) fn metadata(citations: &[Value], said: &str) -> Map<String, Value> {
    let mut lists = Map::new();
    for raw in citations {
        let has = |keys: &[&str]| keys.iter().any(|key| raw.get(*key).is_some());
        let place = match () {
            () if has(&["groundingChunks", "groundingSupports", "webSearchQueries", "searchEntryPoint"]) => {
                LISTS[0]
            }
            () if has(&["citationSources", "citations"]) => LISTS[1],
            () if has(&["urlMetadata"]) => LISTS[2],
            () => continue,
        };
        lists.insert(place.to_owned(), raw.clone());
    }
    if lists.is_empty() {
        lists.extend(of_annotations(citations, said).map(|grounding| (LISTS[0].to_owned(), grounding)));
    }
    lists
}

fn of_annotations(citations: &[Value], said: &str) -> Option<Value> {
    let mut urls: Vec<&str> = Vec::new();
    let (mut chunks, mut supports): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for citation in
        citations.iter().filter(|raw| raw["type"] == "url_citation").map(|raw| &raw["url_citation"])
    {
        let Some(url) = citation["url"].as_str() else { continue };
        let index = urls.iter().position(|known| *known == url).unwrap_or_else(|| {
            urls.push(url);
            chunks.push(json!({ "web": { "uri": url, "title": citation["title"] } }));
            urls.len() - 1
        });
        let byte = |key: &str| byte_of(said, citation[key].as_u64()?);
        let Some((start, end)) =
            byte("start_index").zip(byte("end_index")).filter(|(start, end)| start < end)
        else {
            continue;
        };
        // All of it is nothing that has to be said.
        if (start, end) != (0, said.len()) {
            let segment = json!({ "startIndex": start, "endIndex": end, "text": said.get(start..end) });
            supports.push(json!({ "segment": segment, "groundingChunkIndices": [index] }));
        }
    }
    (!chunks.is_empty()).then(|| json!({ "groundingChunks": chunks, "groundingSupports": supports }))
}

/// Where a character begins.
fn byte_of(said: &str, character: u64) -> Option<usize> {
    let ends = said.char_indices().map(|(at, _)| at).chain([said.len()]);
    ends.into_iter().nth(usize::try_from(character).ok()?)
}
