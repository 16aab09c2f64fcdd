//! Which conversations are meant.

use anyhow::{Context, Result};
use clap::Args;
use postern_curation::{Flag, Flags, Kind};
use postern_store::{Filter, ReviewState, Standing, ThreadId};
use time::{Date, Month, Time};

use super::{said, word};

/// Which conversations are meant. Several values of one kind mean any of them.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Narrow {
    /// With these words in them, or as they stand within quotes.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    search: String,
    /// new, approved, rejected or later.
    #[arg(long, value_delimiter = ',', value_parser = word::<ReviewState>, value_name = "STATE,…")]
    pub(super) state: Vec<ReviewState>,
    /// ok, truncated, `client_abort`, `upstream_error` or blocked.
    #[arg(long, value_delimiter = ',', value_parser = word::<Standing>, value_name = "END,…")]
    standing: Vec<Standing>,
    /// Of these models.
    #[arg(long, value_delimiter = ',', value_name = "MODEL,…")]
    model: Vec<String>,
    /// With these servers.
    #[arg(long, value_delimiter = ',', value_name = "HOST,…")]
    host: Vec<String>,
    /// Of these upstreams.
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    upstream: Vec<String>,
    /// Of these kinds: chat, embedding, rerank, image, audio or other.
    #[arg(long, value_delimiter = ',', value_parser = word::<Kind>, value_name = "KIND,…")]
    kind: Vec<Kind>,
    /// In these languages, as ISO 639-3.
    #[arg(long, value_delimiter = ',', value_name = "CODE,…")]
    language: Vec<String>,
    /// With all of these tags.
    #[arg(long, value_delimiter = ',', value_name = "TAG,…")]
    tag: Vec<String>,
    /// With all of these flags, such as truncated or secret.
    #[arg(long, value_delimiter = ',', value_parser = word::<Flag>, value_name = "FLAG,…")]
    flag: Vec<Flag>,
    /// With none of these flags.
    #[arg(long, value_delimiter = ',', value_parser = word::<Flag>, value_name = "FLAG,…")]
    without_flag: Vec<Flag>,
    /// Rated at least so.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=5), value_name = "1-5")]
    rating: Option<u8>,
    /// Only those nearly the same as this one, by its number.
    #[arg(long, value_name = "ID")]
    like: Option<i64>,
    /// Last spoken on this day or later, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<String>,
    /// Last spoken before this day, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<String>,
}

impl Narrow {
    /// As the store takes it.
    pub(super) fn filter(&self) -> Result<Filter> {
        Ok(Filter {
            text: self.search.clone(),
            states: self.state.clone(),
            standings: self.standing.clone(),
            models: self.model.clone(),
            hosts: self.host.clone(),
            upstreams: self.upstream.clone(),
            kinds: self.kind.iter().map(said).collect(),
            languages: self.language.clone(),
            tags: self.tag.clone(),
            flags: bits(&self.flag),
            without_flags: bits(&self.without_flag),
            rating_from: self.rating,
            like: self.like.map(ThreadId),
            from_ms: self.since.as_deref().map(day).transpose()?,
            until_ms: self.until.as_deref().map(day).transpose()?,
            ..Filter::default()
        })
    }
}

fn bits(flags: &[Flag]) -> u64 {
    let mut bits = Flags::default();
    for flag in flags {
        bits.set(*flag);
    }
    bits.0
}

/// The beginning of a day, in milliseconds of Unix time.
fn day(text: &str) -> Result<i64> {
    let date = date(text).with_context(|| format!("expected a day such as 2026-11-22, found \"{text}\""))?;
    Ok(date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp() * 1000)
}

fn date(text: &str) -> Option<Date> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}
