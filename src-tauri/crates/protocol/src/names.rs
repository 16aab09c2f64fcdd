//! Names of functions and properties as Google takes them, each only once.

use std::collections::HashSet;

/// Most characters of a name.
const LONGEST: usize = 64;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A function, whose name may have a few marks.
    Function,
    /// A property of an object.
    Property,
}

impl Of {
    fn takes(self, c: char) -> bool {
        let mark = self == Self::Function && matches!(c, '.' | ':' | '-');
        c.is_ascii_alphanumeric() || c == '_' || mark
    }
}

/// Names that were given away, in one list of functions or in one object.
#[derive(Debug)]
pub struct Names {
    of: Of,
    taken: HashSet<String>,
}

impl Names {
    /// Those that fit stay as they are, so they are given away before any other.
    pub fn new<'a>(of: Of, all: impl IntoIterator<Item = &'a str>) -> Self {
        let fit = all.into_iter().filter(|name| fits(of, name)).map(str::to_owned);
        Self { of, taken: fit.collect() }
    }

    /// The name for this one.
    pub fn give(&mut self, name: &str) -> String {
        if fits(self.of, name) {
            return name.to_owned();
        }
        let mut plain: String = name.chars().map(|c| if self.of.takes(c) { c } else { '_' }).collect();
        if !plain.starts_with(starts) {
            plain.insert(0, '_');
        }
        plain.truncate(LONGEST);
        let mut candidate = plain.clone();
        let mut number = 1;
        while !self.taken.insert(candidate.clone()) {
            number += 1;
            let ending = format!("_{number}");
            candidate = format!("{}{ending}", &plain[..plain.len().min(LONGEST - ending.len())]);
        }
        candidate
    }
}

fn starts(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn fits(of: Of, name: &str) -> bool {
    name.starts_with(starts) && name.len() <= LONGEST && name.chars().all(|c| of.takes(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_to_fit_and_stay_apart() {
        let mut names = Names::new(Of::Function, ["a_b", "a/b", "1"]);
        let given = ["a/b", "a b", "a_b", "1", "a.b"].map(|name| names.give(name));
        assert_eq!(given, ["a_b_2", "a_b_3", "a_b", "_1", "a.b"]);
        assert_eq!(names.give(&"ä".repeat(100)).len(), LONGEST);
        assert_eq!(Names::new(Of::Property, []).give("a.b"), "a_b");
    }
}
