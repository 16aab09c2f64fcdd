//! The part of [`Control`] that deals with accounts.

use std::collections::HashMap;

use serde_json::Value;

use super::Control;
use crate::account::Account;
use crate::people::{SignIn, SignInOutcome, Who};
use crate::record::Record;
use crate::scenario::Scenario;
use crate::session::{Session, cookies_of};

type Cookies = HashMap<String, String>;

impl Control {
    /// Opens an account, or changes the one of this address. From the first one on AI Studio wants a session:
    /// a browser without one is sent to the sign-in pages of `accounts.google.com`, which take an address and
    /// then a password, and let no browser in that shows `navigator.webdriver`. Sessions and accounts outlive
    /// [`Control::clear`].
    pub fn add_account(&self, account: Account) {
        self.0.change(|state| state.people.add(account));
    }

    /// Behaves like this towards one account, in place of what it does to all; until the scenario is used
    /// up, or set to the default one.
    pub fn set_scenario_of(&self, email: &str, scenario: Scenario) {
        self.0.change(|state| {
            if scenario == Scenario::default() {
                state.scenarios.remove(email);
            } else {
                state.scenarios.insert(email.to_owned(), scenario);
            }
        });
    }

    /// Ends every session of the account: its browsers have to sign in again.
    pub fn sign_out_everywhere(&self, email: &str) {
        self.0.change(|state| state.people.sign_out_everywhere(email));
    }

    /// Tries to sign in so far, refused ones included.
    pub fn sign_ins(&self) -> Vec<SignIn> {
        self.0.now().people.sign_ins()
    }

    /// Signs the account in without a browser, and gives the new session as Playwright's `storage_state`:
    /// what AIstudioProxyAPI keeps of an account. Of a device-bound account it is only the cookies, which do
    /// not get into AI Studio without the key. `None` when there is no such account.
    pub fn session_state(&self, email: &str) -> Option<Value> {
        self.begin_elsewhere(email).map(|session| session.storage_state())
    }

    /// Like [`Control::session_state`], as a `cookies.txt`.
    pub fn session_cookies_txt(&self, email: &str) -> Option<String> {
        self.begin_elsewhere(email).map(|session| session.cookies_txt())
    }

    /// The requests for an answer that this account's browsers made.
    pub fn records_of(&self, email: &str) -> Vec<Record> {
        let mut records = self.records();
        records.retain(|record| record.account.as_deref() == Some(email));
        records
    }

    /// How many requests for an answer had this text in their prompt (what was said before it left out).
    pub fn times_asked(&self, marker: &str) -> usize {
        self.0.now().records.iter().filter(|record| record.prompt().contains(marker)).count()
    }

    fn begin_elsewhere(&self, email: &str) -> Option<Session> {
        self.0.change(|state| state.people.begin_elsewhere(email))
    }

    /// Whose browser this is.
    pub(crate) fn who(&self, headers: &http::HeaderMap) -> Who {
        self.0.now().people.who(&cookies_of(headers))
    }

    pub(crate) fn account(&self, email: &str) -> Option<Account> {
        self.0.now().people.account(email).cloned()
    }

    pub(crate) fn has_accounts(&self) -> bool {
        self.0.now().people.who(&Cookies::new()) != Who::Anyone
    }

    pub(crate) fn look_up(&self, email: &str, back: &str, automated: bool) -> Result<String, SignInOutcome> {
        self.0.change(|state| state.people.look_up(email, back, automated))
    }

    /// A sign-in also ends what kept the account out.
    pub(crate) fn sign_in_with(
        &self,
        flow: &str,
        password: &str,
        automated: bool,
    ) -> Result<(Session, String), SignInOutcome> {
        let (session, back) = self.0.change(|state| state.people.sign_in(flow, password, automated))?;
        self.sign_in(&Who::Account { email: session.email.clone(), bound: false });
        Ok((session, back))
    }

    pub(crate) fn sign_out(&self, headers: &http::HeaderMap) {
        self.0.change(|state| state.people.sign_out(&cookies_of(headers)));
    }

    pub(crate) fn bind(&self, headers: &http::HeaderMap, ticket: &str, key: &str) -> bool {
        self.0.change(|state| state.people.bind(&cookies_of(headers), ticket, key))
    }

    pub(crate) fn challenge(&self, email: &str) -> String {
        self.0.change(|state| state.people.challenge(email))
    }

    pub(crate) fn prove(&self, headers: &http::HeaderMap, challenge: &str, signature: &str) -> bool {
        self.0.change(|state| state.people.prove(&cookies_of(headers), challenge, signature))
    }

    /// Whether a page of this account may ask anything.
    pub(crate) fn lets_in(&self, who: &Who, page: &str) -> bool {
        match who {
            Who::Anyone | Who::Account { bound: false, .. } => true,
            Who::Nobody => false,
            Who::Account { bound: true, .. } => self.0.now().people.is_proven(page),
        }
    }
}
