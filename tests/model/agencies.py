"""What agencies send in a plan, and how the model hears of it."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

from starter.samples import SampleEmergency, SampleProcess, emergency_mail, sample_mail
from tests.model.case import Case
from tests.model.guide import Disclosure, Hold, Mail, Model, Restriction, What
from tests.model.judge import Judge
from tests.model.plan import Longer, Order, Sent
from tests.replies import reply
from tests.world import EVERYTHING, LINH, MAREN, STRANGER, World

_ANSWER_DUE = timedelta(days=20)
_SILENCE = {
    Sent.GAGGED: "30 days",
    Sent.GAGGED_WARRANT: "90 days",
    Sent.ENDLESS_GAG: "yes",
    Sent.GAGGED_RESTRICTION: "30 days",
}
_SILENT_DAYS = {Sent.GAGGED: 30, Sent.GAGGED_WARRANT: 90, Sent.GAGGED_RESTRICTION: 30}
_WITH_CONTENT = frozenset({Sent.WARRANT, Sent.GAGGED_WARRANT, Sent.CLOUD_ACT})
_BY_TWO = _WITH_CONTENT | {Sent.EMERGENCY, Sent.LOCAL_ORDER}
_PROCESS = {
    Sent.PRESERVATION: SampleProcess.PRESERVATION_LETTER,
    Sent.WARRANT: SampleProcess.SEARCH_WARRANT,
    Sent.GAGGED_WARRANT: SampleProcess.SEARCH_WARRANT,
    Sent.CLOUD_ACT: SampleProcess.CLOUD_ACT_ORDER,
    Sent.LOCAL_ORDER: SampleProcess.LOCAL_ORDER,
    Sent.RESTRICTION: SampleProcess.RESTRICTION,
    Sent.GAGGED_RESTRICTION: SampleProcess.RESTRICTION,
}
_ABROAD = {Sent.CLOUD_ACT: "northmarch.police.example", Sent.LOCAL_ORDER: "prairie.gc.example"}
_CLAIMS = frozenset({Sent.CLAIM, Sent.UNPROVEN_CLAIM})
#: No two plans share one, whose mailbox may be blocked.
_OFFICERS = itertools.count(1)


class Agencies:
    """Officers, each with one case, and somebody who writes in their name."""

    def __init__(self, world: World, judge: Judge) -> None:
        self._world = world
        self._judge = judge

    async def refused(self) -> None:
        """Mail from no official address."""
        raw = sample_mail(self._world.sample(SampleProcess.SUBPOENA, sender="officer@gmail.example"))
        assert (await self._world.send(raw)).ref is None
        self._judge.refused(raw)

    async def opens(self, number: int, sent: Sent, hold: Case | None) -> Case:
        """A first mail; a claim names the hold."""
        sender = f"officer.{next(_OFFICERS)}@{_ABROAD.get(sent, 'police.springfield.gov.example')}"
        user = (MAREN, LINH)[number % 2]
        raw = self._first(sent, sender, user, hold.ref if hold and sent in _CLAIMS else None)
        proven = sent is not Sent.UNPROVEN_CLAIM
        ref = (await (self._world.send(raw) if proven else self._world.send_unproven(raw))).ref
        assert ref is not None
        case = Case(ref, sent, sender, user, raw, self._model(sent, raw))
        if hold and hold.hold and sent in _CLAIMS and isinstance(case.model, Disclosure):
            hold.hold.named(case.model)
        return case

    def _first(self, sent: Sent, sender: str, user: str, reference: str | None) -> bytes:
        named = "nobody.at.all@example.net" if sent is Sent.NOBODY else user
        common: dict[str, object] = {"sender": sender, "identifiers": (("User email", named),)}
        if sent is Sent.EMERGENCY:
            dated = self._world.clock.now().replace(microsecond=0)
            return emergency_mail(SampleEmergency(**common, dated=dated))  # type: ignore[arg-type]  # strings and pairs
        if sent in _WITH_CONTENT:
            common |= {"classes": EVERYTHING}
        if sent is Sent.INCOMPLETE:
            common |= {"badge": ""}
        if sent in (Sent.RESTRICTION, Sent.GAGGED_RESTRICTION):
            common |= {"since": None, "until": None}
        process = _PROCESS.get(sent, SampleProcess.SUBPOENA)
        return sample_mail(self._world.sample(process, **common, silence=_SILENCE.get(sent), reference=reference))

    def _model(self, sent: Sent, raw: bytes) -> Model:
        received_at = self._judge.received_at(raw)
        if sent is Sent.PRESERVATION:
            return Hold(received_at)
        if sent in (Sent.RESTRICTION, Sent.GAGGED_RESTRICTION):
            request: Disclosure | Restriction = Restriction(received_at)
        else:
            request = Disclosure(
                received_at,
                due=(self._world.clock.now() + _ANSWER_DUE).date(),
                needed=2 if sent in _BY_TWO else 1,
                emergency=sent is Sent.EMERGENCY,
                complete=sent is not Sent.INCOMPLETE,
                exists=sent is not Sent.NOBODY,
                proven=sent is not Sent.UNPROVEN_CLAIM,
            )
        if sent in _SILENCE:
            days = _SILENT_DAYS.get(sent)
            end = None if days is None else received_at + timedelta(days=days)
            request.silence.ordered(end, received_at, by_request=True)
        return request

    async def orders(self, case: Case, step: Order) -> None:
        """An order of silence."""
        words = "yes" if step.days is None else f"{step.days} days"
        sender = STRANGER if step.stranger else case.sender
        raw = sample_mail(
            self._world.sample(SampleProcess.NON_DISCLOSURE_ORDER, sender=sender, silence=words, reference=case.ref)
        )
        if step.stranger:
            assert (await self._world.send(raw)).ref != case.ref, "only its own agency reaches a case"
        else:
            await self._send(case, What.ORDER, raw, step.days, proven=step.proven)

    async def replies(self, case: Case, *, proven: bool) -> None:
        """An answer, which says what a request may lack."""
        raw = reply("Badge number: 4471\n", f"Re: {case.ref}", sender=case.sender)
        await self._send(case, What.REPLY, raw, proven=proven)

    async def withdraws(self, case: Case, *, proven: bool) -> None:
        """The request is withdrawn."""
        raw = reply(f"We hereby withdraw our request {case.ref}.\n", f"Case {case.ref}", sender=case.sender)
        await self._send(case, What.WITHDRAWAL, raw, proven=proven)

    async def asks_longer(self, case: Case, step: Longer) -> None:
        """A request to extend a hold."""
        raw = self._extension(case, STRANGER if step.stranger else case.sender)
        if step.stranger:
            assert (await self._world.send(raw)).ref != case.ref, "only its own agency reaches a hold"
        else:
            await self._send(case, What.EXTENSION, raw, proven=step.proven)

    async def asked_longer(
        self, case: Case, hold: Hold, step: Longer, before_reading: Callable[[], Awaitable[None]]
    ) -> None:
        """The same, received so many seconds from the hold's end, which is soon, and read once that has passed."""
        raw, received_at = self._extension(case, case.sender), hold.until + timedelta(seconds=step.edge or 0)
        mail = Mail(What.EXTENSION, received_at, step.proven and not case.blocked)
        keep = self._world.keep if step.proven else self._world.keep_unproven
        waiting = await keep(raw, received_at=received_at)
        in_time = received_at < hold.until
        if in_time:
            self._arrives(case, waiting, mail)
        await before_reading()
        await self._world.send_on(waiting)
        if not in_time:
            self._arrives(case, waiting, mail)

    def _extension(self, case: Case, sender: str) -> bytes:
        return sample_mail(self._world.sample(SampleProcess.EXTENSION, sender=sender, reference=case.ref))

    async def _send(self, case: Case, what: What, raw: bytes, days: int | None = None, *, proven: bool) -> None:
        sent = await (self._world.send(raw) if proven else self._world.send_unproven(raw))
        assert sent.ref == case.ref, f"{what} about {case.ref} went to {sent.ref}"
        received_at = self._judge.received_at(raw)
        end = None if days is None else received_at + timedelta(days=days)
        self._arrives(case, sent.message_id, Mail(what, received_at, proven and not case.blocked, end))

    def _arrives(self, case: Case, message_id: str, mail: Mail) -> None:
        case.mail.append((message_id, mail))
        case.model.arrives(mail, self._world.clock.now())
