"""Waiting for what other processes do, no longer than a minute."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """What `look` finds, as soon as it finds it."""
    async with asyncio.timeout(60):
        while (found := await look()) is None:  # noqa: ASYNC110 - other processes tell nobody
            await asyncio.sleep(0.05)
    return found
