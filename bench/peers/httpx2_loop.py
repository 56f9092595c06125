"""A plain httpx2 loop, as people write it: the same requests to every host, 64 hosts at once, no verdict.

    httpx2_loop.py TARGETS PORT REQUESTS

REQUESTS has a "METHOD PATH" line each. It prints how many answers came.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx2

_AT_ONCE = 64
_SECONDS = 10.0


async def main(addresses: list[str], port: int, requests: list[str]) -> int:
    """Ask every host every request; returns the number of answers."""
    lines = [tuple(line.split(" ", 1)) for line in requests]
    free = asyncio.Semaphore(_AT_ONCE)
    limits = httpx2.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
    headers = {"Accept-Encoding": "identity"}
    async with httpx2.AsyncClient(
        limits=limits, timeout=_SECONDS, headers=headers, trust_env=False
    ) as client:

        async def visit(address: str) -> int:
            async with free:
                answers = 0
                for method, path in lines:
                    await client.request(method, f"http://{address}:{port}{path}")
                    answers += 1
                return answers

        return sum(await asyncio.gather(*map(visit, addresses)))


if __name__ == "__main__":
    targets, requests = (Path(sys.argv[place]).read_text().splitlines() for place in (1, 3))
    print(asyncio.run(main(targets, int(sys.argv[2]), requests)))
