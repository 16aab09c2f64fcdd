//! Who has an account, who is signed in where, and what sign-ins were tried.

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Serialize;

use crate::account::Account;
use crate::session::{Binding, Session, unguessable};

/// What became of a step of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInOutcome {
    /// A session began.
    Done,
    /// There is no such account.
    UnknownAccount,
    /// The password is not the account's.
    WrongPassword,
    /// The browser showed that it is driven by a program, or did not say that it is not.
    Automated,
}

/// A try to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignIn {
    /// The address that was typed.
    pub email: String,
    /// What became of it.
    pub outcome: SignInOutcome,
}

/// Whose browser a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The stand-in knows no accounts and lets everybody in.
    Anyone,
    /// There are accounts, and this browser has no session.
    Nobody,
    /// A browser with a session of this account.
    Account {
        /// Its address.
        email: String,
        /// Its pages must prove that they are where the session began.
        bound: bool,
    },
}

impl Who {
    pub(crate) fn email(&self) -> Option<&str> {
        match self {
            Self::Account { email, .. } => Some(email),
            Self::Anyone | Self::Nobody => None,
        }
    }
}

/// A sign-in that has come as far as the password.
struct Flow {
    email: String,
    back: String,
}

#[derive(Default)]
pub(crate) struct People {
    accounts: Vec<Account>,
    sessions: Vec<Session>,
    flows: HashMap<String, Flow>,
    sign_ins: Vec<SignIn>,
    /// Challenges of pages that were answered, and those that wait, with whose session they belong to.
    proven: HashSet<String>,
    challenges: HashMap<String, String>,
}

impl People {
    pub(crate) fn add(&mut self, account: Account) {
        self.accounts.retain(|known| known.email != account.email);
        self.accounts.push(account);
    }

    pub(crate) fn account(&self, email: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.email.eq_ignore_ascii_case(email.trim()))
    }

    pub(crate) fn who(&self, cookies: &HashMap<String, String>) -> Who {
        if self.accounts.is_empty() {
            return Who::Anyone;
        }
        self.session(cookies).map_or(Who::Nobody, |session| Who::Account {
            email: session.email.clone(),
            bound: session.binding != Binding::Free,
        })
    }

    fn session(&self, cookies: &HashMap<String, String>) -> Option<&Session> {
        self.sessions.iter().find(|session| session.is_of(cookies))
    }

    pub(crate) fn sign_ins(&self) -> Vec<SignIn> {
        self.sign_ins.clone()
    }

    /// The first step: the address. Gives the flow that the password continues.
    pub(crate) fn look_up(
        &mut self,
        email: &str,
        back: &str,
        automated: bool,
    ) -> Result<String, SignInOutcome> {
        let known = self.account(email).map(|account| account.email.clone());
        let outcome = match known {
            _ if automated => SignInOutcome::Automated,
            None => SignInOutcome::UnknownAccount,
            Some(email) => {
                let flow = unguessable();
                self.flows.insert(flow.clone(), Flow { email, back: back.to_owned() });
                return Ok(flow);
            }
        };
        Err(self.note(email, outcome))
    }

    /// The second step: the password. Gives the session and where the browser wanted to go.
    pub(crate) fn sign_in(
        &mut self,
        flow: &str,
        password: &str,
        automated: bool,
    ) -> Result<(Session, String), SignInOutcome> {
        let begun = self.flows.get(flow).map(|flow| (flow.email.clone(), flow.back.clone()));
        let Some((email, back)) = begun else { return Err(SignInOutcome::UnknownAccount) };
        let account = self.account(&email).ok_or(SignInOutcome::UnknownAccount)?;
        let outcome = match account {
            _ if automated => SignInOutcome::Automated,
            account if account.password != password => SignInOutcome::WrongPassword,
            _ => SignInOutcome::Done,
        };
        if outcome != SignInOutcome::Done {
            return Err(self.note(&email, outcome));
        }
        let binding = if account.device_bound { Binding::Ticket(unguessable()) } else { Binding::Free };
        self.flows.remove(flow);
        self.note(&email, outcome);
        Ok((self.begin(&email, binding), back))
    }

    /// A session that no browser began: its cookies, and without the key if the account wants one.
    pub(crate) fn begin_elsewhere(&mut self, email: &str) -> Option<Session> {
        let account = self.account(email)?;
        let (email, bound) = (account.email.clone(), account.device_bound);
        Some(self.begin(&email, if bound { Binding::Lost } else { Binding::Free }))
    }

    fn begin(&mut self, email: &str, binding: Binding) -> Session {
        let session = Session::new(email, binding);
        self.sessions.push(session.clone());
        session
    }

    fn note(&mut self, email: &str, outcome: SignInOutcome) -> SignInOutcome {
        self.sign_ins.push(SignIn { email: email.trim().to_owned(), outcome });
        outcome
    }

    pub(crate) fn sign_out(&mut self, cookies: &HashMap<String, String>) {
        self.sessions.retain(|session| !session.is_of(cookies));
    }

    pub(crate) fn sign_out_everywhere(&mut self, email: &str) {
        self.sessions.retain(|session| session.email != email);
    }

    /// Binds the session to the browser that brings its ticket.
    pub(crate) fn bind(&mut self, cookies: &HashMap<String, String>, ticket: &str, key: &str) -> bool {
        let Ok(key) = STANDARD.decode(key) else { return false };
        let wanted = Binding::Ticket(ticket.to_owned());
        let mut sessions = self.sessions.iter_mut();
        let Some(session) = sessions.find(|session| session.is_of(cookies) && session.binding == wanted)
        else {
            return false;
        };
        session.binding = Binding::Key(key);
        true
    }

    /// What a page of a bound session has to sign.
    pub(crate) fn challenge(&mut self, email: &str) -> String {
        let challenge = unguessable();
        self.challenges.insert(challenge.clone(), email.to_owned());
        challenge
    }

    /// Whether the page could sign its challenge with the session's key. It may try once.
    pub(crate) fn prove(
        &mut self,
        cookies: &HashMap<String, String>,
        challenge: &str,
        signature: &str,
    ) -> bool {
        let Some(owner) = self.challenges.remove(challenge) else { return false };
        let key =
            self.session(cookies).filter(|session| session.email == owner).map(|session| &session.binding);
        let (Some(Binding::Key(key)), Ok(signature)) = (key, STANDARD.decode(signature)) else {
            return false;
        };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key);
        let proven = key.verify(challenge.as_bytes(), &signature).is_ok();
        if proven {
            self.proven.insert(challenge.to_owned());
        }
        proven
    }

    /// Whether the page that was given this challenge has proven its session.
    pub(crate) fn is_proven(&self, challenge: &str) -> bool {
        self.proven.contains(challenge)
    }
}
