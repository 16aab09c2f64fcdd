//! AI Studio's page: what was found on it last, and which selectors are in force.

use postern_protocol::page::{PackStatus, PageReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is known of AI Studio's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PageView {
    /// The selectors in force now.
    pub pack: PackStatus,
    /// Where a file that replaces some of them is looked for.
    pub pack_path: String,
    /// What the last look at the page of each account found.
    pub reports: Vec<AccountPage>,
}

/// The page of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountPage {
    /// The account's name.
    pub account: String,
    /// What was found.
    pub report: PageReport,
}
