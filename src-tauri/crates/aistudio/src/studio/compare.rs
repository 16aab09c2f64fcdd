//! What the page sent against what it was asked to send.

use std::collections::BTreeSet;

use postern_protocol::chat::{BlockFrom, Request};

use super::fill::Filled;
use crate::page::{Blocks, Structure};
use crate::tools::Tool;
use crate::wire::Sent;

/// What the page sent that belongs to another request, so that its answer must not be given for this one.
pub(super) fn foreign(sent: &Sent, filled: &Filled, request: &Request) -> Option<&'static str> {
    if filled.fresh != (sent.turns == 1) {
        // Another conversation must not shine through, and this one must not lose its past.
        return Some("another conversation");
    }
    if sent.files > filled.files {
        return Some("other files");
    }
    if sent.results != filled.results {
        return Some("other results of calls");
    }
    let is_sent = |name: &String| name.trim_start_matches("models/").eq_ignore_ascii_case(&sent.model);
    if !filled.names.iter().any(is_sent) {
        return Some("another model");
    }
    // Where the page has no box for them, the system instructions are in the prompt.
    let system = if filled.system_in_box { filled.system.as_str() } else { "" };
    if dense(&sent.system) != dense(system) {
        return Some("other system instructions");
    }
    if filled.controls.structure.is_none() && (sent.has_schema || asks_for_json(sent)) {
        return Some("another form of the answer");
    }
    // One whose switch cannot be found, or does nothing, may be on for the site's own reasons; that is told as a
    // difference.
    let unasked = |tool: Tool| sent.tools.has(tool) && !filled.controls.tools.has(tool);
    let switched = |tool: &Tool| matches!(filled.tools_shown.get(tool), Some(Some(_)));
    if Tool::ALL.into_iter().filter(switched).any(unasked) {
        return Some("other tools");
    }
    let sorted = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    if sorted(&sent.functions) != sorted(&filled.offered) {
        return Some("other functions");
    }
    let asked = |text: &String| request.sampling.stop.iter().any(|own| dense(own) == dense(text));
    (!sent.stop.iter().all(asked)).then_some("other stop texts")
}

/// What the page sent otherwise than it was asked to.
pub(super) fn differences(sent: &Sent, filled: &Filled, request: &Request) -> Vec<String> {
    let mut found = Vec::new();
    numbers(sent, filled, &mut found);
    let sorted = |texts: &[String]| {
        let mut texts = texts.to_vec();
        texts.sort();
        texts.dedup();
        texts
    };
    if sorted(&sent.stop) != sorted(&request.sampling.stop) {
        found.push("the stop texts are not the ones asked for".to_owned());
    }
    if let Some((wish, budget)) = filled.thinking.zip(sent.thinking_budget)
        && wish.contradicts(budget)
    {
        found.push(format!("the thinking budget is {budget}, which was not asked for"));
    }
    if let Some(level) = sent.thinking_level.and_then(level)
        && !filled.level.is_empty()
        && filled.level != level
    {
        found.push(format!("the thinking level is {level} instead of {}", filled.level));
    }
    if sent.files < filled.files {
        found.push(format!("{} of {} files were sent", sent.files, filled.files));
    }
    tools(sent, filled, &mut found);
    wishes(sent, filled, request, &mut found);
    found
}

fn numbers(sent: &Sent, filled: &Filled, found: &mut Vec<String>) {
    let mut number = |name: &str, asked: Option<f64>, sent: Option<f64>| {
        if let (Some(asked), Some(sent)) = (asked, sent)
            && (asked - sent).abs() > 1e-6
        {
            found.push(format!("{name} is {sent} instead of {asked}"));
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "token counts")]
    let tokens = |count: Option<u64>| count.map(|count| count as f64);
    number("temperature", filled.settings.temperature, sent.temperature);
    number("top_p", filled.settings.top_p, sent.top_p);
    number("max_tokens", tokens(filled.settings.max_tokens), tokens(sent.max_tokens));
}

fn tools(sent: &Sent, filled: &Filled, found: &mut Vec<String>) {
    for tool in Tool::ALL {
        match (filled.controls.tools.has(tool), sent.tools.has(tool)) {
            // One that the page does not have was told already.
            (true, false) if filled.tools_shown.get(&tool) == Some(&Some(true)) => {
                found.push(format!("{} was switched on, but the page did not send it", tool.label()));
            }
            (false, true) => found.push(format!("{} is on, which was not asked for", tool.label())),
            _ => {}
        }
    }
    let unsent =
        |structure: &Structure| !asks_for_json(sent) || (!structure.schema.is_empty() && !sent.has_schema);
    if filled.controls.structure.as_ref().is_some_and(unsent) {
        found.push("the page did not send the form that the answer shall have".to_owned());
    }
}

fn wishes(sent: &Sent, filled: &Filled, request: &Request, found: &mut Vec<String>) {
    for (code, block) in thresholds(filled.controls.safety.unwrap_or_default()) {
        let is = sent.safety.iter().find(|(kind, _)| *kind == code).map(|(_, threshold)| *threshold);
        if is.is_some_and(|is| is != threshold(block)) {
            found.push("a safety setting is not the one asked for".to_owned());
        }
    }
    let wishes = &request.wishes;
    let resolution = wishes.media_resolution.map(|wanted| wanted as u64 + 1);
    if resolution.is_some() && sent.media_resolution.is_some() && resolution != sent.media_resolution {
        found.push("the media resolution is not the one asked for".to_owned());
    }
    // That another voice speaks than one that was named by habit was told.
    let voice = if wishes.voice_by_habit { &None } else { &wishes.voice };
    let texts = [
        ("aspect ratio", &wishes.aspect_ratio, &sent.aspect_ratio),
        ("image size", &wishes.image_size, &sent.image_size),
        ("voice", voice, &sent.voice),
    ];
    for (name, asked, sent) in texts {
        if let (Some(asked), Some(sent)) = (asked, sent)
            && !asked.eq_ignore_ascii_case(sent)
        {
            found.push(format!("the {name} is {sent} instead of {asked}"));
        }
    }
}

fn asks_for_json(sent: &Sent) -> bool {
    sent.mime.as_deref() == Some("application/json")
}

/// The kinds of harm by the site's numbers.
fn thresholds(blocks: Blocks) -> impl Iterator<Item = (u64, BlockFrom)> {
    let kinds = [(7, blocks.harassment), (8, blocks.hate), (9, blocks.sexual), (10, blocks.dangerous)];
    kinds.into_iter().filter_map(|(code, block)| Some((code, block?)))
}

/// A threshold by the site's number.
fn threshold(block: BlockFrom) -> u64 {
    match block {
        BlockFrom::Low => 1,
        BlockFrom::Medium => 2,
        BlockFrom::High => 3,
        BlockFrom::None => 4,
        BlockFrom::Off => 5,
    }
}

/// A thinking level by the site's number.
fn level(number: u64) -> Option<&'static str> {
    ["low", "medium", "high", "minimal"].get(usize::try_from(number.checked_sub(1)?).ok()?).copied()
}

/// A text without its white space: the page may have its own way with it.
pub(super) fn dense(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
