//! Changing the text of the file: one key at a time, everything else as its owner wrote it.

use serde_json::Value;
use toml_edit::{Array, Document, DocumentMut, InlineTable, Item, Table, TableLike};

use crate::describe::{Kind, describe, kind};
use crate::proxy::ALLOWANCE;
use crate::upstreams::SECTION;
use crate::{Error, File, file};

/// One key and what it is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Section and name, such as `server.port`.
    pub key: String,
    /// The new value; null takes the key out, so that the default counts.
    pub value: Value,
}

/// The text with the changes made, all or none. Comments and order stay; a key that stood there commented out
/// takes that place. What comes out is a file that can be used.
pub fn edit(text: &str, changes: &[Change]) -> Result<String, Error> {
    let mut text = text.to_owned();
    file::parse(File { name: "the configuration file", text: &text })?;
    for change in changes {
        text = apply(&text, change)?;
    }
    file::parse(File { name: "the configuration file", text: &text })?;
    Ok(text)
}

/// Where a key is.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// With dots where it lies in another one.
    section: &'a str,
    name: &'a str,
}

impl Place<'_> {
    /// What stands there.
    fn find(self, document: &Table) -> Option<&Item> {
        self.section(document)?.get(self.name)
    }

    fn section(self, document: &Table) -> Option<&dyn TableLike> {
        let mut names = self.section.split('.');
        let first = document.get(names.next()?)?;
        names.try_fold(first, |item, name| item.as_table_like()?.get(name))?.as_table_like()
    }

    /// The section, made where there is none.
    fn section_mut(self, document: &mut Table) -> Option<&mut dyn TableLike> {
        let mut section: &mut dyn TableLike = document;
        for name in self.section.split('.') {
            section = section.entry(name).or_insert_with(toml_edit::table).as_table_like_mut()?;
        }
        Some(section)
    }
}

fn apply(text: &str, change: &Change) -> Result<String, Error> {
    let wrong = |what: String| Error::Change { key: change.key.clone(), what };
    let unknown = || wrong("there is no such setting".to_owned());
    let kind = kind(&change.key).ok_or_else(unknown)?;
    let (section, name) = change.key.rsplit_once('.').ok_or_else(unknown)?;
    let place = Place { section, name };
    if change.value.is_null() {
        return without(text, place, &change.key).map_err(wrong);
    }
    let value = written(&change.value).ok_or_else(|| wrong(unfit(kind, &change.value)))?;
    check(place, &value).map_err(wrong)?;
    with(text, place, &value).map_err(wrong)
}

/// Reads a file with this key alone, so that a complaint is about nothing else.
fn check(place: Place<'_>, value: &toml_edit::Value) -> Result<(), String> {
    let alone = format!("[{}]\n{}", place.section, line(place.name, value));
    match file::parse(File { name: "", text: &alone }) {
        Ok(_) => Ok(()),
        Err(Error::File { what, .. }) => {
            let key = format!("{}.{}", place.section, place.name);
            Err(what.strip_prefix(&format!("{key}: ")).unwrap_or(&what).to_owned())
        }
        Err(other) => Err(other.to_string()),
    }
}

/// The value as TOML; `None` for what no setting can be.
fn written(value: &Value) -> Option<toml_edit::Value> {
    match value {
        Value::Bool(yes) => Some((*yes).into()),
        Value::Number(number) => number.as_i64().map(Into::into),
        Value::String(text) => Some(text.into()),
        Value::Array(items) => Some(items.iter().map(written).collect::<Option<Array>>()?.into()),
        Value::Object(pairs) => {
            let pair = |(name, value): (&String, &Value)| Some((name.clone(), written(value)?));
            Some(pairs.iter().map(pair).collect::<Option<InlineTable>>()?.into())
        }
        Value::Null => None,
    }
}

fn unfit(kind: Kind, found: &Value) -> String {
    let expected = match kind {
        Kind::Bool => "true or false".to_owned(),
        Kind::Integer { min, max, .. } => format!("a whole number from {min} to {max}"),
        Kind::Choice { options } => format!("one of {}", options.join(", ")),
        Kind::Text { expected } => expected.to_owned(),
        Kind::Path => "the path of a file, or \"\"".to_owned(),
        Kind::List { expected } => format!("a list, each {expected}"),
        Kind::Map { expected } => format!("names, each with {expected}"),
        Kind::Domains { expected, .. } => format!("names of servers ({expected}), each with {ALLOWANCE}"),
        Kind::Lists { expected } => format!("names, each with a list of {expected}"),
    };
    format!("invalid value {found}, expected {expected}")
}

fn line(name: &str, value: &toml_edit::Value) -> String {
    let mut line = Table::new();
    line.insert(name, Item::Value(value.clone()));
    line.to_string()
}

/// The text with the key set.
fn with(text: &str, place: Place<'_>, value: &toml_edit::Value) -> Result<String, String> {
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    // An upstream is a section of its own.
    if place.find(&document).is_none() && place.section != SECTION {
        let new = format!("{}\n", line(place.name, value).trim_end());
        let placed = [uncommented(text, place, &new), appended(text, &document, place, &new)];
        // Looks for lines, so that what only looks like one, in a text of several lines, must not fool it.
        let fits = |text: &String| holds(text, place, value);
        if let Some(text) = placed.into_iter().flatten().find(fits) {
            return Ok(text);
        }
    }
    Ok(inserted(document, place, value)?.to_string())
}

/// The text with the commented-out line of the key replaced.
fn uncommented(text: &str, place: Place<'_>, new: &str) -> Option<String> {
    let header = format!("[{}]", place.section);
    let mut inside = false;
    let mut done = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if bare.starts_with('[') {
            inside = bare.split('#').next().is_some_and(|bare| bare.trim() == header);
        }
        if inside && !done && is_commented_out(bare, place.name) {
            out += new;
            done = true;
        } else {
            out += line;
        }
    }
    done.then_some(out)
}

fn is_commented_out(line: &str, name: &str) -> bool {
    let rest = line.strip_prefix('#').map(str::trim_start).and_then(|line| line.strip_prefix(name));
    rest.is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// The text with a new section at its end, where there is none.
fn appended(text: &str, document: &DocumentMut, place: Place<'_>, new: &str) -> Option<String> {
    if place.section(document).is_some() {
        return None;
    }
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    Some(format!("{text}{gap}[{}]\n{new}", place.section))
}

fn holds(text: &str, place: Place<'_>, value: &toml_edit::Value) -> bool {
    let Ok(document) = text.parse::<DocumentMut>() else { return false };
    place.find(&document).and_then(Item::as_value).is_some_and(|found| bare(found) == bare(value))
}

/// The document with the key set, wherever its section is written.
fn inserted(
    mut document: DocumentMut,
    place: Place<'_>,
    value: &toml_edit::Value,
) -> Result<DocumentMut, String> {
    if place.section == SECTION {
        document.entry(place.section).or_insert_with(unwritten);
    }
    let section = place.section_mut(&mut document);
    let section = section.ok_or_else(|| format!("[{}] is not a section", place.section))?;
    match section.get_mut(place.name) {
        Some(Item::Table(table)) if value.is_inline_table() => replace_entries(table, value),
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = value.clone();
            *old.decor_mut() = decor;
        }
        Some(other) => *other = Item::Value(value.clone()),
        None if place.section == SECTION => {
            let item = match value {
                toml_edit::Value::InlineTable(about) => Item::Table(about.clone().into_table()),
                other => Item::Value(other.clone()),
            };
            drop(section.insert(place.name, item));
        }
        None => drop(section.insert(place.name, Item::Value(value.clone()))),
    }
    Ok(document)
}

/// A section that shows itself only by what is in it, where nobody wrote it.
fn unwritten() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// Makes a section of names and texts hold what `value` does.
fn replace_entries(table: &mut Table, value: &toml_edit::Value) {
    let Some(wanted) = value.as_inline_table() else { return };
    table.retain(|name, _| wanted.contains_key(name));
    for (name, value) in wanted {
        if table.get(name).is_some_and(|old| says(old, value)) {
            continue;
        }
        match table.get_mut(name).and_then(Item::as_value_mut) {
            Some(old) => {
                let decor = old.decor().clone();
                *old = value.clone();
                *old.decor_mut() = decor;
            }
            None => drop(table.insert(name, Item::Value(value.clone()))),
        }
    }
}

/// Whether the item, however it is written, is this value.
fn says(item: &Item, value: &toml_edit::Value) -> bool {
    match (item.as_table_like(), value.as_inline_table()) {
        (Some(table), Some(wanted)) => {
            table.len() == wanted.len()
                && wanted.iter().all(|(name, value)| table.get(name).is_some_and(|item| says(item, value)))
        }
        (None, None) => item.as_value().is_some_and(|item| bare(item) == bare(value)),
        _ => false,
    }
}

fn bare(value: &toml_edit::Value) -> String {
    value.clone().decorated("", "").to_string()
}

/// The text without the key. Where a comment explains it, its default stays below as another comment.
fn without(text: &str, place: Place<'_>, key: &str) -> Result<String, String> {
    if let Some(text) = commented_out(text, place, key) {
        return Ok(text);
    }
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    if place.section(&document).is_some()
        && let Some(section) = place.section_mut(&mut document)
    {
        section.remove(place.name);
    }
    Ok(document.to_string())
}

fn commented_out(text: &str, place: Place<'_>, key: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let (name, item) = place.section(&document)?.get_key_value(place.name)?;
    let start = name.span()?.start;
    let end = item.as_value()?.span()?.end;
    let start_of_line = text[..start].rfind('\n').map_or(0, |line| line + 1);
    let alone = text[start_of_line..start].trim().is_empty();
    let explained = text[..start_of_line].trim_end_matches('\n').lines().next_back()?.trim().starts_with('#');
    if !alone || !explained {
        return None;
    }
    let default = describe().into_iter().find(|known| known.key == key)?.default;
    let line = line(place.name, &written(&default)?);
    Some(format!("{}# {}{}", &text[..start_of_line], line.trim_end(), &text[end..]))
}
