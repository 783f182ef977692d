"""Emergency requests among the mail: by their subject and by what they say, and never by one of them alone (E2)."""

import re
from collections.abc import Sequence

from intake.lines import Reading
from policy.emergency import SUBJECT, Recognition, recognise
from policy.facts import Fact, FactField, Source, SourceKind
from policy.findings import Reason
from policy.request import request_facts
from policy.vocabulary import Clause, Purpose

#: Words for danger to life or limb in running text. The adverse results that a gag's law lists are not among them.
_DANGER_WORDS = (
    r"\b(?:danger|risk|threat|fear) of (?:imminent |immediate )?(?:death|serious (?:physical|bodily) (?:injury|harm))\b"
    r"|\b(?:imminent|immediate) (?:danger|threat|risk|harm)\b|\blife[- ]threatening\b|\bthreat to life\b"
    r"|\b(?:lives? (?:is|are)|life is) (?:at risk|in danger)\b|\bexigent circumstances?\b|\b2702\(b\)\(8\)"
)
_WILL = r"(?:will|(?:is|are|was|were) (?:going|about) to|threaten\w* to|plan\w* to|intend\w* to|wants? to)"
_THEMSELVES = r"(?:himself|herself|themselves|themself|myself)"
#: Words of an officer in a hurry. They tell of crimes long past as well, so that they count in urgent mail alone.
_HURRIED_WORDS = (
    rf"\bsuicid(?:e|al)\b|\b{_WILL} (?:kill|hurt|shoot|stab|hang|harm|murder|jump (?:off|from|in front))\b"
    rf"|\b(?:kill|hurt|shoot|harm)(?:ing)? {_THEMSELVES}\b|\b(?:his|her|their|my) own li(?:fe|ves)\b"
    r"|\bkidnap\w*|\babduct\w*|\bhostages?\b|\bactive shooter\b|\bbomb threat\b"
    r"|\bmissing (?:and endangered )?(?:child(?:ren)?|juvenile|minor|girl|boy)\b"
)
_DANGER = re.compile(_DANGER_WORDS, re.IGNORECASE)
_HURRIED_DANGER = re.compile(f"{_DANGER_WORDS}|{_HURRIED_WORDS}", re.IGNORECASE)
_URGENT_SUBJECT = re.compile(r"\b(?:emergenc(?:y|ies)|urgent|exigent|life|imminent)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_MOST_CHARACTERS = 500


def read_emergency(
    subject: str, texts: Sequence[tuple[Source, str]], references: Sequence[str], facts: tuple[Fact, ...]
) -> tuple[tuple[Fact, ...], tuple[Reason, ...]]:
    """The message's facts, with its purpose if it is an emergency, and a remark where a person must say.

    Danger told in running text counts as its nature, in the sentence's own words. Legal process that names one of our
    cases is that process, whatever the thread it is sent in was called.
    """
    found = Reading()
    stated = request_facts(facts).emergency
    words = _HURRIED_DANGER if _URGENT_SUBJECT.search(subject) else _DANGER
    if stated.nature is None and stated.person is None and (told := _danger(texts, words)) is not None:
        found.add(FactField.EMERGENCY_NATURE, told[1], told[0])
        facts += tuple(found.facts)
    mail = Source(kind=SourceKind.MAIL)
    match recognise(subject, request_facts(facts).emergency):
        case Recognition.EMERGENCY if not (references and _brings_process(facts)):
            purpose = Fact(field=FactField.PURPOSE, value=Purpose.EMERGENCY.value, source=mail)
            facts = (*(fact for fact in facts if fact.field is not FactField.PURPOSE), purpose)
        case Recognition.SUBJECT_ONLY:
            found.remark(Clause.E2, "its subject says emergency, but it states no danger and nobody at risk", mail)
        case Recognition.CONTENT_ONLY if not references:
            found.remark(Clause.E2, f"it may be an emergency, though its subject is not {SUBJECT}", mail)
        case _:
            pass
    return facts, tuple(found.remarks)


def _danger(texts: Sequence[tuple[Source, str]], danger: re.Pattern[str]) -> tuple[Source, str] | None:
    """The first sentence that tells of danger to life, and where it stands."""
    for source, text in texts:
        own = " ".join(line.strip() for line in text.split("\n") if not line.lstrip().startswith(">"))
        if (words := danger.search(own)) is not None:
            before = [end.end() for end in _SENTENCE_END.finditer(own, 0, words.start())]
            begin = max(before[-1] if before else 0, words.start() - _MOST_CHARACTERS // 2)
            after = _SENTENCE_END.search(own, words.end())
            return source, own[begin : after.start() + 1 if after else len(own)].strip()[:_MOST_CHARACTERS]
    return None


def _brings_process(facts: Sequence[Fact]) -> bool:
    return any(fact.field is FactField.PROCESS and fact.source.kind is SourceKind.PDF for fact in facts)
