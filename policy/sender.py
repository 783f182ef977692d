"""Who wrote: the rule set for S1. The name of the domain says who could be meant; only proof says that it is them."""

from policy.authentication import Authentication
from policy.directory import Agency, AgencyDirectory, BlockedSender
from policy.findings import Reason
from policy.frozen import Frozen
from policy.unlisted import judge_other_script, judge_unlisted
from policy.vocabulary import Clause, SenderVerdict


class SenderJudgement(Frozen):
    """What S1 makes of a sender, and why. `agency` is known only where the directory lists the domain.

    `country` is the agency's, or that of the domain's official suffix or country code: ISO 3166-1 alpha-2, EU, or None.
    `proven` says that the message comes from the domain that it names (`policy.authentication`), listed or not.
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
    """Accept a listed agency that is proven, hold what could be an authority's, refuse everything else (S1).

    A message whose From names nobody, or more than one, is refused: it cannot be said to come from an official
    address. A held message waits for a person, who calls the agency back on a number found elsewhere (G1).
    `authentication` is what was established when the message was read; without it nothing is proven. Mail of a sender
    that is blocked is held whatever it proves.
    """
    if author is None or author_domain is None:
        return _refuse("From does not name exactly one address, so no official address sent this")
    named = judge_domain(author_domain, directory)
    if named.verdict is SenderVerdict.REFUSE:
        return named
    if (block := directory.block_on(author)) is not None:
        return _in_other_hands(named, author_domain, block)
    own = authentication if authentication is not None and authentication.domain == author_domain else None
    proof = own.proof if own is not None else None
    doubts = _doubts(author_domain, own)
    verdict = named.verdict if proof is not None and not doubts else SenderVerdict.HOLD
    reasons = (*named.reasons, _found(author_domain, own), *doubts)
    if verdict is SenderVerdict.HOLD:
        reasons += (Reason(clause=Clause.G1, detail="a person must call back on a number found elsewhere"),)
    return named.model_copy(update={"verdict": verdict, "reasons": reasons, "proven": proof is not None})


def _in_other_hands(named: SenderJudgement, domain: str, block: BlockedSender) -> SenderJudgement:
    """A blocked sender's mail is kept as evidence and held. Whatever it proves of its domain proves nothing of who
    wrote, so it counts as not proven."""
    whose = "this address" if "@" in block.sender else domain
    blocked = _reason(f"{whose} is blocked since {block.since:%Y-%m-%d %H:%M} UTC: somebody else writes from it")
    call = Reason(clause=Clause.G1, detail="a person must call back on the directory's number")
    return named.model_copy(update={"verdict": SenderVerdict.HOLD, "reasons": (*named.reasons, blocked, call)})


def judge_domain(domain: str, directory: AgencyDirectory) -> SenderJudgement:
    """What S1 makes of mail that is proven to come from a domain: by its name alone, so nothing is proven here."""
    if any(label.startswith("xn--") for label in domain.split(".")):
        return _refuse(*judge_other_script(domain, directory).details)
    agency = directory.agency_of(domain)
    if agency is not None:
        detail = f"{domain} is listed in the agency directory as {agency.name}"
        return SenderJudgement(
            verdict=SenderVerdict.ACCEPT, reasons=(_reason(detail),), agency=agency, country=agency.country
        )
    unlisted = judge_unlisted(domain, directory)
    reasons = tuple(map(_reason, unlisted.details))
    return SenderJudgement(verdict=unlisted.verdict, reasons=reasons, country=unlisted.country)


def _found(domain: str, authentication: Authentication | None) -> Reason:
    """What the message proves, or that it proves nothing; `policy.authentication.evidence` says why not."""
    if authentication is not None and authentication.proof is not None:
        return _reason(f"the message comes from {domain}: {authentication.proof}")
    return _reason(f"the message does not prove that it comes from {domain} (DKIM, SPF, ARC)")


def _doubts(domain: str, authentication: Authentication | None) -> tuple[Reason, ...]:
    """Signs that someone else uses a genuine mailbox: answers that would go elsewhere, a name that shows another's."""
    if authentication is None:
        return ()
    answers = (f"answers would go to {other} and not to {domain} (Reply-To)" for other in authentication.replies_to)
    shown = (f"From shows {other} beside its address at {domain}" for other in authentication.shown_as)
    return tuple(Reason(clause=Clause.G1, detail=detail) for detail in (*answers, *shown))


def _reason(detail: str) -> Reason:
    return Reason(clause=Clause.S1, detail=detail)


def _refuse(*details: str) -> SenderJudgement:
    return SenderJudgement(verdict=SenderVerdict.REFUSE, reasons=tuple(map(_reason, details)))
