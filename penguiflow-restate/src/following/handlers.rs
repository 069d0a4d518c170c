//! The handlers of those who follow a trace: one asks for a feed, one returns its items.

use bytes::Bytes;
use restate_sdk_shared_core::{NonEmptyValue, Value};
use serde::de::DeserializeOwned;

use super::{FollowRequest, Item, ItemRequest};
use crate::names::{self, FOLLOW};
use crate::protocol::{Left, Session, failure};

/// Asks a running trace for a feed.
pub(crate) async fn follow(mut session: Session) {
    let _ = read_and_follow(&mut session).await;
    session.close().await;
}

async fn read_and_follow(session: &mut Session) -> Result<(), Left> {
    let Some(request) = read::<FollowRequest>(session).await? else {
        return Ok(());
    };
    let feed = NonEmptyValue::Success(request.feed.into());
    session.send_signal(request.invocation, FOLLOW, feed)?;
    session.finish(NonEmptyValue::Success(Bytes::new()))
}

/// Returns an item of a feed, as soon as it is there.
pub(crate) async fn return_item(mut session: Session) {
    let _ = read_and_return_item(&mut session).await;
    session.close().await;
}

async fn read_and_return_item(session: &mut Session) -> Result<(), Left> {
    let Some(request) = read::<ItemRequest>(session).await? else {
        return Ok(());
    };
    let name = names::item(&request.feed, request.number);
    if request.is_over {
        // Refused where the item is there. Also those learn it who asked for the same one before.
        let end = serde_json::to_vec(&Item::End).unwrap_or_default();
        session.complete(name.clone(), NonEmptyValue::Success(end.into()))?;
    }
    let item = session.promise(name)?;
    match session.value(item).await? {
        Some(Value::Success(item)) => session.finish(NonEmptyValue::Success(item)),
        _ => session.finish(failure(409, "the request was cancelled")),
    }
}

/// What is asked for; `None` if it cannot be read, which is the answer then.
async fn read<T: DeserializeOwned>(session: &mut Session) -> Result<Option<T>, Left> {
    let input = session.input().await?;
    match serde_json::from_slice(&input.body) {
        Ok(request) => Ok(Some(request)),
        Err(error) => {
            session.finish(failure(400, error.to_string()))?;
            Ok(None)
        }
    }
}
