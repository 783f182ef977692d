"""What keeps a machine from telling a user: orders of silence, each read from the record, and what people rule on
them (N2, N3)."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.closing import Closing
    from activities.noticing import Noticing
    from contract.messages import OrderStep
    from policy.notice import OrderRuling, gag_holds, rule_on
    from policy.orders import OWN, Order, silence_of
    from policy.request import Gag
    from policy.statements import Ruling, Verdict
    from workflows.machine import Machine


class Silence:
    """The orders of silence as one machine knows them, and has had them ruled on."""

    def __init__(
        self, machine: Machine, orders: tuple[Order, ...] = (), *, unread: tuple[str, ...] = (), name: str = ""
    ) -> None:
        self._machine = machine
        self._name = name
        self._own: Order | None = None
        self._arrived = list(unread)
        self._refused = 0
        self.orders = orders

    @property
    def gag(self) -> Gag:
        """What all the orders come to."""
        return silence_of(self.orders)[0]

    @property
    def until(self) -> datetime | None:
        """The latest end (UTC) of the orders in force that have one."""
        return silence_of(self.orders)[1]

    @property
    def undated(self) -> bool:
        """Whether one of them has no end, which is a reviewer's to give."""
        return self.gag is Gag.UNDATED

    def hear(self, message_id: str) -> None:
        """A message that may be a further order. It counts once the record has been asked."""
        self._arrived.append(message_id)

    def unread(self) -> bool:
        """Whether such a message has not been read yet."""
        return bool(self._arrived)

    async def note(self, own: Order | None) -> None:
        """What the request itself, or a person who corrects it, says of silence; and then what later orders say."""
        if own != self._own:
            self._own = own
            further = tuple(order for order in self.orders if order.n != OWN)
            self.orders = further if own is None else (own, *further)
        await self.read()

    async def read(self) -> None:
        """Each further order by itself, from its own receipt. A message that is no order says nothing here."""
        while self._arrived:
            found = await self._machine.do(
                Noticing.order,
                OrderStep(ref=self._machine.ref, message_id=self._arrived.pop(0), at=self._machine.now()),
                "read a message that may be a non-disclosure order",
            )
            if found.order is not None and found.order.n not in {order.n for order in self.orders}:
                self.orders = (*self.orders, found.order)

    def rule(self, ruling: Ruling) -> None:
        """A person gave an order without an end its end, or set it aside, or states that orders were lifted: the one
        that they name, or all. An order beside it still holds."""
        if ruling.verdict is not None:
            word = OrderRuling(verdict=ruling.verdict, at=self._machine.now(), until=ruling.until, order=ruling.order)
            self.orders = rule_on(self.orders, word)

    def refused_by(self, ruling: Ruling) -> bool:
        """Whether this word, still to be taken up, sets an order aside."""
        about = (order for order in self.orders if ruling.order in (None, order.n))
        return ruling.verdict is Verdict.TELL_USER and any(order.endless for order in about)

    async def refuse(self) -> None:
        """Tell the agency that its order without an end does not keep us from telling the user."""
        self._refused += 1
        step = f"{self._name}refuse-silence-{self._refused}"
        await self._machine.do(Closing.refuse_silence, self._machine.step(step), "write that silence is refused")
        await self._machine.post(step, "tell the agency that the user will be told")

    def let_lapse(self) -> None:
        """Forget orders whose end has passed: from then on the user can be told at once."""
        now = self._machine.now()
        self.orders = tuple(order for order in self.orders if order.until is None or gag_holds(now, order.until))
