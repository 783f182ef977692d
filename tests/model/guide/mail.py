"""What an agency writes after its first mail, and what waits for a person because nobody knows who wrote it (S1)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

CONFIRM = timedelta(days=7)  # S1, P3: so long a deadline waits for a verifier's word on mail from before it.


class What(StrEnum):
    """What a mail says."""

    ORDER = "order"
    EXTENSION = "extension"
    REPLY = "reply"
    WITHDRAWAL = "withdrawal"


@dataclass(eq=False)
class Mail:
    """A mail about a case. `proven` to come from its agency; `end` is that of an order of silence.

    `confirmable`: it waits, and would count if a verifier vouched for it. What else waits is only for reading.
    """

    what: What
    received_at: datetime
    proven: bool = True
    end: datetime | None = None
    confirmable: bool = False


@dataclass
class Waiting:
    """The mail that waits with a case."""

    mail: list[Mail] = field(default_factory=list)

    def keep(self, mail: Mail, *, confirmable: bool) -> None:
        mail.confirmable = confirmable
        self.mail.append(mail)

    def holds_up(self, due: datetime) -> datetime:
        """When a deadline really falls: mail from before it waits so long for a verifier."""
        return due + CONFIRM if any(mail.confirmable and mail.received_at < due for mail in self.mail) else due
