"""The agent of the page on agents, with LangGraph: `measure RUNS`, `unknown-tool`, `wrong-argument`."""

import asyncio
import json
import sys
import time
from importlib.metadata import version

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent import agent

TURNS = 10


class Fake(BaseChatModel):
    """A model without latency, which counts what was added by the messages."""

    fault: str = ""

    @property
    def _llm_type(self):
        return "fake"

    def bind_tools(self, tools, **kwargs):
        return self

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        count = sum(isinstance(message, AIMessage) for message in messages)
        name, arguments = "add", {"a": count, "b": 1}
        if count == 0 and self.fault == "unknown-tool":
            name = "multiply"
        if count == 0 and self.fault == "wrong-argument":
            arguments = {"a": "one", "b": 1}
        call = {"name": name, "args": arguments, "id": str(count), "type": "tool_call"}
        text, calls = ("", [call]) if count < TURNS - 1 else (str(count), [])
        message = AIMessage(content=text, tool_calls=calls)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(self, messages, stop=None, run_manager=None, **kwargs):
        return self._generate(messages)


async def run(graph):
    messages = [SystemMessage("You add numbers."), HumanMessage("Count!")]
    state = await graph.ainvoke({"messages": messages}, {"recursion_limit": 64})
    return state["messages"]


async def measure(runs):
    graph = agent(Fake())
    for _ in range(runs // 10 + 1):
        messages = await run(graph)
        assert messages[-1].content == str(TURNS - 1), messages[-1]
    began = time.process_time_ns()
    for _ in range(runs):
        await run(graph)
    return str((time.process_time_ns() - began) / runs / TURNS)


async def check(fault):
    try:
        messages = await run(agent(Fake(fault=fault)))
    except Exception as error:
        return f"fails: {error}"
    return f"answers {messages[-1].content}, after the model was told: {messages[3].content}"


def main():
    match sys.argv[1:]:
        case ["measure", runs]:
            line = asyncio.run(measure(int(runs)))
        case ["version"]:
            line = version("langgraph")
        case [fault]:
            line = asyncio.run(check(fault))
    print(json.dumps(line))


main()
