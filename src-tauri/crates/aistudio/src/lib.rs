//! All that is known of the AI Studio site.
pub mod prompt;
pub mod selectors;
pub mod wire;
