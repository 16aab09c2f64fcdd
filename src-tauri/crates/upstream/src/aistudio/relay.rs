//! What the accounts of the site say to one request.

use futures::StreamExt;
use futures::stream::BoxStream;
use postern_aistudio::Studio;
use postern_aistudio::files::Files;
use postern_protocol::chat::{Event, Failure};

use super::uploads::files_of;
use super::{AiStudio, Lease};
use crate::Call;
use crate::accounts::{Answers, Attempt, Lost, Pool};

impl Answers for AiStudio {
    type Account = Studio;
    /// The files that the request names.
    type Ready = Files;

    fn pool(&self) -> &Pool<Studio> {
        AiStudio::pool(self)
    }

    fn attempt(&self, call: &Call) -> Attempt {
        Attempt::of(&call.request.response_format)
    }

    async fn prepare(&self, call: &Call) -> Result<Files, Failure> {
        files_of(self.inner.media.get(), call).await
    }

    fn ask(&self, call: &Call, files: &Files, studio: &Studio) -> BoxStream<'static, Result<Event, Lost>> {
        let events = studio.chat_with(call.id.clone(), call.request.clone(), files.clone());
        events.map(|event| event.map_err(Lost::from)).boxed()
    }

    fn answered(&self, studio: &Studio, model: &str) {
        self.pool().answered(studio.name(), model);
    }

    fn failed(&self, lease: &Lease, model: &str, failure: &Failure) -> bool {
        self.pool().failed(lease.account.name(), model, failure, lease.sure)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;

    use postern_protocol::RequestId;
    use postern_protocol::chat::{Message, Request, Role};

    use super::*;
    use crate::Principal;
    use crate::accounts::relay;
    use crate::alive::WAITS;

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_account_says_so_from_time_to_time() {
        let pool = AiStudio::new(Vec::new());
        let aside = pool.set_aside("me");
        let messages = vec![Message::text(Role::User, "Hi")];
        let request = Arc::new(Request { messages, ..Request::default() });
        let call = Call { id: RequestId::new("r"), principal: Principal::Anonymous, request };
        let mut events = pin!(relay(pool, call, None));
        for _ in 0..3 {
            assert_eq!(events.next().await, Some(Ok(WAITS)));
        }
        drop(aside);
        assert!(events.next().await.is_some_and(|event| event.is_err()), "nobody is left");
    }
}
