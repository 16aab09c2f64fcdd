//! `POST /v1/audio/speech`: a text spoken by a model, as a file.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Completion, Failure, FailureKind, Finish};
use postern_protocol::openai::{self, Sound, SoundForm, SpeechCall};

use crate::answer::{Job, answer};
use crate::auth::Pass;
use crate::chat::{finish, fold};
use crate::reject::Reject;
use crate::rules::Rules;
use crate::stop::Stop;
use crate::visit::Visit;
use crate::{Gateway, body};

pub(crate) async fn speak(
    State(gateway): State<Gateway>,
    Extension(visit): Extension<Visit>,
    Extension(pass): Extension<Pass>,
    Extension(rules): Extension<Rules>,
    request: Request,
) -> Result<Response, Reject> {
    let stop = request.extensions().get::<Stop>().cloned().unwrap_or_default();
    let config = rules.config();
    let bytes = body::read(request, config.body_bytes, config.total_timeout).await?;
    let SpeechCall { request, form } = openai::decode_speech(&bytes)?;
    visit.asked(&request.model, false, bytes);
    if form.is_none() {
        visit.warn("the speech is a WAV file: nothing here compresses sound, so there is no MP3, which is usual elsewhere");
    }
    let form = form.unwrap_or(SoundForm::Wav);
    let job = Job { request, pass, rules, stream: false, stop, ignored: Vec::new() };
    let spoken = fold(answer(gateway, job, visit.clone())).await;
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
