"""What a message proves of its From domain: every check, one after the other, within the bounds of one message.

Authentication-Results fields are never read: whoever sends a message can write them into it.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from intake.authentication.dmarc import Alignment
from intake.authentication.hosts import check_host
from intake.authentication.names import Questions, Resolver
from intake.authentication.seals import check_seal
from intake.authentication.signatures import Receipt, check_signatures
from intake.authentication.signed import SignedMessage
from intake.headers import unencoded
from intake.mime import split_headers
from intake.peer import SmtpPeer
from policy.addresses import normal_domain
from policy.authentication import Authentication
from policy.suffixes import organizational_domain

_BETWEEN_ADDRESSES = re.compile(r"[\s<>,;:\"()\[\]]+")
_ANGLED = re.compile(r"<[^<>]*>")
#: Domains of one field that are kept.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Authenticator:
    """The checks, with what they need to know: whom to ask, our addresses, and the forwarders whose word counts."""

    resolver: Resolver
    addresses: tuple[str, ...]
    sealers: Set[str] = frozenset()

    def authenticate(
        self, raw: bytes, domain: str, received_at: datetime, peer: SmtpPeer | None = None
    ) -> Authentication:
        """Establish what a message proves of `domain`, the one in its From.

        `peer` is None where the message did not come by SMTP. Never raises for what is in the message, and is done in a
        few seconds; it blocks meanwhile, so call it in a thread from asyncio.
        """
        message = SignedMessage.read(raw)
        questions = Questions(self.resolver)
        receipt = Receipt(at=received_at, addresses=self.addresses)
        alignment = Alignment.asked(domain, questions)
        headers, _ = split_headers(raw)
        return Authentication(
            domain=domain,
            signatures=check_signatures(message, alignment, questions, receipt),
            host=check_host(peer, alignment, questions) if peer else None,
            dmarc=alignment.record,
            seal=check_seal(message, alignment, questions, receipt, self.sealers),
            replies_to=_elsewhere(domain, headers, "Reply-To"),
            shown_as=_elsewhere(domain, headers, "From", shown=True),
        )


def _elsewhere(domain: str, headers: Message, name: str, *, shown: bool = False) -> tuple[str, ...]:
    """Domains of other organisations in a field's addresses, or in what it shows beside its address."""
    text = " ".join(unencoded(str(value)) for value in headers.get_all(name, []))
    words = _BETWEEN_ADDRESSES.split(_ANGLED.sub(" ", text) if shown else text)
    found = (normal_domain(word.rpartition("@")[2]) for word in words if "@" in word)
    home = organizational_domain(domain)
    others = (other for other in found if other is not None and organizational_domain(other) != home)
    return tuple(dict.fromkeys(others))[:_MOST]
