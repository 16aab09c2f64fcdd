//! What is known of a conversation without looking at it again: by what it is listed, linked, searched and flagged.

use postern_store::{Derived, Exchange, Facts};

use crate::language::language;
use crate::read::{Counted, Media, read};
use crate::text::{beginning, dialogue, searchable, tokens, words};
use crate::{Conversation, Flag, Flags, Kind, Part, Role, flags, hash};

/// The version of the rules. It grows with every change after which something is read differently, and then everything
/// is derived again.
pub const VERSION: u32 = 2;

/// So many letters of the first question make a title, and of the last answer a preview.
const TITLE: usize = 120;
const PREVIEW: usize = 200;
/// Of one turn, so many letters can be searched. A larger one is a file somebody pasted.
const SEARCHED: usize = 200_000;
/// The same of instructions, which many conversations have in common.
const SEARCHED_INSTRUCTIONS: usize = 4_000;

/// What an exchange says, and what is to be known of it; `None` for one that is no conversation.
pub fn derive(exchange: &Exchange, media: &mut dyn Media) -> Option<Derived> {
    let read = read(exchange, media)?;
    let about = About {
        dialect: read.dialect.name().to_owned(),
        counted: read.counted,
        asked: read.asked,
        unreadable: read.unreadable,
    };
    let (answer_id, continues, kept_in) = (read.answer_id, read.continues, read.kept_in);
    Some(Derived { answer_id, continues, kept_in, ..derived(&read.conversation, about) })
}

/// Puts what an exchange continues before it, for providers that keep the turns themselves. `earlier` is the body of what
/// it continues. What cannot be read of that is left out.
pub fn join(earlier: &[u8], later: Derived) -> Derived {
    let (Ok(earlier), Ok(mut whole)) = (
        serde_json::from_slice::<Conversation>(earlier),
        serde_json::from_slice::<Conversation>(&later.body),
    ) else {
        return later;
    };
    // Providers forget the instructions and want them anew; the same ones again are no turn.
    let is_instruction = |role| matches!(role, Role::System | Role::Developer);
    let before = earlier.turns.iter().take_while(|turn| is_instruction(turn.role)).count();
    let again = whole.turns.iter().zip(&earlier.turns[..before]).take_while(|(new, old)| new == old).count();
    let added = earlier.turns.len() - again;
    whole.turns.drain(..again);
    whole.turns.splice(0..0, earlier.turns);
    for alternative in &mut whole.alternatives {
        alternative.at += added;
    }
    if whole.tools.is_empty() {
        whole.tools = earlier.tools;
    }
    let about = About {
        dialect: later.facts.dialect,
        counted: Counted { input: Some(later.facts.tokens_in), output: Some(later.facts.tokens_out) },
        asked: later.asked + added,
        unreadable: Flags(later.facts.flags).has(Flag::Unreadable),
    };
    let Derived { answer_id, continues, kept_in, .. } = later;
    Derived { answer_id, continues, kept_in, ..derived(&whole, about) }
}

/// What is known of an exchange beside the conversation.
struct About {
    dialect: String,
    counted: Counted,
    asked: usize,
    unreadable: bool,
}

fn derived(conversation: &Conversation, about: About) -> Derived {
    let texts: Vec<String> = conversation
        .turns
        .iter()
        .map(|turn| {
            let instructs = matches!(turn.role, Role::System | Role::Developer);
            let most = if instructs { SEARCHED_INSTRUCTIONS } else { SEARCHED };
            let all = searchable(turn);
            match all.char_indices().nth(most) {
                Some((end, _)) => all[..end].to_owned(),
                None => all,
            }
        })
        .collect();
    let mut found = flags::flags(conversation);
    if about.unreadable {
        found.set(Flag::Unreadable);
    }
    let asked = about.asked;
    Derived {
        // A conversation is made of texts, numbers and lists alone, and those are always JSON.
        body: serde_json::to_vec(conversation).unwrap_or_default(),
        prefixes: hash::prefixes(conversation),
        instructions: hash::instructions(conversation),
        asked,
        facts: facts(conversation, about, found),
        texts,
        answer_id: None,
        continues: None,
        kept_in: None,
    }
}

fn facts(conversation: &Conversation, about: About, found: Flags) -> Facts {
    let (asked, answered) = conversation.turns.split_at(about.asked.min(conversation.turns.len()));
    let estimate = |turns: &[crate::Turn]| turns.iter().map(|turn| tokens(&searchable(turn))).sum();
    let chars = conversation.turns.iter().map(|turn| searchable(turn).chars().count() as u64).sum();
    Facts {
        title: title(conversation),
        preview: preview(conversation),
        kind: kind(conversation.kind).to_owned(),
        dialect: about.dialect,
        model: conversation.model.clone(),
        language: language(&dialogue(conversation)).unwrap_or_default().to_owned(),
        standing: conversation.standing,
        turns: u32::try_from(conversation.turns.len()).unwrap_or(u32::MAX),
        chars,
        tokens_in: about.counted.input.unwrap_or_else(|| estimate(asked)),
        tokens_out: about.counted.output.unwrap_or_else(|| estimate(answered)),
        flags: found.0,
        text_hash: hash::text_hash(conversation),
        bands: flags::bands(conversation),
    }
}

/// The beginning of the first thing a user said, or else of the first thing that was said at all.
fn title(conversation: &Conversation) -> String {
    let users = conversation.turns.iter().filter(|turn| turn.role == Role::User);
    let said = users.chain(&conversation.turns).map(words).find(|words| !words.trim().is_empty());
    beginning(&said.unwrap_or_default(), TITLE)
}

/// The beginning of the last answer; its first call where it has no words.
fn preview(conversation: &Conversation) -> String {
    let Some(last) = conversation.turns.last().filter(|turn| turn.role == Role::Assistant) else {
        return String::new();
    };
    let said = words(last);
    if !said.trim().is_empty() {
        return beginning(&said, PREVIEW);
    }
    let call = last.parts.iter().find_map(|part| match part {
        Part::ToolCall { name, arguments, .. } => Some(format!("{name} {arguments}")),
        _ => None,
    });
    beginning(&call.unwrap_or_default(), PREVIEW)
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Chat => "chat",
        Kind::Embedding => "embedding",
        Kind::Rerank => "rerank",
        Kind::Image => "image",
        Kind::Audio => "audio",
        Kind::Other => "other",
    }
}

#[cfg(test)]
mod tests;
