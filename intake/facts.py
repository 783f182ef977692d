"""Text to facts: each labelled line read, put in canonical form, and kept with its source (R1, R2, R4, N2, P3)."""

import re
from collections.abc import Sequence
from itertools import islice

from intake.found import identifiers_in
from intake.labels import labelled
from intake.lines import Reading, read_composite, read_plain
from intake.meetings import read_meetings
from intake.passages import read_passages
from intake.prose import asked_in
from intake.signature import signed
from intake.sweep import signs_of_a_sweep
from intake.titles import Instrument, process_of, purpose_of, title
from intake.wordings import Composite
from policy.facts import (
    IDENTIFIERS,
    OF_A_MEETING,
    REPEATABLE,
    Confidence,
    Fact,
    FactError,
    FactField,
    Source,
    SourceKind,
    canonical,
    clause_of,
)
from policy.findings import Reason
from policy.vocabulary import Clause

#: Values of one field that are taken from one message.
_MOST_VALUES = 100
#: Identifiers that are looked for in one text beyond its labels.
_MOST_FOUND = 500
#: Values told in words, in which an identifier may stand as well as in a line of its own.
_IN_WORDS = frozenset({FactField.RELATION, Composite.DATA, Composite.ACCOUNT, Composite.TARGET})

#: What running text may tell beside its identifiers (see `intake.prose` and `intake.signature`).
_TOLD = frozenset(
    {
        FactField.CASE_NUMBER,
        FactField.DATA_REQUESTED,
        FactField.RELATION,
        FactField.SINCE,
        FactField.UNTIL,
        FactField.RESPONSE_DUE,
        FactField.OFFICER_NAME,
        FactField.OFFICER_BADGE,
        FactField.OFFICER_PHONE,
        FactField.OFFICER_ADDRESS,
    }
)
_GAG = frozenset({FactField.GAG, FactField.GAG_UNTIL, FactField.GAG_DAYS})

_SILENCE_IN_PROSE = re.compile(
    r"\b(?:shall|must|may|do) not (?:disclose|notify|reveal|inform)\b|\b(?:order|command|direct|prohibit|preclud)\w* "
    r"(?:\w+ ){0,8}(?:not to (?:disclose|notify)|from (?:disclosing|notifying))\b|\bnon-?disclosure order\b"
    r"|\b2705\(b\)",
    re.I,
)


def read_text(text: str, source: Source, into: Reading) -> None:
    """Read the mail's text or one page of a document. Nothing raises, and nothing is guessed."""
    first = len(into.facts)
    titled = title(text) if source.kind is SourceKind.PDF else None
    if titled is not None:
        into.instruments.append((titled, source))
    lines, prose = labelled(text)
    for line in lines:
        if not line.value:
            continue
        if isinstance(line.meaning, FactField):
            read_plain(line.meaning, line, source, into)
        else:
            read_composite(line.meaning, line, source, into)
    _find(prose, [line.value for line in lines if line.meaning in _IN_WORDS], source, into)
    _ask(prose, source, into)
    for sentence in signs_of_a_sweep(text):
        into.remark(Clause.R3, sentence, source)
    unquoted = _unquoted(text)
    if not any(fact.field is FactField.GAG for fact in into.facts[first:]):
        _note_silence(unquoted, source, into)
    read_passages(unquoted, source, into, first)


def read_certificate(text: str, source: Source, into: Reading) -> None:
    """Read a page of a certificate that we are to complete (PR3). Nothing is asked for on it, but silence may be."""
    _note_silence(_unquoted(text), source, into)


def _note_silence(unquoted: str, source: Source, into: Reading) -> None:
    """Have a person read what is said of silence in running text: telling a user cannot be taken back (N2)."""
    if _SILENCE_IN_PROSE.search(unquoted):
        if source.kind is SourceKind.PDF:  # A covering mail orders nothing, and its footer often asks for discretion.
            into.add(FactField.GAG, "yes", source)
        into.remark(Clause.N2, "it speaks of non-disclosure outside a labelled line: a person must read it", source)


def _find(prose: str, values: Sequence[str], source: Source, into: Reading) -> None:
    """Identifiers that nobody labelled, in running text and in values that are told in words (R1)."""
    ours = into.ours | ({into.author_domain} if into.author_domain else set())
    text = "\n\n".join([prose, *values])
    for name, value in islice(identifiers_in(text, ours, into.country), _MOST_FOUND):
        into.facts.append(Fact(field=name, value=value, source=source, confidence=Confidence.FOUND))


def _ask(prose: str, source: Source, into: Reading) -> None:
    """What running text asks for, and who signs it, where nobody labelled that either (R2 to R4)."""
    told = list(asked_in(prose))
    if source.kind is SourceKind.MAIL:
        told += signed(prose, into.author_name)
    for name, value in told:
        try:
            fact = Fact(field=name, value=canonical(name, value), source=source, confidence=Confidence.FOUND)
        except FactError:
            continue  # It only looked like one: nothing was claimed, so nothing needs to be said.
        into.facts.append(fact)


def settle(reading: Reading, known_references: Sequence[str]) -> tuple[tuple[Fact, ...], tuple[Reason, ...]]:
    """The message's facts as a whole: its purpose, the reference it is about, and each single value once.

    Of several values for a field that has one, the first is taken, so that a later page cannot change what an earlier
    one said; of several gags the longest, because an early notice to the user cannot be taken back (N2).
    """
    _purpose(reading, known_references)
    meetings, unclear = read_meetings(reading.meetings, reading.country)
    for name, sentence, source in unclear:
        reading.remark(clause_of(name), f"{name.value} {sentence}", source)
    reading.facts += meetings
    _remark_found(reading)
    kept: list[Fact] = []
    places: dict[tuple[FactField, str | None, SourceKind], dict[str, int]] = {}
    for fact in reading.facts:
        if fact.confidence is Confidence.FOUND:
            continue
        same = places.setdefault((fact.field, fact.meeting, fact.source.kind), {})
        if fact.value in same:
            continue
        if fact.field in REPEATABLE and len(same) == _MOST_VALUES:
            sentence = f"{fact.field.value} has more than {_MOST_VALUES} values; the rest were not taken"
            reading.remark(clause_of(fact.field), sentence, fact.source)
        if (fact.field in REPEATABLE and len(same) < _MOST_VALUES) or (fact.field not in REPEATABLE and not same):
            same[fact.value] = len(kept)
            kept.append(fact)
        elif _outlasts(fact, first := next(iter(same))):
            same[fact.value] = same.pop(first)
            kept[same[fact.value]] = fact
        elif fact.field not in REPEATABLE and fact.field not in _GAG:
            sentence = f"{fact.field.value} is named again with another value; the first was taken"
            reading.remark(clause_of(fact.field), sentence, fact.source)
    found = [fact for fact in reading.facts if fact.confidence is Confidence.FOUND]
    return (*kept, *_distinct(found, kept)), tuple(dict.fromkeys(reading.remarks))


def _distinct(found: Sequence[Fact], stated: Sequence[Fact]) -> list[Fact]:
    """What was only found, each value once, without what is stated as well and beyond the most that are taken."""
    known = {fact.value for fact in stated}
    taken: dict[tuple[FactField, str, SourceKind], Fact] = {}
    for fact in found:
        if fact.value not in known:
            # Of what there is one of, the first is taken.
            value = fact.value if fact.field in REPEATABLE | OF_A_MEETING else ""
            taken.setdefault((fact.field, value, fact.source.kind), fact)
    return list(taken.values())[:_MOST_VALUES]


def _remark_found(reading: Reading) -> None:
    """Have a person look at what stands in running text: it may be meant, or only be mentioned (R1 to R4)."""
    for kind in SourceKind:
        found = [f for f in reading.facts if f.confidence is Confidence.FOUND and f.source.kind is kind]
        _remark_identifiers([f for f in found if f.field in IDENTIFIERS], reading)
        by_field = {fact.field: fact for fact in found if fact.field in _TOLD}
        stated = {fact.field for fact in reading.facts if fact.confidence is Confidence.STATED}
        for clause in sorted({clause_of(field) for field in by_field.keys() - stated}):
            fields = [field for field in by_field if clause_of(field) is clause and field not in stated]
            sentence = (
                f"its text tells {', '.join(fields)} without a label: a person must see whether it was read right"
            )
            reading.remark(clause, sentence, by_field[fields[0]].source)


def _remark_identifiers(found: Sequence[Fact], reading: Reading) -> None:
    known = {f.value for f in reading.facts if f.confidence is Confidence.STATED}
    new = {fact.field for fact in found if fact.value not in known}
    if new:
        names = ", ".join(sorted(field.value for field in new))
        stated = any(f.confidence is Confidence.STATED and f.field in IDENTIFIERS for f in reading.facts)
        then = "not taken, since others are stated" if stated else "taken, since none is stated"
        sentence = f"its text has identifiers without a label ({names}), {then}: a person must see which are meant"
        reading.remark(Clause.R1, sentence, found[0].source)


def _outlasts(fact: Fact, known: str) -> bool:
    """Whether this is a gag that forbids notice for longer than the one known."""
    match fact.field:
        case FactField.GAG:
            return fact.value == "yes"
        case FactField.GAG_UNTIL:
            return fact.value > known
        case FactField.GAG_DAYS:
            return int(fact.value) > int(known)
        case _:
            return False


def _purpose(reading: Reading, known_references: Sequence[str]) -> None:
    """What the message wants. A document outranks the mail; what compels data outranks a letter, and that an order of
    silence, which often comes as a second document beside a subpoena."""
    rank = (
        Instrument.WITHDRAWAL,
        Instrument.EPOC,
        Instrument.CLOUD_ACT_ORDER,
        Instrument.MLAT_REQUEST,
        Instrument.LETTERS_ROGATORY,
        Instrument.SEARCH_WARRANT,
        Instrument.COURT_ORDER,
        Instrument.SUBPOENA,
        Instrument.RESTRICTION,
        Instrument.LOCAL_ORDER,
        Instrument.CONFIRMATION,
        Instrument.EXTENSION,
        Instrument.EPOC_PR,
        Instrument.PRESERVATION_LETTER,
        Instrument.INTERCEPTION_ORDER,
        Instrument.NON_DISCLOSURE_ORDER,
    )
    if not reading.instruments:
        return
    best, source = min(reading.instruments, key=lambda seen: (seen[1].kind is SourceKind.MAIL, rank.index(seen[0])))
    for instrument, where in reading.instruments:
        process = process_of(instrument)
        if process is not None:
            reading.add(FactField.PROCESS, process.value, where)
    reading.add(FactField.PURPOSE, purpose_of(best).value, source)
    silent = [where for instrument, where in reading.instruments if instrument is Instrument.NON_DISCLOSURE_ORDER]
    if silent:
        reading.add(FactField.GAG, "yes", silent[0])
    live = [where for instrument, where in reading.instruments if instrument is Instrument.INTERCEPTION_ORDER]
    if live:
        reading.add(FactField.LIVE, "yes", live[0])
    prolongs = best in (Instrument.EXTENSION, Instrument.CONFIRMATION)
    if prolongs and not any(fact.field is FactField.PRESERVATION_REF for fact in reading.facts):
        if len(known_references) == 1:
            reading.add(FactField.PRESERVATION_REF, known_references[0], Source(kind=SourceKind.MAIL))
        else:
            reading.remark(Clause.P3, "it does not say which preservation it is to prolong", source)


def _unquoted(text: str) -> str:
    """The text on one line, without quoted lines."""
    return " ".join(line.strip() for line in text.split("\n") if not line.lstrip().startswith(">"))
