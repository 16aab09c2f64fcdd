//! The conversation of a request: its turns, calls, results and files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer::hex_sha256;
use crate::files::Upload;
use crate::wire::{at, items, object};

/// A turn of the conversation in a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Turn {
    /// `user` or `model`.
    pub role: String,
    /// Its text parts, thoughts left out, joined.
    pub text: String,
    /// Types and base64 data of the files that it carries itself.
    pub files: Vec<(String, String)>,
    /// The model's function calls.
    pub calls: Vec<CallSent>,
    /// Results of functions.
    pub responses: Vec<FunctionResponse>,
}

/// A function call of an earlier answer that goes back to the model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallSent {
    /// The function.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// The call's id.
    pub id: Option<String>,
    /// Its thought signature.
    pub signature: Option<String>,
}

/// The result of a function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionResponse {
    /// The function.
    pub name: String,
    /// What it gave back.
    pub response: Value,
    /// The id of its call.
    pub id: Option<String>,
}

/// A file in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileSent {
    /// The name under which it was uploaded.
    pub name: String,
    /// Its type.
    pub mime: String,
    /// Its size in bytes.
    pub size: usize,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// The turn that it belongs to, from 0.
    pub turn: usize,
    /// Whether its bytes are in the request, instead of a reference to the upload.
    pub inline: bool,
}

pub(super) fn turn(value: &Value) -> Turn {
    let parts = items(at(value, &[0]));
    let spoken = |part: &&Value| at(part, &[12]).is_null();
    let file =
        |part: &Value| Some((at(part, &[2, 0]).as_str()?.to_owned(), at(part, &[2, 1]).as_str()?.to_owned()));
    Turn {
        role: at(value, &[1]).as_str().unwrap_or_default().to_owned(),
        text: parts.iter().filter(spoken).filter_map(|part| at(part, &[1]).as_str()).collect(),
        files: parts.iter().filter_map(file).collect(),
        calls: parts.iter().filter_map(call).collect(),
        responses: parts.iter().filter_map(response).collect(),
    }
}

fn call(part: &Value) -> Option<CallSent> {
    let call = at(part, &[10]);
    Some(CallSent {
        name: at(call, &[0]).as_str()?.to_owned(),
        arguments: object(at(call, &[1])),
        id: at(call, &[2]).as_str().map(str::to_owned),
        signature: at(part, &[14]).as_str().map(str::to_owned),
    })
}

fn response(part: &Value) -> Option<FunctionResponse> {
    let response = at(part, &[11]);
    Some(FunctionResponse {
        name: at(response, &[0]).as_str()?.to_owned(),
        response: Value::Object(object(at(response, &[1]))),
        id: at(response, &[2]).as_str().map(str::to_owned),
    })
}

/// The files of the user's turns, by what was uploaded before.
pub(super) fn files(contents: &[Value], uploads: &[Upload]) -> Vec<FileSent> {
    let turns = contents.iter().enumerate().filter(|(_, turn)| at(turn, &[1]) == "user");
    turns
        .flat_map(|(turn, value)| {
            items(at(value, &[0])).iter().filter_map(move |part| file(part, turn, uploads))
        })
        .collect()
}

fn file(part: &Value, turn: usize, uploads: &[Upload]) -> Option<FileSent> {
    if let Some(id) = at(part, &[5, 0]).as_str() {
        let upload = uploads.iter().find(|upload| upload.id == id)?;
        let Upload { name, mime, size, sha256, .. } = upload.clone();
        return Some(FileSent { name, mime, size, sha256, turn, inline: false });
    }
    let bytes = STANDARD.decode(at(part, &[2, 1]).as_str()?).ok()?;
    let sha256 = hex_sha256(&bytes);
    let upload = uploads.iter().rev().find(|upload| upload.sha256 == sha256);
    let name = upload.map(|upload| upload.name.clone()).unwrap_or_default();
    let mime = at(part, &[2, 0]).as_str().unwrap_or_default().to_owned();
    Some(FileSent { name, mime, size: bytes.len(), sha256, turn, inline: true })
}
