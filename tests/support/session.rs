use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use uuid::Uuid;

/// The most that a browser keeps a cookie.
const LIFETIME: u64 = 400 * 24 * 60 * 60;

/// Where a cookie is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Every host of `google.com`.
    Google,
    /// The accounts site alone.
    Accounts,
}

/// What a cookie of a Google session looks like.
struct Kind {
    name: &'static str,
    reach: Reach,
    secure: bool,
    http_only: bool,
    /// `SameSite=None`, said outright.
    third_party: bool,
    /// A session without it is none.
    critical: bool,
}

impl Kind {
    const fn of(name: &'static str) -> Self {
        Self {
            name,
            reach: Reach::Google,
            secure: false,
            http_only: false,
            third_party: false,
            critical: false,
        }
    }

    const fn secure(self) -> Self {
        Self { secure: true, ..self }
    }

    const fn hidden(self) -> Self {
        Self { http_only: true, ..self }
    }

    const fn third_party(self) -> Self {
        Self { third_party: true, ..self }
    }

    const fn critical(self) -> Self {
        Self { critical: true, ..self }
    }

    const fn of_accounts(self) -> Self {
        Self { reach: Reach::Accounts, ..self }
    }
}

/// The cookies of a session, with the attributes that Google gives them.
const KINDS: [Kind; 16] = [
    Kind::of("SID").critical(),
    Kind::of("HSID").hidden().critical(),
    Kind::of("SSID").secure().hidden().critical(),
    Kind::of("APISID").critical(),
    Kind::of("SAPISID").secure().critical(),
    Kind::of("SIDCC"),
    Kind::of("__Secure-1PSID").secure().hidden().critical(),
    Kind::of("__Secure-3PSID").secure().hidden().third_party().critical(),
    Kind::of("__Secure-1PAPISID").secure(),
    Kind::of("__Secure-3PAPISID").secure().third_party(),
    Kind::of("__Secure-1PSIDTS").secure().hidden(),
    Kind::of("__Secure-3PSIDTS").secure().hidden().third_party(),
    Kind::of("__Secure-1PSIDCC").secure().hidden(),
    Kind::of("__Secure-3PSIDCC").secure().hidden().third_party(),
    Kind::of("LSID").secure().hidden().of_accounts(),
    Kind::of("__Host-GAPS").secure().hidden().of_accounts(),
];

/// Whether a session holds in any browser that has its cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    /// Yes.
    Free,
    /// It will be bound to the browser that brings this ticket.
    Ticket(String),
    /// Only where the private half of this key lies (a P-256 point, uncompressed).
    Key(Vec<u8>),
    /// Bound to a key that nobody has: what is left of a session when its cookies are copied.
    Lost,
}

/// A browser that signed in.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) email: String,
    pub(crate) binding: Binding,
    /// One for each of [`KINDS`].
    values: Vec<String>,
}

impl Session {
    pub(crate) fn new(email: &str, binding: Binding) -> Self {
        let values = KINDS.iter().map(|_| format!("g.a000{}", unguessable())).collect();
        Self { email: email.to_owned(), binding, values }
    }

    /// Whether these are its cookies: every critical one, unchanged.
    pub(crate) fn is_of(&self, cookies: &HashMap<String, String>) -> bool {
        self.cookies()
            .filter(|(kind, _)| kind.critical)
            .all(|(kind, value)| cookies.get(kind.name).is_some_and(|given| given == value))
    }

    /// `Set-Cookie` lines of the accounts site.
    pub(crate) fn set_cookies(&self) -> Vec<HeaderValue> {
        self.cookies().filter_map(|(kind, value)| set_cookie(kind, value, LIFETIME)).collect()
    }

    /// `Set-Cookie` lines that take them away again.
    pub(crate) fn drop_cookies() -> Vec<HeaderValue> {
        KINDS.iter().filter_map(|kind| set_cookie(kind, "", 0)).collect()
    }

    /// The cookies as Playwright writes them down, with AI Studio's own preferences beside them.
    pub(crate) fn storage_state(&self) -> Value {
        let preferences = json!({ "promptModel": "models/gemini-2.5-flash", "autosaveEnabled": true });
        let storage = json!([{ "name": "aiStudioUserPreference", "value": preferences.to_string() }]);
        json!({
            "cookies": self.cookies().map(|(kind, value)| stored(kind, value)).collect::<Vec<_>>(),
            "origins": [{ "origin": "https://aistudio.google.com", "localStorage": storage }],
        })
    }

    /// The cookies as a Netscape cookie file.
    pub(crate) fn cookies_txt(&self) -> String {
        let yes = |flag: bool| if flag { "TRUE" } else { "FALSE" };
        let mut text = "# Netscape HTTP Cookie File\n\n".to_owned();
        for (kind, value) in self.cookies() {
            let hidden = if kind.http_only { "#HttpOnly_" } else { "" };
            let (domain, subdomains) = (kind.domain(), yes(kind.reach == Reach::Google));
            let (secure, expires, name) = (yes(kind.secure), expiry(), kind.name);
            let _ = writeln!(text, "{hidden}{domain}\t{subdomains}\t/\t{secure}\t{expires}\t{name}\t{value}");
        }
        text
    }

    fn cookies(&self) -> impl Iterator<Item = (&'static Kind, &String)> {
        KINDS.iter().zip(&self.values)
    }
}

impl Kind {
    fn domain(&self) -> &'static str {
        match self.reach {
            Reach::Google => ".google.com",
            Reach::Accounts => "accounts.google.com",
        }
    }
}

fn set_cookie(kind: &Kind, value: &str, lifetime: u64) -> Option<HeaderValue> {
    let mut line = format!("{}={value}; Path=/; Max-Age={lifetime}", kind.name);
    let attributes = [
        (kind.reach == Reach::Google, "; Domain=.google.com"),
        (kind.secure, "; Secure"),
        (kind.http_only, "; HttpOnly"),
        (kind.third_party, "; SameSite=None"),
    ];
    line.extend(attributes.iter().filter(|(wanted, _)| *wanted).map(|(_, text)| *text));
    HeaderValue::from_str(&line).ok()
}

fn stored(kind: &Kind, value: &str) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "Playwright writes the seconds as a float")]
    let expires = expiry() as f64;
    json!({
        "name": kind.name,
        "value": value,
        "domain": kind.domain(),
        "path": "/",
        "expires": expires,
        "httpOnly": kind.http_only,
        "secure": kind.secure,
        // What the browser takes for granted when nothing is said.
        "sameSite": if kind.third_party { "None" } else { "Lax" },
    })
}

fn expiry() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() + LIFETIME
}

/// The cookies of a request, by name.
pub(crate) fn cookies_of(headers: &HeaderMap) -> HashMap<String, String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// What nobody can guess.
pub(crate) fn unguessable() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
