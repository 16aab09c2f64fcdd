use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};

use super::visitor::Visitor;
use crate::{Account, Misbehaviour, Outcome, Scenario, SignInOutcome};

const ENTER: char = '\u{e007}';
const NO_ERROR: &str = "document.querySelector('.error[hidden]')";
const ANNA: &str = "anna@example.org";
const BEN: &str = "ben@example.org";

/// The address of the page where the browser is now.
async fn place(visitor: &Visitor) -> anyhow::Result<String> {
    let url = visitor.client.current_url().await?;
    Ok(format!("{}{}", url.host_str().unwrap_or_default(), url.path()))
}

/// Types with the keyboard, into whatever has the focus, and presses Enter.
async fn keys(visitor: &Visitor, text: &str) -> anyhow::Result<()> {
    let strokes =
        text.chars().chain([ENTER]).flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
    let keys = strokes.fold(KeyActions::new("keyboard".to_owned()), |keys, stroke| keys.then(stroke));
    Ok(visitor.client.perform_actions(keys).await?)
}

/// Signs in as a person does, in a browser that does not show that it is driven.
async fn sign_in(visitor: &Visitor, email: &str, password: &str) -> anyhow::Result<()> {
    let hidden = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });";
    visitor.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": hidden })).await?;
    visitor.go("/prompts/new_chat?model=gemini-2.5-pro").await?;
    visitor.until("document.activeElement?.id === 'identifierId'").await?;
    keys(visitor, email).await?;
    visitor.until("document.activeElement?.type === 'password'").await?;
    keys(visitor, password).await?;
    visitor.until("document.querySelector('[data-test-id=model-name]')?.textContent").await?;
    Ok(())
}

/// Puts the cookies of a `storage_state` into the browser.
async fn import(visitor: &Visitor, state: &Value) -> anyhow::Result<()> {
    visitor.devtools("Network.setCookies", json!({ "cookies": state["cookies"] })).await?;
    Ok(())
}

#[tokio::test]
async fn a_driven_browser_is_kept_out_and_a_person_gets_in() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor
        .site
        .add_account(Account::new(ANNA, "correct horse").named("Anna Lind").with_models(&["gemini-2.5-pro"]));
    visitor.go("/prompts/new_chat").await?;
    assert_eq!(place(&visitor).await?, "accounts.google.com/v3/signin/identifier");
    keys(&visitor, ANNA).await?;
    visitor.until("document.body?.textContent.includes('This browser or app may not be secure')").await?;
    assert_eq!(place(&visitor).await?, "accounts.google.com/v3/signin/rejected");
    assert_eq!(visitor.site.sign_ins().pop().map(|tried| tried.outcome), Some(SignInOutcome::Automated));

    sign_in(&visitor, ANNA, "correct horse").await?;
    assert_eq!(visitor.text("document.querySelector('.account-switcher-text').textContent").await?, ANNA);
    let label = visitor.text("document.querySelector('.account-switcher-button').ariaLabel").await?;
    assert_eq!(label, format!("Google Account: Anna Lind ({ANNA})"));
    assert_eq!(visitor.text("location.search").await?, "?model=gemini-2.5-pro", "back where it wanted to go");
    visitor.exchange("Who am I?").await?;
    let records = visitor.site.records_of(ANNA);
    assert_eq!((records.len(), visitor.site.times_asked("Who am I?")), (1, 1));
    assert!(records[0].ended > Some(records[0].arrived));

    visitor.client.goto("https://accounts.google.com/Logout").await?;
    visitor.go("/prompts/new_chat").await?;
    assert_eq!(place(&visitor).await?, "accounts.google.com/v3/signin/identifier");
    let cookies = visitor.client.get_all_cookies().await?;
    assert!(cookies.iter().all(|cookie| cookie.name() != "SID"), "a sign-out takes the cookies away");
    visitor.end().await
}

#[tokio::test]
async fn mistakes_are_said_where_they_are_made() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.site.add_account(Account::new(ANNA, "correct horse"));
    sign_in(&visitor, ANNA, "correct horse").await?;
    visitor.site.sign_out_everywhere(ANNA);
    visitor.run("Still there?").await?;
    visitor.until("document.querySelector('.toast')?.textContent.includes('signed out')").await?;
    assert_eq!(visitor.site.times_asked("Still there?"), 0);

    visitor.go("/prompts/new_chat").await?;
    keys(&visitor, "nobody@example.org").await?;
    visitor
        .until("document.querySelector('.error')?.textContent.includes('find your Google Account')")
        .await?;
    visitor.go("/prompts/new_chat").await?;
    visitor.until(NO_ERROR).await?;
    keys(&visitor, ANNA).await?;
    visitor.until("document.activeElement?.type === 'password'").await?;
    keys(&visitor, "wrong horse").await?;
    visitor.until("document.querySelector('.error')?.textContent.startsWith('Wrong password')").await?;
    keys(&visitor, "correct horse").await?;
    visitor.until("document.querySelector('[data-test-id=model-name]')?.textContent").await?;
    let outcomes: Vec<_> = visitor.site.sign_ins().iter().map(|tried| tried.outcome).collect();
    let mistakes = [SignInOutcome::UnknownAccount, SignInOutcome::WrongPassword];
    assert_eq!(outcomes, [&[SignInOutcome::Done], &mistakes[..], &[SignInOutcome::Done]].concat());
    visitor.end().await
}

#[tokio::test]
async fn a_copied_session_works_unless_it_is_bound_to_its_device() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.site.add_account(Account::new(ANNA, "pw"));
    visitor.site.add_account(Account::new(BEN, "pw").device_bound());
    let state = visitor.site.session_state(ANNA).expect("Anna has an account");
    import(&visitor, &state).await?;
    visitor.open("/prompts/new_chat").await?;
    assert_eq!(visitor.text("document.querySelector('.account-switcher-text').textContent").await?, ANNA);

    let bens = visitor.beside().await?;
    sign_in(&bens, BEN, "pw").await?;
    let own = bens.devtools("Network.getAllCookies", json!({})).await?;
    let bens = bens.restart().await?;
    bens.open("/prompts/new_chat").await?;
    bens.exchange("It is me").await?;
    assert_eq!(bens.site.records_of(BEN).len(), 1);

    for copied in [own, bens.site.session_state(BEN).expect("Ben has an account")] {
        let thief = visitor.beside().await?;
        import(&thief, &copied).await?;
        thief.go("/prompts/new_chat").await?;
        thief.until("location.hostname === 'accounts.google.com'").await?;
        assert_eq!(thief.text("document.querySelector('h1').textContent").await?, "Sign in");
        thief.end().await?;
    }
    bens.open("/prompts/new_chat").await?;
    bens.end().await?;
    visitor.end().await
}

#[tokio::test]
async fn every_account_has_its_own_trouble() -> anyhow::Result<()> {
    let anna = Visitor::start().await?;
    anna.site.add_account(Account::new(ANNA, "pw"));
    anna.site.add_account(Account::new(BEN, "pw"));
    let ben = anna.beside().await?;
    for (visitor, email) in [(&anna, ANNA), (&ben, BEN)] {
        import(visitor, &visitor.site.session_state(email).expect("an account")).await?;
        visitor.open("/prompts/new_chat?model=gemini-2.5-pro&temporary=true").await?;
    }
    let exhausted = Scenario::misbehaving(Misbehaviour::QuotaPerMinute(Duration::from_secs(37)));
    anna.site.set_scenario_of(ANNA, exhausted.for_model("gemini-2.5-pro"));
    anna.run("One").await?;
    anna.until("document.querySelector('.toast')?.textContent.includes('retry in 37s')").await?;
    anna.finished().await?;
    ben.exchange("Two").await?;
    anna.open("/prompts/new_chat?model=gemini-2.5-flash&temporary=true").await?;
    anna.exchange("Three").await?;
    let outcomes =
        |email| anna.site.records_of(email).iter().map(|record| record.outcome).collect::<Vec<_>>();
    assert_eq!(outcomes(ANNA), [Outcome::Failed { status: 429 }, Outcome::Complete]);
    assert_eq!(outcomes(BEN), [Outcome::Complete]);

    anna.site.set_scenario_of(ANNA, Scenario::misbehaving(Misbehaviour::Verification));
    anna.go("/prompts/new_chat").await?;
    assert_eq!(place(&anna).await?, "accounts.google.com/v3/signin/challenge/dp");
    ben.open("/prompts/new_chat").await?;
    anna.press("a[role=button]").await?;
    anna.until("document.querySelector('[data-test-id=model-name]')?.textContent").await?;
    ben.end().await?;
    anna.end().await
}

#[tokio::test]
async fn answers_to_two_accounts_are_seen_to_overlap() -> anyhow::Result<()> {
    let anna = Visitor::start().await?;
    anna.site.add_account(Account::new(ANNA, "pw"));
    anna.site.add_account(Account::new(BEN, "pw"));
    let ben = anna.beside().await?;
    for (visitor, email) in [(&anna, ANNA), (&ben, BEN)] {
        import(visitor, &visitor.site.session_state(email).expect("an account")).await?;
        visitor.open("/prompts/new_chat?temporary=true").await?;
        let script = crate::Script::new().text("Begun ").gate(email).text("and done.");
        visitor.site.set_scenario_of(email, Scenario::answering(script));
    }
    anna.run("A").await?;
    ben.run("B").await?;
    anna.site.wait_for(|records| records.len() == 2).await?;
    for (visitor, email) in [(&anna, ANNA), (&ben, BEN)] {
        visitor.site.open_gate(email);
        visitor.finished().await?;
    }
    anna.site.set_scenario_of(ANNA, Scenario::default());
    anna.exchange("C").await?;
    let (annas, bens) = (anna.site.records_of(ANNA), anna.site.records_of(BEN));
    assert!(annas[0].overlaps(&bens[0]) && bens[0].overlaps(&annas[0]));
    assert!(!annas[1].overlaps(&bens[0]) && !bens[0].overlaps(&annas[1]));
    ben.end().await?;
    anna.end().await
}
