"""Which channel a request from abroad has taken, whether it is open to that country, and the clocks it brings (F1-F3).

What the process then compels is in `policy.process`; whether it is answered is a person's decision, country by country
and case by case (F3).
"""

from datetime import datetime, timedelta
from typing import assert_never

from policy.book import PolicyBook
from policy.countries import HOME, Channel, Opening
from policy.findings import Reason
from policy.request import RequestFacts
from policy.vocabulary import Clause, Jurisdiction, LegalProcess

_NAMED = {
    Channel.CLOUD_ACT: "an order under its CLOUD Act agreement",
    Channel.E_EVIDENCE: "a European Production Order Certificate",
    Channel.MLAT: "a request under a mutual legal assistance treaty",
    Channel.LETTERS_ROGATORY: "letters rogatory",
    Channel.LOCAL: "an order under its own law, for basic data and records alone",
}


def channel_of(process: LegalProcess, country: str | None) -> Channel | None:
    """The channel that this process takes; None for what needs none.

    A letter of preservation discloses nothing and comes from anywhere (P1). A subpoena, order or warrant of another
    country is an instrument of that country's own law, whatever it calls itself (F1).
    """
    match process:
        case LegalProcess.PRESERVATION_LETTER:
            return None
        case LegalProcess.SUBPOENA | LegalProcess.COURT_ORDER | LegalProcess.SEARCH_WARRANT:
            return None if country == HOME else Channel.LOCAL
        case LegalProcess.LOCAL_ORDER:
            return Channel.LOCAL
        case LegalProcess.CLOUD_ACT_ORDER:
            return Channel.CLOUD_ACT
        case LegalProcess.EPOC | LegalProcess.EPOC_PR:
            return Channel.E_EVIDENCE
        case LegalProcess.MLAT_REQUEST:
            return Channel.MLAT
        case LegalProcess.LETTERS_ROGATORY:
            return Channel.LETTERS_ROGATORY
        case _:
            assert_never(process)


def opening_of(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> Opening | None:
    """The channel that the request has taken, as it is open to its country; None where it is not, or none is needed."""
    channel = channel_of(facts.process, facts.country) if facts.process else None
    return book.countries.opening(channel, facts.country, received_at.date()) if channel else None


def obstacle(
    process: LegalProcess | None, country: str | None, received_at: datetime, book: PolicyBook
) -> Reason | None:
    """Why this process of this country cannot be used, with the channels that can; None where it can (F1, F2).

    Without a process there is nothing to judge: that one is missing is said elsewhere.
    """
    channel = channel_of(process, country) if process else None
    if channel is None:
        return None
    if country is None:
        return Reason(clause=Clause.F1, detail="the country under whose law the request is made")
    if country == HOME:
        detail = "a subpoena, court order or search warrant of the United States, in place of a foreign instrument"
        return Reason(clause=Clause.U1, detail=detail)
    on = received_at.date()
    if book.countries.opening(channel, country, on) is not None:
        return None
    usable = ", or ".join(_NAMED[open_one] for open_one in book.countries.open_to(country, on))
    detail = f"a channel that is open to {country}: {usable}. {_capital(_NAMED[channel])} is not"
    return Reason(clause=Clause.F2, detail=detail)


def content_channels(country: str | None, received_at: datetime, book: PolicyBook) -> str:
    """The channels by which this country can ask for content, in words (F2)."""
    open_ones = book.countries.open_to(country, received_at.date())
    return ", or ".join(_NAMED[channel] for channel in open_ones if channel is not Channel.LOCAL)


def clocks(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> PolicyBook:
    """The book with the clocks that the request's channel brings: how long its hold runs, and its extension (P3)."""
    opening = opening_of(facts, received_at, book)
    if opening is None or facts.process is not LegalProcess.EPOC_PR:
        return book
    own = {"hold_days": opening.hold_days, "extension_days": opening.extension_days}
    return book.model_copy(update={name: days for name, days in own.items() if days is not None})


def awaits_production(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> bool:
    """Whether what the request keeps is kept on once a production order is confirmed (Regulation (EU) 2023/1543, art.
    11(2); P3)."""
    return facts.process is LegalProcess.EPOC_PR and opening_of(facts, received_at, book) is not None


def respond_by(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> datetime | None:
    """When the channel wants the answer (UTC), in place of the date that R4 asks for; None where it sets no clock."""
    opening = opening_of(facts, received_at, book)
    if opening is None:
        return None
    if facts.certificate.urgent and opening.urgent_hours is not None:
        return received_at + timedelta(hours=opening.urgent_hours)
    return received_at + timedelta(days=opening.response_days) if opening.response_days is not None else None


def is_urgent(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> bool:
    """Whether the channel wants the answer within hours, so that whoever is on call is called."""
    opening = opening_of(facts, received_at, book)
    return facts.certificate.urgent and opening is not None and opening.urgent_hours is not None


def preserves_at_once(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> bool:
    """Whether what is asked for is copied on receipt (Regulation (EU) 2023/1543, art. 10(1))."""
    opening = opening_of(facts, received_at, book)
    return opening is not None and opening.preserve_at_once and bool(facts.identifiers and facts.requested)


def languages(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> tuple[str, ...]:
    """The languages (ISO 639) in which the request is read (F4)."""
    opening = opening_of(facts, received_at, book)
    return (*book.countries.languages, *(opening.languages if opening else ()))


def tells_user(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> bool:
    """Whether we tell the user (N1), or the law makes that the issuing authority's duty (art. 13)."""
    opening = opening_of(facts, received_at, book)
    return opening is None or opening.tells_user


def jurisdiction_of(country: str | None, received_at: datetime, book: PolicyBook) -> Jurisdiction:
    """Whose law a case is under, as operators sort cases by it (F1 to F3)."""
    if country == HOME:
        return Jurisdiction.US
    channels = book.countries.open_to(country, received_at.date())
    if Channel.CLOUD_ACT in channels:
        return Jurisdiction.CLOUD_ACT
    return Jurisdiction.EU if Channel.E_EVIDENCE in channels else Jurisdiction.OTHER


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
