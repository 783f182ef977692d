"""Time zones in words: an offset from UTC where the words leave no choice, and nothing where they do."""

import re
from datetime import date, datetime, time, timedelta

#: A zone as it is written after a time: an offset, or a zone of the United States.
ZONE = (
    r"Z\b|(?:UTC|GMT)?\s*[+-]\d{2}:?\d{2}\b|(?:UTC|GMT)\s*[+-]\d{1,2}\b(?!:)|UTC\b|GMT\b"
    r"|\(?(?:U\.?S\.?\s+)?(?:Eastern|Central|Mountain|Pacific)\s+(?:(?:Standard|Daylight)\s+)?Time\b|\(?(?-i:[ECMP][SD]?T)\b"
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")
_LETTERS = re.compile(r"\(?()([ECMP])([SD])?T")
_WORDS = re.compile(r"\(?(U\.?S\.? )?([ECMP])[a-z]+ (?:([SD])[a-z]+ )?Time", re.I)
#: Hours behind UTC of standard time (15 U.S.C. 261, 263).
_STANDARD = {"E": 5, "C": 6, "M": 7, "P": 8}
_FIRST_YEAR = 2007


def offset(zone: str, local: datetime, country: str | None) -> str | None:
    """The offset (`-05:00`) of a zone as `ZONE` matches it, at this local time; None where it could be another.

    The names of United States zones, and letters such as EST, are understood of a writer in that `country` only:
    elsewhere the same words name other zones. They are not understood for the hour that a change of the clocks skips or
    repeats, where they contradict the season, and in summer in Mountain time without "standard" or "daylight", since a
    part of that zone does not change its clocks.
    """
    words = " ".join(zone.split())
    if words.upper() in {"Z", "UTC", "GMT"}:
        return "+00:00"
    if found := _OFFSET.search(words):
        return f"{found[1]}{int(found[2]):02}:{found[3] or '00'}"
    named = _LETTERS.fullmatch(words) or _WORDS.fullmatch(words)
    if named is None or local.year < _FIRST_YEAR or not (country == "US" or named[1]):
        return None
    letter, said = named[2].upper(), (named[3] or "").upper()
    summer = _is_summer(local)
    changes = letter != "M"
    if summer is None or (said == "D" and not summer) or (summer and (said == "S" if changes else not said)):
        return None
    hours = _STANDARD[letter] - (summer and said != "S")
    return f"-{hours:02}:00"


def _is_summer(local: datetime) -> bool | None:
    """Whether daylight saving time holds (15 U.S.C. 260a, from 2007); None in the hour skipped or repeated."""
    spring = datetime.combine(_sunday(local.year, 3, 2), time(2))
    autumn = datetime.combine(_sunday(local.year, 11, 1), time(1))
    hour = timedelta(hours=1)
    if spring <= local < spring + hour or autumn <= local < autumn + hour:
        return None
    return spring <= local < autumn


def _sunday(year: int, month: int, which: int) -> date:
    """The first or second Sunday of the month."""
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))
