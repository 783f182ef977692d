"""Words that officers write, as canonical values: dates, periods, times, durations, classes of data.

A reader returns None for what it cannot read without guessing; the caller then says so by clause.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from itertools import islice

from intake.zones import ZONE, offset
from policy.vocabulary import DataClass

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    r"(?<![\d/.-])(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[ -](?P<m2>{_MONTH})[, -]\s*(?P<y2>\d{{4}})"
    rf"|(?P<m3>{_MONTH})\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{{4}})"
    r"|(?P<a4>\d{1,2})(?P<sep>[/.])(?P<b4>\d{1,2})(?P=sep)(?P<y4>\d{4})"
    r")(?![\d/-])",
    re.I,
)
_TIME = re.compile(
    r"(?<![\d.:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?!\d)\s*(?P<half>[ap]\.?m\.?)?\s*"
    rf"(?P<zone>{ZONE})?",
    re.I,
)
_HOUR = re.compile(
    r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b|\b\d{1,2} ?[ap]\.?m\b|\b\d{3,4} ?(?:h|hours|hrs|local)\b|\b\d+ hours?\b"
    r"|\b(?:tonight|midnight|noon|dawn|daylight|sunrise|sunset|immediately|right now)\b"
    r"|\bthis (?:morning|afternoon|evening)\b",
    re.I,
)
_NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "six": 6, "seven": 7, "ten": 10, "fourteen": 14, "fifteen": 15, "twenty": 20,
    "thirty": 30, "sixty": 60, "ninety": 90, "one hundred eighty": 180, "one hundred and eighty": 180,
}  # fmt: skip
_DURATION = re.compile(
    rf"\b(?:(?P<digits>\d{{1,4}})|(?P<word>{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))}))"
    r"(?:\s*\((?P<in_digits>\d{1,4})\))?[ -]+(?:calendar[ -]+)?(?P<unit>day|week|month|year)s?\b",
    re.I,
)
#: A month and a year count at their longest: an early notice to the user cannot be taken back (N1).
_UNIT_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}

_OPEN_ENDED = re.compile(r"further (?:notice|order)|indefinite|no end|without end|permanent|lifted", re.I)
_NO = re.compile(r"(?:no|none|not (?:applicable|requested|required|sought)|n/?a)\b[ .]*", re.I)
_YES = re.compile(r"(?:yes|ordered|required|requested|see (?:attached )?order)\b[ .]*", re.I)

_EXCLUDED = re.compile(
    r"\bnon-?content\b|\b(?:no|not)\s+(?:the\s+)?(?:any\s+)?contents?\b[^.;\n]*"
    r"|\b(?:excluding|except(?:ing)?|exclusive of|other than|but not|not including|without)\b[^.;\n]*",
    re.I,
)
_LIVE = re.compile(r"\b(?:real[- ]?time|live|wire ?taps?|intercept\w*|pen[- ]register|trap and trace|ongoing)\b", re.I)
_CLASS_WORDS = {
    DataClass.BASIC: (
        r"\bD1\b|subscriber|\bbasic\b|\bbilling|\bpayment|account (?:owner|holder)|registration (?:data|information|"
        r"records?)|\bnames?\b|(?:phone|telephone) numbers?|e-?mail address|(?:postal|street|mailing|physical) address"
    ),
    DataClass.RECORDS: (
        r"\bD2\b|\blogs?\b|log-?ins?\b|logon|sign-?ins?\b|\bIPs?\b|ip address|devices?\b|metadata|participants?\b"
        r"|sessions?\b|join(?:ed)?\b|connections?\b|call detail|meeting (?:records?|history|information|data)"
        r"|meetings (?:held|hosted|attended)|access times|usage"
        r"|traffic data|purpose of identifying"
    ),
    DataClass.CONTENT: (
        r"\bD3\b|\bcontents?\b|recordings?\b|transcripts?\b|\bchats?\b|messages?\b|voice-?mails?\b|whiteboards?\b"
        r"|\bfiles\b"
    ),
}
_CLASS_PATTERNS = {name: re.compile(words, re.I) for name, words in _CLASS_WORDS.items()}


#: Dates with a time that are looked for in one text.
_MOST_TIMES = 500
_BETWEEN = re.compile(r"[\s,]*(?:T|at|on|@|-|–)?[\s,]*", re.I)
EMAIL = re.compile(r"(?<![\w.+%@-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
#: The digits of a meeting's id as they are written.
MEETING_DIGITS = r"(?:\d{9,12}|\d{3}[\s-]\d{3,4}[\s-]\d{3,4})"

_DOT = re.compile(r"\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?", re.I)
_AT = re.compile(r"\s?[\[({]\s?(?:@|at)\s?[\])}]\s?", re.I)


def refanged(text: str) -> str:
    """The text with addresses as they are, where they were made safe to click: `192.0.2[.]1`, `a[at]b[.]example`."""
    return re.sub(r"\bhxxp(?=s?://)", "http", _AT.sub("@", _DOT.sub(".", text)), flags=re.I)


class _Order(Enum):
    """What a date in digits begins with."""

    DAY = 1
    MONTH = 2


def dates_in(text: str) -> list[date | None]:
    """Every date in the text, in order; None for one that could be two days (03/04/2026) or none at all.

    Who writes 30.06.2026 writes the day first, and so in every date of that text.
    """
    return _as_dates(list(_DATE.finditer(text)))


def _as_dates(found: Sequence[re.Match[str]]) -> list[date | None]:
    numbered = [(int(date["a4"]), int(date["b4"])) for date in found if date["y4"]]
    day_first, month_first = any(a > 12 for a, _ in numbered), any(b > 12 for _, b in numbered)
    order = None if day_first is month_first else _Order.DAY if day_first else _Order.MONTH
    return [_as_date(each, order) for each in found]


def one_date(text: str) -> date | None:
    """The only date in the text, or None where there is none, more than one, or an ambiguous one."""
    found = dates_in(text)
    return found[0] if len(found) == 1 else None


def names_an_hour(text: str) -> bool:
    """Whether the words name a time within a day, and not a day."""
    return _HOUR.search(text) is not None


def period(text: str) -> tuple[date, date] | None:
    """The first and the last day of a period, both included; None where it does not name exactly two days in order."""
    match dates_in(text):
        case [date() as since, date() as until] if since <= until:
            return since, until
        case _:
            return None


def instant(text: str, country: str | None = None) -> str | None:
    """The only time in the text, as ISO text with its offset, as `policy.facts.canonical` takes it.

    None without a zone, or with one that could be several for a writer in that `country` (see `intake.zones`).
    """
    match instants(text, country):
        case [(_, at)]:
            return at
        case _:
            return None


def instants(text: str, country: str | None = None) -> list[tuple[int, str | None]]:
    """Where each date with its time stands, and the instant that they are, as `instant` has it.

    Nothing where the text has not as many times as dates, or has several that do not stand side by side: then nobody
    can say which belong together.
    """
    days = list(islice(_DATE.finditer(re.sub(r"(?<=\d)T(?=\d)", " ", text)), _MOST_TIMES))
    clocks = list(islice(_TIME.finditer(text), _MOST_TIMES))
    if len(days) != len(clocks) or len(days) == _MOST_TIMES:
        return []
    pairs = list(zip(days, clocks, strict=True))
    if len(pairs) > 1 and not all(_side_by_side(text, day, clock) for day, clock in pairs):
        return []
    starts = [min(day.start(), clock.start()) for day, clock in pairs]
    at = [_instant(day, clock, country) for day, clock in zip(_as_dates(days), clocks, strict=True)]
    return list(zip(starts, at, strict=True))


def _side_by_side(text: str, day: re.Match[str], clock: re.Match[str]) -> bool:
    first, second = sorted((day, clock), key=lambda found: found.start())
    return _BETWEEN.fullmatch(text, first.end(), second.start()) is not None


def _instant(day: date | None, clock: re.Match[str], country: str | None) -> str | None:
    if day is None or not clock["zone"]:
        return None
    hour = int(clock["hour"])
    if half := (clock["half"] or "").lower()[:1]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or int(clock["minute"]) > 59:
        return None
    zone = offset(clock["zone"], datetime.combine(day, time(hour, int(clock["minute"]))), country)
    return f"{day.isoformat()}T{hour:02}:{clock['minute']}{zone}" if zone else None


@dataclass(frozen=True, slots=True)
class Silence:
    """What a text says about telling the user. `ordered` without an end is an undated gag, for a person (N2)."""

    ordered: bool
    until: date | None = None
    days: int | None = None
    understood: bool = True


def silence(text: str) -> Silence:
    """Read what follows a `Non-disclosure:` label. What is not understood counts as an order without an end."""
    if _NO.fullmatch(text.strip()):
        return Silence(ordered=False)
    if _OPEN_ENDED.search(text) or _YES.fullmatch(text.strip()):
        return Silence(ordered=True)
    dates, spans = dates_in(text), list(_DURATION.finditer(text))
    match dates, spans:
        case [date() as until], []:
            return Silence(ordered=True, until=until)
        case [], [span]:
            return Silence(ordered=True, days=_days(span))
        case _:
            return Silence(ordered=True, understood=False)


def classes(text: str) -> frozenset[DataClass]:
    """The classes of data that the words ask for (D1 to D3). What is named as left out does not count."""
    asked = without_exclusions(text)
    return frozenset(name for name, pattern in _CLASS_PATTERNS.items() if pattern.search(asked))


def without_exclusions(text: str) -> str:
    """The text without what it says that it does not ask for."""
    return _EXCLUDED.sub(" ", text)


def asks_for_live_content(text: str) -> bool:
    """Whether the words ask for interception, which does not exist (D4)."""
    return _LIVE.search(without_exclusions(text)) is not None


def is_no(text: str) -> bool:
    """Whether the text says no, none or not applicable."""
    return _NO.fullmatch(text.strip()) is not None


def is_urgent(text: str) -> bool:
    """Whether a certificate asks for its answer within hours: `8 hours`, or the box of an emergency that is ticked."""
    return bool(re.search(r"\b(?:8|eight)\s*(?:\(8\)\s*)?h(?:ours?)?\b", text, re.I) or _YES.fullmatch(text.strip()))


def _days(span: re.Match[str]) -> int:
    number = span["in_digits"] or span["digits"] or _NUMBER_WORDS[span["word"].lower()]
    return int(number) * _UNIT_DAYS[span["unit"].lower()]


def _as_date(found: re.Match[str], order: _Order | None) -> date | None:
    if found["y4"]:
        first, second, year = int(found["a4"]), int(found["b4"]), int(found["y4"])
        month_first, day_first = _day(year, first, second), _day(year, second, first)
        if order is not None:
            return day_first if order is _Order.DAY else month_first
        readings = {month_first, day_first} - {None}
        return readings.pop() if len(readings) == 1 else None
    if found["y1"]:
        return _day(int(found["y1"]), int(found["m1"]), int(found["d1"]))
    style = "2" if found["y2"] else "3"
    month = _MONTHS[found[f"m{style}"][:3].lower()]
    return _day(int(found[f"y{style}"]), month, int(found[f"d{style}"]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
