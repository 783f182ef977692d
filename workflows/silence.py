"""What keeps a machine from telling a user: orders of silence, each read from the record, and what people rule on
them (N2, N3)."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.closing import Closing
    from activities.noticing import Noticing
    from contract.messages import OrderStep
    from policy.notice import gag_holds, later_end
    from policy.request import Gag
    from policy.statements import Ruling, Verdict
    from workflows.machine import Machine


class Silence:
    """The orders of silence as one machine knows them. `until` (UTC) is the latest end of those that have one;
    `undated` says that one of them has none, which is a reviewer's to give."""

    def __init__(
        self,
        machine: Machine,
        gag: Gag = Gag.NONE,
        until: datetime | None = None,
        *,
        orders: tuple[str, ...] = (),
        name: str = "",
    ) -> None:
        self._machine = machine
        self._name = name
        self._asked = (gag, until)
        self._arrived = list(orders)
        self._refused = 0
        self.undated = gag is Gag.UNDATED
        self.until = until

    @property
    def gag(self) -> Gag:
        """What all the orders come to."""
        if self.undated:
            return Gag.UNDATED
        return Gag.NONE if self.until is None else Gag.DATED

    def hear(self, message_id: str) -> None:
        """A message that may be a further order. It counts once the record has been asked."""
        self._arrived.append(message_id)

    def unread(self) -> bool:
        """Whether such a message has not been read yet."""
        return bool(self._arrived)

    async def note(self, gag: Gag, until: datetime | None) -> None:
        """What the request itself, or a person who corrects it, says of silence; and then what later orders say.

        The record's facts have the latest words only: an order that is shorter than the one before must not end it.
        """
        if (gag, until) != self._asked:
            self._asked = (gag, until)
            if not self._arrived:
                self.undated, self.until = gag is Gag.UNDATED, until
            elif until is not None:
                self.until = later_end(self.until, until)
        await self.read()

    async def read(self) -> None:
        """Each further order by itself, from its own receipt: the latest end wins, and one without an end goes to a
        person, whatever an earlier order says. A message that is no order says nothing here."""
        while self._arrived:
            order = await self._machine.do(
                Noticing.order,
                OrderStep(ref=self._machine.ref, message_id=self._arrived.pop(0)),
                "read a message that may be a non-disclosure order",
            )
            self.undated = self.undated or order.undated
            if order.until is not None:
                self.until = later_end(self.until, order.until)

    def rule(self, ruling: Ruling) -> None:
        """A person gave an order without an end its end, or set it aside: an order beside it still holds. Or they
        state that every order was lifted."""
        match ruling.verdict:
            case Verdict.DATE_GAG if ruling.until is not None:
                self.undated, self.until = False, later_end(self.until, ruling.until)
            case Verdict.LIFT_GAG:
                self.undated, self.until = False, None
            case Verdict.TELL_USER:
                self.undated = False
            case _:
                pass

    async def refuse(self) -> None:
        """Tell the agency that its order without an end does not keep us from telling the user."""
        self._refused += 1
        step = f"{self._name}refuse-silence-{self._refused}"
        await self._machine.do(Closing.refuse_silence, self._machine.step(step), "write that silence is refused")
        await self._machine.post(step, "tell the agency that the user will be told")

    def let_lapse(self) -> None:
        """Forget an end that has passed: from then on the user can be told at once."""
        if not self.undated and self.until is not None and not gag_holds(self._machine.now(), self.until):
            self.until = None
