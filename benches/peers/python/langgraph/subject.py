"""LangGraph: a graph that is compiled once, of nodes that take the state and return what they
change in it. Without a checkpointer, so nothing is saved."""

import asyncio
import operator
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy, Send

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from harness import Docs, Prompt, Question, Triaged, Walk


class Line(TypedDict, total=False):
    question: Question
    triaged: Triaged
    docs: Docs
    prompt: Prompt


async def triage(state):
    return {"triaged": await harness.triage(state["question"])}


async def pack(state):
    return {"prompt": await harness.pack(state["docs"])}


def line(retrieve=harness.retrieve, **policy):
    async def middle(state):
        return {"docs": await retrieve(state["triaged"])}

    graph = StateGraph(Line)
    graph.add_node("triage", triage, **policy)
    graph.add_node("retrieve", middle, **policy)
    graph.add_node("pack", pack, **policy)
    graph.add_edge(START, "triage")
    graph.add_edge("triage", "retrieve")
    graph.add_edge("retrieve", "pack")
    graph.add_edge("pack", END)
    return graph.compile()


async def awaited(graph, sample, make, result, **config):
    async def call(message):
        return await graph.ainvoke(message, config)

    return await sample.awaited(make, call, result)


def question(id):
    return {"question": harness.question(id)}


def prompt(state):
    prompt = state["prompt"]
    return prompt.id, prompt.tokens, prompt.text


async def request(sample):
    return await awaited(line(), sample, question, prompt)


async def policies(sample):
    retry_policy = RetryPolicy(max_attempts=harness.RETRIES + 1)
    graph = line(retry_policy=retry_policy, timeout=harness.TIMEOUT)
    return await awaited(graph, sample, question, prompt)


async def batch(graph, count, in_flight):
    """So many at once; how many have come out."""
    questions = [question(id) for id in range(count)]
    return len(await graph.abatch(questions, {"max_concurrency": in_flight}))


async def streamed(sample):
    graph = line()
    return await sample.streamed(lambda count: batch(graph, count, harness.IN_FLIGHT))


async def waits(sample):
    graph = line(harness.retrieve_slowly)
    return await sample.streamed(lambda count: batch(graph, count, count))


async def memory(sample):
    graph = line(harness.retrieve_never)

    def start(count):
        return [asyncio.create_task(graph.ainvoke(question(id))) for id in range(count)]

    return await sample.waiting(start)


class Spread(TypedDict, total=False):
    question: Question
    triaged: Triaged
    results: Annotated[list[int], operator.add]
    sum: int


async def broadcast(sample):
    async def branch(state):
        return {"results": [await harness.branch(state["triaged"])]}

    async def total(state):
        return {"sum": sum(state["results"])}

    graph = StateGraph(Spread)
    graph.add_node("triage", triage)
    graph.add_node("total", total)
    graph.add_edge(START, "triage")
    branches = [f"branch_{number}" for number in range(harness.BRANCHES)]
    for name in branches:
        graph.add_node(name, branch)
        graph.add_edge("triage", name)
    graph.add_edge(branches, "total")
    graph.add_edge("total", END)
    return await awaited(graph.compile(), sample, question, lambda state: state["sum"])


class Rounds(TypedDict):
    walk: Walk


async def rounds(sample):
    async def hop(state):
        return {"walk": await harness.hop(state["walk"])}

    graph = StateGraph(Rounds)
    graph.add_node("hop", hop)
    graph.add_edge(START, "hop")
    graph.add_conditional_edges("hop", lambda state: "hop" if state["walk"].left else END)
    make = lambda id: {"walk": harness.walk(id)}
    result = lambda state: state["walk"].digest
    limit = harness.HOPS + 1
    return await awaited(graph.compile(), sample, make, result, recursion_limit=limit)


class Mapped(TypedDict, total=False):
    first: int
    numbers: list[int]
    results: Annotated[list[int], operator.add]


async def map_(sample):
    async def numbers(state):
        return {"numbers": await harness.numbers(state["first"])}

    async def item(number):
        return {"results": [await harness.item(number)]}

    def each(state):
        return [Send("item", number) for number in state["numbers"]]

    graph = StateGraph(Mapped)
    graph.add_node("numbers", numbers)
    graph.add_node("item", item)
    graph.add_edge(START, "numbers")
    graph.add_conditional_edges("numbers", each, ["item"])
    graph.add_edge("item", END)
    make = lambda id: {"first": id}
    result = lambda state: state["results"]
    at_once = harness.AT_ONCE
    return await awaited(graph.compile(), sample, make, result, max_concurrency=at_once)


def main():
    subject = harness.Subject("langgraph", version("langgraph"))
    subject.can("line", streamed, "`abatch`")
    subject.can("request", request)
    subject.can("policies", policies)
    subject.can("broadcast", broadcast, "the branches share the payload")
    subject.can("rounds", rounds)
    subject.can("waits", waits, "`abatch`")
    subject.can("memory", memory, f"of {harness.TRACES} traces, a task each")
    subject.can("map", map_, "a `Send` per item")
    subject.main()


main()
