//! What is recorded, for the console.

use futures::future::BoxFuture;
use postern_console::api::recording::RecordingView;
use postern_console::{Code, RecordingDesk, Trouble};
use tokio::sync::watch;

use super::{HouseDesk, to_the_end};

impl RecordingDesk for HouseDesk {
    fn recording(&self) -> BoxFuture<'_, RecordingView> {
        Box::pin(self.rooms.recording())
    }

    fn recording_changes(&self) -> watch::Receiver<u64> {
        self.rooms.recording_changed.listen()
    }

    fn set_private(&self, private: bool) {
        self.rooms.gateway.set_private(private);
        tracing::info!(private, "the owner decided whether conversations are recorded");
    }

    fn forget_recorded(&self) -> BoxFuture<'_, Result<RecordingView, Trouble>> {
        let rooms = std::sync::Arc::clone(&self.rooms);
        to_the_end(async move {
            let kept =
                rooms.conversations.as_ref().map_err(|why| Trouble::new(Code::Unavailable, why.clone()))?;
            kept.erase_all().await?;
            tracing::info!("everything recorded was deleted");
            rooms.recording_changed.give();
            Ok(rooms.recording().await)
        })
    }
}
