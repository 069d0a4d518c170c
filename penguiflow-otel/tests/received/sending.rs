//! How spans get to the collector, and what is said where they cannot.

use std::net::{Ipv4Addr, TcpListener};

use penguiflow::prelude::*;
use penguiflow_otel::gen_ai::GenAi;
use penguiflow_otel::{Service, SetupError};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::Registry;

use crate::{Done, Subject};

#[node]
async fn refuse(_: String) -> Result<String, String> {
    Err("not today".to_owned())
}

#[node]
async fn answer(question: String) -> String {
    question
}

flow! { struct Support(String) -> String; answer; }

#[tokio::test]
async fn the_flows_id_is_that_of_the_trace() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let message = Message::new("why?".to_owned()).tenant("acme");
    let trace_id = message.trace_id.to_string();
    Support::flow().run(message).await?;
    let spans = subject.received()?;
    let seen = spans.iter().map(|span| (&*span.name, &*span.trace_id));
    let seen: Vec<_> = seen.collect();
    assert_eq!(seen, [("answer", &*trace_id), ("Support", &*trace_id)]);
    assert_eq!(spans[0].parent, spans[1].id);
    assert_eq!(
        (spans[1].get("tenant"), &*spans[1].service),
        ("acme", "tested")
    );
    Ok(())
}

#[tokio::test]
async fn a_failure_is_an_error_to_the_collector() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let failed = flow! { refuse }.run("why?".to_owned()).await;
    assert!(failed.is_err());
    let spans = subject.received()?;
    assert_eq!(spans.len(), 2);
    for span in spans {
        assert_eq!((span.is_error, span.get("error.type")), (true, "failed"));
    }
    Ok(())
}

/// A client could choose a trace id by such a field.
#[tokio::test]
async fn another_spans_trace_id_is_nobodys() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let chosen = "4bf92f3577b34da6a3ce929d0e0e4736";
    tracing::info_span!("request", trace_id = chosen, flow = "Support").in_scope(|| {});
    tracing::info_span!(target: "other", "trace", trace_id = chosen, flow = "Support")
        .in_scope(|| {});
    let spans = subject.received()?;
    assert_eq!(spans.len(), 2);
    assert!(
        spans.iter().all(|span| span.trace_id != chosen),
        "{spans:?}"
    );
    Ok(())
}

/// An id that a span with a parent had no use for is not the next root's.
#[tokio::test]
async fn an_id_is_not_left_over() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let message = Message::new("why?".to_owned());
    let trace_id = message.trace_id.to_string();
    let request = tracing::info_span!("request");
    let flow = Support::flow();
    tracing::Instrument::instrument(async { flow.run(message).await }, request).await?;
    tracing::info_span!("later").in_scope(|| {});
    let spans = subject.received()?;
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|span| span.trace_id != trace_id));
    // The flow's own id is among the attributes all the same.
    let flow = spans.iter().find(|span| span.name == "Support");
    assert_eq!(flow.map(|span| span.get("trace_id")), Some(&*trace_id));
    Ok(())
}

#[tokio::test]
async fn shutdown_sends_what_is_left() -> Done {
    let Subject {
        collector,
        otel,
        _subscriber,
    } = Subject::start(GenAi::Off)?;
    Support::flow().run("why?".to_owned()).await?;
    otel.shutdown()?;
    assert_eq!(collector.take().len(), 2);
    Ok(())
}

#[tokio::test]
async fn so_does_a_drop() -> Done {
    let Subject {
        collector,
        otel,
        _subscriber,
    } = Subject::start(GenAi::Off)?;
    Support::flow().run("why?".to_owned()).await?;
    drop(otel);
    assert_eq!(collector.take().len(), 2);
    Ok(())
}

/// The flow does not notice.
#[tokio::test]
async fn nobody_takes_the_spans() -> Done {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    drop(listener);
    let (layer, otel) = Service::named("tested").endpoint(endpoint).build()?;
    let subscriber = tracing_subscriber::registry().with(layer);
    let _subscriber = tracing::subscriber::set_default(subscriber);
    assert_eq!(Support::flow().run("why?".to_owned()).await?, "why?");
    assert!(otel.flush().is_err());
    assert_eq!(Support::flow().run("why?".to_owned()).await?, "why?");
    assert!(otel.shutdown().is_err());
    Ok(())
}

#[test]
fn an_endpoint_that_is_no_address() {
    let service = Service::named("tested").endpoint("http://[::1");
    let Err(error) = service.build::<Registry>() else {
        panic!("it is no address");
    };
    assert!(matches!(error, SetupError::Exporter(_)));
    let wanted = "the exporter refused its settings: ";
    assert!(error.to_string().starts_with(wanted), "{error}");
}

#[test]
fn https_needs_a_client() {
    let service = Service::named("tested").endpoint("https://collector.example");
    let Err(error) = service.build::<Registry>() else {
        panic!("there is no client for it");
    };
    assert!(matches!(error, SetupError::Https(_)));
    assert_eq!(
        error.to_string(),
        "`https://collector.example` needs a client that speaks https: set one by `Service::client`"
    );
}
