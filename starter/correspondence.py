"""Mail of those who were told, to the address for users: it objects, appeals, or waits for a person (N1, X3).

Such mail comes from no agency, so it says nothing about a request: nothing in it becomes a fact of a case.
"""

import asyncio
from datetime import datetime
from email.message import Message

from temporalio.client import Client

from activities.clocks import is_stopped
from activities.ports import CaseFile, CaseNotFound, NoticeState
from activities.record import AppealMade, Change, Entry, MailKept, MailNoted
from intake.headers import answers, subject_of
from intake.lines import references
from intake.message import own_text
from intake.reading import MessageReading
from ledger.mailroom import Mailroom, WaitingMessage
from policy.triage import Kept
from policy.users import ToldUser, UserWord, user_of, word_of
from policy.vocabulary import AppealRoute
from runtime.clock import BusinessClock
from runtime.services import Services
from starter import machines

#: The longest appeal that is kept, in characters: about ten pages.
LONGEST_APPEAL = 20_000


class Correspondence:
    """Finds whom a message concerns of those who were told, and sees it there. Each part can be done again unharmed."""

    def __init__(self, services: Services, mailroom: Mailroom, clock: BusinessClock) -> None:
        self._casebook = services.casebook
        self._ours = services.our_domains
        self._mailroom = mailroom
        self._clock = clock

    async def concerned(self, headers: Message, author: str, received_at: datetime) -> ToldUser | None:
        """Whom a message concerns, by what it answers and by the reference in its subject; None: nobody."""
        answered = await self._casebook.answered(answers(headers))
        users: list[ToldUser] = []
        for ref in dict.fromkeys((*sorted(answered), *references(subject_of(headers)))):
            try:
                users.append(_told(await self._casebook.case(ref), author, received_at))
            except CaseNotFound:
                continue
        return user_of(users)

    async def take(
        self, client: Client, message: WaitingMessage, raw: bytes, reading: MessageReading, user: ToldUser
    ) -> None:
        """Bring a message that was read to the case that it concerns."""
        proven = reading.authentication is not None and reading.authentication.proof is not None
        if reading.automatic is not None:
            noted = MailNoted(message_id=message.message_id, automatic=reading.automatic)
            await self._commit(user.ref, f"noted-{message.message_id[:16]}", noted)
        else:
            text = (await asyncio.to_thread(own_text, raw, self._ours)).strip()[:LONGEST_APPEAL]
            await self._hear(client, message, user, proven=proven, text=text)
        await self._mailroom.route(message.message_id, user.ref, self._clock.now())

    async def _hear(self, client: Client, message: WaitingMessage, user: ToldUser, *, proven: bool, text: str) -> None:
        word = word_of(user, proven=proven, says_something=bool(text))
        if word is UserWord.APPEALS and user.n is not None:
            made = AppealMade(n=user.n, route=AppealRoute.REPLY, text=text)
            await self._commit(user.ref, f"appeal-{message.message_id[:16]}", made)
            await machines.say_appealed(client, user.ref)
            return
        kept = MailKept(
            message_id=message.message_id, why=Kept.FROM_USER, proven=proven, received_at=message.received_at
        )
        await self._commit(user.ref, f"kept-{message.message_id[:16]}", kept)
        if word is UserWord.OBJECTS and user.n is not None:
            await machines.say_objected(client, user.ref, user.n, message.received_at)
        await machines.say_mail_waits(client, await self._casebook.case(user.ref))

    async def _commit(self, ref: str, step: str, change: Change) -> None:
        await self._casebook.commit(Entry(ref=ref, step=step, at=self._clock.now(), changes=(change,)))


def _told(case: CaseFile, author: str, received_at: datetime) -> ToldUser:
    """What the writer of a message may do in this case, if it was them who was told."""
    restriction = case.restriction
    accounts = (*case.accounts, *(restriction.accounts if restriction else ()))
    numbers = {account.n for account in accounts if account.email.lower() == author}
    notice = next((notice for notice in case.notices if notice.n in numbers and notice.told_at is not None), None)
    if notice is None:
        return ToldUser(ref=case.ref)
    in_force = restriction is not None and restriction.lifted_at is None and received_at < restriction.until
    return ToldUser(ref=case.ref, n=notice.n, may_object=_may_object(case, notice, received_at), may_appeal=in_force)


def _may_object(case: CaseFile, notice: NoticeState, received_at: datetime) -> bool:
    if notice.objection_until is None or notice.objected_at is not None:
        return False
    return received_at < notice.objection_until or is_stopped(case, notice.n)
