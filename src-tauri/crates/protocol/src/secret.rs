use std::fmt;

/// A text that must not reach a log, an error or a snapshot: it has no `Display`, a fixed `Debug` and
/// no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Call it only where the secret is really used.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How the secret may be shown to its owner: `sk-ab****ef`. Short texts show nothing at all.
    pub fn masked(&self) -> String {
        let chars: Vec<char> = self.0.chars().collect();
        if chars.len() < 12 {
            return "****".to_owned();
        }
        let head: String = chars[..5].iter().collect();
        let tail: String = chars[chars.len() - 2..].iter().collect();
        format!("{head}****{tail}")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(****)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn shows_only_the_edges_of_a_long_secret() {
        assert_eq!(Secret::new("sk-abcdefghijklef").masked(), "sk-ab****ef");
    }

    #[test]
    fn shows_nothing_of_a_short_secret() {
        assert_eq!(Secret::new("hunter2").masked(), "****");
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(****)");
    }
}
