//! From which sizes on a question is answered by another way.

/// They decide how soon something is found, and never what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// A word that stands in more texts than this is common.
    pub(crate) common: usize,
    /// Sets of conversations up to this size are looked up.
    pub(crate) few: usize,
    /// So many rows of the list are gone through before another way is taken.
    pub(crate) patience: usize,
    /// So many conversations are asked for common words before these are gathered.
    pub(crate) asked: usize,
    /// Sets up to this size are looked up where patience has ended.
    pub(crate) many: usize,
    /// So many classes are asked about one by one.
    pub(crate) classes: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { common: 20_000, few: 4_000, patience: 8_000, asked: 2_000, many: 40_000, classes: 500 }
    }
}
