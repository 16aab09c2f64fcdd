//! Takes secrets out of lines on their way out.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use crate::tools::redact;

/// Writes as the inner one does, without secrets. A line must come in one piece, as the formatter gives it.
#[derive(Debug)]
pub(super) struct Clean<M>(pub(super) M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Clean<M> {
    type Writer = CleanWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        CleanWriter(self.0.make_writer())
    }
}

#[derive(Debug)]
pub(super) struct CleanWriter<W>(W);

impl<W: Write> Write for CleanWriter<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.0.write_all(redact::secrets(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_secret_gets_through_in_colour_or_not() {
        for ansi in [false, true] {
            let paper = Paper::default();
            let target = paper.clone();
            let layer =
                tracing_subscriber::fmt::layer().with_writer(Clean(move || target.clone())).with_ansi(ansi);
            tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
                tracing::info!(token = "planted-token", cookie = "a=planted-cookie", "sk-planted-key-1 came");
                tracing::info!("open /console/#link=planted-link with Bearer planted-bearer");
            });
            let text = String::from_utf8(paper.0.lock().expect("not poisoned").clone()).expect("text");
            assert!(text.contains("came") && text.contains("#link=****"), "{text}");
            assert!(!text.contains("planted"), "{text}");
        }
    }
}
