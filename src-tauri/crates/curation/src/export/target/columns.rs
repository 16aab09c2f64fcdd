//! The columns that rows of a form have in Parquet.
//!
//! What differs from row to row, such as arguments and schemas of functions, is a JSON text, so that every column has one
//! type.

use super::super::spec::Preset;

/// The type of a column. Every value may be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// A text; any other value is written as JSON.
    Text,
    /// True or false.
    Truth,
    /// A whole number.
    Number,
    /// Several of one type.
    List(Box<Column>),
    /// Several with names.
    Group(Columns),
}

/// Columns by their names.
pub(crate) type Columns = Vec<(&'static str, Column)>;

use Column::{Group, List, Number, Text, Truth};

fn list(column: Column) -> Column {
    List(Box::new(column))
}

/// The columns of a form, the facts of a conversation after them.
pub(crate) fn columns(preset: Preset) -> Columns {
    let mut columns = own(preset);
    columns.push(("id", Text));
    columns.push((
        "meta",
        Group(vec![
            ("model", Text),
            ("host", Text),
            ("created_at", Text),
            ("tokens_in", Number),
            ("tokens_out", Number),
            ("rating", Number),
            ("tags", list(Text)),
        ]),
    ));
    columns
}

fn own(preset: Preset) -> Columns {
    let media = || vec![("images", list(Text)), ("videos", list(Text)), ("audios", list(Text))];
    let turn = || Group(vec![("from", Text), ("value", Text)]);
    let mut share = vec![("conversations", list(turn())), ("system", Text), ("tools", Text)];
    match preset {
        Preset::LlamaFactory => {
            share.extend(media());
            share
        }
        Preset::LlamaFactoryDpo => {
            share.extend([("chosen", turn()), ("rejected", turn())]);
            share.extend(media());
            share
        }
        Preset::LlamaFactoryKto => {
            share.push(("kto_tag", Truth));
            share.extend(media());
            share
        }
        Preset::LlamaFactoryAlpaca => {
            let texts = ["instruction", "input", "output", "system"].map(|name| (name, Text));
            let mut columns = texts.to_vec();
            columns.push(("history", list(list(Text))));
            columns.extend(media());
            columns
        }
        Preset::MsSwift => {
            let message = Group(vec![("role", Text), ("content", Text), ("loss", Truth)]);
            let mut columns = vec![("messages", list(message)), ("tools", Text)];
            columns.extend(media());
            columns
        }
        Preset::MsSwiftReranker => {
            let message = || Group(vec![("role", Text), ("content", Text)]);
            let several = || list(list(message()));
            vec![
                ("messages", list(message())),
                ("positive_messages", several()),
                ("negative_messages", several()),
            ]
        }
        Preset::Chatml => vec![("text", Text)],
        // Some of its messages are texts and some are lists of parts. It reads a text of all messages as well.
        Preset::Axolotl => vec![("messages", Text), ("tools", Text)],
        _ => messages(preset),
    }
}

fn messages(preset: Preset) -> Columns {
    let function = Group(vec![("name", Text), ("arguments", Text)]);
    let call = Group(vec![("id", Text), ("type", Text), ("function", function)]);
    let message = || {
        let mut fields: Columns = ["role", "content", "reasoning_content", "name", "tool_call_id"]
            .map(|name| (name, Text))
            .to_vec();
        fields.push(("tool_calls", list(call.clone())));
        fields.push(("weight", Number));
        Group(fields)
    };
    let ending = [("tools", Text), ("images", list(Text))];
    let mut columns = match preset {
        Preset::TrlDpo => {
            vec![("prompt", list(message())), ("chosen", list(message())), ("rejected", list(message()))]
        }
        Preset::TrlKto => {
            vec![("prompt", list(message())), ("completion", list(message())), ("label", Truth)]
        }
        Preset::OpenaiDpo => {
            let input =
                Group(vec![("messages", list(message())), ("tools", Text), ("parallel_tool_calls", Truth)]);
            let output = || list(message());
            return vec![
                ("input", input),
                ("preferred_output", output()),
                ("non_preferred_output", output()),
            ];
        }
        _ => vec![("messages", list(message()))],
    };
    columns.extend(ending);
    columns
}
