//! Who may come in from a browser: the password, links that let in once, sessions and their ends.

mod password;
mod throttle;

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postern_protocol::Secret;
use postern_store::{Logins, NewSession, Session, SessionId};
use tokio::sync::watch;

use crate::api::session::{NewPassword, SignIn};
use crate::{Code, Trouble};
use password::Hasher;
use throttle::Throttle;

/// A login that nobody uses for so long ends.
pub(crate) const IDLE: Duration = Duration::from_secs(24 * 60 * 60);
/// A session is noted as seen at most this often.
const NOTE_SEEN: i64 = 60;
const SHORTEST: usize = 10;
const LONGEST: usize = 1000;

/// Lets people in and out.
pub(crate) struct Gatekeeper {
    logins: Logins,
    hasher: Hasher,
    throttle: Throttle,
    endings: watch::Sender<u64>,
}

/// Somebody who wants in.
pub(crate) struct Stranger {
    pub(crate) peer: IpAddr,
    pub(crate) agent: String,
}

impl Gatekeeper {
    pub(crate) fn new(logins: Logins) -> Self {
        Self {
            logins,
            hasher: Hasher::default(),
            throttle: Throttle::new(),
            endings: watch::Sender::default(),
        }
    }

    pub(crate) fn logins(&self) -> &Logins {
        &self.logins
    }

    /// Hears when some session ended before its time.
    pub(crate) fn endings(&self) -> watch::Receiver<u64> {
        self.endings.subscribe()
    }

    /// The session of this token.
    pub(crate) async fn session(&self, token: &str) -> Result<Option<Session>, Trouble> {
        Ok(self.logins.session(token, IDLE).await?)
    }

    /// Notes that the session is used, now and then. A disk that takes no note keeps nobody out.
    pub(crate) async fn saw(&self, session: &Session) {
        if now() - session.seen_at >= NOTE_SEEN
            && let Err(error) = self.logins.touch(session.id).await
        {
            tracing::debug!(%error, "could not note that a session is used");
        }
    }

    /// Lets the stranger in for so long and returns the token of the session.
    pub(crate) async fn sign_in(
        &self,
        how: SignIn,
        who: Stranger,
        lasts: Duration,
    ) -> Result<Secret, Trouble> {
        let by_link = match how {
            SignIn::Password(password) => {
                self.throttle.pass(who.peer)?;
                self.check(password).await?;
                false
            }
            SignIn::Link(token) => {
                // Only a wrong link counts as a try: nobody guesses one, and whoever guesses passwords
                // must not keep out the owner who has made one.
                if !self.logins.use_link(&token).await? {
                    self.throttle.pass(who.peer)?;
                    return Err(Trouble::new(
                        Code::WrongCredential,
                        "This link is not valid: it was used already, or its fifteen minutes are over.",
                    )
                    .action("Run `postern console link` where Postern runs, and open the link it prints."));
                }
                true
            }
        };
        self.logins.prune(IDLE).await?;
        let new = NewSession { agent: who.agent, peer: who.peer.to_string(), by_link, lasts };
        Ok(self.logins.begin(new).await?.1)
    }

    async fn check(&self, password: String) -> Result<(), Trouble> {
        let Some(hash) = self.logins.password().await? else {
            return Err(Trouble::new(Code::WrongCredential, "No password is set yet.")
                .action("Open the link that `postern serve` printed, or run `postern console link`."));
        };
        if self.hasher.fits(password, hash).await? {
            Ok(())
        } else {
            Err(Trouble::new(Code::WrongCredential, "This is not the password.")
                .action("Try again. If it is forgotten, run `postern console link` where Postern runs."))
        }
    }

    /// Sets the password and ends every session but this one. Without a session it is the window that asks,
    /// and nobody needs to prove anything.
    pub(crate) async fn set_password(
        &self,
        told: NewPassword,
        session: Option<&Session>,
        peer: IpAddr,
    ) -> Result<(), Trouble> {
        let length = told.new.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) {
            let wanted = format!("A password has at least {SHORTEST} characters, and at most {LONGEST}.");
            return Err(Trouble::new(Code::Invalid, wanted).field("new"));
        }
        if let Some(session) = session {
            self.prove(told.current, session, peer).await?;
        }
        let hash = self.hasher.hash(told.new).await?;
        let stays = session.map(|session| session.id);
        self.logins.set_password(hash, stays).await?;
        self.ended();
        Ok(())
    }

    async fn prove(&self, current: Option<String>, session: &Session, peer: IpAddr) -> Result<(), Trouble> {
        // Who has no password, or has just shown that they forgot it, cannot tell it.
        if session.by_link || self.logins.password().await?.is_none() {
            return Ok(());
        }
        let current = current
            .ok_or_else(|| Trouble::new(Code::Invalid, "The present password is needed.").field("current"))?;
        self.throttle.pass(peer)?;
        self.check(current).await.map_err(|trouble| trouble.field("current"))
    }

    /// Ends this session.
    pub(crate) async fn sign_out(&self, session: &Session) -> Result<(), Trouble> {
        self.logins.end(session.id).await?;
        self.ended();
        Ok(())
    }

    /// The sessions beside this one that have not ended.
    pub(crate) async fn others(&self, own: Option<SessionId>) -> Result<Vec<Session>, Trouble> {
        self.logins.prune(IDLE).await?;
        let sessions = self.logins.sessions().await?;
        Ok(sessions.into_iter().filter(|session| Some(session.id) != own).collect())
    }

    /// Ends every session but this one, and says how many there were.
    pub(crate) async fn end_others(&self, own: Option<SessionId>) -> Result<usize, Trouble> {
        self.logins.prune(IDLE).await?;
        let ended = self.logins.end_others(own).await?;
        self.ended();
        Ok(ended)
    }

    fn ended(&self) {
        self.endings.send_modify(|count| *count = count.wrapping_add(1));
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
