//! Headers as they went over a connection.

/// Names and values of headers, in their order. All names lie in one piece of memory and all values in another one: they
/// are made while somebody waits for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    names: String,
    values: Vec<u8>,
    /// Where each name ends, and its value.
    ends: Vec<(usize, usize)>,
}

impl Headers {
    /// None yet, with room for about so many.
    pub fn with_capacity(count: usize) -> Self {
        Self {
            names: String::with_capacity(16 * count),
            values: Vec::with_capacity(32 * count),
            ends: Vec::with_capacity(count),
        }
    }

    /// Adds one behind the others.
    pub fn push(&mut self, name: &str, value: &[u8]) {
        self.names.push_str(name);
        self.values.extend_from_slice(value);
        self.ends.push((self.names.len(), self.values.len()));
    }

    /// Name and value of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let starts = std::iter::once((0, 0)).chain(self.ends.iter().copied());
        let ends = self.ends.iter().copied();
        starts.zip(ends).map(|(start, end)| (&self.names[start.0..end.0], &self.values[start.1..end.1]))
    }

    /// How much memory they take.
    pub(super) fn bytes(&self) -> usize {
        self.names.capacity() + self.values.capacity() + self.ends.capacity() * size_of::<(usize, usize)>()
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(all: I) -> Self {
        let mut headers = Self::default();
        all.into_iter().for_each(|(name, value)| headers.push(name.as_ref(), value.as_ref()));
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::Headers;

    #[test]
    fn headers_come_back_in_their_order_with_empty_and_repeated_ones() {
        let all: [(&str, &[u8]); 4] =
            [("a", b"1"), ("set-cookie", b""), ("set-cookie", b"\xff 2"), ("b", b"3")];
        let headers: Headers = all.into_iter().collect();
        assert_eq!(headers.iter().collect::<Vec<_>>(), all);
        assert_eq!(Headers::with_capacity(9).iter().count(), 0);
    }
}
