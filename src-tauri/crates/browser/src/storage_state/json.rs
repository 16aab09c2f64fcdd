//! The shapes in JSON: Playwright's, with what the two older projects keep beside it, and the bare array of
//! browser extensions.

use postern_protocol::Secret;
use serde_json::{Map, Value, json};

use super::read::{MOST_COOKIES, check};
use super::{Cookie, OriginStorage, Partition, SameSite, StateError, StorageState};

const MOST_ORIGINS: usize = 500;
const MOST_ITEMS: usize = 10_000;

pub(super) fn read(text: &str) -> Result<StorageState, StateError> {
    // The reader itself bounds how deep things lie in each other.
    let value: Value = serde_json::from_str(text)
        .map_err(|error| StateError::Syntax { line: error.line(), column: error.column() })?;
    let mut object = match value {
        Value::Array(cookies) => Map::from_iter([("cookies".to_owned(), Value::Array(cookies))]),
        Value::Object(object) => object,
        _ => return Err(StateError::wrong("the file", "is no object and no array")),
    };
    let cookies = list(object.remove("cookies"), "cookies", MOST_COOKIES)?;
    let origins = list(object.remove("origins"), "origins", MOST_ORIGINS)?;
    let cookies = cookies.iter().enumerate().map(|(index, value)| cookie(value, index));
    let origins = origins.into_iter().enumerate().map(|(index, value)| origin(value, index));
    Ok(StorageState {
        cookies: cookies.collect::<Result<_, _>>()?,
        origins: origins.collect::<Result<_, _>>()?,
        extra: object,
    })
}

fn list(value: Option<Value>, name: &'static str, most: usize) -> Result<Vec<Value>, StateError> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) if values.len() <= most => Ok(values),
        Some(Value::Array(_)) => Err(StateError::TooMany(name)),
        Some(_) => Err(StateError::wrong(name, "is no array")),
    }
}

/// An object of the file and where it stands.
struct Part<'a> {
    object: &'a Map<String, Value>,
    place: String,
}

impl<'a> Part<'a> {
    fn new(value: &'a Value, place: String) -> Result<Self, StateError> {
        match value.as_object() {
            Some(object) => Ok(Self { object, place }),
            None => Err(StateError::wrong(place, "is no object")),
        }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, wrong: &'static str) -> StateError {
        StateError::wrong(format!("{}.{name}", self.place), wrong)
    }

    fn text(&self, name: &str) -> Result<&'a str, StateError> {
        self.maybe_text(name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    fn maybe_text(&self, name: &str) -> Result<Option<&'a str>, StateError> {
        let text = |value: &'a Value| value.as_str().ok_or_else(|| self.wrong(name, "is no text"));
        self.get(name).map(text).transpose()
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, StateError> {
        let flag =
            |value: &Value| value.as_bool().ok_or_else(|| self.wrong(name, "is neither true nor false"));
        self.get(name).map(flag).transpose()
    }

    fn number(&self, name: &str) -> Result<Option<f64>, StateError> {
        let number = |value: &Value| value.as_f64().ok_or_else(|| self.wrong(name, "is no number"));
        self.get(name).map(number).transpose()
    }
}

fn cookie(value: &Value, index: usize) -> Result<Cookie, StateError> {
    let part = Part::new(value, format!("cookies[{index}]"))?;
    let domain = part.text("domain")?;
    let domain = match part.flag("hostOnly")? {
        None => domain.to_owned(),
        Some(true) => domain.trim_start_matches('.').to_owned(),
        Some(false) => format!(".{}", domain.trim_start_matches('.')),
    };
    let cookie = Cookie {
        name: part.text("name")?.to_owned(),
        value: Secret::new(part.text("value")?),
        domain,
        path: part.maybe_text("path")?.filter(|path| !path.is_empty()).unwrap_or("/").to_owned(),
        expires: expires(&part)?,
        http_only: part.flag("httpOnly")?.unwrap_or(false),
        secure: part.flag("secure")?.unwrap_or(false),
        same_site: same_site(&part)?,
        partition: partition(&part)?,
    };
    check(&cookie, &format!("{}.", part.place))?;
    Ok(cookie)
}

/// Playwright's word, that of browser extensions, that of WebDriver. No positive number means "with the browser".
fn expires(part: &Part<'_>) -> Result<Option<f64>, StateError> {
    if part.flag("session")? == Some(true) {
        return Ok(None);
    }
    for name in ["expires", "expirationDate", "expiry"] {
        if let Some(seconds) = part.number(name)? {
            return Ok(Some(seconds).filter(|seconds| *seconds > 0.0));
        }
    }
    Ok(None)
}

fn same_site(part: &Part<'_>) -> Result<Option<SameSite>, StateError> {
    let Some(word) = part.maybe_text("sameSite")? else { return Ok(None) };
    match word.to_ascii_lowercase().as_str() {
        "strict" => Ok(Some(SameSite::Strict)),
        "lax" => Ok(Some(SameSite::Lax)),
        "none" | "no_restriction" => Ok(Some(SameSite::None)),
        "" | "unspecified" => Ok(None),
        _ => Err(part.wrong("sameSite", "is neither Strict, Lax nor None")),
    }
}

/// Playwright writes the site and a mark beside it; extensions write an object.
fn partition(part: &Part<'_>) -> Result<Option<Partition>, StateError> {
    let inner;
    let (part, name, mark) = match part.get("partitionKey") {
        None => return Ok(None),
        Some(value @ Value::Object(_)) => {
            inner = Part::new(value, format!("{}.partitionKey", part.place))?;
            (&inner, "topLevelSite", "hasCrossSiteAncestor")
        }
        Some(_) => (part, "partitionKey", "_crHasCrossSiteAncestor"),
    };
    let site = part.maybe_text(name)?.filter(|site| !site.is_empty());
    let cross_site_ancestor = part.flag(mark)?.unwrap_or(false);
    Ok(site.map(|site| Partition { site: site.to_owned(), cross_site_ancestor }))
}

fn origin(mut value: Value, index: usize) -> Result<OriginStorage, StateError> {
    let place = format!("origins[{index}]");
    let part = Part::new(&value, place.clone())?;
    let origin = part.text("origin")?;
    let parsed = url::Url::parse(origin).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let origin = parsed
        .map(|url| url.origin().ascii_serialization())
        .ok_or_else(|| part.wrong("origin", "is no web address"))?;
    let mut items = Vec::new();
    match part.get("localStorage") {
        None => {}
        Some(Value::Array(list)) if list.len() > MOST_ITEMS => {
            return Err(StateError::TooMany("localStorage"));
        }
        Some(Value::Array(list)) => {
            for (index, value) in list.iter().enumerate() {
                let item = Part::new(value, format!("{place}.localStorage[{index}]"))?;
                items.push((item.text("name")?.to_owned(), Secret::new(item.text("value")?)));
            }
        }
        Some(_) => return Err(part.wrong("localStorage", "is no array")),
    }
    let mut extra = value.as_object_mut().map(std::mem::take).unwrap_or_default();
    extra.remove("origin");
    extra.remove("localStorage");
    Ok(OriginStorage { origin, items, extra })
}

pub(super) fn write(state: &StorageState) -> Value {
    let mut object = Map::new();
    object.insert("cookies".to_owned(), state.cookies.iter().map(write_cookie).collect());
    object.insert("origins".to_owned(), state.origins.iter().map(write_origin).collect());
    object.extend(state.extra.clone());
    Value::Object(object)
}

fn write_cookie(cookie: &Cookie) -> Value {
    let mut value = json!({
        "name": cookie.name,
        "value": cookie.value.expose(),
        "domain": cookie.domain,
        "path": cookie.path,
        "expires": cookie.expires.unwrap_or(-1.0),
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
        // Playwright knows no other word for what was left to the browser.
        "sameSite": cookie.same_site.unwrap_or(SameSite::Lax).as_str(),
    });
    if let Some(Partition { site, cross_site_ancestor }) = &cookie.partition {
        value["partitionKey"] = json!(site);
        value["_crHasCrossSiteAncestor"] = json!(cross_site_ancestor);
    }
    value
}

fn write_origin(storage: &OriginStorage) -> Value {
    let item = |(name, value): &(String, Secret)| json!({ "name": name, "value": value.expose() });
    let mut object = Map::new();
    object.insert("origin".to_owned(), json!(storage.origin));
    object.insert("localStorage".to_owned(), storage.items.iter().map(item).collect());
    object.extend(storage.extra.clone());
    Value::Object(object)
}
