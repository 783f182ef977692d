"""The messages that belong to a case, or wait with it, as a person looks for one to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.tables import Mailbox, kept_mail, messages


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """A message of a case: its bytes are the object `object`. `sender` and `subject` are None once they are erased."""

    message_id: str
    object: str
    received_at: datetime
    mailbox: Mailbox
    sender: str | None
    subject: str | None


class Letterbook:
    """Reads a case's mail."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of(self, ref: str) -> Sequence[CaseMessage]:
        """The messages of a case, and those that wait with it, in the order in which they were received."""
        waiting = select(kept_mail.c.message_id).where(kept_mail.c.ref == ref)
        query = (
            select(
                messages.c.message_id,
                messages.c.object,
                messages.c.received_at,
                messages.c.mailbox,
                messages.c.sender,
                messages.c.subject,
            )
            .where(or_(messages.c.ref == ref, messages.c.message_id.in_(waiting)))
            .order_by(messages.c.received_at, messages.c.message_id)
        )
        async with self._engine.connect() as connection:
            return [
                CaseMessage(row.message_id, row.object, row.received_at, Mailbox(row.mailbox), row.sender, row.subject)
                for row in await connection.execute(query)
            ]
