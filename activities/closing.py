"""The end of a case, and the reviewer's questions on the way there: what is said to the agency, and what is kept."""

from datetime import timedelta
from typing import assert_never

from temporalio import activity

from activities.arrivals import unconfirmed_before
from activities.ports import CaseFile, CaseLedger, LetterWriter, RecordedDecision
from activities.record import Attachment, CaseClosed, Change, Entry, Letter, MailUnconfirmed
from activities.steps import agency_letter, refuse
from contract.messages import CloseStep, Step
from policy.book import policy_book
from policy.letters import LetterName, rejection
from policy.statements import Verdict
from policy.vocabulary import Clause, Outcome, Phase


class Closing:
    """Steps that answer the agency on the strength of a decision."""

    def __init__(self, ledger: CaseLedger, letters: LetterWriter) -> None:
        self._ledger = ledger
        self._letters = letters

    @activity.defn
    async def ask(self, step: Step) -> None:
        """Write the reviewer's question to the agency, with the clauses it rests on (U2, G2)."""
        case = await self._ledger.case(step.ref)
        letter = await grounded_letter(self._ledger, self._letters, case, LetterName.ASK_MORE, Verdict.ASK)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(), letters=(letter,)))

    @activity.defn
    async def refuse_silence(self, step: Step) -> None:
        """Tell the agency that the user will be told, and why what it said does not keep us from it (N3)."""
        case = await self._ledger.case(step.ref)
        letter = await grounded_letter(
            self._ledger,
            self._letters,
            case,
            LetterName.SILENCE_REFUSED,
            Verdict.TELL_USER,
            otherwise=(Clause.N2, Clause.N3),
        )
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(), letters=(letter,)))

    @activity.defn
    async def close(self, step: CloseStep) -> None:
        """Put the outcome and the end of retention into the record, and write the agency its answer (G3)."""
        case = await self._ledger.case(step.ref)
        retain_until = step.at + timedelta(days=policy_book(step.policy).retention_days)
        letter = await self._letter(case, step.outcome)
        left = unconfirmed_before(case, step.at)
        changes: tuple[Change, ...] = (CaseClosed(outcome=step.outcome, retain_until=retain_until),)
        if left:
            changes = (MailUnconfirmed(message_ids=left), *changes)
        await self._ledger.commit(
            Entry(
                ref=step.ref,
                step="close",
                at=step.at,
                phase=Phase.CLOSED,
                changes=changes,
                letters=(letter,) if letter else (),
            )
        )

    async def _letter(self, case: CaseFile, outcome: Outcome) -> Letter | None:
        """What the agency is told; a production, and a restriction's end, have had their letters already."""
        match outcome:
            case Outcome.PRODUCED | Outcome.RESTRICTION_EXPIRED | Outcome.RESTRICTION_LIFTED:
                return None
            case Outcome.REJECTED:
                return await self._verdict(case, _rejection(case), Verdict.REJECT)
            case Outcome.NOT_AUTHENTIC:
                return await self._verdict(case, LetterName.REJECTED, Verdict.NOT_AUTHENTIC)
            case Outcome.CHALLENGED:
                return await self._verdict(case, LetterName.CHALLENGED, Verdict.CHALLENGE)
            case Outcome.WITHDRAWN:
                return agency_letter(self._letters, case, LetterName.WITHDRAWN_CONFIRMED)
            case Outcome.UNANSWERED:
                return agency_letter(self._letters, case, LetterName.UNANSWERED)
            case Outcome.NO_RESPONSIVE_RECORDS:
                return agency_letter(self._letters, case, LetterName.NO_RESPONSIVE_RECORDS)
            case Outcome.ACCOUNT_NOT_FOUND:
                return agency_letter(self._letters, case, LetterName.ACCOUNT_NOT_FOUND)
            case Outcome.PRESERVATION_EXPIRED | Outcome.PRESERVATION_CLAIMED:
                return self._expired(case)
            case _:
                assert_never(outcome)

    async def _verdict(self, case: CaseFile, name: LetterName, verdict: Verdict) -> Letter:
        return await grounded_letter(self._ledger, self._letters, case, name, verdict)

    def _expired(self, case: CaseFile) -> Letter:
        purged = next((event for event in reversed(case.events) if event.kind == "snapshot_purged"), None)
        if purged is None or case.hold is None:
            refuse("NotPurged", "the record does not say that the snapshot was destroyed")
        letter = agency_letter(self._letters, case, LetterName.PRESERVATION_EXPIRED, purged_at=case.hold.purged_at)
        certificate = Attachment(
            sha256=str(purged.detail["certificate"]), name=f"{case.ref}-certificate-of-destruction.pdf"
        )
        return letter.model_copy(update={"attachments": (certificate,)})


def _rejection(case: CaseFile) -> LetterName:
    """The letter that explains the rejection by the grounds that its reviewer named."""
    rejected = _latest(case, Verdict.REJECT)
    return rejection(rejected.signed.statement.grounds if rejected else ())


async def grounded_letter(
    ledger: CaseLedger,
    letters: LetterWriter,
    case: CaseFile,
    name: LetterName,
    verdict: Verdict,
    otherwise: tuple[Clause, ...] = (Clause.G3,),
    **context: object,
) -> Letter:
    """A letter that gives the grounds of the latest such decision, and the person's own words if there are any.

    `otherwise` are the grounds of a decision that names none.
    """
    decision = _latest(case, verdict)
    if decision is None:
        refuse("NoDecision", f"the record has no accepted statement {verdict.value}")
    statement = decision.signed.statement
    reason = await ledger.reason(statement.reason) if statement.reason else None
    grounds = statement.grounds or otherwise
    return agency_letter(letters, case, name, grounds=grounds, reason=reason, **context)


def _latest(case: CaseFile, verdict: Verdict) -> RecordedDecision | None:
    accepted = (d for d in reversed(case.decisions) if d.accepted and d.signed.statement.verdict is verdict)
    return next(accepted, None)
