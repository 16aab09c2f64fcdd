//! Sound without compression: from the pieces in which an answer brings it to a WAV file or bare samples.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// How many samples a second there are where nobody says.
const USUAL_RATE: u32 = 24_000;
/// The bytes of a WAV file before its samples.
const HEAD: u32 = 44;

/// Samples of 16 bits, little end first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    rate: u32,
    channels: u16,
    samples: Vec<u8>,
}

/// The sound is of a type that cannot be turned into WAV, or its pieces do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("The model's sound is of the type '{0}', which cannot be turned into WAV or PCM.")]
pub struct UnknownSound(String);

impl Sound {
    /// Puts the pieces of an answer (media type and base64) together.
    ///
    /// # Errors
    ///
    /// When a piece is neither WAV nor PCM of 16 bits, or is of another rate than the one before.
    pub fn of<T: AsRef<str>>(pieces: &[(T, T)]) -> Result<Self, UnknownSound> {
        let mut whole: Option<Self> = None;
        for (mime, base64) in pieces {
            let (mime, base64) = (mime.as_ref(), base64.as_ref());
            let unknown = || UnknownSound(mime.chars().take(100).collect());
            let piece = Self::piece(mime, base64).ok_or_else(unknown)?;
            match &mut whole {
                None => whole = Some(piece),
                Some(whole) if (whole.rate, whole.channels) == (piece.rate, piece.channels) => {
                    whole.samples.extend(piece.samples);
                }
                Some(_) => return Err(unknown()),
            }
        }
        whole.ok_or_else(|| UnknownSound(String::new()))
    }

    fn piece(mime: &str, base64: &str) -> Option<Self> {
        let bytes = STANDARD.decode(base64).ok()?;
        let mut words = mime.split(';').map(|word| word.trim().to_ascii_lowercase());
        match words.next()?.as_str() {
            "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Self::of_wav(&bytes),
            "audio/l16" | "audio/pcm" => {
                let mut sound = Self { rate: USUAL_RATE, channels: 1, samples: bytes };
                for word in words {
                    match word.split_once('=') {
                        Some(("rate", rate)) => sound.rate = rate.parse().ok()?,
                        Some(("channels", channels)) => sound.channels = channels.parse().ok()?,
                        _ => {}
                    }
                }
                Some(sound)
            }
            _ => None,
        }
    }

    /// Reads the chunks of a WAV file: of `fmt ` the form, of `data` the samples.
    fn of_wav(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
        let mut form = None;
        while let Some((head, after)) = rest.split_at_checked(8) {
            let length = usize::try_from(u32::from_le_bytes(head[4..].try_into().ok()?)).ok()?;
            // One that was written while it grew has no true length.
            let body = after.get(..length).unwrap_or(after);
            match &head[..4] {
                b"fmt " => form = Some(form_of(body)?),
                b"data" => {
                    let (rate, channels) = form?;
                    return Some(Self { rate, channels, samples: body.to_vec() });
                }
                _ => {}
            }
            // Chunks begin at even places.
            rest = after.get(length + length % 2..).unwrap_or_default();
        }
        None
    }

    /// How many samples a second of each channel there are.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// How many channels there are.
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// The samples alone.
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// The sound as a WAV file.
    pub fn to_wav(&self) -> Vec<u8> {
        let length = u32::try_from(self.samples.len()).unwrap_or(u32::MAX - HEAD);
        let frame = self.channels.saturating_mul(2);
        let mut wav = Vec::with_capacity(self.samples.len() + HEAD as usize);
        wav.extend(b"RIFF");
        wav.extend((length + HEAD - 8).to_le_bytes());
        wav.extend(b"WAVEfmt ");
        wav.extend(16_u32.to_le_bytes());
        // Samples without compression.
        wav.extend(1_u16.to_le_bytes());
        wav.extend(self.channels.to_le_bytes());
        wav.extend(self.rate.to_le_bytes());
        wav.extend(self.rate.saturating_mul(u32::from(frame)).to_le_bytes());
        wav.extend(frame.to_le_bytes());
        wav.extend(16_u16.to_le_bytes());
        wav.extend(b"data");
        wav.extend(length.to_le_bytes());
        wav.extend(&self.samples);
        wav
    }
}

/// Rate and channels, if the samples are of 16 bits without compression.
fn form_of(body: &[u8]) -> Option<(u32, u16)> {
    let word = |at: usize| Some(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?));
    let rate = u32::from_le_bytes(body.get(4..8)?.try_into().ok()?);
    let plain = word(0)? == 1 && word(14)? == 16;
    plain.then_some((rate, word(2)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(mime: &str, bytes: &[u8]) -> (String, String) {
        (mime.to_owned(), STANDARD.encode(bytes))
    }

    #[test]
    fn pieces_of_samples_become_one_file_and_come_back() {
        let mime = "audio/L16;codec=pcm;rate=16000";
        let sound = Sound::of(&[piece(mime, &[1, 2]), piece(mime, &[3, 4])]).unwrap();
        assert_eq!((sound.rate(), sound.channels(), sound.samples()), (16_000, 1, &[1, 2, 3, 4][..]));
        let wav = sound.to_wav();
        assert_eq!(wav.len(), 48);
        assert_eq!(wav[4..8], 40_u32.to_le_bytes(), "what follows the first eight bytes");
        assert_eq!(wav[28..32], 32_000_u32.to_le_bytes(), "bytes a second");
        assert_eq!(wav[40..], [4, 0, 0, 0, 1, 2, 3, 4]);
        assert_eq!(Sound::of(&[piece("audio/wav", &wav)]), Ok(sound));
    }

    #[test]
    fn chunks_that_are_not_known_are_passed_over() {
        let mut wav = Sound { rate: 8000, channels: 2, samples: vec![9; 8] }.to_wav();
        wav.splice(12..12, *b"LIST\x03\x00\x00\x00abc\x00");
        let sound = Sound::of(&[piece("audio/x-wav", &wav)]).unwrap();
        assert_eq!((sound.rate(), sound.channels(), sound.samples()), (8000, 2, &[9; 8][..]));
    }

    #[test]
    fn what_cannot_be_turned_into_samples_is_named() {
        let named = |pieces: &[(String, String)]| Sound::of(pieces).unwrap_err().0;
        assert_eq!(named(&[piece("audio/mpeg", &[1])]), "audio/mpeg");
        assert_eq!(named(&[piece("audio/wav", b"RIFF")]), "audio/wav");
        let other = "audio/L16;rate=8000";
        assert_eq!(named(&[piece("audio/pcm", &[1, 2]), piece(other, &[1, 2])]), other);
        let mut loud = Sound { rate: 8000, channels: 1, samples: vec![0; 4] }.to_wav();
        loud[34] = 32;
        assert_eq!(named(&[piece("audio/wav", &loud)]), "audio/wav", "not of 16 bits");
    }
}
