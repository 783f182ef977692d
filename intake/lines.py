"""One labelled line to its facts: each kind of value by its own rule, and a remark where it cannot be read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from intake import european, restrictions, values
from intake.belonging import Mention
from intake.boxes import ticked
from intake.labels import Labelled
from intake.meetings import MeetingLine, Whole, whole
from intake.signature import badge_of, name_of, phone_of
from intake.sweep import is_domain
from intake.titles import Instrument, named
from intake.wordings import Composite
from policy.facts import Fact, FactError, FactField, Source, SourceKind, canonical, clause_of
from policy.findings import Reason
from policy.official import country_of
from policy.vocabulary import Clause

_REFERENCE = re.compile(r"\bDP-\d{4}-\d{6,12}\b", re.I)
#: Lines about meetings that are taken from one message.
_MOST_MENTIONS = 1000
_WHOLE_DOMAIN = "it names a whole domain in place of a person"
_ITEM = re.compile(r"[,;]|\band\b|\s{2,}")


@dataclass(slots=True)
class Reading:
    """What has been read so far. Facts keep the order of the text.

    `author_domain` is the sender's own, and `ours` are the domains that we write from: what lies under them is who asks
    and who is asked. `country` is the sender's, by their official suffix; `author_name` is what From shows beside the
    address, which anybody can write.
    """

    author_domain: str | None = None
    author_name: str = ""
    ours: frozenset[str] = frozenset()
    facts: list[Fact] = field(default_factory=list)
    instruments: list[tuple[Instrument, Source]] = field(default_factory=list)
    meetings: list[MeetingLine] = field(default_factory=list)
    remarks: list[Reason] = field(default_factory=list)

    @property
    def country(self) -> str | None:
        """The sender's country, where their domain has an official suffix; ISO 3166-1 alpha-2."""
        return country_of(self.author_domain) if self.author_domain else None

    def add(self, name: FactField, text: str, source: Source) -> None:
        """Add a fact, or a remark where the text cannot be a value of the field."""
        self.facts += [Fact(field=name, value=value, source=source) for value in self.checked(name, text, source)]

    def checked(self, name: FactField, text: str, source: Source) -> tuple[str, ...]:
        """The value in canonical form; nothing, and a remark, where the text cannot be a value of the field."""
        try:
            return (canonical(name, text),)
        except FactError as error:
            self.remark(error.clause, f"{name.value} {error.sentence}", source)
            return ()

    def mention(
        self,
        name: FactField,
        found: tuple[str, ...],
        source: Source,
        row: str | None = None,
        number: int | None = None,
        *,
        text: str = "",
        listed: bool = False,
    ) -> None:
        """Note meetings, a host or a time, to be put together when all has been read; none where it is unreadable."""
        if len(self.meetings) < _MOST_MENTIONS:
            self.meetings.append(MeetingLine(Mention(name, found, row, number), source, text, listed))

    def remark(self, clause: Clause, sentence: str, source: Source) -> None:
        """Say what could not be read, and where. Never quotes the text."""
        place = "in the mail" if source.kind is SourceKind.MAIL else f"on page {source.page} of a document"
        self.remarks.append(Reason(clause=clause, detail=f"{sentence} ({place})"))


def references(text: str) -> tuple[str, ...]:
    """Our own case references (DP-2026-000123) in the text, in order."""
    return tuple(dict.fromkeys(found.upper() for found in _REFERENCE.findall(text)))


def read_plain(name: FactField, line: Labelled, source: Source, into: Reading) -> None:
    """A label of one field. Fields that repeat take a list, in one line or several."""
    match name:
        case FactField.SINCE | FactField.UNTIL:
            found = values.dates_in(line.value)
            if len(found) == 1 and len(line.value) <= 40:  # `From:` and `To:` head quoted mails, too.
                _dated(name, line.value, source, into)
        case FactField.RESPONSE_DUE if values.one_date(line.value) is None and values.names_an_hour(line.value):
            into.add(FactField.EMERGENCY_WHEN, line.value, source)  # The deadline of somebody in a hurry (E2).
        case FactField.RESPONSE_DUE:
            _dated(name, line.value, source, into)
        case FactField.MEETING_ID | FactField.MEETING_HOST | FactField.MEETING_AT:
            _meeting(name, line, source, into)
        case FactField.PRESERVATION_REF:
            for reference in references(line.value)[:1] or (line.value,):
                into.add(name, reference, source)
        case FactField.USER_EMAIL | FactField.USER_IP | FactField.OWNER_EMAIL | FactField.ACCOUNT_NUMBER:
            for item in _items(line):
                if is_domain(item):
                    into.remark(Clause.R3, _WHOLE_DOMAIN, source)
                else:
                    into.add(name, item.strip("<>"), source)
        case FactField.OFFICER_NAME:
            _officer(line.value, source, into)
        case FactField.OFFICER_EMAIL:
            into.add(name, line.value.strip("<>. "), source)
        case _:
            into.add(name, line.value, source)


def _meeting(name: FactField, line: Labelled, source: Source, into: Reading) -> None:
    """Meetings, a host or a time. Which belong together is seen when the whole document has been read (R1)."""
    row = f"page {source.page} row {line.row}" if line.row is not None else None
    if name is FactField.MEETING_HOST:
        into.mention(name, into.checked(name, line.value.strip("<>. "), source), source, row, line.number)
    elif name is FactField.MEETING_AT:
        _time(line.value, source, into, row, line.number)
    else:
        wholes = [whole(values.refanged(part).strip()) for part in line.lines]
        rest = tuple(part for part, told in zip(line.lines, wholes, strict=True) if told is None)
        if rest:
            items = _items(Labelled(name, rest))
            meetings = tuple(number for item in items for number in into.checked(name, item, source))
            into.mention(name, meetings, source, row, line.number)
        for told in filter(None, wholes):
            _whole(told, source, into)


def _whole(told: Whole, source: Source, into: Reading) -> None:
    """A line that says all of its meeting."""
    row = f"line {len(into.meetings)}"
    into.mention(FactField.MEETING_ID, into.checked(FactField.MEETING_ID, told.meeting, source), source, row)
    if told.hosts:
        host = into.checked(FactField.MEETING_HOST, " ".join(told.hosts), source)
        into.mention(FactField.MEETING_HOST, host, source, row)
    if told.time:
        _time(told.time, source, into, row)


def _time(text: str, source: Source, into: Reading, row: str | None = None, number: int | None = None) -> None:
    at = values.instant(text, into.country)
    read = into.checked(FactField.MEETING_AT, at, source) if at is not None else ()
    into.mention(FactField.MEETING_AT, read, source, row, number, text="" if at is not None else text)


def read_composite(name: Composite, line: Labelled, source: Source, into: Reading) -> None:
    """A label whose value has rules of its own."""
    match name:
        case Composite.INSTRUMENT:
            instrument = named(line.value)
            if instrument is None:
                into.remark(Clause.U1, "the legal process named is none that is known", source)
            else:
                into.instruments.append((instrument, source))
        case Composite.DATA:
            _data("\n".join(line.lines), source, into)
        case Composite.PERIOD:
            between = values.period(line.value)
            if between is None:
                into.remark(Clause.R3, "the period is not two unambiguous dates in order; write YYYY-MM-DD", source)
            else:
                into.add(FactField.SINCE, between[0].isoformat(), source)
                into.add(FactField.UNTIL, between[1].isoformat(), source)
        case Composite.SILENCE:
            _silence(line.value, source, into)
        case Composite.ACCOUNT | Composite.TARGET:
            for item in _items(line):
                _target(name, item.strip("<>"), source, into)
        case Composite.CONSENT:
            into.add(FactField.CONSENT, "no" if values.is_no(line.value) else "yes", source)
        case Composite.URGENCY:
            into.add(FactField.URGENT, "yes" if values.is_urgent(ticked(line.value)) else "no", source)
        case Composite.ISSUER | Composite.VALIDATOR | Composite.GROUND | Composite.NOTIFIED | Composite.CONFIDENTIAL:
            _certificate(name, "\n".join(line.lines), source, into)
        case Composite.ANY_EMAIL:
            _any_email(values.refanged(line.value).strip("<>. "), source, into)
        case Composite.MEASURE | Composite.TERRITORY | Composite.VIOLATION:
            _restriction(name, line.value, source, into)


def _certificate(name: Composite, text: str, source: Source, into: Reading) -> None:
    """Who is behind a European certificate, on which ground it asks, and whom else it was sent to (F2)."""
    match name:
        case Composite.ISSUER | Composite.VALIDATOR if values.is_no(text):
            pass  # Nobody validated it, say.
        case Composite.ISSUER | Composite.VALIDATOR:
            field = FactField.ISSUER if name is Composite.ISSUER else FactField.VALIDATOR
            if (kind := european.authority(text)) is None:
                into.remark(Clause.F2, f"{field.value} is not plain: a person must say which authority it is", source)
            else:
                into.add(field, kind.value, source)
        case Composite.GROUND:
            if (ground := european.ground(text)) is None:
                into.remark(Clause.F2, "the ground of art. 5(4) is not plain: a person must say which it is", source)
            else:
                into.add(FactField.GROUND, ground.value, source)
        case Composite.NOTIFIED:
            into.add(FactField.NOTIFIED, european.notified(text), source)
        case _:
            into.add(FactField.CONFIDENTIAL, "no" if values.is_no(text) else "yes", source)


def _restriction(name: Composite, text: str, source: Source, into: Reading) -> None:
    """What a request to restrict access asks for, and where (X1). A violation that is denied is no fact."""
    if name is Composite.VIOLATION:
        if (spoken_of := restrictions.violation(text)) is not None:
            into.add(FactField.VIOLATION, spoken_of.value, source)
    elif name is Composite.MEASURE:
        if (asked := restrictions.measure(text)) is None:
            into.remark(Clause.X1, "the restriction asked for is none that is known: a person must say which", source)
        else:
            into.add(FactField.MEASURE, asked.value, source)
    elif (where := restrictions.territory(text)) is None:
        into.remark(Clause.X1, "the territory is not plain; write a code of ISO 3166, such as US-IL", source)
    else:
        into.add(FactField.TERRITORY, where, source)


def _officer(text: str, source: Source, into: Reading) -> None:
    """A name, with the badge and the telephone number that often stand behind it on the same line."""
    into.add(FactField.OFFICER_NAME, name_of(text) or text, source)
    for name, value in ((FactField.OFFICER_BADGE, badge_of(text)), (FactField.OFFICER_PHONE, phone_of(text))):
        if value is not None:
            into.add(name, value, source)


def _dated(name: FactField, text: str, source: Source, into: Reading) -> None:
    day = values.one_date(text)
    if day is None:
        into.remark(clause_of(name), f"{name.value} is not one unambiguous date; write YYYY-MM-DD", source)
    else:
        into.add(name, day.isoformat(), source)


def _data(text: str, source: Source, into: Reading) -> None:
    text = ticked(text)
    if values.asks_for_live_content(text):
        into.add(FactField.LIVE, "yes", source)
        into.remark(Clause.D4, "it asks for live content, which cannot be intercepted", source)
    found = values.classes(text)
    if not found:
        into.remark(Clause.R2, "the data requested names no kind of data that exists (D1, D2, D3)", source)
    if european.identifies(text):
        into.add(FactField.IDENTIFIES, "yes", source)
    for data_class in sorted(found):
        into.add(FactField.DATA_REQUESTED, data_class.value, source)


def _silence(text: str, source: Source, into: Reading) -> None:
    said = values.silence(text)
    into.add(FactField.GAG, "yes" if said.ordered else "no", source)
    if said.until is not None:
        into.add(FactField.GAG_UNTIL, said.until.isoformat(), source)
    if said.days is not None:
        into.add(FactField.GAG_DAYS, str(said.days), source)
    if said.ordered and said.until is None and said.days is None and said.understood:
        into.remark(Clause.N2, "the non-disclosure order names no definite end", source)
    if not said.understood:
        into.remark(Clause.N2, "the end of the non-disclosure order could not be read: a person must read it", source)


def _target(name: Composite, item: str, source: Source, into: Reading) -> None:
    """One identifier under a label that does not say of which kind (R1)."""
    if is_domain(item):
        into.remark(Clause.R3, _WHOLE_DOMAIN, source)
    elif "@" in item:
        into.add(FactField.OWNER_EMAIL if name is Composite.ACCOUNT else FactField.USER_EMAIL, item, source)
    elif item.startswith("https://"):
        into.add(FactField.MEETING_URL, item, source)
    elif re.fullmatch(r"[0-9a-fA-F:]*:[0-9a-fA-F:]+|\d+(?:\.\d+){3}", item):
        into.add(FactField.USER_IP, item, source)
    elif name is Composite.ACCOUNT:
        into.add(FactField.ACCOUNT_NUMBER, item, source)
    else:
        into.remark(Clause.R1, "an identifier does not say whether it is an email, an IP or an account number", source)


def _any_email(text: str, source: Source, into: Reading) -> None:
    """`Email:` alone does not say whose. At the sender's own domain it is the officer's; else a person must say."""
    if into.author_domain is not None and text.lower().endswith("@" + into.author_domain):
        into.add(FactField.OFFICER_EMAIL, text, source)
    else:
        into.remark(Clause.R1, "an email address does not say whether it is the officer's or the user's", source)


def _items(line: Labelled) -> Iterable[str]:
    lines = (values.refanged(part) for part in line.lines)
    return [item.strip(" .\t") for part in lines for item in _ITEM.split(part) if item.strip(" .\t")]
