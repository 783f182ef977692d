"""Who wrote: the rule set for S1."""

from policy.authentication import Authentication
from policy.directory import Agency, AgencyDirectory
from policy.findings import Reason
from policy.frozen import Frozen
from policy.official import country_of, official_suffixes
from policy.vocabulary import Clause, SenderVerdict


class SenderJudgement(Frozen):
    """What S1 makes of a sender, and why. `agency` is known only where the directory lists the domain.

    `country` is the agency's, or that of the official suffix: ISO 3166-1 alpha-2, EU, or None. `proven` says that the
    message comes from the domain that it names (`policy.authentication`), whether that is listed or not.
    """

    verdict: SenderVerdict
    reasons: tuple[Reason, ...]
    agency: Agency | None = None
    country: str | None = None
    proven: bool = False


def judge_sender(
    author: str | None,
    author_domain: str | None,
    directory: AgencyDirectory,
    authentication: Authentication | None = None,
) -> SenderJudgement:
    """Accept a listed agency, hold an official domain that is not listed, refuse everything else (S1).

    A message whose From names nobody, or more than one, is refused: it cannot be said to come from an official
    address. Only held messages wait for a person, who calls the agency back on a number found elsewhere (G1).
    `authentication` is what was established when the message was read; without it nothing is proven.
    """
    if author is None or author_domain is None:
        return _refuse("From does not name exactly one address, so no official address sent this")
    if any(label.startswith("xn--") for label in author_domain.split(".")):
        return _refuse(f"{author_domain} is written in another script and could imitate an official domain")
    proven = authentication is not None and authentication.domain == author_domain and authentication.proof is not None
    agency = directory.agency_of(author_domain)
    if agency is not None:
        detail = f"{author_domain} is listed in the agency directory as {agency.name}"
        return SenderJudgement(
            verdict=SenderVerdict.ACCEPT,
            reasons=(_reason(detail),),
            agency=agency,
            country=agency.country,
            proven=proven,
        )
    country = country_of(author_domain)
    if country is not None:
        return SenderJudgement(
            verdict=SenderVerdict.HOLD, reasons=_held(author_domain, directory), country=country, proven=proven
        )
    return _refuse(_why_not(author_domain, directory))


def _held(domain: str, directory: AgencyDirectory) -> tuple[Reason, ...]:
    unlisted = _reason(f"{domain} has an official suffix but is not in the agency directory: a person must call back")
    resembled = directory.resembled_by(domain)
    return (unlisted, _reason(f"{domain} resembles {resembled}, which is listed")) if resembled else (unlisted,)


def _why_not(domain: str, directory: AgencyDirectory) -> str:
    resembled = directory.resembled_by(domain)
    if resembled:
        return f"{domain} imitates {resembled}, which is listed, but is not within it"
    words = domain.replace("-", ".").split(".")
    for suffix in official_suffixes():
        parts = suffix.split(".")
        if any(words[i : i + len(parts)] == parts for i in range(len(words))):
            return f"{domain} only contains the official suffix {suffix}; it does not lie under it"
    return f"{domain} is neither in the agency directory nor under an official suffix"


def _reason(detail: str) -> Reason:
    return Reason(clause=Clause.S1, detail=detail)


def _refuse(detail: str) -> SenderJudgement:
    return SenderJudgement(verdict=SenderVerdict.REFUSE, reasons=(_reason(detail),))
