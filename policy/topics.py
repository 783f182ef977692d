"""Subjects that get closer scrutiny (G4), and the English words by which they are noticed.

A word proves nothing; it has two people look instead of one. So the words are few and plain, and say who is concerned
rather than what the offence is.
"""

import re
from enum import StrEnum


class Topic(StrEnum):
    """Whom or what a request touches where free expression, privacy or safety are at stake."""

    PRESS = "press"
    LAWYER = "lawyer"
    CLERGY = "clergy"
    MEDICAL = "medical"
    POLITICS = "politics"
    RELIGION = "religion"
    MINOR = "minor"
    CROWD = "crowd"


_WORDS = {
    Topic.PRESS: (
        r"journalis\w+|(?:news|investigative) reporters?|newspapers?|news (?:organi[sz]ation|agency|outlet)s?|newsroom"
        r"|broadcasters?|media outlets?|freedom of the press|confidential sources?"
    ),
    Topic.LAWYER: r"attorney[- ]client|legal privilege|lawyers?|law firms?|barristers?|solicitors?|defen[cs]e counsel",
    Topic.CLERGY: r"clergy\w*|priests?|pastors?|imams?|rabbis?|monks?|confessional",
    Topic.MEDICAL: (
        r"patients?|physicians?|psychiatr\w+|psychotherap\w+|hospitals?|clinics?|medical records?|abortions?"
        r"|reproductive health"
    ),
    Topic.POLITICS: (
        r"protest(?:s|ers?)?|demonstrators?|dissidents?|activis[mt]s?|human rights"
        r"|opposition (?:party|leaders?|figures?)"
        r"|political (?:speech|opinions?|party|parties|campaigns?)|trade unions?|seditio\w+"
        r"|lese[- ]majest\w+|propaganda against the state"
        r"|insult\w* (?:to |of )?(?:the )?(?:king|president|government|state)"
        r"|anti-(?:state|government)"
    ),
    Topic.RELIGION: r"blasphem\w+|aposta\w+|proselyti\w+|religious (?:beliefs?|gatherings?|groups?|speech)",
    Topic.MINOR: (
        r"(?:suspect|target|subject|user|account holder)\b[^.\n]{0,40}\b(?:is|being) (?:a )?(?:minor|juvenile|child)"
        r"|(?:minor|juvenile) (?:suspect|target|user|account holder)"
    ),
    Topic.CROWD: (
        r"(?:all|every|any) (?:users?|participants?|attendees?|accounts?|persons?|people) "
        r"(?:who|that|in|from|at|of(?! (?:the |this |these |said )?accounts?\b))"
        r"|every(?:one|body) who (?:joined|attended|took part)|geo-?fence\w*|keyword warrant"
    ),
}
_PATTERNS = {topic: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for topic, words in _WORDS.items()}

#: How a flag names each topic.
NAMES = {
    Topic.PRESS: "journalists or the press",
    Topic.LAWYER: "a lawyer and their clients",
    Topic.CLERGY: "clergy",
    Topic.MEDICAL: "patients or medical care",
    Topic.POLITICS: "political speech, protest or opposition",
    Topic.RELIGION: "religion",
    Topic.MINOR: "a minor as its target",
    Topic.CROWD: "everyone who was somewhere, rather than a person",
}


def topics_in(text: str) -> frozenset[Topic]:
    """The topics that the text speaks of (G4)."""
    return frozenset(topic for topic, pattern in _PATTERNS.items() if pattern.search(text))
