"""Ruling on signed statements beside the ledger: the roster, the signature, the record so far."""

from temporalio import activity

from activities.ports import CaseFile, CaseLedger, Conflict, RecordedDecision
from activities.record import Change, DecisionRecorded, DocumentTaken, Entry, ScopeApproved, SenderSuspected
from activities.silence import orders_of
from contract.ids import notice_of
from contract.messages import DecideInput
from contract.signing import signature_holds
from policy.addresses import domain_of
from policy.book import policy_book
from policy.channels import obstacle
from policy.decisions import APPROVALS, accepted, approvals, judge
from policy.directory import AgencyDirectory, normal_number, number_id
from policy.documents import scans
from policy.orders import Order, silence_of
from policy.request import request_facts
from policy.scope import Narrowing, scope_of
from policy.scrutiny import closer_look
from policy.statements import Refusal, Ruling, SignedStatement, Standing, Statement, Verdict
from policy.verification import Presented, checks_due
from policy.vocabulary import Phase, RequestKind


class Deciding:
    """One short database step, so it runs as a local activity within the update that brought the statement."""

    def __init__(self, ledger: CaseLedger) -> None:
        self._ledger = ledger

    @activity.defn
    async def decide(self, question: DecideInput) -> Ruling:
        """Rule on a statement and record it, accepted or refused. Tried again, it gives the same ruling."""
        case = await self._ledger.case(question.ref)
        done = next((decision for decision in case.decisions if decision.step == question.step), None)
        if done is not None and done.accepted and (known := accepted(question.signed.statement)) is not None:
            return known  # The case may have moved on by it: its message waits no more, or its freeze is over.
        standing = _standing(
            case,
            question,
            done,
            presented=presented(case, known_sender=await self._ledger.known_sender(case.ref)),
            directory=await self._ledger.directory(),
            reason_kept=await self._reason_kept(question.signed),
            off_roster=await self._off_roster(case, question),
        )
        ruling = await self._rule(question, standing)
        if done is not None:
            return ruling if done.accepted or not ruling.accepted else _conflicting(done.sentence)
        entry = Entry(
            ref=question.ref,
            step=question.step,
            at=question.at,
            phase=_next_phase(ruling, question.phase, case),
            changes=_changes(question.signed, ruling, standing, case.envelope.message_id),
        )
        try:
            await self._ledger.commit(entry)
        except Conflict as conflict:
            ruling = _conflicting(str(conflict))
            refused = entry.model_copy(
                update={"changes": _changes(question.signed, ruling, standing, case.envelope.message_id), "phase": None}
            )
            await self._ledger.commit(refused)
        return ruling

    async def _reason_kept(self, signed: SignedStatement) -> bool:
        """Whether the words that the statement's reason stands for are in the ledger: a hash alone gives no reason."""
        sha256 = signed.statement.reason
        return sha256 is not None and await self._ledger.reason(sha256) is not None

    async def _off_roster(self, case: CaseFile, question: DecideInput) -> frozenset[str]:
        """Who has approved the case, and been taken off the roster since: only a further approval asks for it."""
        if question.signed.statement.verdict not in APPROVALS:
            return frozenset()
        earlier = {d.signed.statement.by for d in case.decisions if d.signed.statement.verdict in APPROVALS}
        known = [await self._ledger.signer(by) for by in sorted(earlier)]
        return frozenset(signer.id for signer in known if signer and signer.is_revoked(question.at))

    async def _rule(self, question: DecideInput, standing: Standing) -> Ruling:
        statement = question.signed.statement
        signer = await self._ledger.signer(statement.by)
        holds = signer is not None and signature_holds(question.signed, signer)
        return judge(statement, standing, signer, signature_holds=holds)


def presented(case: CaseFile, *, known_sender: bool) -> Presented:
    """The case as a verifier has it before them."""
    facts = request_facts(case.facts)
    has_document = any(document.accepted for document in case.documents)
    return Presented(
        kind=case.kind,
        sender=case.sender,
        process=facts.process,
        country=facts.country,
        classes=facts.requested,
        has_document=has_document,
        scanned=not has_document and bool(scans(case.documents)),
        first_time=not known_sender,
        frozen=case.frozen_at is not None,
    )


def _standing(
    case: CaseFile,
    question: DecideInput,
    done: RecordedDecision | None,
    *,
    presented: Presented,
    directory: AgencyDirectory,
    reason_kept: bool,
    off_roster: frozenset[str],
) -> Standing:
    """The case as the statement meets it; what this very step has recorded before does not count against itself."""
    facts = request_facts(case.facts)
    book = policy_book(case.policy_version)
    scope = scope_of(case.ref, facts, case.review, case.kind)
    blocked = obstacle(scope.process, scope.country, case.envelope.received_at, book)
    agency = directory.agency_of(domain_of(case.envelope.sender))
    given = normal_number(facts.officer_phone or "")
    others = [decision for decision in case.decisions if decision is not done]
    return Standing(
        ref=case.ref,
        phase=question.phase,
        now=question.at,
        scope=scope,
        gag=silence_of(Order(n=order.n, until=order.until) for order in case.orders)[0],
        orders=orders_of(case, notice_of(question.step), others),
        checks_due=checks_due(presented),
        frozen=presented.frozen,
        numbers=frozenset(map(number_id, agency.numbers)) if agency else None,
        numbers_in_mail=frozenset({number_id(given)} if given else ()),
        kind=case.kind,
        obstacle=f"{blocked.clause.value}: it needs {blocked.detail}" if blocked else "",
        reason_kept=reason_kept,
        closer=bool(closer_look(facts, book)),
        confirmed=case.hold is not None and case.hold.review_at is not None,
        appealed_at=max((appeal.made_at for appeal in case.open_appeals), default=None),
        amended_by=frozenset(f.source.by for f in case.facts if f.source.by is not None),
        off_roster=off_roster,
        accepted=tuple(d.signed.statement for d in others if d.accepted),
        mail=case.mail,
        scans=frozenset(document.sha256 for document in scans(case.documents)),
        nonces=frozenset(d.signed.statement.nonce for d in others),
    )


def _changes(signed: SignedStatement, ruling: Ruling, standing: Standing, message_id: str) -> tuple[Change, ...]:
    """The statement as it was ruled on; with an approval that it completes, the scope that it lets out, with an
    emergency found to be feigned, the suspicion of who sent it, and the scans that it takes in (S2)."""
    recorded = DecisionRecorded(
        signed=signed,
        accepted=ruling.accepted,
        review=standing.scope.round,
        refusal=ruling.refusal,
        sentence=ruling.sentence,
    )
    statement = signed.statement
    if ruling.accepted and _feigned(statement, standing):
        return (recorded, SenderSuspected(message_id=message_id, by=statement.by))
    if ruling.accepted and statement.verdict is Verdict.AUTHENTIC:
        return (
            recorded,
            *(DocumentTaken(sha256=sha256, by=statement.by) for sha256 in sorted(set(statement.documents))),
        )
    if not ruling.settled or ruling.verdict not in (Verdict.APPROVE, Verdict.NARROW):
        return (recorded,)
    approved = ScopeApproved(
        scope=standing.scope.narrow(statement.narrowing or Narrowing()),
        approved_by=(*(earlier.by for earlier in approvals(standing)), statement.by),
    )
    return (recorded, approved)


def _feigned(statement: Statement, standing: Standing) -> bool:
    """Whether a person has found an emergency to be none: stolen police mailboxes are used for these (E1)."""
    return standing.kind is RequestKind.EMERGENCY and statement.verdict in (
        Verdict.NOT_AUTHENTIC,
        Verdict.NOT_GENUINE,
    )


def _conflicting(sentence: str) -> Ruling:
    return Ruling(accepted=False, refusal=Refusal.REPEATED, sentence=sentence)


def _next_phase(ruling: Ruling, phase: Phase, case: CaseFile) -> Phase | None:
    """The phase that an accepted statement brings about, for the record; None leaves it."""
    found_genuine = ruling.verdict is Verdict.AUTHENTIC and phase is Phase.VERIFICATION
    goes_on = found_genuine and case.kind is not RequestKind.PRESERVATION and not case.missing
    return Phase.LEGAL_REVIEW if goes_on else None
