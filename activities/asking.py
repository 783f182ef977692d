"""Waiting for the agency: reminders of what it was asked, and whether anything came in time (R1 to R4, P2, U2)."""

from typing import assert_never

from temporalio import activity

from activities.arrivals import has_returned_letter, unconfirmed_before
from activities.closing import grounded_letter
from activities.ports import CaseFile, CaseLedger, LetterWriter
from activities.receiving import missing_of
from activities.record import AgencyReminded, Entry, Letter
from activities.steps import agency_letter
from contract.messages import MailResult, MailStep, RemindStep
from policy.letters import LetterName
from policy.patience import Asked
from policy.statements import Verdict


class Asking:
    """Steps of a case that waits for its agency."""

    def __init__(self, ledger: CaseLedger, letters: LetterWriter) -> None:
        self._ledger = ledger
        self._letters = letters

    @activity.defn
    async def remind(self, step: RemindStep) -> None:
        """Remind the agency of exactly what is still open; of nothing, where the record says that nothing is."""
        case = await self._ledger.case(step.ref)
        letter = await self._reminder(case, step)
        if letter is None:
            return
        change = AgencyReminded(about=step.about, days=step.days)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(change,), letters=(letter,)))

    @activity.defn
    async def in_time(self, step: MailStep) -> MailResult:
        """Whether mail received before the deadline still waits, to be read or for a verifier: what came in time
        counts, whenever that is. So does that a letter came back: nobody answers what they have not received."""
        case = await self._ledger.case(step.ref)
        return MailResult(
            unread=await self._ledger.unread_mail_before(step.until),
            unconfirmed=bool(unconfirmed_before(case, step.until)) or has_returned_letter(case),
        )

    async def _reminder(self, case: CaseFile, step: RemindStep) -> Letter | None:
        match step.about:
            case Asked.MISSING_ITEMS:
                missing = missing_of(case, step.policy)
                if not missing:
                    return None
                return agency_letter(self._letters, case, LetterName.ITEMS_REMINDER, items=missing, until=step.until)
            case Asked.QUESTION:
                return await grounded_letter(
                    self._ledger, self._letters, case, LetterName.ASK_REMINDER, Verdict.ASK, until=step.until
                )
            case _:
                assert_never(step.about)
