"""A load generator: kept connections, one request after the other on each, for some seconds."""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.processes import Server


@dataclass(frozen=True)
class Measured:
    """Answers per second, the slowest percent in milliseconds, and what was not a success."""

    per_second: float
    p99_ms: float
    failures: int
    bytes_each: int


def run(
    server: Server, make_request: Callable[[int], bytes], *, connections: int, seconds: float
) -> Measured:
    """Load `server` from `connections` connections and measure what comes back."""
    return asyncio.run(_run(server.port, make_request, connections, seconds))


def get(path: str, headers: str = "") -> Callable[[int], bytes]:
    """Return a maker of GET requests."""
    raw = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
    return lambda _number: raw


def post_json(path: str, body: Callable[[int], str]) -> Callable[[int], bytes]:
    """Return a maker of POST requests, each with a body of its own."""

    def make(number: int) -> bytes:
        content = body(number).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    return make


_numbers = itertools.count(int(time.time() * 1000))


async def _run(
    port: int, make_request: Callable[[int], bytes], connections: int, seconds: float
) -> Measured:
    ends = time.perf_counter() + seconds
    took: list[float] = []
    tally = {"failures": 0, "bytes": 0}

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        try:
            while (begins := time.perf_counter()) < ends:
                writer.write(make_request(next(_numbers)))
                status, size = await _answer(reader)
                took.append(time.perf_counter() - begins)
                tally["bytes"] = size
                tally["failures"] += not 200 <= status < 300
        finally:
            writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    elapsed = time.perf_counter() - begun
    took.sort()
    p99_ms = took[int(len(took) * 0.99)] * 1000 if took else 0.0
    return Measured(len(took) / elapsed, p99_ms, tally["failures"], tally["bytes"])


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
            return status, int(value)
        if name.lower() == b"transfer-encoding":
            raise RuntimeError("the server answers in chunks, which is not measured here")
    return status, 0
