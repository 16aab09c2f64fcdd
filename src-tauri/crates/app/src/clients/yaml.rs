//! Files in YAML: Continue's list of models, aider's options.

use yaml_edit::{Document, Mapping, Sequence, YamlFile};

use super::edit::{Entry, Problem, only_ours};

/// How Continue shows the model, and how Postern finds its entry again.
const NAME: &str = "Postern";
/// A file of Continue where there was none, and an entry as it begins.
const CONTINUE: &str = "name: Local Config\nversion: 1.0.0\nschema: v1\n";
const MODELS: &str = "- name: Postern\n  provider: openai\n  model: ''\n  apiBase: ''\n  apiKey: ''\n  \
                      roles: [chat, edit, apply]\n";
/// aider's options that say where the model is.
const ADDRESS: &str = "openai-api-base";
const AIDER: [&str; 3] = [ADDRESS, "openai-api-key", "model"];

/// Continue's configuration with Postern among its models.
pub(super) fn set_continue(text: &str, entry: &Entry) -> Result<String, Problem> {
    let begun = if text.trim().is_empty() { format!("{text}{CONTINUE}") } else { text.to_owned() };
    let after = changed(&begun, |document| put_continue(document, entry))?;
    only_ours(text, &after, |line| {
        let line = line.trim_start_matches("- ");
        ["models:", "name:", "provider:", "model:", "apiBase:", "apiKey:"]
            .iter()
            .any(|key| line.starts_with(key))
    })?;
    let kept = others(&begun, &["models"]) == others(&after, &["models"]);
    settled(kept && continue_address(&after).as_ref() == Some(&entry.api), after)
}

/// aider's configuration with Postern as the place to ask.
pub(super) fn set_aider(text: &str, entry: &Entry) -> Result<String, Problem> {
    let after = changed(text, |document| {
        for (key, value) in AIDER.into_iter().zip([&entry.api, &entry.key, &entry.model]) {
            if document.get(key).is_some_and(|value| value.as_scalar().is_none()) {
                return Err(unusual(&format!("its {key} is not a text")));
            }
            document.set(key, value.as_str());
        }
        Ok(())
    })?;
    only_ours(text, &after, |line| {
        AIDER.iter().any(|key| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')))
    })?;
    let kept = others(text, &AIDER) == others(&after, &AIDER);
    settled(kept && aider_address(&after).as_ref() == Some(&entry.api), after)
}

/// The address of Postern's entry in Continue's configuration.
pub(super) fn continue_address(text: &str) -> Option<String> {
    let list = models(&parsed(text).ok()?.document()?).ok()??;
    text_of(&mappings(&list).find(is_ours)?, "apiBase")
}

/// The address that aider asks.
pub(super) fn aider_address(text: &str) -> Option<String> {
    text_of(&parsed(text).ok()?.document()?.as_mapping()?, ADDRESS)
}

fn put_continue(document: &Document, entry: &Entry) -> Result<(), Problem> {
    let fresh = parsed(MODELS)?.document().and_then(|document| document.as_sequence());
    let fresh = fresh.ok_or_else(|| unusual("it has no list of models"))?;
    let fill = |item: &Mapping| {
        for (key, value) in [("model", &entry.model), ("apiBase", &entry.api), ("apiKey", &entry.key)] {
            item.set(key, value.as_str());
        }
    };
    mappings(&fresh).for_each(|item| fill(&item));
    let Some(list) = models(document)? else {
        document.set("models", fresh);
        return Ok(());
    };
    match mappings(&list).find(is_ours) {
        Some(item) => {
            item.set("provider", "openai");
            fill(&item);
        }
        None => mappings(&fresh).for_each(|item| list.push(item)),
    }
    Ok(())
}

/// The list of models, if there is one with something in it.
fn models(document: &Document) -> Result<Option<Sequence>, Problem> {
    let Some(value) = document.get("models") else { return Ok(None) };
    if let Some(list) = value.as_sequence() {
        return Ok((!list.is_empty()).then(|| list.clone()));
    }
    let nothing = |text: String| matches!(text.as_str(), "" | "null" | "~");
    match value.as_scalar() {
        Some(scalar) if nothing(scalar.as_string()) => Ok(None),
        _ => Err(unusual("its models are not a list")),
    }
}

fn mappings(list: &Sequence) -> impl Iterator<Item = Mapping> {
    let items: Vec<Mapping> = list.values().filter_map(|item| item.as_mapping().cloned()).collect();
    items.into_iter()
}

fn is_ours(item: &Mapping) -> bool {
    text_of(item, "name").as_deref() == Some(NAME)
}

fn text_of(mapping: &Mapping, key: &str) -> Option<String> {
    Some(mapping.get(key)?.as_scalar()?.as_string())
}

/// Everything in the file that is not Postern's, to see that it stays.
fn others(text: &str, ours: &[&str]) -> Vec<String> {
    let Some(root) = parsed(text).ok().and_then(|file| file.document()?.as_mapping()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in root.iter() {
        let name = key.as_scalar().map(yaml_edit::Scalar::as_string).unwrap_or_default();
        if !ours.contains(&name.as_str()) {
            found.push(format!("{key}: {value}"));
        } else if let Some(list) = value.as_sequence() {
            let foreign = list.values().filter(|item| !item.as_mapping().is_some_and(is_ours));
            found.extend(foreign.map(|item| item.to_string()));
        }
    }
    found.iter().map(|text| text.trim().to_owned()).collect()
}

/// The text after a change, with the line ends it had.
fn changed(text: &str, change: impl FnOnce(&Document) -> Result<(), Problem>) -> Result<String, Problem> {
    let file = parsed(text)?;
    if file.documents().count() > 1 {
        return Err(unusual("it holds more than one document"));
    }
    let document = file.ensure_document();
    if document.as_mapping().is_none() {
        return Err(unusual("it is not a list of settings"));
    }
    change(&document)?;
    let mut after = file.to_string();
    if !after.ends_with('\n') {
        after.push('\n');
    }
    // The editor writes the line ends of Unix only.
    Ok(if text.contains("\r\n") { after.replace('\n', "\r\n") } else { after })
}

fn parsed(text: &str) -> Result<YamlFile, Problem> {
    let parsed = YamlFile::parse(&text.replace("\r\n", "\n"));
    match parsed.errors().into_iter().next() {
        None => Ok(parsed.tree()),
        // Its own words may repeat what stands in the file.
        Some(error) => {
            let place = error.split(' ').next().unwrap_or_default().trim_end_matches(':');
            Err(Problem::Broken(format!("it is not valid YAML at {place} (line:column)")))
        }
    }
}

/// The result, if it can be read again as it was meant.
fn settled(good: bool, after: String) -> Result<String, Problem> {
    if good && parsed(&after).is_ok() { Ok(after) } else { Err(unusual("it is built in an uncommon way")) }
}

fn unusual(why: &str) -> Problem {
    Problem::Unusual(why.to_owned())
}
