"""Telling all stories on one calendar: each runs until the day it waits for, and time moves when all of them wait."""

import heapq
from collections.abc import AsyncIterator, Callable, Sequence

from starter.tour.world import World

Story = Callable[[World], AsyncIterator[int]]


async def tell(world: World, stories: Sequence[Story]) -> None:
    """Tell every story to its end.

    Raises:
        Deviation: something did not come out as told.
    """
    # Of stories that go on on the same day, the one that stands first in the list goes first.
    waiting = [(0, place, story(world)) for place, story in enumerate(stories)]
    today: int | None = None
    while waiting:
        day, place, story = heapq.heappop(waiting)
        if day != today:
            await world.wait_for_day(day)
            today = day
        async for next_day in story:
            heapq.heappush(waiting, (next_day, place, story))
            break
