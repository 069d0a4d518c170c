"""What the Python peers share: the works, the node functions, the loops that measure, and the
protocol. It is the Rust crate `harness`, as far as they need it."""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass

IN_FLIGHT = 64
BRANCHES = 8
HOPS = 100
ITEMS = 1_000
AT_ONCE = 64
RETRIES = 3
TIMEOUT = 2.0
# Enough traces to tell what one of them takes, and few enough to be started in a second or two.
TRACES = 2_000

TEXT = "how are retries configured when a server is slow?"
SEED = 0xCBF2_9CE4_8422_2325


@dataclass(slots=True)
class Question:
    id: int
    text: str


@dataclass(slots=True)
class Triaged:
    id: int
    words: int
    text: str


@dataclass(slots=True)
class Docs:
    id: int
    words: int
    best: int
    text: str


@dataclass(slots=True)
class Prompt:
    id: int
    tokens: int
    text: str


@dataclass(slots=True)
class Walk:
    left: int
    digest: int


def text() -> str:
    """A string of its own for each message."""
    return TEXT[:-1] + TEXT[-1]


def fnv(digest: int, data: bytes) -> int:
    """FNV-1a, from where another one has ended."""
    for byte in data:
        digest = ((digest ^ byte) * 0x0100_0000_01B3) & 0xFFFF_FFFF_FFFF_FFFF
    return digest


def words(text: str) -> int:
    return text.count(" ") + 1


def best(text: str) -> int:
    return fnv(SEED, text.encode()[:16])


def tokens(words: int, best: int, text: str) -> int:
    return words + best % 100 + len(text) // 4


def hopped(left: int, digest: int) -> tuple[int, int]:
    return left - 1, fnv(digest, left.to_bytes(4, "little"))


async def triage(question: Question) -> Triaged:
    return Triaged(question.id, words(question.text), question.text)


async def retrieve(triaged: Triaged) -> Docs:
    return Docs(triaged.id, triaged.words, best(triaged.text), triaged.text)


async def pack(docs: Docs) -> Prompt:
    return Prompt(docs.id, tokens(docs.words, docs.best, docs.text), docs.text)


async def retrieve_slowly(triaged: Triaged) -> Docs:
    await asyncio.sleep(0.01)
    return await retrieve(triaged)


waiting = 0


async def retrieve_never(triaged: Triaged) -> Docs:
    global waiting
    waiting += 1
    await asyncio.sleep(3_600)
    return await retrieve(triaged)


async def branch(triaged: Triaged) -> int:
    return triaged.id + triaged.words + len(triaged.text)


async def hop(walk: Walk) -> Walk:
    return Walk(*hopped(walk.left, walk.digest))


async def numbers(first: int) -> list[int]:
    return list(range(first, first + ITEMS))


async def item(number: int) -> int:
    return number * 3


def question(id: int) -> Question:
    return Question(id, text())


def walk(id: int) -> Walk:
    return Walk(HOPS, id)


def right(work: str, id: int) -> object:
    """What comes out of a work, by hand: for a line, what a prompt says."""
    match work:
        case "broadcast":
            return BRANCHES * (id + words(TEXT) + len(TEXT))
        case "rounds":
            left, digest = HOPS, id
            while left:
                left, digest = hopped(left, digest)
            return digest
        case "map":
            return [number * 3 for number in range(id, id + ITEMS)]
        case _:
            return id, tokens(words(TEXT), best(TEXT), TEXT), TEXT


class Sample:
    """What is to be measured, and how."""

    def __init__(self, work: str, count: int):
        self.work = work
        self.count = count

    @property
    def parts(self) -> int:
        """How many hops or items one message makes."""
        match self.work:
            case "rounds":
                return HOPS
            case "map":
                return ITEMS
            case _:
                return 1

    async def awaited(self, make, call, result=lambda output: output) -> dict:
        """Awaits `call` on one message at a time, each made by `make`, once it has answered as
        the functions do by hand."""
        assert result(await call(make(7))) == right(self.work, 7)
        for id in range(max(self.count // 10, 1)):
            await call(make(id))
        began = time.perf_counter_ns()
        for id in range(self.count):
            await call(make(id))
        taken = time.perf_counter_ns() - began
        return {"unit": "ns", "value": taken / self.count / self.parts}

    async def streamed(self, stream) -> dict:
        """Has `stream` take so many messages through, which returns how many have come out."""
        warm_up = max(self.count // 10, 1)
        assert await stream(warm_up) == warm_up
        began = time.perf_counter_ns()
        assert await stream(self.count) == self.count
        taken = time.perf_counter_ns() - began
        if self.work == "waits":
            return {"unit": "ms", "value": taken / 1e6}
        return {"unit": "ns", "value": taken / self.count}

    async def waiting(self, start) -> dict:
        """Has `start` send off messages that wait, and keeps what it returns meanwhile."""
        count = min(self.count, TRACES)
        before = resident()
        held = start(count)
        while waiting < count:
            await asyncio.sleep(0.001)
        grown = resident() - before
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        return {"unit": "bytes", "value": grown / count}


def resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Subject:
    """What one program can do. All run in one thread, so there is one flavour."""

    def __init__(self, id: str, version: str):
        self.id = id
        self.version = version
        self.entries = []
        self.measures = {}

    def lists(self, work: str, flavour: str = "current", **more):
        entry = {"subject": self.id, "version": self.version, "work": work, "flavour": flavour}
        self.entries.append(entry | more)

    def can(self, work: str, measure, note: str | None = None):
        self.measures[work] = measure
        self.lists(work, **({"note": note} if note else {}))

    def cannot(self, work: str, why: str):
        self.lists(work, cannot=why)

    def main(self):
        match sys.argv[1:]:
            case ["list"]:
                for entry in self.entries:
                    print(json.dumps(entry))
            case ["measure", self.id, work, "current", count] if work in self.measures:
                sample = Sample(work, int(count))
                print(json.dumps(asyncio.run(self.measures[work](sample))))
            case arguments:
                sys.exit(f"usage: list | measure SUBJECT WORK current COUNT, not {arguments}")
