"""Which channels are open to which countries, and the clocks that come with them: the data behind F1 to F3.

The data is `countries.toml` of the provider folder. Every law that is not the United States' is foreign here, because
theirs is the law that the provider answers under.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from policy.folder import COUNTRIES, FolderError, checked, table
from policy.frozen import Frozen

#: The country whose law the provider answers under (U1 to U5).
HOME = "US"
#: In place of a country: all of them.
EVERYWHERE = "*"

Code = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class Channel(StrEnum):
    """How a foreign authority can reach a provider in the United States (F2)."""

    CLOUD_ACT = "cloud_act"
    E_EVIDENCE = "e_evidence"
    MLAT = "mlat"
    LETTERS_ROGATORY = "letters_rogatory"
    LOCAL = "local"


class Opening(Frozen):
    """A channel that is open to some countries, from the day `since` on, and its own clocks.

    A clock that is None is the book's. Days and hours are counted from the instant of receipt.
    """

    name: Channel
    countries: tuple[Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")], ...] = Field(min_length=1)
    since: date = date.min
    response_days: int | None = Field(default=None, ge=1)
    """When the answer is due, in place of the date that R4 has the agency ask for."""
    urgent_hours: int | None = Field(default=None, ge=1)
    """The same where the authority ticks that it is an emergency."""
    hold_days: int | None = Field(default=None, ge=1)
    extension_days: int | None = Field(default=None, ge=1)
    preserve_at_once: bool = False
    """Whether what is asked for is copied on receipt, before anyone has looked at the request."""
    languages: tuple[str, ...] = ()
    """Languages besides the edition's in which a request by this channel is read (ISO 639; F4)."""
    tells_user: bool = True
    """Whether we tell the user (N1), or the law leaves that to the authority."""

    def serves(self, country: str | None, on: date) -> bool:
        """Whether the channel is open to the country on that day (UTC)."""
        known = EVERYWHERE in self.countries or country in self.countries
        return country not in (None, HOME) and known and on >= self.since


class Countries(Frozen):
    """One edition: every channel, the countries whose requests get closer scrutiny (G4), and the languages in which
    requests are read (ISO 639; F4)."""

    channel: tuple[Opening, ...] = ()
    languages: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = ("en",)
    closer_scrutiny: tuple[Code, ...] = ()

    def opening(self, channel: Channel, country: str | None, on: date) -> Opening | None:
        """The channel as it is open to the country on that day, or None where it is not."""
        return next((o for o in self.channel if o.name is channel and o.serves(country, on)), None)

    def open_to(self, country: str | None, on: date) -> tuple[Channel, ...]:
        """The channels that the country can use, in the order of the data."""
        return tuple(dict.fromkeys(o.name for o in self.channel if o.serves(country, on)))


def read_countries(text: str) -> Mapping[str, Countries]:
    """Read `countries.toml`: one table `[edition.VERSION]` for each edition, which the policy books name.

    Raises:
        FolderError: a channel or a clock is unknown or malformed; the message names the key.
    """
    editions = table(COUNTRIES, text).get("edition", {})
    if not isinstance(editions, Mapping) or not all(isinstance(edition, Mapping) for edition in editions.values()):
        raise FolderError(f"{COUNTRIES}: it needs tables [edition.VERSION]")
    return {
        version: checked(COUNTRIES, Countries, edition, f"edition.{version}") for version, edition in editions.items()
    }
