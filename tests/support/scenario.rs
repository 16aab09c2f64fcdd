use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Script};
use crate::files::UploadCourse;

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misbehaviour {
    /// Nothing.
    #[default]
    None,
    /// 429, code 8: the account's quota is used up; which one is not said.
    Quota,
    /// 429, code 8: too many requests in this minute; says in how many seconds (milliseconds in JSON) there is
    /// room again.
    QuotaPerMinute(#[serde(with = "milliseconds")] Duration),
    /// 429, code 8: the requests of this day are used up.
    QuotaPerDay,
    /// 403, code 7: the page is refused, and stays so until it is loaded again.
    Refused,
    /// 500, code 13.
    ServerError,
    /// 400, code 3: the request cannot be served as it is.
    BadArgument,
    /// The answer begins and then goes silent until the page gives up.
    Stall,
    /// The connection breaks in the middle of the answer.
    Cut,
    /// The answer's first byte, headers included, comes this much later (milliseconds in JSON).
    SlowFirstByte(#[serde(with = "milliseconds")] Duration),
    /// The answer is blocked for safety: finish code 3.
    Blocked,
    /// The answer ends at the token limit: finish code 2.
    MaxTokens,
    /// Only a closing frame.
    EmptyAnswer,
    /// Thoughts, and then no answer.
    ThoughtsOnly,
    /// The page gets no token, so that it cannot send its first request.
    Unattested,
    /// The site sends the browser to the sign-in page; an open page's requests get a 401.
    ExpiredSession,
    /// The site sends the browser to a verification step.
    Verification,
    /// The site shows that it is not available here.
    RegionBlocked,
    /// The site sends the browser to the "unusual traffic" page.
    UnusualTraffic,
}

impl Misbehaviour {
    /// Whether an answer begins and never comes to its end.
    pub(crate) fn breaks_off(self) -> bool {
        matches!(self, Self::Stall | Self::Cut)
    }

    /// Whether it meets the browser on its way to the page, instead of a request of the page.
    pub(crate) fn guards_the_page(self) -> bool {
        matches!(self, Self::ExpiredSession | Self::Verification | Self::RegionBlocked | Self::UnusualTraffic)
    }
}

/// How the stand-in behaves until it is told otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// What goes wrong.
    pub misbehaviour: Misbehaviour,
    /// To how many requests (or page loads, where it meets those) this applies before everything is
    /// normal again; `None` for all.
    pub times: Option<u32>,
    /// What is answered where an answer is given.
    pub answer: Answer,
    /// How uploads fare; they do not count as times.
    pub upload: UploadCourse,
    /// Requests to other models than this one go well, and do not count; `None` for all models.
    pub model: Option<String>,
}

impl Scenario {
    /// Something goes wrong, every time.
    pub fn misbehaving(misbehaviour: Misbehaviour) -> Self {
        Self { misbehaviour, ..Self::default() }
    }

    /// All goes well, with this answer.
    pub fn answering(answer: impl Into<Answer>) -> Self {
        Self { answer: answer.into(), ..Self::default() }
    }

    /// All goes well; each request is answered with the next of these, and echoed when none is left.
    pub fn answering_in_turn(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self::answering(Answer::InTurn(scripts.into_iter().collect()))
    }

    /// The same, but uploads fare like this.
    #[must_use]
    pub fn uploading(self, upload: UploadCourse) -> Self {
        Self { upload, ..self }
    }

    /// The same, but only for requests to this model.
    #[must_use]
    pub fn for_model(self, id: &str) -> Self {
        Self { model: Some(id.to_owned()), ..self }
    }

    pub(crate) fn concerns(&self, model: &str) -> bool {
        self.model.as_deref().is_none_or(|wanted| wanted == model)
    }

    /// The same, but only so many times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
}

pub(crate) mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}
