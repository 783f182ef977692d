"""Text to facts: each labelled line read, put in canonical form, and kept with its source (R1, R2, R4, N2, P3)."""

import re
from collections.abc import Sequence

from intake.labels import labelled
from intake.lines import Reading, read_composite, read_plain
from intake.titles import Instrument, process_of, purpose_of, title
from policy.facts import REPEATABLE, Fact, FactField, Source, SourceKind, clause_of
from policy.findings import Reason
from policy.vocabulary import Clause

#: Values of one field that are taken from one message.
_MOST_VALUES = 100

_GAG = frozenset({FactField.GAG, FactField.GAG_UNTIL, FactField.GAG_DAYS})

_SILENCE_IN_PROSE = re.compile(
    r"\b(?:shall|must|may|do) not (?:disclose|notify|reveal|inform)\b|\b(?:order|command|direct|prohibit|preclud)\w* "
    r"(?:\w+ ){0,8}(?:not to (?:disclose|notify)|from (?:disclosing|notifying))\b|\bnon-?disclosure order\b"
    r"|\b2705\(b\)",
    re.I,
)


def read_text(text: str, source: Source, author_domain: str | None, into: Reading) -> None:
    """Read the mail's text or one page of a document. Nothing raises, and nothing is guessed."""
    first = len(into.facts)
    titled = title(text) if source.kind is SourceKind.PDF else None
    if titled is not None:
        into.instruments.append((titled, source))
    for line in labelled(text):
        if not line.value:
            continue
        if isinstance(line.meaning, FactField):
            read_plain(line.meaning, line, source, into)
        else:
            read_composite(line.meaning, line, source, author_domain, into)
    told = any(fact.field is FactField.GAG for fact in into.facts[first:])
    if not told and _SILENCE_IN_PROSE.search(_unquoted(text)):
        if source.kind is SourceKind.PDF:  # A covering mail orders nothing, and its footer often asks for discretion.
            into.add(FactField.GAG, "yes", source)
        into.remark(Clause.N2, "it speaks of non-disclosure outside a labelled line: a person must read it", source)


def settle(reading: Reading, known_references: Sequence[str]) -> tuple[tuple[Fact, ...], tuple[Reason, ...]]:
    """The message's facts as a whole: its purpose, the reference it is about, and each single value once.

    Of several values for a field that has one, the first is taken, so that a later page cannot change what an earlier
    one said; of several gags the longest, because an early notice to the user cannot be taken back (N2).
    """
    _purpose(reading, known_references)
    kept: list[Fact] = []
    for fact in reading.facts:
        same = [k for k in kept if k.field is fact.field and k.source.kind is fact.source.kind]
        if any(k.value == fact.value for k in same):
            continue
        if fact.field in REPEATABLE and len(same) == _MOST_VALUES:
            sentence = f"{fact.field.value} has more than {_MOST_VALUES} values; the rest were not taken"
            reading.remark(clause_of(fact.field), sentence, fact.source)
        if (fact.field in REPEATABLE and len(same) < _MOST_VALUES) or (fact.field not in REPEATABLE and not same):
            kept.append(fact)
        elif _outlasts(fact, same):
            kept[kept.index(same[0])] = fact
        elif fact.field not in REPEATABLE and fact.field not in _GAG:
            sentence = f"{fact.field.value} is named again with another value; the first was taken"
            reading.remark(clause_of(fact.field), sentence, fact.source)
    return tuple(kept), tuple(dict.fromkeys(reading.remarks))


def _outlasts(fact: Fact, same: Sequence[Fact]) -> bool:
    """Whether this is a gag that forbids notice for longer than the one known."""
    if not same:
        return False
    match fact.field:
        case FactField.GAG:
            return fact.value == "yes"
        case FactField.GAG_UNTIL:
            return fact.value > same[0].value
        case FactField.GAG_DAYS:
            return int(fact.value) > int(same[0].value)
        case _:
            return False


def _purpose(reading: Reading, known_references: Sequence[str]) -> None:
    """What the message wants. A document outranks the mail; what compels data outranks a letter, and that an order of
    silence, which often comes as a second document beside a subpoena."""
    rank = (
        Instrument.EPOC,
        Instrument.CLOUD_ACT_ORDER,
        Instrument.MLAT_REQUEST,
        Instrument.LETTERS_ROGATORY,
        Instrument.SEARCH_WARRANT,
        Instrument.COURT_ORDER,
        Instrument.SUBPOENA,
        Instrument.LOCAL_ORDER,
        Instrument.EXTENSION,
        Instrument.EPOC_PR,
        Instrument.PRESERVATION_LETTER,
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
    if best is Instrument.EXTENSION and not any(fact.field is FactField.PRESERVATION_REF for fact in reading.facts):
        if len(known_references) == 1:
            reading.add(FactField.PRESERVATION_REF, known_references[0], Source(kind=SourceKind.MAIL))
        else:
            reading.remark(Clause.P3, "the extension does not say which preservation it is about", source)


def _unquoted(text: str) -> str:
    """The text on one line, without quoted lines."""
    return " ".join(line.strip() for line in text.split("\n") if not line.lstrip().startswith(">"))
