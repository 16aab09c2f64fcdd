//! Content items and where their bytes are.

use serde_json::{Value, json};

use super::{parts, refusal, user};
use crate::chat::{Part, Source};

fn url(text: &str) -> Source {
    Source::Url(text.to_owned())
}

fn data(mime: impl Into<Option<&'static str>>, base64: &str) -> Source {
    Source::Data { mime: mime.into().map(str::to_owned), base64: base64.to_owned() }
}

fn image(source: Source) -> Part {
    Part::Image { source, detail: None }
}

fn one(item: &Value) -> Part {
    let mut parts = parts(&user(item));
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

#[test]
fn texts_keep_their_order_and_their_emoji() {
    let text = |text: &str| Part::Text { text: text.to_owned() };
    let content = json!([{ "type": "text", "text": "👩‍👩‍👧 one" }, { "type": "input_text", "text": "" }]);
    assert_eq!(parts(&json!({ "role": "user", "content": content })), [text("👩‍👩‍👧 one"), text("")]);
    assert_eq!(parts(&json!({ "role": "user", "content": "Hi" })), [text("Hi")]);
    for nothing in [json!(null), json!(""), json!([])] {
        assert_eq!(parts(&json!({ "role": "user", "content": nothing })), []);
    }
}

#[test]
fn pictures_come_in_many_spellings() {
    let link = "https://a.example/a.png";
    for item in [
        json!({ "type": "image_url", "image_url": { "url": link } }),
        json!({ "type": "image_url", "image_url": link }),
        json!({ "type": "input_image", "input_image": { "url": link } }),
        json!({ "type": "input_image", "image_url": link }),
        json!({ "type": "image_url", "url": link }),
    ] {
        assert_eq!(one(&item), image(url(link)), "{item}");
    }
    let detailed = json!({ "type": "image_url", "image_url": { "url": link, "detail": "high" } });
    assert_eq!(one(&detailed), Part::Image { source: url(link), detail: Some("high".to_owned()) });
    let stored = json!({ "type": "input_image", "file_id": "file-1" });
    assert_eq!(one(&stored), image(Source::FileId("file-1".to_owned())));
}

#[test]
fn data_urls_become_their_bytes() {
    let picture = |url: &str| one(&json!({ "type": "image_url", "image_url": { "url": url } }));
    assert_eq!(picture("data:image/png;base64,iVBORw=="), image(data("image/png", "iVBORw==")));
    assert_eq!(picture("DATA:image/png;base64,iVBORw=="), image(data("image/png", "iVBORw==")));
    assert_eq!(picture("data:image/svg+xml,%3Csvg/%3E"), image(data("image/svg+xml", "PHN2Zy8+")));
    assert_eq!(picture("data:text/plain,a00%20100%%zz"), image(data("text/plain", "YTAwIDEwMCUleno=")));
    assert_eq!(picture("data:;base64,SGk="), image(data(None, "SGk=")));
}

#[test]
fn the_variants_of_base64_become_one() {
    let file = |text: &str| one(&json!({ "type": "file", "file": { "file_data": text } }));
    for text in ["+/8=", "-_8", "-_8=", "+/\r\n8="] {
        assert_eq!(file(text), Part::File { source: data(None, "+/8="), name: None }, "{text}");
    }
}

#[test]
fn recordings_know_their_type() {
    let sound = |body: Value| one(&json!({ "type": "input_audio", "input_audio": body }));
    let audio = |source| Part::Audio { source };
    assert_eq!(sound(json!({ "data": "SGk=", "format": "wav" })), audio(data("audio/wav", "SGk=")));
    assert_eq!(sound(json!({ "data": "SGk=", "format": "mp3" })), audio(data("audio/mpeg", "SGk=")));
    assert_eq!(sound(json!({ "data": "SGk=", "mime_type": "audio/x" })), audio(data("audio/x", "SGk=")));
    assert_eq!(sound(json!({ "data": "data:audio/ogg;base64,SGk=" })), audio(data("audio/ogg", "SGk=")));
    assert_eq!(sound(json!({ "url": "https://a.example/a" })), audio(url("https://a.example/a")));
    let film = one(&json!({ "type": "input_video", "input_video": { "data": "SGk=", "format": "mov" } }));
    assert_eq!(film, Part::Video { source: data("video/quicktime", "SGk=") });
    let linked = one(&json!({ "type": "video_url", "video_url": { "url": "https://a.example/v" } }));
    assert_eq!(linked, Part::Video { source: url("https://a.example/v") });
}

#[test]
fn files_come_as_bytes_ids_or_addresses() {
    let named = |source| Part::File { source, name: Some("a.pdf".to_owned()) };
    let pdf = "data:application/pdf;base64,SGk=";
    for item in [
        json!({ "type": "file", "file": { "file_data": pdf, "filename": "a.pdf" } }),
        json!({ "type": "input_file", "file_data": pdf, "filename": "a.pdf" }),
    ] {
        assert_eq!(one(&item), named(data("application/pdf", "SGk=")), "{item}");
    }
    let stored = json!({ "type": "file", "file": { "file_id": "file-1", "filename": "a.pdf" } });
    assert_eq!(one(&stored), named(Source::FileId("file-1".to_owned())));
    let linked = json!({ "type": "file_url", "file_url": { "url": "file:///tmp/a" } });
    assert_eq!(one(&linked), Part::File { source: url("file:///tmp/a"), name: None });
    let picture = json!({ "type": "media_url", "media_url": "data:image/png;base64,SGk=" });
    assert_eq!(one(&picture), image(data("image/png", "SGk=")));
}

#[test]
fn files_beside_the_content_follow_it() {
    let message = json!({
        "role": "user",
        "content": "See.",
        "attachments": ["https://a.example/1", { "url": "data:audio/wav;base64,SGk=" }],
        "images": ["https://a.example/2", { "type": "image_url", "image_url": { "url": "https://a.example/3" } }],
        "files": [{ "data": "SGk=", "name": "a.txt" }],
        "media": [{ "url": "data:video/mp4;base64,SGk=" }],
    });
    let expected = [
        Part::Text { text: "See.".to_owned() },
        Part::File { source: url("https://a.example/1"), name: None },
        Part::Audio { source: data("audio/wav", "SGk=") },
        image(url("https://a.example/2")),
        image(url("https://a.example/3")),
        Part::File { source: data(None, "SGk="), name: Some("a.txt".to_owned()) },
        Part::Video { source: data("video/mp4", "SGk=") },
    ];
    assert_eq!(parts(&message), expected);
}

#[test]
fn a_wrong_item_is_named_with_its_way() {
    let item = "messages[0].content[0]";
    let wrong = [
        (json!("Hi"), item.to_owned()),
        (json!({ "text": "Hi" }), format!("{item}.type")),
        (json!({ "type": "hologram" }), format!("{item}.type")),
        (json!({ "type": "text" }), format!("{item}.text")),
        (json!({ "type": "text", "text": 5 }), format!("{item}.text")),
        (json!({ "type": "image_url" }), format!("{item}.image_url")),
        (json!({ "type": "image_url", "image_url": 5 }), format!("{item}.image_url")),
        (json!({ "type": "image_url", "image_url": {} }), format!("{item}.image_url.url")),
        (json!({ "type": "image_url", "image_url": { "url": "" } }), format!("{item}.image_url.url")),
        (
            json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64" } }),
            format!("{item}.image_url.url"),
        ),
        (
            json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,%%" } }),
            format!("{item}.image_url.url"),
        ),
        (json!({ "type": "input_audio", "input_audio": {} }), format!("{item}.input_audio.data")),
        (
            json!({ "type": "input_audio", "input_audio": { "data": "?" } }),
            format!("{item}.input_audio.data"),
        ),
        (json!({ "type": "file", "file": {} }), format!("{item}.file")),
        (json!({ "type": "file", "file": "a.pdf" }), format!("{item}.file")),
    ];
    for (value, param) in wrong {
        let (named, message) = refusal(&json!({ "messages": [user(&value)] }));
        assert_eq!(named, param, "{message}");
    }
    assert_eq!(refusal(&json!({ "messages": [{ "role": "user", "content": 5 }] })).0, "messages[0].content");
}
