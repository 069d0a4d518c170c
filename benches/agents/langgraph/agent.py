"""The agent."""

from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import RetryPolicy


@tool
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


def agent(model):
    model = model.bind_tools([add])

    async def decide(state: MessagesState):
        return {"messages": [await model.ainvoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("decide", decide, retry_policy=RetryPolicy(max_attempts=3))
    graph.add_node("tools", ToolNode([add]))
    graph.add_edge(START, "decide")
    graph.add_conditional_edges("decide", tools_condition)
    graph.add_edge("tools", "decide")
    return graph.compile()
