//! What keeps the house in order: looking for what is wrong, measuring what takes space, packing a report
//! for somebody who helps, and taking secrets out of whatever leaves.

pub mod bundle;
pub mod doctor;
mod mcp;
pub mod redact;
pub mod size;
pub(crate) mod stamp;
pub mod storage;
mod vault;
