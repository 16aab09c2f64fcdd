//! Pictures, recordings and files on their way into the page.
//!
//! In comes a request; out goes what it mentions, in the order of the conversation, with marks by which a chat
//! that goes on is recognised without reading anything. Whoever asks the page brings a [`Supply`] that puts the
//! bytes on the disk, and is asked only for what is really to be uploaded.

mod kinds;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt, stream};
use postern_protocol::chat::{Attachment, Failure, FailureKind, Message, Part, Request, Role, Source};
use sha2::{Digest, Sha256};

pub use kinds::extension;

/// So many files of a request are got at once.
pub const AT_ONCE: usize = 4;
/// Most characters of a name.
const LONGEST_NAME: usize = 60;

/// What a file is, as the caller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture.
    Image,
    /// A recording.
    Audio,
    /// A moving picture.
    Video,
    /// Anything else.
    File,
}

/// One file of a request.
#[derive(Clone, Debug)]
pub struct Mentioned<'a> {
    /// The message it belongs to.
    pub message: usize,
    /// Where its bytes are.
    pub source: &'a Source,
    /// What it is, as the caller says.
    pub kind: Kind,
    /// What it is called in the prompt and on the disk: one line, fit for a file's name.
    pub name: String,
    /// The request's field that it stands in.
    pub param: String,
}

/// By what a file is known again. Equal marks mean equal files; where one stands does not count.
#[derive(Clone, Debug, Eq)]
pub struct Mark {
    /// Its place in [`mentioned`].
    pub index: usize,
    /// Its name in the prompt.
    pub name: String,
    digest: [u8; 32],
}

/// A file on the disk, ready to be given to the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Where it lies; its name and extension are what the page gets to see.
    pub path: PathBuf,
    /// Its media type, as its content says.
    pub mime: String,
    /// Its size in bytes.
    pub size: u64,
    /// What the caller should hear about it.
    pub warning: Option<String>,
    /// The request's field that it stands in.
    pub param: String,
}

/// Puts the files of one request on the disk.
pub trait Supply: Send + Sync {
    /// The file of this place in [`mentioned`]. It stays where it is as long as the supply lives.
    fn supply(&self, index: usize) -> BoxFuture<'_, Result<Arc<Staged>, Failure>>;
}

/// The files of one request. Cheap to clone; the default has none.
#[derive(Clone, Default)]
pub struct Files(Option<Arc<dyn Supply>>);

impl Files {
    /// What this supply has.
    pub fn of(supply: Arc<dyn Supply>) -> Self {
        Self(Some(supply))
    }

    /// Those of these places, in this order.
    pub(crate) async fn take(&self, indexes: &[usize]) -> Result<Vec<Arc<Staged>>, Failure> {
        let none = || Failure::new(FailureKind::Internal, "Nobody supplies the files of this request");
        if indexes.is_empty() {
            return Ok(Vec::new());
        }
        let supply = self.0.as_ref().ok_or_else(none)?;
        let asked: Vec<_> = indexes.iter().map(|index| supply.supply(*index)).collect();
        stream::iter(asked).buffered(AT_ONCE).try_collect().await
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Files").field(&self.0.is_some()).finish()
    }
}

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

/// Every file of the request, oldest first. Those given beside the messages belong to the last user message.
pub fn mentioned(request: &Request) -> Vec<Mentioned<'_>> {
    let last = last_user(&request.messages);
    let mut found: Vec<Mentioned<'_>> = Vec::new();
    for (message, spoken) in request.messages.iter().enumerate() {
        for (source, kind, name) in spoken.parts.iter().filter_map(file_of) {
            // What the model made itself, told by an id: nobody but its maker has it, and its words are there.
            if spoken.role == Role::Assistant && matches!(source, Source::FileId(_)) {
                continue;
            }
            let name = called(source, kind, name, found.len());
            found.push(Mentioned {
                message,
                source,
                kind,
                name,
                param: format!("messages[{message}].content"),
            });
        }
        if Some(message) == last {
            for (index, attached) in request.attachments.iter().enumerate() {
                let name = called(&attached.source, Kind::File, attached.name.as_deref(), found.len());
                let param = format!("attachments[{index}]");
                found.push(Mentioned { message, source: &attached.source, kind: Kind::File, name, param });
            }
        }
    }
    found
}

/// The marks of every file of the request, each with the message it belongs to.
pub fn marks(request: &Request) -> Vec<(usize, Mark)> {
    let mark = |(index, file): (usize, Mentioned<'_>)| {
        (file.message, Mark { index, digest: digest(file.source), name: file.name })
    };
    mentioned(request).into_iter().enumerate().map(mark).collect()
}

/// The places of these files, each file once.
pub fn to_upload<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> Vec<usize> {
    let mut seen: Vec<&Mark> = Vec::new();
    for mark in marks {
        if !seen.contains(&mark) {
            seen.push(mark);
        }
    }
    seen.iter().map(|mark| mark.index).collect()
}

/// Writes the files given beside the messages into the message they belong to, before it is the last one no longer.
pub fn settle_attachments(request: &mut Request) {
    let Some(last) = last_user(&request.messages) else { return };
    let files = std::mem::take(&mut request.attachments);
    let parts = files.into_iter().map(|Attachment { source, name }| Part::File { source, name });
    if let Some(message) = request.messages.get_mut(last) {
        message.parts.extend(parts);
    }
}

fn last_user(messages: &[Message]) -> Option<usize> {
    let of = |wanted: fn(Role) -> bool| messages.iter().rposition(|message| wanted(message.role));
    of(|role| role == Role::User).or_else(|| of(|role| role != Role::System))
}

fn file_of(part: &Part) -> Option<(&Source, Kind, Option<&str>)> {
    match part {
        Part::Image { source, .. } => Some((source, Kind::Image, None)),
        Part::Audio { source } => Some((source, Kind::Audio, None)),
        Part::Video { source } => Some((source, Kind::Video, None)),
        Part::File { source, name } => Some((source, Kind::File, name.as_deref())),
        Part::Text { .. }
        | Part::Reasoning { .. }
        | Part::Refusal { .. }
        | Part::Signature(_)
        | Part::Sealed(_)
        | Part::ToolCall(_)
        | Part::ToolResult { .. } => None,
    }
}

/// What a file is called: as the caller says, else as its address ends, else by its kind and place.
fn called(source: &Source, kind: Kind, name: Option<&str>, index: usize) -> String {
    let last = |text: &str| {
        text.split(['?', '#']).next().and_then(|path| path.rsplit(['/', '\\']).next()).map(plain)
    };
    let given = name.and_then(last).filter(|name| !name.is_empty());
    let address = || match source {
        Source::Url(address) => last(
            address
                .split_once("://")
                .map_or(address.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path)),
        ),
        Source::Data { .. } | Source::FileId(_) => None,
    };
    let word = match kind {
        Kind::Image => "image",
        Kind::Audio => "audio",
        Kind::Video => "video",
        Kind::File => "file",
    };
    given.or_else(address).filter(|name| !name.is_empty()).unwrap_or_else(|| format!("{word}-{}", index + 1))
}

/// The text as one line that may stand in a prompt and name a file on any system.
fn plain(text: &str) -> String {
    let line: String =
        text.chars().map(|c| if matches!(c, '[' | ']' | '\n' | '\r') { '_' } else { c }).collect();
    let anywhere = sanitize_filename::Options { windows: true, truncate: false, replacement: "" };
    let fit = sanitize_filename::sanitize_with_options(line, anywhere);
    let fit = fit.trim().trim_start_matches('.');
    // The end says what it is.
    let surplus = fit.chars().count().saturating_sub(LONGEST_NAME);
    fit.chars().skip(surplus).collect()
}

fn digest(source: &Source) -> [u8; 32] {
    let (kind, bytes) = match source {
        Source::Data { base64, .. } => (0_u8, base64.as_bytes()),
        Source::Url(address) => (1, address.as_bytes()),
        Source::FileId(id) => (2, id.as_bytes()),
    };
    Sha256::new().chain_update([kind]).chain_update(bytes).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(source: Source) -> Part {
        Part::Image { source, detail: None }
    }

    fn data(base64: &str) -> Source {
        Source::Data { mime: None, base64: base64.into() }
    }

    fn url(address: &str) -> Source {
        Source::Url(address.into())
    }

    fn message(role: Role, parts: Vec<Part>) -> Message {
        Message { role, name: None, parts }
    }

    #[test]
    fn files_come_in_the_order_of_the_conversation() {
        let request = Request {
            messages: vec![
                message(Role::User, vec![image(data("AAAA")), Part::Text { text: "x".into() }]),
                message(Role::Assistant, vec![Part::Audio { source: Source::FileId("audio_1".into()) }]),
                message(Role::User, vec![image(url("https://a.test/b/cat.png?w=1#top"))]),
            ],
            attachments: vec![Attachment { source: data("BBBB"), name: Some("../no tes.pdf".into()) }],
            ..Request::default()
        };
        let found = mentioned(&request);
        let told: Vec<(usize, &str, &str)> =
            found.iter().map(|file| (file.message, file.name.as_str(), file.param.as_str())).collect();
        assert_eq!(
            told,
            [
                (0, "image-1", "messages[0].content"),
                (2, "cat.png", "messages[2].content"),
                (2, "no tes.pdf", "attachments[0]")
            ]
        );
    }

    #[test]
    fn files_beside_the_messages_stay_where_they_belong_when_others_follow() {
        let mut request = Request {
            messages: vec![message(Role::User, Vec::new()), message(Role::Assistant, Vec::new())],
            attachments: vec![Attachment { source: data("BBBB"), name: Some("a.pdf".into()) }],
            ..Request::default()
        };
        let places = |request: &Request| {
            let found: Vec<(usize, String)> =
                mentioned(request).into_iter().map(|file| (file.message, file.name)).collect();
            found
        };
        let before = places(&request);
        settle_attachments(&mut request);
        request.messages.push(message(Role::User, Vec::new()));
        assert_eq!((places(&request), request.attachments.len()), (before, 0));
    }

    #[test]
    fn a_name_fits_into_a_prompt_and_onto_a_disk() {
        let name = |text: &str| called(&data("AAAA"), Kind::File, Some(text), 4);
        assert_eq!(name("a]\n[file: b"), "a___file b");
        assert_eq!(name(".."), "file-5");
        assert_eq!(name("con"), "file-5");
        assert_eq!(name(&format!("{}.pdf", "x".repeat(300))).chars().count(), LONGEST_NAME);
        assert!(name(&format!("{}.pdf", "x".repeat(300))).ends_with("x.pdf"));
        assert_eq!(called(&url("https://secret.example"), Kind::Image, None, 0), "image-1");
    }

    #[test]
    fn a_file_is_known_by_its_bytes_or_its_address() {
        let of = |source: Source| {
            let messages = vec![message(Role::User, vec![image(source)])];
            marks(&Request { messages, ..Request::default() }).remove(0).1
        };
        assert_eq!(of(data("AAAA")), of(data("AAAA")));
        assert_ne!(of(data("AAAA")), of(data("AAAB")));
        assert_ne!(of(url("AAAA")), of(data("AAAA")));
        let (one, two, again) = (of(data("AAAA")), Mark { index: 1, ..of(data("BBBB")) }, of(data("AAAA")));
        let again = Mark { index: 2, ..again };
        assert_eq!(to_upload([&one, &two, &again]), [0, 1]);
    }
}
