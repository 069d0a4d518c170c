//! Chunks as progress of a call, where its client wants to see progress.

use penguiflow::Chunk;
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext};

pub(crate) struct Progress {
    peer: Peer<RoleServer>,
    token: Option<ProgressToken>,
    sent: u32,
}

impl Progress {
    pub(crate) fn of(context: &RequestContext<RoleServer>) -> Self {
        Self {
            peer: context.peer.clone(),
            token: context.meta.get_progress_token(),
            sent: 0,
        }
    }

    /// Sends what a chunk brings. The mark at the end of a stream brings nothing.
    pub(crate) async fn send(&mut self, chunk: Chunk) {
        let Some(token) = self.token.clone() else {
            return;
        };
        let text = match (chunk.text, chunk.data) {
            (text, None) if text.is_empty() => return,
            (text, Some(data)) if text.is_empty() => data.to_string(),
            (text, _) => text,
        };
        self.sent += 1;
        let progress = ProgressNotificationParam::new(token, f64::from(self.sent));
        // A client that is gone has abandoned the call, which ends it.
        let _ = self.peer.notify_progress(progress.with_message(text)).await;
    }
}
