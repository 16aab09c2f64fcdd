//! OpenAI's older Completions (`POST /completions`): a text goes on.
//!
//! <https://platform.openai.com/docs/api-reference/completions>

use postern_store::Standing;
use serde_json::Value;

use super::body::{Answer, Form, Request};
use super::chat::counted;
use super::chat_stream::whole;
use super::ending;
use super::page::{Page, turn};
use super::scribe::{Scribe, other, said};
use super::value::{count, field, list, text};
use crate::{Part, Role, Turn};

pub(super) fn read(request: &Request<'_>, answer: &Answer, _scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text(asked, "model"));
    page.parameters(asked, &["prompt"]);
    page.ask(prompts(asked.get("prompt")));
    let made;
    let came = match &answer.form {
        Form::Whole(value) => value,
        Form::Pieces(pieces) => {
            made = whole(pieces);
            &made
        }
        Form::Nothing | Form::Bytes(_) => return page,
    };
    page.model(text(came, "model"));
    page.counted = counted(came);
    let mut choices: Vec<&Value> = list(came, "choices").iter().collect();
    choices.sort_by_key(|choice| count(choice, "index").unwrap_or_default());
    for (at, choice) in choices.into_iter().enumerate() {
        let finish = text(choice, "finish_reason");
        if at == 0 {
            page.ending = ending::of_openai(finish);
        }
        let parts: Vec<Part> = said(text(choice, "text")).into_iter().collect();
        if !parts.is_empty() || field(came, "error").is_none() {
            page.answer(parts, finish);
        }
    }
    ending::take(&mut page, came);
    if page.ending.is_none() && answer.done && matches!(answer.form, Form::Pieces(_)) {
        page.ending = Some(Standing::Ok);
    }
    page
}

/// Each text is a turn; what was sent as numbers of tokens is kept as it came.
fn prompts(prompt: Option<&Value>) -> Vec<Turn> {
    match prompt {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(words)) => vec![turn(Role::User, said(words).into_iter().collect())],
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            let words = items.iter().filter_map(Value::as_str);
            words.map(|words| turn(Role::User, said(words).into_iter().collect())).collect()
        }
        Some(raw) => vec![turn(Role::User, vec![other(raw)])],
    }
}
