//! One conversation.

use anyhow::{Context, Result};
use postern_curation::{Conversation, Part, Turn};
use postern_store::{Conversations, Exchange, Pair, Seq, ThreadId, ThreadRow};
use serde::Serialize;
use serde_json::{Value, json};

use super::super::Output;
use super::{missing, said};

/// A conversation as JSON.
#[derive(Serialize)]
struct Shown {
    row: ThreadRow,
    conversation: Conversation,
    exchanges: Vec<Seq>,
    pairs: Vec<Pair>,
}

pub(super) async fn run(conversations: &Conversations, id: i64, raw: bool, output: Output) -> Result<()> {
    let Some(detail) = conversations.thread(ThreadId(id)).await? else { return Err(missing(id)) };
    if raw {
        let exchange = conversations.exchange(detail.row.leaf).await?;
        let exchange = raw_json(&exchange.context("its last exchange is no longer kept")?);
        return output.show(&exchange, || serde_json::to_string_pretty(&exchange).unwrap_or_default());
    }
    let body = detail.edited.as_deref().unwrap_or(&detail.body);
    let conversation = serde_json::from_slice(body).context("the conversation cannot be read")?;
    let shown = Shown { row: detail.row, conversation, exchanges: detail.exchanges, pairs: detail.pairs };
    output.show(&shown, || written(&shown))
}

fn raw_json(exchange: &Exchange) -> Value {
    let body = |bytes: &[u8]| {
        serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
    };
    json!({
        "id": exchange.id,
        "at_ms": exchange.at_ms,
        "method": exchange.method,
        "host": exchange.host,
        "path": exchange.path,
        "status": exchange.status,
        "ended": exchange.ended,
        "request_headers": exchange.request_headers,
        "request": body(&exchange.request),
        "response_headers": exchange.response_headers,
        "response": body(&exchange.response),
    })
}

fn written(shown: &Shown) -> String {
    let row = &shown.row;
    let mut out = format!("{} · {} · {}\n", row.facts.title, row.facts.model, said(&row.state));
    if !row.tags.is_empty() {
        out.push_str(&format!("tags: {}\n", row.tags.join(", ")));
    }
    for turn in &shown.conversation.turns {
        out.push_str(&format!("\n[{}]\n", said(&turn.role)));
        write_turn(turn, &mut out);
    }
    out
}

fn write_turn(turn: &Turn, out: &mut String) {
    for part in &turn.parts {
        match part {
            Part::Text { text } | Part::Refusal { text } => out.push_str(text),
            Part::Reasoning { text, .. } => out.push_str(&format!("(thinks) {text}")),
            Part::ToolCall { name, arguments, .. } => out.push_str(&format!("(calls) {name} {arguments}")),
            Part::ToolResult { parts, .. } => {
                out.push_str("(result) ");
                for part in parts {
                    out.push_str(if let Part::Text { text } = part { text } else { "(no text)" });
                }
            }
            Part::Image { .. } => out.push_str("(picture)"),
            Part::Audio { .. } => out.push_str("(recording)"),
            Part::Video { .. } => out.push_str("(moving picture)"),
            Part::File { .. } => out.push_str("(file)"),
            Part::Citation { raw } | Part::Other { raw } => out.push_str(&raw.to_string()),
        }
        out.push('\n');
    }
}
