//! Server-sent events, read as they come (WHATWG HTML, 9.2 "Server-sent events").

/// One event of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// Its kind; `None` where the stream names none.
    pub event: Option<String>,
    /// Its data, lines joined by line breaks.
    pub data: String,
}

/// Splits bytes into events, wherever the bytes are cut. Comments, ids and retry times are skipped.
#[derive(Debug, Default)]
pub struct SseReader {
    line: Vec<u8>,
    event: Option<String>,
    data: Option<String>,
    after_cr: bool,
    begun: bool,
}

impl SseReader {
    /// The events that are complete with these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, ending) = rest.split_at(at);
            // The line feed of a CR LF whose CR ended a line already ends nothing.
            let half = self.after_cr && line.is_empty() && self.line.is_empty() && ending[0] == b'\n';
            self.after_cr = ending[0] == b'\r';
            if !half {
                self.line.extend_from_slice(line);
                events.extend(self.end_line());
            }
            rest = &ending[1..];
        }
        if !rest.is_empty() {
            self.after_cr = false;
            self.line.extend_from_slice(rest);
        }
        events
    }

    /// The event that no empty line ended, which some providers leave out at the end.
    pub fn end(&mut self) -> Option<SseEvent> {
        let of_line = if self.line.is_empty() { None } else { self.end_line() };
        of_line.or_else(|| self.dispatch())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let line = std::mem::take(&mut self.line);
        let mut line = String::from_utf8_lossy(&line);
        if !std::mem::replace(&mut self.begun, true)
            && let Some(rest) = line.strip_prefix('\u{feff}')
        {
            line = rest.to_owned().into();
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => self.event = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let event = self.event.take();
        self.data.take().map(|data| SseEvent { event, data })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<SseEvent> {
        let mut reader = SseReader::default();
        let mut events: Vec<SseEvent> = pieces.iter().flat_map(|piece| reader.push(piece)).collect();
        events.extend(reader.end());
        events
    }

    fn of(event: Option<&str>, data: &str) -> SseEvent {
        SseEvent { event: event.map(str::to_owned), data: data.to_owned() }
    }

    #[test]
    fn every_kind_of_line_end_and_of_spacing_is_read() {
        let text = "\u{feff}: hello\r\nevent: a\r\ndata:{1}\r\n\r\ndata: x\rdata:y\r\rid: 7\nretry: 3\ndata\n\ndata: last";
        let expected = [of(Some("a"), "{1}"), of(None, "x\ny"), of(None, ""), of(None, "last")];
        assert_eq!(read(&[text.as_bytes()]), expected);
    }

    #[test]
    fn an_event_without_data_is_none() {
        assert_eq!(read(&[b"event: ping\n\ndata: a\n\n"]), [of(None, "a")]);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_events(
            lines in prop::collection::vec("(data|event|:|data: |id)[a-zäß漢 :]{0,6}", 0..12),
            ends in prop::collection::vec(prop_oneof![Just("\n"), Just("\r"), Just("\r\n")], 12),
            blank in prop::collection::vec(any::<bool>(), 12),
            cuts in prop::collection::vec(0..400_usize, 0..12),
        ) {
            let mut text = String::new();
            for ((line, end), blank) in lines.iter().zip(&ends).zip(&blank) {
                text += line;
                text += end;
                if *blank {
                    text += end;
                }
            }
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            let singly: Vec<&[u8]> = bytes.chunks(1).collect();
            let whole = read(&[bytes]);
            prop_assert_eq!(&read(&pieces), &whole);
            prop_assert_eq!(&read(&singly), &whole);
        }
    }
}
