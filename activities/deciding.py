"""Ruling on signed statements beside the ledger: the roster, the signature, the record so far."""

from temporalio import activity

from activities.ports import CaseFile, CaseLedger, Conflict
from activities.record import Change, DecisionRecorded, Entry, ScopeApproved
from contract.messages import DecideInput
from contract.signing import signature_holds
from policy.decisions import checks_due, judge
from policy.request import request_facts
from policy.scope import Narrowing, scope_of
from policy.statements import Refusal, Ruling, SignedStatement, Standing, Verdict
from policy.vocabulary import Jurisdiction, Phase, RequestKind


class Deciding:
    """One short database step, so it runs as a local activity within the update that brought the statement."""

    def __init__(self, ledger: CaseLedger) -> None:
        self._ledger = ledger

    @activity.defn
    async def decide(self, question: DecideInput) -> Ruling:
        """Rule on a statement and record it, accepted or refused. Tried again, it gives the same ruling."""
        case = await self._ledger.case(question.ref)
        signed = question.signed
        ruling = await self._rule(case, question)
        if any(event.step == question.step for event in case.events):
            return ruling
        changes: tuple[Change, ...] = (_recorded(signed, ruling),)
        approved = ruling.settled and ruling.verdict in (Verdict.APPROVE, Verdict.NARROW)
        if approved:
            changes += (_approved(case, signed),)
        entry = Entry(
            ref=question.ref,
            step=question.step,
            at=question.at,
            phase=_next_phase(ruling, question.phase, case),
            changes=changes,
        )
        try:
            await self._ledger.commit(entry)
        except Conflict:
            ruling = Ruling(
                accepted=False,
                refusal=Refusal.REPEATED,
                sentence="the record has this statement already, or forbids this signer to approve",
            )
            refused = entry.model_copy(update={"changes": (_recorded(signed, ruling),), "phase": None})
            await self._ledger.commit(refused)
        return ruling

    async def _rule(self, case: CaseFile, question: DecideInput) -> Ruling:
        statement = question.signed.statement
        signer = await self._ledger.signer(statement.by)
        facts = request_facts(case.facts)
        others = [decision for decision in case.decisions if not _retried(decision.signed, case, question)]
        standing = Standing(
            ref=case.ref,
            phase=question.phase,
            now=question.at,
            scope=scope_of(case.ref, facts, case.review),
            gag=facts.gag,
            checks_due=checks_due(case.kind, case.sender),
            foreign=question.jurisdiction is not Jurisdiction.US,
            amended_by=frozenset(f.source.by for f in case.facts if f.source.by is not None),
            accepted=tuple(d.signed.statement for d in others if d.accepted),
            nonces=frozenset(d.signed.statement.nonce for d in others),
        )
        holds = signer is not None and signature_holds(question.signed, signer)
        return judge(statement, standing, signer, signature_holds=holds)


def _retried(signed: SignedStatement, case: CaseFile, question: DecideInput) -> bool:
    """Whether this record is of the very step that is being tried again, so that it must not count against itself."""
    return signed == question.signed and any(event.step == question.step for event in case.events)


def _recorded(signed: SignedStatement, ruling: Ruling) -> DecisionRecorded:
    return DecisionRecorded(signed=signed, accepted=ruling.accepted, refusal=ruling.refusal, sentence=ruling.sentence)


def _approved(case: CaseFile, signed: SignedStatement) -> ScopeApproved:
    statement = signed.statement
    amenders = {fact.source.by for fact in case.facts}
    scope = scope_of(case.ref, request_facts(case.facts), case.review)
    earlier = [
        d.signed.statement.by
        for d in case.decisions
        if d.accepted
        and d.signed.statement.by not in amenders
        and d.signed.statement.scope == statement.scope
        and d.signed.statement.verdict in (Verdict.APPROVE, Verdict.NARROW)
    ]
    return ScopeApproved(scope=scope.narrow(statement.narrowing or Narrowing()), approved_by=(*earlier, statement.by))


def _next_phase(ruling: Ruling, phase: Phase, case: CaseFile) -> Phase | None:
    """The phase that an accepted statement brings about, for the record; None leaves it."""
    found_genuine = ruling.verdict is Verdict.AUTHENTIC and phase is Phase.VERIFICATION
    goes_on = found_genuine and case.kind is RequestKind.DISCLOSURE and not case.missing
    return Phase.LEGAL_REVIEW if goes_on else None
