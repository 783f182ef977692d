"""What running text says beside its labelled lines: what is to be looked at closely, and what has an answer of its own.

Each passage becomes a fact with its source, so that a reviewer can find it. It is a flag and decides nothing.
"""

import re

from intake import values
from intake.lines import Reading
from policy.facts import FactField, Source, SourceKind
from policy.topics import topics_in

_LIVE = re.compile(
    r"\b(?:real[- ]time|live) (?:access|interception|monitoring|collection|surveillance)\b|\bwire ?taps?\b"
    r"|\bintercept\w* (?:of )?(?:the |any |all )?(?:wire|oral|electronic|live|meetings?|calls?|communications?)\b",
    re.I,
)
_NOT_ASKED = re.compile(r"\b(?:do|does|did) not (?:ask|seek|request|want)\b[^.;]*", re.I)
_CONSENT = re.compile(
    r"\b(?:user|subscriber|victim|complainant|account (?:holder|owner)|customer)(?: has| have)?(?: given)?"
    r"(?: \w+){0,2} (?:consent(?:s|ed)?|authori[sz]ed the (?:release|disclosure))\b"
    r"|\b(?:signed|written) consent (?:form|of the)\b"
    r"|\bconsent to (?:the )?(?:search|disclosure|release)\b",
    re.I,
)
_TESTIMONY = re.compile(
    r"\b(?:appear and testify|testify (?:as|at|before|in|regarding|about)|(?:expert|witness) testimony|expert witness"
    r"|deposition of|give evidence (?:at|before|in)|attend (?:court|trial) as a witness)\b",
    re.I,
)


def read_passages(text: str, source: Source, into: Reading, first: int) -> None:
    """Read the mail's text or one page of a document, on one line and without what it quotes. `first` is the place of
    the first fact that was read in it.

    The topics of a covering mail are looked for in what it says of its purpose alone: its footer speaks of privilege.
    """
    if _LIVE.search(_NOT_ASKED.sub(" ", values.without_exclusions(text))):
        into.add(FactField.LIVE, "yes", source)
    if _CONSENT.search(text):
        into.add(FactField.CONSENT, "yes", source)
    if _TESTIMONY.search(text):
        into.add(FactField.TESTIMONY, "yes", source)
    told = " ".join(fact.value for fact in into.facts[first:] if fact.field is FactField.RELATION)
    for topic in sorted(topics_in(text if source.kind is SourceKind.PDF else told)):
        into.add(FactField.SENSITIVE, topic.value, source)
