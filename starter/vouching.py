"""A verifier's word on one message that waits with a case: it is ruled on by the record, and then counts or does not.

Not by the case's machine: mail can wait with a case that has closed, while the notices of it still run.
"""

from activities.deciding import Deciding
from activities.ports import CaseFile
from contract.messages import DecideInput
from policy.statements import Ruling, SignedStatement
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.services import Services
from runtime.settings import Settings
from starter.command import Exit, Trouble
from starter.machines import say_mail_read, say_mail_waits
from starter.mailroom import MailDesk


def waiting_message(case: CaseFile, typed: str) -> str:
    """The id of the waiting message that was typed, or the beginning of it.

    Raises:
        Trouble: no message that waits with the case begins so, or several do.
    """
    found = [mail.message_id for mail in case.mail if typed and mail.message_id.startswith(typed.lower())]
    if len(found) != 1:
        listed = ", ".join(mail.message_id[:16] for mail in case.mail) or "none"
        raise Trouble(
            f"--message {typed!r} names {len(found)} messages that wait with {case.ref}: {listed}", Exit.MISUSED
        )
    return found[0]


async def rule_on_mail(settings: Settings, services: Services, case: CaseFile, signed: SignedStatement) -> Ruling:
    """Have the statement ruled on; a message that was vouched for counts from when it was received."""
    clock = BusinessClock(settings.clock_file)
    question = DecideInput(
        signed=signed, step=f"mail-{signed.statement.nonce}", ref=case.ref, phase=case.phase, at=clock.now()
    )
    ruling = await Deciding(services.casebook).decide(question)
    if ruling.accepted:
        client = await connect(settings)
        await MailDesk(services, clock, settings.task_queue).admit_confirmed(client)
        await say_mail_waits(client, case, signed.statement.message)
        await say_mail_read(client, case)
    return ruling
