"""What a verifier has to do for a case, and the numbers to call: shown with the case, and stated by `review`."""

from collections.abc import Mapping

from pydantic import AwareDatetime

from activities.deciding import presented
from activities.ports import CaseFile
from ledger.directory import Directory
from policy.addresses import domain_of
from policy.documents import scans
from policy.findings import Reason
from policy.frozen import Frozen
from policy.statements import Check
from policy.verification import call_back_reasons, checks_due
from policy.vocabulary import Phase
from runtime.services import Services


class Call(Frozen):
    """A call that a verifier has stated before: for which case, who made it, when it was recorded (UTC)."""

    ref: str
    by: str
    at: AwareDatetime


class NumberToCall(Frozen):
    """A verified number of the agency, how it was verified, and who else has called it."""

    number: str
    source: str
    verified_by: str | None
    verified_at: AwareDatetime
    calls: tuple[Call, ...]


class Checklist(Frozen):
    """The checks due, why a call-back is, the numbers for it, and the command that states all of it."""

    due: tuple[Check, ...]
    because: tuple[Reason, ...]
    listed: bool
    numbers: tuple[NumberToCall, ...]
    command: str


#: Where a verifier's finding means something, or will as soon as the message has been read. Where the sender was
#: blocked since, it does wherever the case stands.
_VERIFIED_IN = frozenset({Phase.RECEIVED, Phase.VERIFICATION, Phase.HELD})


async def checklist(services: Services, case: CaseFile, people: Mapping[str, str]) -> Checklist | None:
    """The checklist of a case that a verifier can state something about; None for any other. `people` are names by
    roster id."""
    if case.phase not in _VERIFIED_IN and case.frozen_at is None:
        return None
    before = presented(case, known_sender=await services.casebook.known_sender(case.ref))
    directory = Directory(services.engine)
    agency = (await directory.read()).agency_of(domain_of(case.envelope.sender))
    known = await directory.numbers(agency.name) if agency else ()
    calls = await directory.calls([number.id for number in known])
    due = tuple(sorted(checks_due(before)))
    numbers = tuple(
        NumberToCall(
            number=number.number,
            source=number.source,
            verified_by=people.get(number.verified_by or "", number.verified_by),
            verified_at=number.verified_at,
            calls=tuple(
                Call(ref=call.ref, by=people.get(call.by, call.by), at=call.at)
                for call in calls
                if call.number == number.id and call.ref != case.ref
            ),
        )
        for number in known
    )
    return Checklist(
        due=due,
        because=call_back_reasons(before),
        listed=agency is not None,
        numbers=numbers,
        command=_command(case, due, numbers),
    )


def _command(case: CaseFile, due: tuple[Check, ...], numbers: tuple[NumberToCall, ...]) -> str:
    number = numbers[0].number if numbers else "NUMBER"
    unread = (str(n) for n, document in enumerate(case.documents, start=1) if document in scans(case.documents))
    options = {
        Check.CALLED_BACK: f"--called-back {number}",
        Check.DOCUMENT_READ: f"--document-read {','.join(unread)}",
    }
    stated = (options.get(check, f"--{check.value.replace('_', '-')}") for check in due)
    return f"dueprocess review {case.ref} authentic {' '.join(stated)} --as NAME"
