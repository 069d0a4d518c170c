"""PenguiFlow for Python: models for all that goes along, a registry that validates
them, and a flow that is started once, as in its quickstart. Its nodes take one message at a time."""

import sys
from importlib.metadata import version
from pathlib import Path

from penguiflow import Headers, Message, ModelRegistry, Node, NodePolicy, create
from penguiflow.core import ROOKERY
from penguiflow.patterns import join_k, map_concurrent
from pydantic import BaseModel

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness


class Question(BaseModel):
    id: int
    text: str


class Triaged(BaseModel):
    id: int
    words: int
    text: str


class Docs(BaseModel):
    id: int
    words: int
    best: int
    text: str


class Prompt(BaseModel):
    id: int
    tokens: int
    text: str


class Walk(BaseModel):
    left: int
    digest: int


class Number(BaseModel):
    value: int


class Numbers(BaseModel):
    values: list[int]


async def triage(question: Question, ctx) -> Triaged:
    words = harness.words(question.text)
    return Triaged(id=question.id, words=words, text=question.text)


async def retrieve(triaged: Triaged, ctx) -> Docs:
    best = harness.best(triaged.text)
    return Docs(id=triaged.id, words=triaged.words, best=best, text=triaged.text)


async def pack(docs: Docs, ctx) -> Prompt:
    tokens = harness.tokens(docs.words, docs.best, docs.text)
    return Prompt(id=docs.id, tokens=tokens, text=docs.text)


def question(id: int) -> Question:
    return Question(id=id, text=harness.text())


def chain(nodes: list[Node]):
    """A flow of nodes in a line."""
    if len(nodes) == 1:
        return create(nodes[0].to())
    return create(*(node.to(after) for node, after in zip(nodes, nodes[1:])))


def line(policy: NodePolicy):
    registry = ModelRegistry()
    registry.register("triage", Question, Triaged)
    registry.register("retrieve", Triaged, Docs)
    registry.register("pack", Docs, Prompt)
    flow = chain([Node(node, policy=policy) for node in (triage, retrieve, pack)])
    flow.run(registry=registry)
    return flow


async def awaited(flow, sample, make, result):
    async def call(message):
        await flow.emit(message)
        return await flow.fetch()

    figure = await sample.awaited(make, call, result)
    await flow.stop()
    return figure


def prompt(output: Prompt):
    return output.id, output.tokens, output.text


async def request(sample):
    return await awaited(line(NodePolicy()), sample, question, prompt)


async def policies(sample):
    policy = NodePolicy(timeout_s=harness.TIMEOUT, max_retries=harness.RETRIES)
    return await awaited(line(policy), sample, question, prompt)


async def streamed(sample):
    flow = line(NodePolicy())

    async def stream(count):
        started = min(count, harness.IN_FLIGHT)
        for id in range(started):
            await flow.emit(question(id))
        for id in range(started, count + started):
            await flow.fetch()
            if id < count:
                await flow.emit(question(id))
        return count

    figure = await sample.streamed(stream)
    await flow.stop()
    return figure


def within(function):
    """A node that does this with what its message holds: joins go by the message's trace."""

    async def node(message: Message, ctx) -> Message:
        return message.model_copy(update={"payload": await function(message.payload, ctx)})

    return node


async def branch(triaged: Triaged, ctx) -> int:
    return triaged.id + triaged.words + len(triaged.text)


async def total(results: list[int], ctx) -> int:
    return sum(results)


async def broadcast(sample):
    registry = ModelRegistry()

    def node(name, function):
        registry.register(name, Message, Message)
        return Node(within(function), name=name)

    first, last = node("triage", triage), node("sum", total)
    branches = [node(f"branch_{number}", branch) for number in range(harness.BRANCHES)]
    join = join_k("join", harness.BRANCHES)
    flow = create(
        first.to(*branches), *(branch.to(join) for branch in branches), join.to(last)
    )
    flow.run(registry=registry)

    def make(id):
        return Message(payload=question(id), headers=Headers(tenant="acme"))

    return await awaited(flow, sample, make, lambda message: message.payload)


async def rounds(sample):
    """A node that emits to itself. A controller, which the documentation has for loops, is run
    again and again after it has returned its `FinalAnswer`, until the Rookery is full of them."""

    async def hop(walk: Walk, ctx):
        left, digest = harness.hopped(walk.left, walk.digest)
        if left:
            await ctx.emit(Walk(left=left, digest=digest), to=node)
        else:
            await ctx.emit(Number(value=digest), to=ROOKERY)

    node = Node(hop, name="hop", allow_cycle=True)
    registry = ModelRegistry()
    registry.register("hop", Walk, Number)
    flow = create(node.to(node))
    flow.run(registry=registry)
    make = lambda id: Walk(left=harness.HOPS, digest=id)
    return await awaited(flow, sample, make, lambda digest: digest.value)


async def numbers(first: Number, ctx) -> Numbers:
    return Numbers(values=await harness.numbers(first.value))


async def mapped(items: Numbers, ctx) -> Numbers:
    results = await map_concurrent(
        items.values, harness.item, max_concurrency=harness.AT_ONCE
    )
    return Numbers(values=results)


async def map_(sample):
    registry = ModelRegistry()
    registry.register("numbers", Number, Numbers)
    registry.register("mapped", Numbers, Numbers)
    flow = chain([Node(numbers), Node(mapped)])
    flow.run(registry=registry)
    make = lambda id: Number(value=id)
    return await awaited(flow, sample, make, lambda results: results.values)


def main():
    subject = harness.Subject("penguiflow_python", version("penguiflow"))
    subject.can("line", streamed, "one task emits and fetches")
    subject.can("request", request)
    subject.can("policies", policies)
    subject.can("broadcast", broadcast, "the branches share the payload")
    subject.can("rounds", rounds, "a node that emits to itself: controllers run on at the end")
    subject.cannot("waits", "a node takes one message at a time")
    subject.cannot("memory", "a node takes one message at a time")
    subject.can("map", map_, "`map_concurrent` in a node")
    subject.main()


main()
