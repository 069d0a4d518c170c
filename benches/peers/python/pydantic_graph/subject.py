"""pydantic-graph: a graph that is made once with its builder, of steps that take what the one
before has returned. It runs in tasks of its own for each message."""

import asyncio
import sys
from importlib.metadata import version
from pathlib import Path

from pydantic_graph import GraphBuilder, StepContext, TypeExpression, reduce_list_append

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from harness import Docs, Prompt, Question, Triaged, Walk


def line(retrieve=harness.retrieve):
    builder = GraphBuilder(input_type=Question, output_type=Prompt)

    @builder.step
    async def triage(context: StepContext[None, None, Question]) -> Triaged:
        return await harness.triage(context.inputs)

    @builder.step
    async def middle(context: StepContext[None, None, Triaged]) -> Docs:
        return await retrieve(context.inputs)

    @builder.step
    async def pack(context: StepContext[None, None, Docs]) -> Prompt:
        return await harness.pack(context.inputs)

    builder.add(
        builder.edge_from(builder.start_node).to(triage),
        builder.edge_from(triage).to(middle),
        builder.edge_from(middle).to(pack),
        builder.edge_from(pack).to(builder.end_node),
    )
    return builder.build()


async def awaited(graph, sample, make, result=lambda output: output):
    async def call(message):
        return await graph.run(inputs=message)

    return await sample.awaited(make, call, result)


async def request(sample):
    result = lambda prompt: (prompt.id, prompt.tokens, prompt.text)
    return await awaited(line(), sample, harness.question, result)


async def tasks(graph, count, in_flight):
    """So many at once, a task each; how many have come out."""
    permits = asyncio.Semaphore(in_flight)

    async def one(id):
        async with permits:
            return await graph.run(inputs=harness.question(id))

    return len(await asyncio.gather(*(one(id) for id in range(count))))


async def streamed(sample):
    graph = line()
    return await sample.streamed(lambda count: tasks(graph, count, harness.IN_FLIGHT))


async def waits(sample):
    graph = line(harness.retrieve_slowly)
    return await sample.streamed(lambda count: tasks(graph, count, count))


async def memory(sample):
    graph = line(harness.retrieve_never)

    def start(count):
        runs = (graph.run(inputs=harness.question(id)) for id in range(count))
        return [asyncio.create_task(run) for run in runs]

    return await sample.waiting(start)


async def broadcast(sample):
    builder = GraphBuilder(input_type=Question, output_type=int)

    @builder.step
    async def triage(context: StepContext[None, None, Question]) -> Triaged:
        return await harness.triage(context.inputs)

    async def branch(context: StepContext[None, None, Triaged]) -> int:
        return await harness.branch(context.inputs)

    @builder.step
    async def total(context: StepContext[None, None, list[int]]) -> int:
        return sum(context.inputs)

    numbers = range(harness.BRANCHES)
    branches = [builder.step(branch, node_id=f"branch_{number}") for number in numbers]
    join = builder.join(reduce_list_append, initial_factory=list[int])
    builder.add(
        builder.edge_from(builder.start_node).to(triage),
        builder.edge_from(triage).to(*branches),
        builder.edge_from(*branches).to(join),
        builder.edge_from(join).to(total),
        builder.edge_from(total).to(builder.end_node),
    )
    return await awaited(builder.build(), sample, harness.question)


async def rounds(sample):
    builder = GraphBuilder(input_type=Walk, output_type=int)

    @builder.step
    async def hop(context: StepContext[None, None, Walk]) -> Walk | int:
        walk = await harness.hop(context.inputs)
        return walk if walk.left else walk.digest

    decision = builder.decision()
    decision = decision.branch(builder.match(TypeExpression[Walk]).to(hop))
    decision = decision.branch(builder.match(TypeExpression[int]).to(builder.end_node))
    builder.add(
        builder.edge_from(builder.start_node).to(hop),
        builder.edge_from(hop).to(decision),
    )
    return await awaited(builder.build(), sample, harness.walk)


def main():
    subject = harness.Subject("pydantic_graph", version("pydantic-graph"))
    subject.can("line", streamed, "a task per message, with a semaphore")
    subject.can("request", request)
    subject.cannot("policies", "it has no timeouts and no retries")
    subject.can("broadcast", broadcast, "the branches share the payload")
    subject.can("rounds", rounds, "a decision that goes back to the step")
    subject.can("waits", waits, "a task per message")
    subject.can("memory", memory, f"of {harness.TRACES} traces, a task each")
    subject.cannot("map", "nothing bounds how many items of a map run at a time")
    subject.main()


main()
