//! `POST /v1/audio/speech`: a text spoken by a model, as a file.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Completion, Failure, FailureKind, Finish};
use postern_protocol::openai::{self, Sound, SoundForm, SpeechCall};
use postern_upstream::Operation;

use crate::answer::{Job, answer};
use crate::asking::Asking;
use crate::conversation::{finish, fold};
use crate::intake::{Intake, take_in};
use crate::reject::Reject;

pub(crate) async fn speak(asking: Asking, request: Request) -> Result<Response, Reject> {
    let taken = take_in(asking, request, Operation::Speech.into(), openai::decode_speech).await?;
    let (SpeechCall { request, form }, attempts) = match taken {
        Intake::Answered(response) => return Ok(response),
        Intake::Read(call, attempts) => (call, attempts),
    };
    let visit = attempts.asking.visit.clone();
    if form.is_none() {
        visit.warn("the speech is a WAV file: nothing here compresses sound, so there is no MP3, which is usual elsewhere");
    }
    let form = form.unwrap_or(SoundForm::Wav);
    let spoken = fold(answer(attempts, Job::from(request))).await;
    Ok(finish(spoken.and_then(|spoken| file(&spoken, form)), &visit))
}

fn file(spoken: &Completion, form: SoundForm) -> Result<Response, Failure> {
    if spoken.audio().is_empty() {
        return Err(silent(spoken));
    }
    let sound = Sound::of(&spoken.audio())
        .map_err(|unknown| Failure::new(FailureKind::UpstreamError, unknown.to_string()))?;
    let (kind, bytes) = match form {
        SoundForm::Wav => ("audio/wav".to_owned(), sound.to_wav()),
        SoundForm::Pcm => {
            let kind = format!("audio/pcm; rate={}; channels={}", sound.rate(), sound.channels());
            (kind, sound.samples().to_vec())
        }
    };
    let mut response = bytes.into_response();
    if let Ok(kind) = HeaderValue::try_from(kind) {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    Ok(response)
}

fn silent(spoken: &Completion) -> Failure {
    let message = if spoken.finish() == Some(Finish::ContentFilter) {
        "The provider withheld the speech. Change the text and try again."
    } else {
        "The model answered without speech. Ask a model that speaks; its name mostly ends in 'tts'."
    };
    Failure::new(FailureKind::UpstreamError, message).param("model")
}
