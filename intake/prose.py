"""What running text asks for where nobody labelled it: kinds of data, days, the answer's day, and why (R2 to R4)."""

import re
from collections.abc import Iterator
from datetime import date

from intake import values
from policy.facts import FactField

#: A number in a list ends no sentence, and a heading in capitals begins none.
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\s\d\.)(?<!\s\d\d\.)\s+(?=[A-Z\"(])|\n\s*\n")
_HEADING = re.compile(r"^(?=.*[A-Z]{3})[^a-z\n]*$", re.M)
_ASKS = re.compile(
    r"\b(?:produce|provide|furnish|supply|disclose|release|turn over|hand over|transmit|bring with you|send us|preserve"
    r"|preservation of|(?:we|i) (?:need|request|seek|require|ask for)|(?:is|are) requested|requests that|requires?)\b",
    re.I,
)
_FORBIDS = re.compile(r"\bnot\s+(?:to\s+)?(?:disclose|notify|reveal|inform|be disclosed)\b", re.I)
_DAY = r"[A-Za-z0-9][A-Za-z0-9 ,./-]{5,24}\d"
_BETWEEN = re.compile(
    rf"\b(?:from|between|dated|period(?: of)?:?)\s+({_DAY}\s*(?:through|thru|to|until|till|and|-|–)\s*{_DAY})", re.I
)
_ANSWER = re.compile(
    r"\b(?:provide|produce|send|respond|response|reply|answer|comply|compliance|furnish|requested|return)\b", re.I
)
_BY = re.compile(rf"\b(?:by|before|no later than|not later than|on or before)\s+({_DAY})", re.I)
#: In small letters, since an office is called after its investigations as well.
_INVESTIGATES = re.compile(
    r"\b(?:investigat(?:ions?|ing|es)|(?:evidence|violations?|offen[cs]e) of|in relation to|concerns|suspected of)\b"
)
#: The mail itself, which nobody asks for.
_THIS_MAIL = re.compile(
    r"\b(?:this|your|our|my|the above|attached|enclosed) (?:e-?mails?(?: address)?|messages?|files?|documents?)\b", re.I
)
_TICKED = re.compile(r"(?:\[[xX✓✔]\]|[☒☑✓✔])\s*([^\[\]☐☒☑✓✔\n]{3,120})")
_TICKED_CLASS = re.compile(r"(?:subscriber|traffic|content|access|connection|transactional)\b", re.I)
#: The first number that the agency gives the matter; a fraction of a telephone number is none.
_NUMBERED = re.compile(
    r"\b(?:case|docket|matter|cause|incident|warrant|subpoena|order) ?(?:no\b\.?|number|#)[ .:#]{0,3}"
    r"([A-Z0-9](?:[A-Z0-9/:.-]{1,28}[A-Z0-9])?)(?![A-Z0-9])",
    re.I,
)
_MOST_CHARACTERS = 500


def asked_in(text: str) -> Iterator[tuple[FactField, str]]:
    """What the sentences of the text ask for, in canonical form. Nothing is made of what could mean two things.

    Of days only one period, and one day for the answer, are given: where sentences name several, a person must say
    which. A box that is ticked beside a kind of data asks for it, as in the certificates' forms.
    """
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE.split(_HEADING.sub("\n", text))]
    asking = [sentence for sentence in sentences if _ASKS.search(sentence) and not _FORBIDS.search(sentence)]
    wanted = [sentence[found.end() :] for sentence in asking if (found := _ASKS.search(sentence))]
    wanted += [ticked[1] for ticked in _TICKED.finditer(text) if _TICKED_CLASS.match(ticked[1])]
    for data_class in sorted(frozenset().union(*map(values.classes, (_THIS_MAIL.sub(" ", words) for words in wanted)))):
        yield FactField.DATA_REQUESTED, data_class.value
    periods = {between for sentence in sentences for between in _periods(sentence)}
    if len(periods) == 1:
        since, until = periods.pop()
        yield FactField.SINCE, since.isoformat()
        yield FactField.UNTIL, until.isoformat()
    days = {day for sentence in sentences if _ANSWER.search(sentence) for day in _answered_by(sentence)}
    if len(days) == 1:
        yield FactField.RESPONSE_DUE, days.pop().isoformat()
    number = next((found[1] for found in _NUMBERED.finditer(text) if any(char.isdigit() for char in found[1])), None)
    if number is not None:
        yield FactField.CASE_NUMBER, number
    told = next((sentence for sentence in sentences if _INVESTIGATES.search(sentence)), None)
    if told is not None:
        yield FactField.RELATION, told[:_MOST_CHARACTERS]


def _periods(sentence: str) -> Iterator[tuple[date, date]]:
    for found in _BETWEEN.finditer(sentence):
        if (between := values.period(found[1])) is not None:
            yield between


def _answered_by(sentence: str) -> Iterator[date]:
    for found in _BY.finditer(sentence):
        if (day := values.one_date(found[1])) is not None:
            yield day
