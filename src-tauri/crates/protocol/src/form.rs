//! Forms with files, `multipart/form-data` (RFC 7578), read as a whole.

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField<'a> {
    /// The field's name.
    pub name: String,
    /// The file's name, where it is a file.
    pub file_name: Option<String>,
    /// The media type, where it was said.
    pub mime: Option<String>,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// The fields of a body, in order. `None` for what is no form of this content type.
pub fn fields<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<FormField<'a>>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary")?;
    let fence = format!("\r\n--{boundary}");
    let begin = &fence.as_bytes()[2..];
    // What comes before the first fence means nothing.
    let mut rest =
        if body.starts_with(begin) { &body[begin.len()..] } else { split(body, fence.as_bytes())?.1 };
    let mut fields = Vec::new();
    while !rest.starts_with(b"--") {
        let (_, of_part) = split(rest, b"\r\n")?;
        let (part, after) = split(of_part, fence.as_bytes())?;
        let (head, bytes) =
            if part.starts_with(b"\r\n") { (&[][..], &part[2..]) } else { split(part, b"\r\n\r\n")? };
        fields.extend(field(&String::from_utf8_lossy(head), bytes));
        rest = after;
    }
    Some(fields)
}

fn field<'a>(head: &str, bytes: &'a [u8]) -> Option<FormField<'a>> {
    let header = |wanted: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        found.next().map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    let (_, parameters) = disposition.split_once(';')?;
    Some(FormField {
        name: parameter(parameters, "name")?,
        file_name: parameter(parameters, "filename"),
        mime: header("content-type"),
        bytes,
    })
}

/// The value of a parameter, quoted or not.
fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let (value, next) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), next)
            }
        };
        if name.trim_matches([' ', ';', '\t']).eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
}

/// The text up to the closing quote, and what comes after it.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            _ => value.push(letter),
        }
    }
    (value, "")
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let found = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..found], &bytes[found + at.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; charset=utf-8; boundary=\"-x y\"";

    #[test]
    fn fields_and_files_are_told_apart_and_bytes_stay_as_they_are() {
        let body = b"preamble\r\n---x y\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nplay\r\n---x y  \r\n\
            content-type: audio/wav\r\ncontent-disposition: form-data; filename=\"a \\\"b\\\";=.wav\"; name=file\r\n\r\n\
            \r\n\xff\r\n--\r\n---x y--\r\nepilogue";
        let fields = fields(KIND, body).unwrap_or_default();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["model", "file"]);
        assert_eq!((fields[0].bytes, fields[0].file_name.as_deref()), (&b"play"[..], None));
        assert_eq!((fields[1].bytes, fields[1].mime.as_deref()), (&b"\r\n\xff\r\n--"[..], Some("audio/wav")));
        assert_eq!(fields[1].file_name.as_deref(), Some("a \"b\";=.wav"));
    }

    #[test]
    fn what_is_no_form_is_none() {
        for body in [&b""[..], b"{}", b"---x y", b"---x y\r\nno end", b"---x y\r\n\r\nno end\r\n---x"] {
            assert_eq!(fields(KIND, body), None, "{}", String::from_utf8_lossy(body));
        }
        assert_eq!(fields("application/json", b"---x y--"), None);
        assert_eq!(fields("multipart/form-data", b"--\r\n"), None);
        assert_eq!(fields(KIND, b"---x y--"), Some(Vec::new()));
    }
}
