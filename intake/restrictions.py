"""Words in which officials ask to restrict access, as canonical values (X1). What is not plain is left to a person."""

import re

from policy.vocabulary import EVERYWHERE, Measure, Violation

#: The first that matches wins: who asks to suspend an account "or at least its meetings" asks to suspend it.
_MEASURES = (
    (Measure.SUSPEND_ACCOUNT, r"\b(?:suspen|terminat|disabl|deactivat|clos|block|delet)\w*\b.{0,40}\baccounts?\b"),
    (Measure.CLOSE_MEETING, r"\b(?:clos|end|shut|cancel|stop|terminat)\w*\b.{0,40}\b(?:meetings?|webinars?)\b"),
    (
        Measure.KEEP_OUT,
        r"\b(?:keep|kept|exclud|bar|block|prevent)\w*\b.{0,60}\b(?:participants?|attendees?|people|persons)\b",
    ),
    (
        Measure.LIMIT_PARTICIPATION,
        r"\b(?:limit|restrict|block|bar|prevent|stop)\w*\b.{0,60}\b(?:join\w*|participat\w*|access|use)\b",
    ),
    (Measure.LIMIT_HOSTING, r"\b(?:limit|restrict|block|bar|prevent|stop)\w*\b.{0,60}\bhost\w*"),
)
_MEASURE_PATTERNS = tuple((measure, re.compile(words, re.I)) for measure, words in _MEASURES)

_VIOLATIONS = (
    (
        Violation.CHILD_SEXUAL_ABUSE,
        re.compile(r"child\w* (?:sexual|porn)|\bCSAM\b|sexual (?:abuse|exploitation) of (?:a )?(?:child|minor)", re.I),
    ),
    (
        Violation.DANGER_TO_LIFE,
        re.compile(r"(?:danger|risk|threat)\w*\b.{0,30}\b(?:death|life|serious (?:physical )?injury)", re.I),
    ),
)
_NO = re.compile(r"(?:no|none|not (?:known|alleged)|n/?a)\b[ .]*", re.I)

_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_EVERYWHERE = re.compile(r"(?:everywhere|world-?wide|global(?:ly)?|all (?:countries|territories))", re.I)
#: Names that officials write; any other territory is written as its code.
_COUNTRIES = {
    "united states": "US",
    "united states of america": "US",
    "usa": "US",
    "vietnam": "VN",
    "viet nam": "VN",
    "việt nam": "VN",
    "united kingdom": "GB",
    "australia": "AU",
    "canada": "CA",
    "france": "FR",
    "germany": "DE",
    "india": "IN",
    "japan": "JP",
}
_STATES = (
    "Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,Delaware DE,Florida FL,"
    "Georgia GA,Hawaii HI,Idaho ID,Illinois IL,Indiana IN,Iowa IA,Kansas KS,Kentucky KY,Louisiana LA,Maine ME,"
    "Maryland MD,Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS,Missouri MO,Montana MT,Nebraska NE,Nevada NV,"
    "New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY,North Carolina NC,North Dakota ND,Ohio OH,Oklahoma OK,"
    "Oregon OR,Pennsylvania PA,Rhode Island RI,South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,Utah UT,"
    "Vermont VT,Virginia VA,Washington WA,West Virginia WV,Wisconsin WI,Wyoming WY"
)
_REGIONS = {name.lower(): f"US-{code}" for name, _, code in (pair.rpartition(" ") for pair in _STATES.split(","))}
#: Georgia is a country as well, and only with its country named a state.
_AMBIGUOUS = frozenset({"georgia"})


def measure(text: str) -> Measure | None:
    """The measure that the words ask for, or None."""
    word = text.strip().lower().replace(" ", "_")
    if word in set(Measure):
        return Measure(word)
    return next((found for found, pattern in _MEASURE_PATTERNS if pattern.search(text)), None)


def territory(text: str) -> str | None:
    """The one territory that the words name, as a code of ISO 3166 or `everywhere`; None where that is not plain."""
    plain = text.strip().rstrip(".")
    if _CODE.fullmatch(plain):
        return plain
    if _EVERYWHERE.fullmatch(plain):
        return EVERYWHERE
    name = re.sub(r"^(?:the )?(?:state of )?(?:the )?", "", plain.lower())
    state, _, country = name.partition(",")
    country = re.sub(r"^(?:the )", "", country.strip())
    if country:
        region = _REGIONS.get(state.strip())
        return region if region and _COUNTRIES.get(country) == "US" else None
    return _COUNTRIES.get(name) or (_REGIONS.get(name) if name not in _AMBIGUOUS else None)


def violation(text: str) -> Violation | None:
    """The violation of the terms of service that the words speak of; None where they say that there is none."""
    word = text.strip().lower().replace(" ", "_")
    if word in set(Violation):
        return Violation(word)
    if _NO.fullmatch(text.strip()):
        return None
    return next((found for found, pattern in _VIOLATIONS if pattern.search(text)), Violation.OTHER)
