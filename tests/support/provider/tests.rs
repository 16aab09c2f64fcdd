mod anthropic;
mod delivery;
mod gemini;
mod openai;

use serde_json::Value;

use super::{KEY, Provider};

/// An answer: its status and its JSON.
type Told = anyhow::Result<(u16, Value)>;

/// How a client of the vendor asks: path, headers.
struct Client<'a> {
    provider: &'a Provider,
    headers: &'a [(&'a str, &'a str)],
}

impl Client<'_> {
    fn request(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        let request = reqwest::Client::new().post(format!("{}{path}", self.provider.url())).json(body);
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    async fn post(&self, path: &str, body: &Value) -> Told {
        let answer = self.request(path, body).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    async fn text(&self, path: &str, body: &Value) -> anyhow::Result<String> {
        Ok(self.request(path, body).send().await?.text().await?)
    }
}

/// The JSON of every event of a stream.
fn events(text: &str) -> anyhow::Result<Vec<Value>> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    data.map(|data| Ok(serde_json::from_str(data)?)).collect()
}

/// All texts at a place of all events, put together.
fn joined(events: &[Value], place: &str) -> String {
    events.iter().filter_map(|event| event.pointer(place)?.as_str()).collect()
}

fn bearer() -> String {
    format!("Bearer {KEY}")
}
