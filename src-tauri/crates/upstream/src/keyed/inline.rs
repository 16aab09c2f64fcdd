//! Files that a request names by address, put into it as bytes where its provider cannot get them itself.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use postern_protocol::chat::{Failure, FailureKind, Part, Request, Source};
use tokio::time::timeout;

use super::provider::Provider;
use crate::Call;
use crate::media::{Media, MediaError, Taken};

/// The request as the provider can be given it.
pub(super) async fn inlined(
    provider: &dyn Provider,
    media: Option<&Media>,
    call: &Call,
) -> Result<Arc<Request>, Failure> {
    if sources(&call.request).all(|source| provider.fetches(source) || is_data(source)) {
        return Ok(Arc::clone(&call.request));
    }
    let none = || internal("there is no folder for files");
    let media = media.ok_or_else(none)?;
    let late = |_| Failure::new(FailureKind::BadRequest, "the files of the request were not there in time");
    timeout(media.patience(), fetched(provider, media, call)).await.map_err(late)?
}

async fn fetched(provider: &dyn Provider, media: &Media, call: &Call) -> Result<Arc<Request>, Failure> {
    let folder = media.folder().map_err(|error| internal(&error.to_string()))?;
    let mut request = Request::clone(&call.request);
    for (number, message) in request.messages.iter_mut().enumerate() {
        for part in &mut message.parts {
            let Some((source, name)) = source_of(part) else { continue };
            if provider.fetches(source) || is_data(source) {
                continue;
            }
            let wrong = |error: &MediaError| unusable(number, error);
            media.check(source, &call.principal).map_err(|error| wrong(&error))?;
            let taken = media.take(source, name.as_deref(), &folder).await.map_err(|error| wrong(&error))?;
            *source = read(taken).await.map_err(|error| wrong(&error))?;
        }
    }
    Ok(Arc::new(request))
}

async fn read(taken: Taken) -> Result<Source, MediaError> {
    let disk = |error: std::io::Error| MediaError::Disk(error.to_string());
    let path = taken.draft.named("whole").map_err(disk)?;
    let bytes = tokio::fs::read(path).await.map_err(disk)?;
    Ok(Source::Data { mime: Some(taken.nature.mime), base64: BASE64_STANDARD.encode(bytes) })
}

fn is_data(source: &Source) -> bool {
    matches!(source, Source::Data { .. })
}

fn sources(request: &Request) -> impl Iterator<Item = &Source> {
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    parts.filter_map(|part| match part {
        Part::Image { source, .. }
        | Part::Audio { source }
        | Part::Video { source }
        | Part::File { source, .. } => Some(source),
        _ => None,
    })
}

fn source_of(part: &mut Part) -> Option<(&mut Source, Option<String>)> {
    match part {
        Part::Image { source, .. } | Part::Audio { source } | Part::Video { source } => Some((source, None)),
        Part::File { source, name } => Some((source, name.clone())),
        _ => None,
    }
}

fn unusable(message: usize, error: &MediaError) -> Failure {
    let text = format!("a file in messages[{message}] cannot be used: {error}");
    match error {
        MediaError::Disk(_) => Failure::new(FailureKind::Internal, text),
        _ => Failure::new(FailureKind::BadRequest, text).param(format!("messages[{message}].content")),
    }
}

fn internal(text: &str) -> Failure {
    Failure::new(FailureKind::Internal, text)
}
