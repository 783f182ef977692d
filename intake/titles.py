"""Which legal process a document calls itself, by its title or by a labelled line."""

import re
from enum import StrEnum

from policy.vocabulary import LegalProcess, Purpose


class Instrument(StrEnum):
    """What a document is, in the words of the field: wider than `LegalProcess`, which is only what compels."""

    SUBPOENA = "subpoena"
    COURT_ORDER = "court_order"
    SEARCH_WARRANT = "search_warrant"
    PRESERVATION_LETTER = "preservation_letter"
    EXTENSION = "extension"
    CONFIRMATION = "confirmation"
    NON_DISCLOSURE_ORDER = "non_disclosure_order"
    CLOUD_ACT_ORDER = "cloud_act_order"
    EPOC = "epoc"
    EPOC_PR = "epoc_pr"
    MLAT_REQUEST = "mlat_request"
    LETTERS_ROGATORY = "letters_rogatory"
    LOCAL_ORDER = "local_order"
    INTERCEPTION_ORDER = "interception_order"
    RESTRICTION = "restriction"
    WITHDRAWAL = "withdrawal"


_SILENCE = r"non-?\s?disclosure|not to disclose|preclud\w+ notice|delayed notice|2705"
_CLOUD_ACT = (
    r"overseas production order|international production order|CLOUD act (?:order|request)|data access agreement"
    r"|targeted communications data authori[sz]ation"
)
_EPOC_PR = r"european preservation order|\bEPOC-?\s?PR\b"
_EPOC = r"european production order|\bEPOC\b"
_MLAT = r"mutual legal assistance|\bMLAT?\b|european investigation order"
_ROGATORY = r"letters? rogatory|rogatory letters?|letters? of request|commission rogatoire"
_LOCAL = (
    r"local order|(?:production|disclosure|prosecutor'?s?|judicial|police) (?:order|requisition)|judicial requisition"
    r"|(?:official|formal|judicial|police) (?:request|letter)|requisition|summons|criminal procedure"
)
_INTERCEPTION = r"interception|wire ?tap|pen[- ]register|trap[- ]and[- ]trace|\btitle iii\b|real[- ]time"
_RESTRICTION = r"\brestrict(?:ion)?\b.{0,30}\baccess\b|\baccess\b.{0,20}\brestrict(?:ed|ion)\b"
#: Annex V of Regulation (EU) 2023/1543.
_CONFIRMATION = r"confirmation of (?:the )?issu(?:ance|ing)\b"
_EXTENSION = r"\bexten(?:d|sion)\b.{0,60}\bpreserv|\bpreserv.{0,60}\bexten(?:d|sion)\b"

#: The first that matches a labelled line's value wins.
_NAMED = (
    (Instrument.CONFIRMATION, re.compile(_CONFIRMATION, re.I)),
    (Instrument.RESTRICTION, re.compile(_RESTRICTION, re.I)),
    (Instrument.WITHDRAWAL, re.compile(r"^\s*(?:notice of )?withdrawal\b", re.I)),
    (Instrument.EXTENSION, re.compile(_EXTENSION, re.I)),
    (Instrument.NON_DISCLOSURE_ORDER, re.compile(_SILENCE, re.I)),
    (Instrument.INTERCEPTION_ORDER, re.compile(_INTERCEPTION, re.I)),
    (Instrument.EPOC_PR, re.compile(_EPOC_PR, re.I)),
    (Instrument.EPOC, re.compile(_EPOC, re.I)),
    (Instrument.CLOUD_ACT_ORDER, re.compile(_CLOUD_ACT, re.I)),
    (Instrument.MLAT_REQUEST, re.compile(_MLAT, re.I)),
    (Instrument.LETTERS_ROGATORY, re.compile(_ROGATORY, re.I)),
    (Instrument.PRESERVATION_LETTER, re.compile(r"\bpreserv|2703\(f\)", re.I)),
    (Instrument.SEARCH_WARRANT, re.compile(r"\bsearch(?: and seizure)? warrant\b|^\s*warrant\b", re.I)),
    (Instrument.SUBPOENA, re.compile(r"\bsubp(?:o|oe|œ)na\b", re.I)),
    (Instrument.COURT_ORDER, re.compile(r"\bcourt order\b|2703\(d\)|^\s*order\b", re.I)),
    (Instrument.LOCAL_ORDER, re.compile(_LOCAL, re.I)),
)

#: A title is a short line that begins with the instrument: an affidavit *for* a warrant is not a warrant.
_TITLES = tuple(
    (instrument, re.compile(pattern, re.I))
    for instrument, pattern in (
        (Instrument.CONFIRMATION, rf"(?:{_CONFIRMATION}).*"),
        (Instrument.RESTRICTION, rf"(?:(?:court )?order|(?:(?:formal|official) )?request)\b.*(?:{_RESTRICTION}).*"),
        (Instrument.RESTRICTION, rf"(?:{_RESTRICTION}).*"),
        (Instrument.EXTENSION, rf"(?:(?:formal )?request|letter|extension|preservation)\b.*(?:{_EXTENSION}).*"),
        (Instrument.EXTENSION, rf"(?:{_EXTENSION}).*"),
        (Instrument.NON_DISCLOSURE_ORDER, rf"(?:court )?order\b(?!.*2703\(d\)).*(?:{_SILENCE}).*"),
        (Instrument.NON_DISCLOSURE_ORDER, r"non-?disclosure order\b.*"),
        (Instrument.EPOC_PR, rf"(?:{_EPOC_PR}).*"),
        (Instrument.EPOC, rf"(?:{_EPOC}).*"),
        (Instrument.CLOUD_ACT_ORDER, rf"(?:{_CLOUD_ACT}).*"),
        (Instrument.MLAT_REQUEST, rf"(?:(?:formal |treaty )?request (?:for|under) )?(?:{_MLAT}).*"),
        (Instrument.LETTERS_ROGATORY, rf"(?:{_ROGATORY})\b.*"),
        (Instrument.INTERCEPTION_ORDER, rf"(?:(?:court )?(?:order|application|warrant)\b.*)?(?:{_INTERCEPTION}).*"),
        (Instrument.PRESERVATION_LETTER, r"preservation (?:letter|request)\b.*"),
        (Instrument.PRESERVATION_LETTER, r"(?:request|letter) (?:for|of) (?:the )?preservation\b.*"),
        (Instrument.SEARCH_WARRANT, r"(?:search(?: and seizure)? warrant|warrant)\b.*"),
        (
            Instrument.SUBPOENA,
            r"(?:(?:grand jury|administrative|trial|judicial|criminal|investigative) )?subp(?:o|oe|œ)na\b.*",
        ),
        (Instrument.COURT_ORDER, r"(?:court )?order\b.*"),
        (Instrument.LOCAL_ORDER, rf"(?:{_LOCAL})\b.*"),
    )
)
TITLE_LENGTH = 110
_TITLE_LINES = 15
#: The letters of a paragraph are small in any title: `18 U.S.C. § 2703(d)`.
_PARAGRAPH = re.compile(r"\([a-z]{1,3}\)")
#: What a letter asks for stands in its subject. What compels has a title of its own, and a letter may only mention it.
_SUBJECT = re.compile(r"(?:re|ref|subject)\b[ \t]*[:.][ \t]*(.+)", re.I)
_LETTERS = frozenset({Instrument.PRESERVATION_LETTER, Instrument.EXTENSION, Instrument.RESTRICTION})
#: Orders not to tell are mostly headed ORDER and no more: what they rest on says what they are.
_RESTS_ON_SILENCE = re.compile(r"\b2705\s?\(b\)")
_ORDERS_RECORDS = re.compile(
    r"\b2703\s?\(d\)|\b(?:produce|provide|furnish|turn over|disclose (?:all|the) records)\b", re.I
)


#: Only a plain statement of their own: a question or a condition ("if we withdraw") is for a person to read.
_WITHDRAWS = re.compile(
    r"^[ \t]*(?:(?:re|aw|sv):[ \t]*)*(?:(?:please be advised that |please note that )?(?:we|i)(?: hereby)? "
    r"(?:withdraw|are withdrawing|am withdrawing) (?:our|my|the|this)\b"
    r"|(?:the )?preservation (?:of (?:\w+ ){0,8})?is no longer (?:necessary|needed|required)\b"
    r"|(?:withdrawal|notice of withdrawal) of (?:our |the )?(?:request|subpoena|order|warrant|preservation|letter)\b)",
    re.I | re.M,
)


def withdraws(text: str) -> bool:
    """Whether a line of the text, or a subject, says that a request is withdrawn."""
    return bool(_WITHDRAWS.search(text[:20_000]))


def named(value: str) -> Instrument | None:
    """The instrument that a labelled line names, or None."""
    return next((instrument for instrument, pattern in _NAMED if pattern.search(value[:300])), None)


def title(page: str) -> Instrument | None:
    """The instrument in the title of a page, or None: a line in capitals near the top that begins with its name, or the
    subject of a letter (`Re: …`)."""
    lines = top_lines(page)
    for line in lines:
        capitals = _PARAGRAPH.sub("", line)
        if capitals == capitals.upper() and (found := titled(line)) is not None:
            return _as_it_rests(found, page)
    subjects = [subject[1] for line in lines if (subject := _SUBJECT.fullmatch(line))]
    return next((asked for subject in subjects if (asked := letter(subject)) is not None), None)


def letter(subject: str) -> Instrument | None:
    """The letter that a subject names, or None: a letter compels nothing, so that its subject can say what it is."""
    found = titled(re.sub(r"^(?:18 U\.?S\.?C\.? )?(?:§ ?)?2703\(f\) ", "", subject.strip())[:TITLE_LENGTH])
    return found if found in _LETTERS else None


def top_lines(page: str) -> list[str]:
    """The lines near the top of a page, of which its title is one."""
    return [line.strip() for line in page.split("\n", 60)[:60] if line.strip()][:_TITLE_LINES]


def titled(line: str) -> Instrument | None:
    """The instrument that a line begins with the name of, if it is short enough for a title; None of any other."""
    if len(line) > TITLE_LENGTH:
        return None
    return next((instrument for instrument, pattern in _TITLES if pattern.fullmatch(line)), None)


def _as_it_rests(found: Instrument, page: str) -> Instrument:
    """An order as its own words make it: one that rests on 2705(b) and orders no records is one of silence."""
    if found is not Instrument.COURT_ORDER or not _RESTS_ON_SILENCE.search(page) or _ORDERS_RECORDS.search(page):
        return found
    return Instrument.NON_DISCLOSURE_ORDER


def process_of(instrument: Instrument) -> LegalProcess | None:
    """The legal process it is. An extension is a letter, and a confirmation keeps as the order that it follows; a
    withdrawal, and orders of silence, of interception and to restrict access, compel no data that exists, so they are
    none."""
    match instrument:
        case Instrument.EXTENSION:
            return LegalProcess.PRESERVATION_LETTER
        case Instrument.CONFIRMATION:
            return LegalProcess.EPOC_PR
        case (
            Instrument.NON_DISCLOSURE_ORDER
            | Instrument.INTERCEPTION_ORDER
            | Instrument.RESTRICTION
            | Instrument.WITHDRAWAL
        ):
            return None
        case _:
            return LegalProcess(instrument.value)


def purpose_of(instrument: Instrument) -> Purpose:
    """What a message with this instrument alone wants."""
    match instrument:
        case Instrument.EXTENSION:
            return Purpose.PRESERVATION_EXTENSION
        case Instrument.CONFIRMATION:
            return Purpose.PRODUCTION_CONFIRMED
        case Instrument.NON_DISCLOSURE_ORDER:
            return Purpose.NON_DISCLOSURE
        case Instrument.PRESERVATION_LETTER | Instrument.EPOC_PR:
            return Purpose.PRESERVATION
        case Instrument.RESTRICTION:
            return Purpose.RESTRICTION
        case Instrument.WITHDRAWAL:
            return Purpose.WITHDRAWAL
        case _:
            return Purpose.DISCLOSURE
