//! Pictures, recordings and files: where their bytes are, in the many ways that callers say it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

use crate::chat::{Attachment, Part, Source};
use crate::field::{Field, Object, Read};

const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const LOOSE: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, FORGIVING);
const LOOSE_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, FORGIVING);

/// A `data:` URL becomes its bytes, every other text stays an address.
pub(crate) fn address(field: Field) -> Read<Source> {
    let path = field.path.clone();
    let text = field.non_empty()?;
    let is_data = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if is_data { data_url(Field { path, value: text.into() }) } else { Ok(Source::Url(text)) }
}

/// Base64, bare or as a `data:` URL. `mime` is what else is known of its type.
pub(crate) fn bytes(field: Field, mime: Option<String>) -> Read<Source> {
    let path = field.path.clone();
    let text = field.non_empty()?;
    if text.starts_with("data:") {
        return data_url(Field { path, value: text.into() });
    }
    Ok(Source::Data { mime, base64: standard_base64(Field { path, value: text.into() })? })
}

fn data_url(field: Field) -> Read<Source> {
    let wrong = field.wrong("a data: URL with a comma before its data");
    let path = field.path.clone();
    let text = field.string()?;
    let (head, data) = text[5..].split_once(',').ok_or(wrong)?;
    let (mime, is_base64) = match head.strip_suffix(";base64") {
        Some(mime) => (mime, true),
        None => (head, false),
    };
    let base64 = if is_base64 {
        standard_base64(Field { path, value: data.into() })?
    } else {
        STANDARD.encode(percent_decode_str(data).collect::<Vec<u8>>())
    };
    Ok(Source::Data { mime: (!mime.is_empty()).then(|| mime.to_owned()), base64 })
}

/// Checks base64 at the door and brings its variants (URL-safe, unpadded, wrapped) into one form.
fn standard_base64(field: Field) -> Read<String> {
    let wrong = field.wrong("base64");
    let text = field.string()?;
    if STANDARD.decode(&text).is_ok_and(|bytes| !bytes.is_empty()) {
        return Ok(text);
    }
    let dense: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = unpacked(&dense).unwrap_or_default();
    if bytes.is_empty() { Err(wrong) } else { Ok(STANDARD.encode(bytes)) }
}

/// The bytes of base64 in any of its variants but the wrapped one.
pub(crate) fn unpacked(text: &str) -> Option<Vec<u8>> {
    LOOSE.decode(text).or_else(|_| LOOSE_URL_SAFE.decode(text)).ok()
}

/// What says where bytes are, inside an object: an address, an id at the provider, or the bytes.
pub(crate) fn source(object: &mut Object, mime: Option<String>) -> Read<Source> {
    if let Some(field) = object.take_any(&["data", "file_data", "base64"]) {
        return bytes(field, mime);
    }
    if let Some(field) = object.take_any(&["url", "file_url", "image_url", "path"]) {
        // Some clients wrap the address once more: {"image_url": {"url": …}}.
        return if field.value.is_object() { address(field.object()?.need("url")?) } else { address(field) };
    }
    match object.take("file_id") {
        Some(field) => Ok(Source::FileId(field.non_empty()?)),
        // The official way comes last, so that the message names the field to add.
        None => address(object.need("url")?),
    }
}

/// A file given beside the content: an address, or an object with an address or bytes.
pub(crate) fn attachment(field: Field) -> Read<Attachment> {
    if field.value.is_string() {
        return Ok(Attachment { source: address(field)?, name: None });
    }
    if !field.value.is_object() {
        return Err(field.wrong("an address or an object"));
    }
    let mut object = field.object()?;
    let mime = object.take_any(&["mime_type", "mime", "media_type"]).map(Field::string).transpose()?;
    let name = object.take_any(&["filename", "name"]).map(Field::string).transpose()?;
    Ok(Attachment { source: source(&mut object, mime)?, name })
}

/// An attachment as a part of a message, by its media type.
pub(crate) fn attached_part(attachment: Attachment) -> Part {
    let Attachment { source, name } = attachment;
    let kind = match &source {
        Source::Data { mime: Some(mime), .. } => mime.split('/').next().unwrap_or_default(),
        Source::Data { mime: None, .. } | Source::Url(_) | Source::FileId(_) => "",
    };
    match kind {
        "image" => Part::Image { source, detail: None },
        "audio" => Part::Audio { source },
        "video" => Part::Video { source },
        _ => Part::File { source, name },
    }
}
