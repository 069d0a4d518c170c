//! What arrives at a collector: a small one on loopback decodes what is sent to it.

mod collector;
mod gen_ai;
mod propagation;
mod record;
mod seeded;
mod sending;

use std::error::Error;

use collector::Collector;
use penguiflow_otel::gen_ai::GenAi;
use penguiflow_otel::{Otel, Service};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

type Done = Result<(), Box<dyn Error>>;

/// A service, the spans of this thread, and the collector that they go to.
pub(crate) struct Subject {
    pub(crate) collector: Collector,
    pub(crate) otel: Otel,
    _subscriber: DefaultGuard,
}

impl Subject {
    fn start(gen_ai: GenAi) -> Result<Self, Box<dyn Error>> {
        let collector = Collector::start()?;
        let service = Service::named("tested").endpoint(collector.endpoint());
        let (layer, otel) = service.gen_ai(gen_ai).build()?;
        let subscriber = tracing_subscriber::registry().with(layer);
        Ok(Self {
            collector,
            otel,
            _subscriber: tracing::subscriber::set_default(subscriber),
        })
    }

    /// All spans that have ended.
    fn received(&self) -> Result<Vec<collector::Received>, Box<dyn Error>> {
        self.otel.flush()?;
        Ok(self.collector.take())
    }
}
