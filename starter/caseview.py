"""One case as a person or a program looks at it: what the record holds, and what follows from it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from pydantic import AwareDatetime

from activities.ports import CaseFile, RecordedDecision
from activities.receiving import breadth
from activities.silence import orders_of
from policy.authentication import Authentication
from policy.book import PolicyBook, policy_book
from policy.breadth import Breadth
from policy.certificates import completion_refusal, to_return
from policy.completeness import missing_items
from policy.decisions import approvals_needed
from policy.facts import Confidence, Fact, SourceKind, clause_of
from policy.findings import Reason
from policy.frozen import Frozen
from policy.measures import Restriction
from policy.notice import order_flags, restriction_flags, silence_flags
from policy.orders import OWN
from policy.process import allows, excess
from policy.request import Gag, Identifier, RequestFacts, current, only_mentioned, request_facts, taken_away
from policy.scope import scope_of
from policy.scrutiny import closer_look, flags
from policy.statements import Check, Verdict
from policy.vocabulary import Clause, DataClass, LegalProcess, RequestKind
from starter.checklist import Checklist
from starter.deadlines import Deadline, deadlines
from starter.silence import ListedOrder, listed_orders

#: The kinds of case in which data is asked for.
_FOR_DATA = frozenset({RequestKind.DISCLOSURE, RequestKind.EMERGENCY})


class NumberedIdentifier(Identifier):
    """An identifier with its number in the scope, by which `review narrow --identifiers` names it."""

    number: int


class ScopeUnderReview(Frozen):
    """What a decision on this case is about now. `excess` says how it goes beyond its process; empty: it does not."""

    digest: str
    review: int
    process: LegalProcess | None
    compels: tuple[DataClass, ...]
    classes: tuple[DataClass, ...]
    identifiers: tuple[NumberedIdentifier, ...]
    since: date | None
    until: date | None
    restriction: Restriction | None
    excess: str
    approvals_needed: int


class FactThatHolds(Frozen):
    """A fact, the clause that asks for it, and in words where it was read or who said so."""

    field: str
    value: str
    clause: Clause
    source: str


class Ruled(Frozen):
    """A statement as it was ruled on, with the signer's name where the roster knows them and their own words."""

    at: AwareDatetime
    by: str
    name: str | None
    verdict: Verdict
    accepted: bool
    sentence: str
    checks: tuple[Check, ...]
    grounds: tuple[Clause, ...]
    reason: str | None
    until: AwareDatetime | None
    order: int | None


class CaseView(CaseFile):
    """The case file and what follows from it: one flat object, whose names are the same in every version's JSON."""

    proven: bool
    authentication: Authentication | None
    request: RequestFacts
    facts_that_hold: tuple[FactThatHolds, ...]
    only_mentioned: tuple[FactThatHolds, ...]
    taken_away: tuple[FactThatHolds, ...]
    items_missing: tuple[Reason, ...]
    scrutiny: tuple[Reason, ...]
    breadth: Breadth
    scope: ScopeUnderReview
    rulings: tuple[Ruled, ...]
    silence: tuple[ListedOrder, ...]
    deadlines: tuple[Deadline, ...]
    checklist: Checklist | None = None


def view_of(
    case: CaseFile,
    people: Mapping[str, str],
    reasons: Mapping[str, str],
    authentication: Authentication | None,
    now: datetime,
) -> CaseView:
    """The view. `people` are names by roster id, `reasons` the free texts of decisions by their hash, `authentication`
    is what the case's first message proved of its sender."""
    facts, book = request_facts(case.facts), policy_book(case.policy_version)
    names = {document.sha256: document.name for document in case.documents}
    derived = {
        "proven": authentication is not None and authentication.proof is not None,
        "authentication": authentication,
        "request": facts,
        "facts_that_hold": tuple(_fact(fact, names, people) for fact in current(case.facts)),
        "only_mentioned": tuple(_fact(fact, names, people) for fact in only_mentioned(case.facts)),
        "taken_away": tuple(_fact(fact, names, people) for fact in taken_away(case.facts)),
        "items_missing": _missing(case, facts, book),
        "scrutiny": (
            *flags(facts, book),
            *_silence(case, facts, book, now),
            *_late_extension(case),
            *_certificates(case),
        ),
        "breadth": breadth(case, case.policy_version) if case.kind is not RequestKind.PRESERVATION else Breadth(),
        "scope": _scope(case, facts, book),
        "rulings": tuple(_ruled(decision, people, reasons) for decision in case.decisions),
        "silence": listed_orders(case),
        "deadlines": deadlines(case, facts, book, now),
    }
    return CaseView.model_validate({name: getattr(case, name) for name in CaseFile.model_fields} | derived)


def _silence(case: CaseFile, facts: RequestFacts, book: PolicyBook, now: datetime) -> Iterator[Reason]:
    """What must be seen of the request not to tell the user, of the orders that came after it, and of restricting
    under one (N2 to N4)."""
    yield from silence_flags(facts, case.envelope.received_at, book)
    for order in case.orders:
        if order.n != OWN:
            gag = Gag.UNDATED if order.until is None else Gag.DATED
            yield from order_flags(gag, order.until, order.at, book, f"order {order.n}")
    if case.kind is RequestKind.RESTRICTION and case.restriction is None:
        yield from restriction_flags(orders_of(case), now)


def _late_extension(case: CaseFile) -> Iterator[Reason]:
    """An extension or confirmation that came in the last days of the hold, until a verifier has looked at it (P3)."""
    prolonged = (e for e in reversed(case.events) if e.kind in _PROLONGED)
    late = next((e for e in prolonged if e.detail.get("late")), None)
    found = (d for d in case.decisions if d.accepted and d.signed.statement.verdict is Verdict.AUTHENTIC)
    if late is not None and not any(decision.at >= late.at for decision in found):
        message = str(late.detail["message_id"])[:16]
        detail = (
            f"the {_PROLONGED[late.kind]} in the last days of the hold: see the letterhead and the signature "
            f"(dueprocess message {case.ref} {message}), and state authentic or not_authentic"
        )
        yield Reason(clause=Clause.P3, detail=detail)


def _certificates(case: CaseFile) -> Iterator[Reason]:
    """The certificates that came with the request and that nobody has completed yet, while it can be done (PR3)."""
    if completion_refusal(case.kind, produced=case.production is not None, closed=case.outcome is not None):
        return
    blank = {
        certificate.form for certificate in to_return(case.documents, case.certificates) if not certificate.completed
    }
    for number, document in enumerate(case.documents, start=1):
        if document.sha256 in blank:
            detail = (
                f"document {number} is a certificate that comes back with the production: have the custodian complete "
                f"and sign it before you approve (dueprocess certificate {case.ref} FILE --form {number} --as NAME)"
            )
            yield Reason(clause=Clause.PR3, detail=detail)


_PROLONGED = {"hold_extended": "extension was asked for", "hold_confirmed": "production order was confirmed"}


def _fact(fact: Fact, documents: Mapping[str, str], people: Mapping[str, str]) -> FactThatHolds:
    source = fact.source
    match source.kind:
        case SourceKind.MAIL:
            where = "mail"
        case SourceKind.PDF:
            where = f"{documents.get(source.document or '') or (source.document or '')[:12]}, page {source.page}"
        case SourceKind.DIRECTORY:
            where = "agency directory"
        case SourceKind.PERSON:
            where = people.get(source.by or "", source.by or "a person")
    told = fact.source.kind is not SourceKind.DIRECTORY
    found = ", in running text" if told and fact.confidence is Confidence.FOUND else ""
    return FactThatHolds(field=fact.field.value, value=fact.value, clause=clause_of(fact.field), source=where + found)


def _missing(case: CaseFile, facts: RequestFacts, book: PolicyBook) -> tuple[Reason, ...]:
    """What is still asked for. Nothing of a closed case: its facts may have been erased."""
    if case.outcome is not None:
        return ()
    return missing_items(case.kind, facts, case.documents, case.envelope.received_at, book)


def _scope(case: CaseFile, facts: RequestFacts, book: PolicyBook) -> ScopeUnderReview:
    scope = scope_of(case.ref, facts, case.review, case.kind)
    numbered = (dict(identifier) | {"number": n} for n, identifier in enumerate(scope.identifiers, start=1))
    return ScopeUnderReview(
        digest=scope.digest(),
        review=case.review,
        process=scope.process,
        compels=tuple(sorted(allows(scope))),
        classes=scope.classes,
        identifiers=tuple(NumberedIdentifier.model_validate(values) for values in numbered),
        since=scope.since,
        until=scope.until,
        restriction=scope.restriction,
        # A preservation discloses nothing, so it cannot go beyond what its letter compels.
        excess=excess(scope) if case.kind in _FOR_DATA else "",
        approvals_needed=approvals_needed(case.kind, scope, closer=bool(closer_look(facts, book))),
    )


def _ruled(decision: RecordedDecision, people: Mapping[str, str], reasons: Mapping[str, str]) -> Ruled:
    statement = decision.signed.statement
    return Ruled(
        at=decision.at,
        by=statement.by,
        name=people.get(statement.by),
        verdict=statement.verdict,
        accepted=decision.accepted,
        sentence=decision.sentence,
        checks=statement.checks,
        grounds=statement.grounds,
        reason=reasons.get(statement.reason) if statement.reason else None,
        until=statement.until,
        order=statement.order,
    )
