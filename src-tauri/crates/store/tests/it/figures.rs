//! What the journal adds up to.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postern_protocol::chat::Usage;
use postern_store::Requests;

use crate::support::{journal, opening};

const HOUR: Duration = Duration::from_secs(3600);

/// An hour ends seconds after this, so a request of a minute ago belongs to the last hour.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn hours_ago(hours: u32) -> i64 {
    let moment = SystemTime::now() - hours * HOUR;
    i64::try_from(moment.duration_since(UNIX_EPOCH).expect("after 1970").as_secs()).expect("fits")
}

fn answered(requests: &Requests, ago: Duration, prompt: u64, completion: u64) {
    let pen = requests.open(opening("x", ago));
    pen.usage(Usage { prompt, completion, cached: 0, reasoning: 0 });
    pen.answered(200);
}

#[tokio::test]
async fn totals_are_given_hour_by_hour() {
    let requests = journal();
    answered(&requests, Duration::from_secs(60), 1, 10);
    answered(&requests, Duration::from_secs(90), 2, 20);
    requests.open(opening("x", Duration::from_secs(120))).failed("upstream_error", "no", 502);
    answered(&requests, HOUR + HOUR / 2, 4, 40);
    answered(&requests, 23 * HOUR + HOUR / 2, 8, 80);
    answered(&requests, 30 * HOUR, 16, 160);
    let running = requests.open(opening("running", HOUR));

    let since = hours_ago(24);
    let totals = requests.today(since).await.expect("totals");
    let counts = requests.counts(since).await.expect("counts");
    assert_eq!((counts.requests, counts.failed), (totals.requests, totals.failed));
    assert!(counts.failed > 0 && counts.requests > counts.failed, "{counts:?}");
    assert_eq!((totals.requests, totals.failed), (5, 1), "what runs does not count yet");
    assert_eq!((totals.prompt_tokens, totals.completion_tokens), (15, 150));
    assert!((24..=25).contains(&totals.hours.len()), "{}", totals.hours.len());
    assert!(totals.hours.iter().zip(0..).all(|(hour, n)| hour.hour == since + n * 3600));
    let hour = |n: usize| (totals.hours[n].requests, totals.hours[n].failed, totals.hours[n].tokens);
    assert_eq!((hour(0), hour(1), hour(22), hour(23)), ((1, 0, 88), (0, 0, 0), (1, 0, 44), (3, 1, 33)));
    drop(running);

    let empty = journal().today(since).await.expect("totals");
    assert_eq!((empty.requests, empty.p50_ms), (0, None));
    assert!(empty.hours.iter().all(|hour| hour.requests == 0));
}

#[tokio::test]
async fn totals_have_an_hour_at_least_and_two_days_at_most() {
    let requests = journal();
    answered(&requests, Duration::ZERO, 1, 1);
    answered(&requests, 72 * HOUR, 1, 1);
    let just_now = requests.today(hours_ago(0)).await.expect("totals");
    assert_eq!(just_now.hours.len(), 1);
    let future = requests.today(hours_ago(0) + 5000).await.expect("totals");
    assert_eq!(future.hours.len(), 1);
    let ever = requests.today(0).await.expect("totals");
    assert_eq!((ever.hours.len(), ever.requests), (48, 1));
    assert!(requests.today(i64::MIN).await.is_ok() && requests.today(i64::MAX).await.is_ok());
}

#[tokio::test]
async fn half_of_the_answers_took_no_longer() {
    let requests = journal();
    // How long ago a request came is how long it took, because it ends now.
    for seconds in [50, 10, 40, 20, 30] {
        answered(&requests, Duration::from_secs(seconds), 1, 1);
    }
    requests.open(opening("x", Duration::from_secs(3000))).failed("upstream_error", "no", 502);
    let median = requests.today(hours_ago(24)).await.expect("totals").p50_ms.expect("answers");
    assert!((30_000..39_000).contains(&median), "{median}");
}

#[tokio::test]
async fn failures_are_grouped_by_cause() {
    let requests = journal();
    let fail = |id: &str, ago: Duration, code: &str| {
        requests.open(opening(id, ago)).failed(code, format!("{id} failed"), 502);
    };
    fail("a", 3 * HOUR, "upstream_error");
    fail("c", HOUR, "upstream_error");
    fail("b", 2 * HOUR, "upstream_error");
    fail("d", HOUR / 2, "page_changed");
    fail("e", 25 * HOUR, "unavailable");
    requests.open(opening("f", 4 * HOUR)).answered(404);
    requests.open(opening("g", HOUR)).failed("cancelled", "not a failure", 499);
    answered(&requests, HOUR, 1, 1);

    let groups = requests.recent_failures(10).await.expect("groups");
    let told: Vec<_> =
        groups.iter().map(|group| (group.code.as_deref(), group.count, group.last.id.as_str())).collect();
    assert_eq!(told, [(Some("page_changed"), 1, "d"), (Some("upstream_error"), 3, "c"), (None, 1, "f")]);
    assert_eq!(groups[1].last.error.as_deref(), Some("c failed"));
    assert_eq!(requests.recent_failures(1).await.expect("groups").len(), 1);
}
