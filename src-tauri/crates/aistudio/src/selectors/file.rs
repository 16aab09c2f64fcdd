//! A file that replaces some of the selectors: read, checked and laid over the built-in ones. One fault, and the whole
//! file is refused, with the line.

use std::collections::BTreeMap;

use postern_protocol::page::PackFault;
use serde::Deserialize;
use toml::Spanned;

use super::{Dialog, Lists, Selectors};

/// Between CSS and the text that an element must have.
const AND_SAYS: &str = " :: ";

/// A file in order.
#[derive(Debug)]
pub(super) struct Overlay {
    /// The built-in selectors with those of the file in their place.
    pub(super) selectors: Selectors,
    /// The version that it was written for.
    pub(super) version: Option<u32>,
    /// What it replaces, as `section.name`.
    pub(super) overrides: Vec<String>,
    /// Every entry that holds CSS.
    pub(super) css: Vec<Entry>,
}

/// An entry that holds CSS, and where it stands.
#[derive(Debug)]
pub(super) struct Entry {
    /// The value as it is written.
    pub(super) text: String,
    pub(super) line: u64,
}

type LocatedLists = BTreeMap<Spanned<String>, Spanned<Vec<Spanned<String>>>>;

/// The parts of a file again, with where they stand.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Located {
    pack: LocatedHead,
    urls: LocatedUrls,
    texts: LocatedLists,
    selectors: LocatedLists,
    dialogs: BTreeMap<Spanned<String>, LocatedDialog>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LocatedHead {
    version: Option<Spanned<u32>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LocatedUrls {
    new_chat: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LocatedDialog {
    when: Vec<Spanned<String>>,
    click: Vec<Spanned<String>>,
}

/// What a check found, and after how many bytes of the file.
struct Fault(usize, String);

/// Reads a file and lays it over the built-in selectors.
pub(super) fn read(text: &str) -> Result<Overlay, PackFault> {
    let of_toml = |error: toml::de::Error| {
        Fault(error.span().map_or(0, |span| span.start), error.message().trim().to_owned())
    };
    let overlay = || {
        let given: Selectors = toml::from_str(text).map_err(of_toml)?;
        let located: Located = toml::from_str(text).map_err(of_toml)?;
        let built_in = Selectors::embedded();
        check(&located, &given, &built_in)?;
        let css = css_of(&located)
            .map(|entry| Entry { text: entry.get_ref().clone(), line: line_at(text, entry.span().start) });
        Ok(Overlay {
            version: located.pack.version.as_ref().map(|version| *version.get_ref()),
            overrides: overrides(&given),
            css: css.collect(),
            selectors: laid_over(built_in, given),
        })
    };
    overlay().map_err(|Fault(at, what)| PackFault { line: Some(line_at(text, at)), what })
}

fn check(located: &Located, given: &Selectors, built_in: &Selectors) -> Result<(), Fault> {
    if let Some(version) = &located.pack.version {
        check_version(version, built_in.pack.version)?;
    }
    check_lists(&located.texts, &built_in.texts, "text")?;
    check_lists(&located.selectors, &built_in.selectors, "selector")?;
    for (name, dialog) in &given.dialogs {
        let at = located.dialogs.keys().find(|key| key.get_ref() == name).map_or(0, |key| key.span().start);
        check_dialog(name, dialog).map_err(|what| Fault(at, what))?;
    }
    for entry in css_of(located) {
        check_entry(entry.get_ref()).map_err(|what| Fault(entry.span().start, what))?;
    }
    match &located.urls.new_chat {
        Some(path) if !path.get_ref().starts_with('/') => {
            let what = "`new_chat` is a path of the site and begins with /".to_owned();
            Err(Fault(path.span().start, what))
        }
        _ => Ok(()),
    }
}

fn check_version(version: &Spanned<u32>, built_in: u32) -> Result<(), Fault> {
    let fault = |what| Err(Fault(version.span().start, what));
    match *version.get_ref() {
        0 => fault("versions are counted from 1".to_owned()),
        newer if newer > built_in => fault(format!(
            "it was written for version {newer} of the selectors, and this Postern has version {built_in}; use a newer \
             Postern, or take the line out if the entries fit"
        )),
        _ => Ok(()),
    }
}

/// Only names that the program looks for, and something for each.
fn check_lists(given: &LocatedLists, known: &Lists, what: &str) -> Result<(), Fault> {
    for (name, entries) in given {
        let at = name.span().start;
        if !known.contains_key(name.get_ref()) {
            return Err(Fault(at, format!("there is no {what} called `{}`", name.get_ref())));
        }
        if entries.get_ref().is_empty() {
            return Err(Fault(at, format!("`{}` needs at least one {what}", name.get_ref())));
        }
        if let Some(empty) = entries.get_ref().iter().find(|entry| entry.get_ref().trim().is_empty()) {
            return Err(Fault(empty.span().start, format!("`{}` has an empty {what}", name.get_ref())));
        }
    }
    Ok(())
}

fn check_dialog(name: &str, dialog: &Dialog) -> Result<(), String> {
    let ways = [!dialog.click.is_empty(), dialog.click_itself, dialog.remove];
    if dialog.when.is_empty() {
        return Err(format!("the dialog `{name}` needs `when`: what shows that it is there"));
    }
    match ways.into_iter().filter(|way| *way).count() {
        1 => Ok(()),
        0 => Err(format!(
            "the dialog `{name}` needs a way to go: `click`, `click_itself = true` or `remove = true`"
        )),
        _ => Err(format!("the dialog `{name}` has more than one of `click`, `click_itself` and `remove`")),
    }
}

/// `css`, `css :: text` or `css :: =text`. Whether the CSS is some, a browser has to say.
fn check_entry(entry: &str) -> Result<(), String> {
    let parts: Vec<&str> = entry.split(AND_SAYS).collect();
    let text = parts.get(1).map(|text| text.strip_prefix('=').unwrap_or(text));
    if parts.len() > 2 {
        return Err(format!("`{entry}` has more than one ` :: `"));
    }
    if parts[0].trim().is_empty() {
        return Err(format!("`{entry}` has no CSS"));
    }
    if text.is_some_and(|text| text.trim().is_empty()) {
        return Err(format!("`{entry}` has no text behind ` :: `"));
    }
    Ok(())
}

fn css_of(located: &Located) -> impl Iterator<Item = &Spanned<String>> {
    let of_dialogs = located.dialogs.values().flat_map(|dialog| dialog.when.iter().chain(&dialog.click));
    located.selectors.values().flat_map(|entries| entries.get_ref()).chain(of_dialogs)
}

fn overrides(given: &Selectors) -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |section: &str, name: &str| all.push(format!("{section}.{name}"));
    let parts = [
        ("urls", "sign_in_hosts", given.urls.sign_in_hosts.is_empty()),
        ("urls", "verification_paths", given.urls.verification_paths.is_empty()),
        ("urls", "new_chat", given.urls.new_chat.is_empty()),
        ("network", "generate", given.network.generate.is_empty()),
        ("network", "models", given.network.models.is_empty()),
    ];
    parts.iter().filter(|(.., empty)| !empty).for_each(|(section, name, _)| add(section, name));
    given.texts.keys().for_each(|name| add("texts", name));
    given.selectors.keys().for_each(|name| add("selectors", name));
    given.dialogs.keys().for_each(|name| add("dialogs", name));
    all
}

fn laid_over(mut all: Selectors, given: Selectors) -> Selectors {
    all.selectors.extend(given.selectors);
    all.texts.extend(given.texts);
    all.dialogs.extend(given.dialogs);
    replace(&mut all.urls.sign_in_hosts, given.urls.sign_in_hosts);
    replace(&mut all.urls.verification_paths, given.urls.verification_paths);
    replace_text(&mut all.urls.new_chat, given.urls.new_chat);
    replace_text(&mut all.network.generate, given.network.generate);
    replace_text(&mut all.network.models, given.network.models);
    all
}

fn replace(old: &mut Vec<String>, new: Vec<String>) {
    if !new.is_empty() {
        *old = new;
    }
}

fn replace_text(old: &mut String, new: String) {
    if !new.is_empty() {
        *old = new;
    }
}

fn line_at(text: &str, offset: usize) -> u64 {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_replaces_what_it_names() {
        let text = "[selectors]\nrun = [\"#go\"]\n[network]\ngenerate = \"Chat\"\n\
                    [dialogs.new]\nwhen = [\"x\"]\nremove = true";
        let overlay = read(text).unwrap();
        let all = overlay.selectors;
        assert_eq!(all.selectors["run"], ["#go"]);
        assert_eq!(all.network.generate, "Chat");
        assert_eq!(all.network.models, "ListModels");
        assert!(all.selectors.contains_key("prompt") && all.dialogs.contains_key("survey"));
        assert!(all.dialogs.contains_key("new"));
        assert_eq!(overlay.overrides, ["network.generate", "selectors.run", "dialogs.new"]);
        assert_eq!(overlay.version, None);
        let lines: Vec<(&str, u64)> =
            overlay.css.iter().map(|entry| (entry.text.as_str(), entry.line)).collect();
        assert_eq!(lines, [("#go", 2), ("x", 6)]);
        assert_eq!(read("[pack]\nversion = 1\n").unwrap().version, Some(1));
        assert_eq!(read("").unwrap().overrides, Vec::<String>::new());
    }

    #[test]
    fn a_broken_file_is_refused_with_the_line_and_the_reason() {
        let cases = [
            ("[selectors]\nrun = \"#go\"", 2, "invalid type"),
            ("[selectors]\nrun = [\"#go\"]\nrum = [\"#go\"]", 3, "`rum`"),
            // One name may begin with another.
            ("[selectors]\nrun = [\"#go\"]\n# r\nr = [\"#go\"]", 4, "`r`"),
            ("[texts]\nquota = [\"no more\"]\nmood = [\"x\"]", 3, "`mood`"),
            ("\n\nnonsense", 3, ""),
            ("[selectors]\nrun = []", 2, "at least one"),
            ("[selectors]\nrun = [\n  \"#go\",\n  \" \",\n]", 4, "empty"),
            ("[selectors]\nrun = [\"a :: b :: c\"]", 2, "more than one"),
            ("[selectors]\nrun = [\"b\", \"button :: =\"]", 2, "no text"),
            ("[selectors]\nrun = [\" :: Run\"]", 2, "no CSS"),
            ("[dialogs.ad]\nclick = [\"#x\"]", 1, "`when`"),
            ("# ads\n[dialogs.ad]\nwhen = [\"#x\"]", 2, "a way to go"),
            ("[dialogs.ad]\nwhen = [\"#x\"]\nremove = true\nclick_itself = true", 1, "more than one"),
            ("[dialogs.ad]\nwhen = [\"#x\"]\nhide = true", 3, "hide"),
            ("[urls]\nnew_chat = \"prompts\"", 2, "begins with /"),
            ("[pack]\nversion = 0", 2, "counted from 1"),
            ("[pack]\nversion = 4000000", 2, "newer Postern"),
            ("[settings]\nx = 1", 1, "settings"),
        ];
        for (text, line, word) in cases {
            let fault = read(text).expect_err(text);
            assert_eq!(fault.line, Some(line), "{text}: {fault:?}");
            assert!(fault.what.contains(word), "{text}: {fault:?}");
        }
    }
}
