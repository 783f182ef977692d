"""Many things at once, and waiting for a port."""

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from runtime.embedded.ports import LOOPBACK

T = TypeVar("T")

#: How many of a thing the driver does at once.
AT_ONCE = 16


async def at_once(work: Sequence[Awaitable[T]], limit: int = AT_ONCE) -> list[T]:
    """Await all of it, a few at a time; the results in order."""
    turn = asyncio.Semaphore(limit)

    async def one(task: Awaitable[T]) -> T:
        async with turn:
            return await task

    return list(await asyncio.gather(*(one(task) for task in work)))


async def until_answers(port: int) -> None:
    """Wait for a child's port: a letter that came too early would be a failed attempt in the first history."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(LOOPBACK, port)
                writer.close()
                return
            await asyncio.sleep(0.05)
