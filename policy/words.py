"""What letters call things, in each language: dates, processes, classes of data, measures, territories, clauses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field

from policy.folder import FolderError, checked, table
from policy.frozen import Frozen
from policy.vocabulary import EVERYWHERE, Clause, DataClass, LegalProcess, Measure

Word = Annotated[str, Field(min_length=1)]


class Words(Frozen):
    """What letters in one language call things: `words.toml` beside them."""

    moment: str = Field(min_length=1)
    """An instant, with {day}, {month}, {year} and {time} in it."""
    months: tuple[Word, ...] = Field(min_length=12, max_length=12)
    process: Mapping[LegalProcess, Word]
    data_class: Mapping[DataClass, Word]
    measure: Mapping[Measure, Word]
    """What a restriction of access does, in a list of what was done (X2)."""
    territory: Mapping[str, Word]
    """What a territory is called, by its code of ISO 3166; `everywhere` is one of them."""
    clause: Mapping[Clause, Word] = {}
    """What each clause says, as the ground of a letter (G3). Only agencies get grounds, and they write English."""

    @classmethod
    def read(cls, file: str, text: str, *, for_agencies: bool) -> Self:
        """Read a `words.toml`.

        Raises:
            FolderError: a word is missing, unknown or malformed.
        """
        words = checked(file, cls, table(file, text))
        lacking = [
            *(f"process.{process}" for process in LegalProcess if process not in words.process),
            *(f"data_class.{held}" for held in DataClass if held not in words.data_class),
            *(f"measure.{measure}" for measure in Measure if measure not in words.measure),
            *(f"territory.{place}" for place in (EVERYWHERE,) if place not in words.territory),
            *(f"clause.{clause}" for clause in Clause if for_agencies and clause not in words.clause),
        ]
        if lacking:
            raise FolderError(f"{file}: {', '.join(lacking)}: there are no words for it")
        try:
            words.at(datetime(2026, 1, 1, tzinfo=UTC))
        except (LookupError, ValueError):
            raise FolderError(f"{file}: moment: only {{day}}, {{month}}, {{year}} and {{time}} can be in it") from None
        return words

    def at(self, instant: datetime) -> str:
        """An instant in UTC, to the minute. Deadlines are never shown later than they are: seconds are cut off."""
        utc = instant.astimezone(UTC)
        return self.moment.format(day=utc.day, month=self.months[utc.month - 1], year=utc.year, time=f"{utc:%H:%M}")

    def place(self, territory: str) -> str:
        """What a territory is called; one without a name of its own is called by its code."""
        return self.territory.get(territory, territory)
