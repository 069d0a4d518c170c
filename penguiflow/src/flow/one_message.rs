//! One message at a time, in its caller's own task: as a future, or as a stream of what its trace gives.
//! The flow that it runs on is borrowed or owned.

use std::borrow::Borrow;

use super::{Flow, Run, stack};
use crate::edge::SingleOutput;
use crate::message::Message;
use crate::trace::{
    Line, OutputForm, Outputs, Trace, TraceSpan, all_outputs, output_in_form, run_line,
};
use crate::visit::Cursor;

impl<F, S> Flow<F, S>
where
    F: Line<S>,
    S: Send + Sync,
{
    /// Runs a message to the end of its trace, which has one output, and returns it in the form that is
    /// asked for.
    pub(super) fn output_of<'a, T>(
        flow: impl Borrow<Self> + Send + 'a,
        message: Message<F::In>,
    ) -> Run<'a, T>
    where
        F: SingleOutput,
        S: 'a,
        T: OutputForm<F::Out>,
    {
        let (input, envelope) = flow.borrow().open(message);
        let mut input = Some(input);
        Run::new(|| async move {
            let flow = flow.borrow();
            stack::check::<F>(&envelope)?;
            let trace = flow.trace_of(&flow.context, &envelope);
            let _span = TraceSpan::start(&trace);
            let outputs = Outputs::new();
            let mut cursor = Cursor::start(&trace);
            let ended = run_line!(flow.topology, &flow.state, cursor, &mut input, &outputs);
            output_in_form(ended, &cursor, &outputs)
        })
    }

    /// Runs a message to the end of its trace, which may have several outputs.
    pub(super) fn outputs_of(&self, message: Message<F::In>) -> Run<'_, Vec<F::Out>> {
        let (input, envelope) = self.open(message);
        let mut input = Some(input);
        Run::new(|| async move {
            stack::check::<F>(&envelope)?;
            let trace = self.trace_of(&self.context, &envelope);
            let _span = TraceSpan::start(&trace);
            let outputs = Outputs::new();
            let mut cursor = Cursor::start(&trace);
            if let Some(output) =
                run_line!(self.topology, &self.state, cursor, &mut input, &outputs)
            {
                return Ok(vec![output]);
            }
            let outputs = all_outputs(&outputs, &trace)?.into_iter();
            Ok(outputs.map(|(output, _)| output).collect())
        })
    }

    /// Runs a message and streams what its trace gives.
    pub(super) fn items_of<'a>(
        flow: impl Borrow<Self> + Send + 'a,
        message: Message<F::In>,
    ) -> Trace<'a, F::Out>
    where
        S: 'a,
    {
        let (input, envelope) = flow.borrow().open(message);
        let mut input = Some(input);
        Trace::new(|outlet, outputs| {
            stack::counted(async move {
                let flow = flow.borrow();
                stack::check::<F>(&envelope)?;
                let context = flow.context_with(outlet);
                let trace = flow.trace_of(&context, &envelope);
                let _span = TraceSpan::start(&trace);
                let mut cursor = Cursor::start(&trace);
                if let Some(output) =
                    run_line!(flow.topology, &flow.state, cursor, &mut input, &outputs)
                {
                    outputs.put(&cursor, output);
                }
                all_outputs(&outputs, &trace).map(drop)
            })
        })
    }
}
