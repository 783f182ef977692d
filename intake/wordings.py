"""The labels that officers write, and what each one means. A wording missing here is the first thing to add."""

import re
from enum import StrEnum
from functools import lru_cache

from policy.facts import OF_A_MEETING, FactField


class Composite(StrEnum):
    """A label whose value is not one field as it stands: it is read by rules of its own."""

    INSTRUMENT = "instrument"
    DATA = "data"
    PERIOD = "period"
    SILENCE = "silence"
    ACCOUNT = "account"
    TARGET = "target"
    ANY_EMAIL = "any_email"
    URGENCY = "urgency"
    ISSUER = "issuer"
    VALIDATOR = "validator"
    GROUND = "ground"
    NOTIFIED = "notified"
    CONFIDENTIAL = "confidential"
    CONSENT = "consent"
    MEASURE = "measure"
    TERRITORY = "territory"
    VIOLATION = "violation"


Meaning = FactField | Composite

_WORDINGS: dict[Meaning, str] = {
    FactField.CASE_NUMBER: (
        "case number|case no|case|case file number|docket number|docket no|file number|file no"
        "|investigation number|our reference|agency reference|subpoena number|subpoena no|warrant number"
        "|incident number|report number|cause number|matter number"
        "|warrant no|order number|order reference|file number of issuing authority"
    ),
    FactField.AGENCY_NAME: (
        "agency|agency name|name of agency|requesting agency|law enforcement agency|department|issuing agency"
        "|requesting authority|issuing authority|authority|organization|name of requesting agency"
        "|law enforcement agency name|name of issuing authority"
    ),
    FactField.OFFICER_NAME: (
        "officer|officer name|name of officer|agent|agent name|name of agent|requesting officer"
        "|requesting agent|investigator|investigating officer|case agent|detective|special agent"
        "|point of contact|contact|contact name|requester|requester name|officer agent"
        "|requesting official|agent in charge|representative|name of its representative"
        "|name of requesting officer|officer name and rank|name and rank|full name of officer|officer in case"
    ),
    FactField.OFFICER_BADGE: (
        "badge|badge number|badge no|badge id|badge id number|badge or id number|badge or id|id number"
        "|officer id|agent id|shield number|shield no|credential number|employee id|shield|officer badge number"
        "|agent badge number|badge identification number|identification number|warrant card number|star number"
        "|warrant badge no|badge warrant number|collar number"
    ),
    FactField.OFFICER_EMAIL: (
        "officer email|agent email|agency email|work email|official email|employer issued email|contact email"
        "|email of officer|officer email address|government email|official government email|agent email address"
        "|employer issued email address|work email address|requester email|investigator email"
    ),
    FactField.OFFICER_PHONE: (
        "phone|telephone|phone number|telephone number|officer phone|agent phone|direct line|tel"
        "|contact phone|work phone|office phone|phone with extension|contact number|officer phone number"
        "|agent phone number|telephone with extension|direct phone|desk phone|mobile|cell phone|contact telephone"
        "|contact telephone number|contact phone number|work telephone|office telephone|mobile number|tel no|phone no"
        "|telephone no|desk|cell"
    ),
    FactField.OFFICER_ADDRESS: (
        "address|postal address|agency address|mailing address|office address|officer address|agent address"
        "|street address"
    ),
    FactField.RESPONSE_DUE: (
        "response due|response due date|response requested by|respond by|response date"
        "|requested response date|due date|due|return date|date of return|compliance date|production due"
        "|deadline|response deadline|date of response|date response requested|response needed by|requested return date"
        "|return by"
    ),
    FactField.RELATION: (
        "relation to investigation|relation to the investigation|relevance|nexus|nature of investigation"
        "|nature of the investigation|relevance to investigation|relevance to the investigation|investigation"
        "|purpose of request|offense|offence|offense under investigation|crime under investigation"
        "|basis of request|nature and legal classification of offence|nature and legal classification of offense"
    ),
    FactField.SINCE: "since|start date|period start|from date|date from|beginning date|from",
    FactField.UNTIL: "end date|period end|to date|date to|ending date|through|to",
    FactField.USER_EMAIL: (
        "user email|subscriber email|target email|email of user|email of target|user email address"
        "|target email address|subject email|participant email|email of subscriber|subscriber email address"
        "|suspect email|suspect email address|email of subject|email of suspect|user login email|login email"
    ),
    FactField.USER_IP: (
        "ip|ip address|user ip|ipv4|ipv6|ipv4 address|ipv6 address|target ip|target ip address|user ip address"
    ),
    FactField.USER_NAME: "display name|user name|username|user display name|screen name",
    FactField.OWNER_EMAIL: (
        "account owner|account email|owner email|account owner email|account holder email"
        "|account email address|email of account owner|account owner email address"
    ),
    FactField.ACCOUNT_NUMBER: "account number|account no|account id|user account number|customer number|customer id",
    FactField.MEETING_ID: (
        "meeting id|meeting number|meeting no|meeting|webinar id|webinar number|conference id|meeting identifier"
        "|id of meeting"
    ),
    FactField.MEETING_HOST: (
        "meeting host|host|host email|meeting host email|email of host|host email address|host of meeting|hosted by"
        "|meeting hosted by|email of host of meeting|meeting host email address"
    ),
    FactField.MEETING_AT: (
        "meeting date and time|meeting time|meeting date|meeting start|date and time of meeting"
        "|meeting date time|date and time|meeting start time|time of meeting|date of meeting"
    ),
    FactField.MEETING_URL: (
        "registration url|meeting registration url|registration link|meeting url|meeting registration link"
    ),
    FactField.PRESERVATION_REF: (
        "preservation reference|preservation ref|preservation request reference|preservation reference number"
        "|preservation number|preservation letter reference|preservation request|preserved under"
    ),
    FactField.EMERGENCY_NATURE: (
        "nature of the emergency|nature of emergency|emergency|description of the emergency"
        "|description of emergency|details of the emergency|emergency details|nature of the danger"
        "|nature of the threat"
    ),
    FactField.EMERGENCY_KNOWN: (
        "how it is known|how this is known|how is it known|how the emergency is known|basis of knowledge"
        "|how we know|how do you know|source of the information|evidence of the emergency"
    ),
    FactField.EMERGENCY_PERSON: (
        "person at risk|persons at risk|person in danger|persons in danger|people at risk|individual at risk"
        "|who is at risk|victim|potential victim"
    ),
    FactField.EMERGENCY_WHEN: (
        "imminence|imminence of the harm|time of harm|deadline for the data|deadline for data|data needed by"
        "|needed by|when will the harm come|when harm will come"
    ),
    FactField.EMERGENCY_AVERTS: (
        "how the data helps|how the data helps avert it|how the data helps avert the harm|how the data will help"
        "|how the data averts the harm|how will the data help|how this data will avert the harm"
    ),
    Composite.INSTRUMENT: (
        "legal process|type of legal process|type of process|process|process type|instrument|request type"
        "|type of request|document type|legal process type|nature of request"
    ),
    Composite.DATA: (
        "data|data requested|requested data|data required|information required|records required|"
        "information requested|requested information|records requested"
        "|requested records|data sought|information sought|records sought|records to be produced"
        "|items to be produced|information to be produced|items to be seized|data to be preserved"
        "|records to be preserved|information to be preserved|data classes|data classes requested"
        "|description of records|specific data requested|categories of data requested|category of data|data categories"
    ),
    Composite.PERIOD: (
        "period|time period|date range|time frame|timeframe|relevant period|dates|period of records"
        "|relevant time period|time range|period covered|time range requested|requested time range"
    ),
    Composite.SILENCE: (
        "non disclosure|nondisclosure|non disclosure period|nondisclosure period|non disclosure order"
        "|nondisclosure order|gag|gag order|delayed notice|notice to user|user notice|notice delayed until"
        "|non disclosure until|nondisclosure until|do not notify user|confidentiality period"
    ),
    Composite.ACCOUNT: (
        "account|accounts|target account|subject account|user account|account identifier|account identifiers"
        "|target accounts|subject accounts"
    ),
    Composite.TARGET: (
        "user|users|identifier|identifiers|target|targets|subscriber|target identifier|target identifiers"
    ),
    # The labels of the certificates' forms (Regulation (EU) 2023/1543, Annexes I and II).
    FactField.VALIDATED_BY: "validating authority|name of validating authority|validated by|validating judge or court",
    Composite.ISSUER: "type of issuing authority|issuing authority type|kind of issuing authority",
    Composite.VALIDATOR: "type of validating authority|validating authority type|kind of validating authority",
    Composite.GROUND: (
        "ground of order|grounds of order|ground for order|offence threshold|condition for issuing|order is issued for"
        "|certificate is issued for"
    ),
    Composite.NOTIFIED: (
        "enforcing authority|name of enforcing authority|notified authority|notification to enforcing authority"
        "|enforcing authority notified"
    ),
    Composite.CONFIDENTIAL: "confidentiality|confidentiality of order|confidentiality requested",
    FactField.IDENTIFIES: "only to identify user|solely to identify user",
    Composite.CONSENT: "consent|user consent|consent of user|consent of account holder|subscriber consent|consent form",
    Composite.URGENCY: "emergency case|urgency|time limit|deadline for reply|deadline for production|urgent",
    Composite.ANY_EMAIL: "email|email address|emails",
    FactField.BASIS: "legal basis|basis in law|statutory basis|legal authority|provision of law|legal grounds",
    Composite.MEASURE: (
        "measure|measure requested|requested measure|restriction|restriction requested|requested restriction"
        "|action requested|requested action"
    ),
    Composite.TERRITORY: "territory|territorial scope|jurisdiction|territory of restriction",
    Composite.VIOLATION: (
        "terms violation|violation|violation of terms|violation of terms of service|terms of service violation"
    ),
}

#: Wording (lower case, letters and digits only, without articles) to meaning.
MEANINGS: dict[str, Meaning] = {
    wording.replace(" the ", " "): meaning for meaning, wordings in _WORDINGS.items() for wording in wordings.split("|")
}

_ARTICLES = re.compile(r"\b(?:the|your|s)\b")


#: Labels that may be counted, since a request can name several meetings: `Meeting 2 host`, `Host email (2)`.
_COUNTED = OF_A_MEETING | {FactField.MEETING_ID}
_NUMBER = re.compile(r"\b\d{1,2}\b")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_WORDS_IN_BRACKETS = re.compile(r"\((?!\d{1,2}\))[^()]*\)")


@lru_cache(maxsize=4096)  # Each line is asked about several times.
def meaning_of(wording: str) -> Meaning | None:
    """What a label means, whatever its case, punctuation, articles and plural; None where it is none that is known."""
    if meaning := _meaning(wording):
        return meaning
    counted = _meaning(_NUMBER.sub(" ", wording, count=1))
    return counted if counted in _COUNTED else None


def number_of(wording: str) -> int | None:
    """What the label of a meeting counts it as; None where it does not count."""
    number = _NUMBER.search(_WORDS_IN_BRACKETS.sub(" ", wording))
    return int(number[0]) if number and meaning_of(wording) in _COUNTED else None


def _meaning(wording: str) -> Meaning | None:
    words = _IN_BRACKETS.sub(" ", wording.lower().replace("e-mail", "email").replace("'s", "").replace("’s", ""))
    plain = " ".join(_ARTICLES.sub(" ", re.sub(r"[^a-z0-9]+", " ", words)).split())
    return MEANINGS.get(plain) or MEANINGS.get(plain.removesuffix("s"))
