"""The stories, in the order in which they begin. Each yields the day of the tour on which it goes on."""

from collections.abc import AsyncIterator, Callable

from starter.tour.stories.claimed_hold import claimed_hold
from starter.tour.stories.emergency import emergency
from starter.tour.stories.extended_hold import extended_hold
from starter.tour.stories.free_mail import free_mail
from starter.tour.stories.gagged_warrant import gagged_warrant
from starter.tour.stories.incomplete_order import incomplete_order
from starter.tour.stories.overbroad import overbroad
from starter.tour.stories.restricted_user import restricted_user
from starter.tour.stories.subpoena import subpoena
from starter.tour.world import World

STORIES: tuple[Callable[[World], AsyncIterator[int]], ...] = (
    free_mail,
    subpoena,
    gagged_warrant,
    extended_hold,
    claimed_hold,
    overbroad,
    incomplete_order,
    emergency,
    restricted_user,
)
