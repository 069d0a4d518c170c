//! Who follows a trace on a server: asks for the items of its feed one after another, and for its end.

use std::pin::Pin;
use std::time::Duration;
use std::vec;

use futures_util::future::{BoxFuture, Either, FutureExt, MaybeDone, maybe_done, select};
use penguiflow::host::ParkedStep;
use penguiflow::{Chunk, Message, TraceId};
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use super::running::{Raw, read};
use crate::error::Error;
use crate::following::{Item, ItemRequest};
use crate::names::ITEM;

/// How long a server may be away until who follows is told.
const PATIENCE: Duration = Duration::from_secs(30);
/// Before a server that is away is asked again.
const PAUSE: Duration = Duration::from_millis(200);

type Output = Message<Box<RawValue>>;

/// What somebody is given who follows a trace.
pub(super) enum Given {
    Chunks(Vec<Chunk>),
    Output(Output),
    Waits(Vec<ParkedStep>),
}

pub(super) struct Follower {
    reader: Reader,
    /// How many of the items were outputs.
    outputs: usize,
    /// All outputs of the trace, once it is over. The feed may have items then that were not asked for.
    end: MaybeDone<BoxFuture<'static, Result<Vec<Output>, Error>>>,
    /// Once the feed is at its end: the outputs that were not in it.
    missed: Option<vec::IntoIter<Output>>,
}

impl Follower {
    pub(super) fn new(running: Raw, id: TraceId, feed: String) -> Self {
        let reader = Reader {
            running: running.clone(),
            id,
            feed,
            next: 0,
        };
        let end = async move { persistently(|| running.outputs(id)).await };
        Self {
            reader,
            outputs: 0,
            end: maybe_done(end.boxed()),
            missed: None,
        }
    }

    /// What comes next: at last the trace's error, if there is one.
    pub(super) async fn next(&mut self) -> Result<Option<Given>, Error> {
        if self.missed.is_none() {
            let given = match self.item().await? {
                Item::Chunks(chunks) => Given::Chunks(read(chunks.get().as_bytes())?),
                Item::Output(output) => {
                    self.outputs += 1;
                    Given::Output(read(output.get().as_bytes())?)
                }
                Item::Waits(waits) => Given::Waits(waits),
                Item::End => {
                    let outputs = self.ended().await?.into_iter();
                    let missed: Vec<_> = outputs.skip(self.outputs).collect();
                    self.missed = Some(missed.into_iter());
                    return Ok(self.missed());
                }
            };
            return Ok(Some(given));
        }
        Ok(self.missed())
    }

    /// The next item of the feed.
    async fn item(&mut self) -> Result<Item, Error> {
        if matches!(self.end, MaybeDone::Future(_)) {
            let item = Box::pin(self.reader.ask(false));
            if let Either::Left((item, _)) = select(item, &mut self.end).await {
                return item;
            };
        }
        self.reader.ask(true).await
    }

    /// All outputs, once the trace is over.
    async fn ended(&mut self) -> Result<Vec<Output>, Error> {
        (&mut self.end).await;
        let ended = Pin::new(&mut self.end).take_output();
        ended.unwrap_or_else(|| Ok(Vec::new()))
    }

    /// An output that came before anybody followed the trace.
    fn missed(&mut self) -> Option<Given> {
        self.missed.as_mut()?.next().map(Given::Output)
    }
}

/// Who reads a feed.
struct Reader {
    running: Raw,
    id: TraceId,
    feed: String,
    /// The number of the next item.
    next: u64,
}

impl Reader {
    /// The next item, as soon as it is there; in a trace that is over, what there is.
    async fn ask(&mut self, is_over: bool) -> Result<Item, Error> {
        let request = ItemRequest {
            feed: self.feed.clone(),
            number: self.next,
            is_over,
        };
        let ask = || self.running.ask_for(self.id, ITEM, &request);
        let item = read(&persistently(ask).await?)?;
        self.next += 1;
        Ok(item)
    }
}

/// Asks again where the server, or the way to it, is away for a while.
async fn persistently<T, Asked>(mut ask: impl FnMut() -> Asked) -> Result<T, Error>
where
    Asked: Future<Output = Result<T, Error>>,
{
    let mut until = None;
    loop {
        let asked = Instant::now();
        match ask().await {
            Err(error) if error.is_away() => {
                // A request that waits long is cut by what is on the way, again and again.
                let until = match asked.elapsed() < PAUSE {
                    true => *until.get_or_insert(asked + PATIENCE),
                    false => asked + PATIENCE,
                };
                if Instant::now() >= until {
                    return Err(error);
                }
                sleep(PAUSE).await;
            }
            asked => return asked,
        }
    }
}
