//! AI Studio's page, for the console.

use futures::future::BoxFuture;
use postern_console::api::page::PageView;
use postern_console::{PageDesk, Trouble};
use postern_protocol::page::PageReport;

use super::HouseDesk;

impl PageDesk for HouseDesk {
    fn page(&self) -> PageView {
        self.rooms.roster.page_view()
    }

    fn check_page<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<PageReport, Trouble>> {
        Box::pin(self.rooms.roster.check_page(account))
    }
}
