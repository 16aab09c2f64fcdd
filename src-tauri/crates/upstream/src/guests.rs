//! Callers who bring a provider's key of their own.

use std::sync::Arc;

use postern_protocol::Secret;

use crate::Upstream;

/// Finds who answers a caller that shows a provider's key instead of one of this server.
pub trait Guests: Send + Sync {
    /// An upstream that asks with this key; `None` for what does not look like a key of the provider.
    fn host(&self, key: &Secret) -> Option<Arc<dyn Upstream>>;
}
