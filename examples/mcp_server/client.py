"""A foreign client of the example's server: Python's package `mcp`. It lists and calls the tools, sees
progress, answers an approval, sends what does not fit, and abandons a call.

Usage: client.py PROGRAM
"""

import asyncio
import contextlib
import logging
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters

# The server accepts the end of a session by 202, where this client expects 200 or 204.
logging.getLogger("mcp.client.streamable_http").setLevel(logging.ERROR)

VERSIONS = {"auto": "2026-07-28", "legacy": "2025-11-25"}
ORDER = {"number": 7, "cents": 300}


async def approve(_context, params):
    assert params.message == "Pay 300 cents back for order 7?", params.message
    fields = params.requested_schema["properties"]
    assert fields["approved"]["type"] == "boolean", fields
    return types.ElicitResult(action="accept", content={"approved": True, "note": "late"})


async def decline(_context, _params):
    return types.ElicitResult(action="decline")


async def lists(client):
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert sorted(tools) == ["Audit", "Ledger", "Refund"], tools
    for tool in tools.values():
        for schema in (tool.input_schema, tool.output_schema):
            assert schema["type"] == "object" and "$ref" not in str(schema), schema
    assert tools["Refund"].input_schema["required"] == ["number", "cents"]


async def sees_progress(client):
    seen = []

    async def progress(done, _total, message):
        seen.append((done, message))

    result = await client.call_tool("Audit", {"count": 3}, progress_callback=progress)
    assert result.structured_content == {"result": 3}, result
    assert seen == [(n, f"order {n} is fine") for n in (1, 2, 3)], seen


async def answers_an_approval(client):
    result = await client.call_tool("Refund", ORDER)
    receipt = {"number": 7, "cents": 300, "note": "late"}
    assert result.structured_content == receipt, result


async def sends_what_does_not_fit(client):
    result = await client.call_tool("Refund", {"number": 7, "cents": "much"})
    assert result.is_error and "`cents`" in result.content[0].text, result
    if client.protocol_version >= "2026-07-28":
        try:
            await client.call_tool("Refund", ORDER, request_state="forged")
        except MCPError as error:
            assert "the request state is none that this server has made" in str(error), error
        else:
            raise AssertionError("a forged state is refused")


async def abandons_a_call(client):
    before = (await client.call_tool("Ledger", {})).structured_content
    begun = asyncio.Event()

    async def progress(*_):
        begun.set()

    audit = client.call_tool("Audit", {"count": 100_000}, progress_callback=progress)
    audit = asyncio.create_task(audit)
    await asyncio.wait_for(begun.wait(), 10)
    audit.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await audit
    async with asyncio.timeout(20):
        while (await client.call_tool("Ledger", {})).structured_content["cancelled"] == before["cancelled"]:
            await asyncio.sleep(0.05)


async def drives(name, connect, mode):
    async with Client(connect, mode=mode, elicitation_callback=approve) as client:
        assert client.protocol_version == VERSIONS[mode], client.protocol_version
        for step in (lists, sees_progress, answers_an_approval, sends_what_does_not_fit, abandons_a_call):
            await step(client)
    print(f"python's mcp over {name}, {VERSIONS[mode]}: lists, calls, sees progress, approves, abandons")


async def declines(connect, mode):
    async with Client(connect, mode=mode, elicitation_callback=decline) as client:
        result = await client.call_tool("Refund", ORDER)
        assert result.is_error and "declined" in result.content[0].text, result


@contextlib.contextmanager
def served(program, *arguments):
    command = [program, "--http", "127.0.0.1:0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            yield re.search(r"http://\S+", server.stderr.readline()).group()
        finally:
            server.kill()


async def main(program):
    with tempfile.TemporaryDirectory() as folder:
        for mode in VERSIONS:
            for kind, store in (("", []), (", on a store", ["--store", str(Path(folder) / f"{mode}.db")])):
                stdio = StdioServerParameters(command=program, args=store)
                await drives(f"stdio{kind}", stdio, mode)
                await declines(stdio, mode)
                with served(program, *store) as url:
                    await drives(f"HTTP{kind}", url, mode)
                    await declines(url, mode)


asyncio.run(main(sys.argv[1]))
