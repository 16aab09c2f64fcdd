//! A conversation for people to read.

use serde_json::{Value, json};

use super::super::fault::Fault;
use super::super::sample::{MediaKind, Message, Piece, Speaker};
use super::{Item, Needs, misplaced};

pub(super) fn row(item: Item, needs: &Needs<'_>) -> Result<Value, Fault> {
    let Item::Turns(sample) = item else { return Err(misplaced()) };
    let mut out = String::new();
    if let Some(system) = &sample.system {
        out.push_str(&format!("## System\n\n{system}\n\n"));
    }
    for message in &sample.messages {
        out.push_str(&format!("## {}\n\n", heading(message)));
        if !message.reasoning.is_empty() {
            for line in message.reasoning.lines() {
                out.push_str(&format!("> {line}\n"));
            }
            out.push('\n');
        }
        for piece in &message.pieces {
            match piece {
                Piece::Text(text) => out.push_str(&format!("{text}\n\n")),
                Piece::Media(media) => {
                    // The files lie one folder up from the conversations.
                    let place = needs.file(media).map(|file| format!("../{file}"));
                    let place = place.or_else(|_| needs.address(media))?;
                    let image = if media.kind == MediaKind::Image { "!" } else { "" };
                    out.push_str(&format!("{image}[{place}]({place})\n\n"));
                }
            }
        }
        for call in &message.calls {
            let arguments = serde_json::to_string_pretty(&call.arguments).unwrap_or_default();
            let fence = fence(&arguments);
            out.push_str(&format!("`{}`\n\n{fence}json\n{arguments}\n{fence}\n\n", call.name));
        }
    }
    Ok(json!({ "text": out.trim_end().to_owned() + "\n" }))
}

fn heading(message: &Message) -> String {
    let word = match message.speaker {
        Speaker::System => "System",
        Speaker::User => "User",
        Speaker::Assistant => "Assistant",
        Speaker::Tool => "Tool",
    };
    message.name.as_ref().map_or_else(|| word.to_owned(), |name| format!("{word}: {name}"))
}

/// More backticks than stand in a row in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}
