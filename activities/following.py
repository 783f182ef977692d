"""After an emergency disclosure: asking for the legal process owed, and knowing it when it comes (E1)."""

from temporalio import activity

from activities.arrivals import owed_process
from activities.ports import CaseLedger, LetterWriter
from activities.record import Entry, FollowUpEnded, OwedProcessArrived
from activities.steps import agency_letter, refuse
from contract.messages import ProcessStep, Step
from policy.letters import LetterName


class Following:
    """Steps of an emergency's follow-up."""

    def __init__(self, ledger: CaseLedger, letters: LetterWriter) -> None:
        self._ledger = ledger
        self._letters = letters

    @activity.defn
    async def waiting(self, step: Step) -> int:
        """How many messages wait with the case for a person."""
        return len((await self._ledger.case(step.ref)).mail)

    @activity.defn
    async def chase(self, step: Step) -> None:
        """Write to the agency that its legal process has not come."""
        case = await self._ledger.case(step.ref)
        if case.production is None:
            refuse("NotDisclosed", "the record has no disclosure for which legal process could be owed")
        made_at = case.production.made_at
        letter = agency_letter(self._letters, case, LetterName.PROCESS_OWED, disclosed_at=made_at)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(), letters=(letter,)))

    @activity.defn
    async def settle(self, step: ProcessStep) -> bool:
        """Whether a message brings the legal process owed; if so, it is noted. The record says, not the signal."""
        case = await self._ledger.case(step.ref)
        if await owed_process(self._ledger, case, step.message_id) is None:
            return False
        arrived = OwedProcessArrived(message_id=step.message_id)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(arrived,)))
        return True

    @activity.defn
    async def end_follow_up(self, step: Step) -> None:
        """Note that nothing is open any more."""
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(FollowUpEnded(),)))
