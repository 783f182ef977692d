"""A certificate that a jurisdiction has the custodian of records complete: known by its heading and its words (PR3)."""

import re
from collections.abc import Iterator, Sequence

from intake.titles import TITLE_LENGTH, titled, top_lines

_NAME = r"(?:certificat(?:e|ion)|declaration|affidavit|attestation)"
_WHOSE = (
    r"(?:authenticity|(?:records? )?custodian|keeper of (?:the )?records|qualified (?:person|witness)"
    r"|(?:(?:domestic|foreign|business|electronic|computer|company|official) )*records?|(?:a )?regularly conducted)\b"
)
_RULE = r"(?:902\(1[1-4]\)|section (?:65-?B|63\(4\)))"
#: What begins with one of these is one: an affidavit *for* a warrant, or of a detective, is none.
_HEADING = re.compile(
    rf"{_NAME}(?: (?:and|or) {_NAME})? (?:of|by|from) (?:the |an? )?{_WHOSE}.*"
    rf"|(?:business records?|records? custodian(?:'?s)?|custodian(?:'?s)?(?: of records(?:'s?)?)?) {_NAME}\b.*"
    rf"|{_NAME} (?:under|pursuant to) .*{_RULE}.*"
    rf"|(?:(?:fre|(?:federal )?rule(?: of evidence)?) )?902\(1[1-4]\) {_NAME}\b.*",
    re.I,
)
_UNFINISHED = re.compile(r"(?:\b(?:of|to|by|for|from|with|under|and|or|the|an?|in|re)|[,:&-])$", re.I)
#: The number or the date of a process, by which a certificate says to what it belongs.
_REFERENCE = re.compile(r"\b(?:nos?|numbers?|dated)\b|[#:]", re.I)
#: Somebody speaks in it for themselves, as no court does in its process.
_ATTESTS = re.compile(
    r"\b(?:I|[Tt]he undersigned)\b(?:(?!\bI\b|undersigned)[^;]){0,300}?"
    r"(?i:\b(?:certif(?:y|ies)|declares?|attests?|swears?|affirms?|deposes?|states?)\b)(?! of\b)"
)


def is_certificate(pages: Sequence[str]) -> bool:
    """Whether a document is such a certificate and nothing else: it begins with one, and no page of it is headed as
    legal process. In doubt it is not, and is read as any other document."""
    first, *others = pages or [""]
    return is_certificate_page(first) and all(is_certificate_page(page) or not _is_process(page) for page in others)


def is_certificate_page(page: str) -> bool:
    """Whether a page is headed as such a certificate, is not headed as legal process as well, and attests something."""
    headings = list(_headings(page))
    at = next((place for place, heading in enumerate(headings) if _HEADING.fullmatch(heading)), None)
    if at is None or not _ATTESTS.search(page):
        return False
    others = headings[:at] + [heading for heading in headings[at + 1 :] if not _REFERENCE.search(heading)]
    return all(titled(heading) is None for heading in others)


def _is_process(page: str) -> bool:
    return any(titled(heading) is not None for heading in _headings(page))


def _headings(page: str) -> Iterator[str]:
    """What could be headings near the top of a page, with one that goes on in the next line taken as one."""
    begun = ""
    for line in top_lines(page):
        if _could_head(line):
            begun = f"{begun} {line}".strip()
            if not _UNFINISHED.search(begun):
                yield begun
                begun = ""
        elif begun:
            yield begun
            begun = ""
    if begun:
        yield begun


def _could_head(line: str) -> bool:
    """Whether the line is short, and none of its longer words begins with a small letter."""
    return len(line) <= TITLE_LENGTH and not any(word[0].islower() for word in line.split() if len(word) > 3)
