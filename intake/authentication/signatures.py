"""DKIM (RFC 6376): each signature of a message, whether it holds, and what keeps one that holds from being proof."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dkim import (  # type: ignore[import-untyped]  # The package ships no types.
    DKIM,
    DKIMException,
    DomainSigner,
    ValidationError,
)
from dkim.util import InvalidTagValueList, parse_tag_value  # type: ignore[import-untyped]  # The same.

from intake.authentication.dmarc import Alignment
from intake.authentication.names import NoAnswer, Questions
from intake.authentication.signed import SignedMessage, is_sane
from intake.headers import dated
from intake.mime import split_headers
from policy.addresses import normal_domain
from policy.authentication import Result, Signature

#: Signatures that are looked at, from the top.
_MOST = 10
#: A message signed longer ago may be an old one that someone else sends again.
FRESH_FOR = timedelta(days=7)
#: What the signature must cover where the message has it: who writes, about what, and which message it is.
_COVERED = ("From", "Subject", "Date", "Message-ID")
#: What a message may have once. Of two, one reader takes the signed one and another the other.
_ONCE = (*_COVERED, "To", "Cc", "Reply-To", "In-Reply-To", "References", "MIME-Version", "Content-Type")
_BETWEEN_ADDRESSES = re.compile(rb"[\s<>,;:\"()]+")
#: Letters of a key record: an RSA key of 8192 bits takes 1,400. Longer ones would take long to calculate with.
_LONGEST_KEY = 2048
_TESTED_KEY = re.compile(r"(?:^|;)\s*t\s*=[^;]*\by\b")

Tags = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a message came (UTC), and our addresses, to one of which it was to come: what a replayed one gets wrong."""

    at: datetime
    addresses: tuple[str, ...]


def check_signatures(
    message: SignedMessage, alignment: Alignment, questions: Questions, receipt: Receipt
) -> tuple[Signature, ...]:
    """Every DKIM signature, the topmost first. One of another organisation than From's proves nothing, so it is not
    looked into and its result is neutral."""
    found = []
    for index, value in enumerate(message.named("DKIM-Signature")[:_MOST]):
        tags = tags_of(value)
        domain = normal_domain(tags.get(b"d", b"").decode("latin-1"))
        if domain is not None:
            found.append(_check(message, index, domain, tags, alignment, questions, receipt))
    return tuple(found)


def _check(
    message: SignedMessage,
    index: int,
    domain: str,
    tags: Tags,
    alignment: Alignment,
    questions: Questions,
    receipt: Receipt,
) -> Signature:
    if not alignment.related(domain):
        return Signature(domain=domain, result=Result.NEUTRAL, aligned=False)
    if not alignment.known(domain):
        return Signature(domain=domain, result=Result.TEMPERROR, aligned=True)
    aligned = alignment.allows(domain, strict=alignment.strict_dkim)
    if b"l" in tags:
        gaps = ("it covers only the beginning of the body (l=)",)
        return Signature(domain=domain, result=Result.NEUTRAL, aligned=aligned, gaps=gaps)
    keys = Keys(questions)
    verifier = _Dkim(message)
    result = outcome(lambda: bool(verifier.verify(idx=index, dnsfunc=keys.key)))
    return Signature(domain=domain, result=result, aligned=aligned, gaps=keys.gaps() + gaps_of(message, tags, receipt))


def tags_of(signature: bytes) -> Tags:
    """A signature's tags; none where it is not a list of tags, or out of all measure."""
    try:
        tags: Tags = parse_tag_value(signature) if is_sane(signature) else {}
    except (InvalidTagValueList, IndexError):
        return {}
    return tags


def gaps_of(message: SignedMessage, tags: Tags, receipt: Receipt) -> tuple[str, ...]:
    """What a signature leaves open though it holds: parts that are not signed, or a message sent again (replay)."""
    covered = {name.strip().lower() for name in tags.get(b"h", b"").split(b":")}
    found = [
        f"{name} is not signed" for name in _COVERED if message.named(name) and name.lower().encode() not in covered
    ]
    found += [f"{name} stands there more than once" for name in _ONCE if len(message.named(name)) > 1]
    if tags.get(b"a", b"").endswith(b"-sha1"):
        found.append("SHA-1 is no longer safe (RFC 8301)")
    recipients = b",".join(message.named("To") + message.named("Cc")).lower()
    ours = {address.lower().encode() for address in receipt.addresses}
    if ours.isdisjoint(_BETWEEN_ADDRESSES.split(recipients)):
        found.append(f"neither To nor Cc names {' or '.join(receipt.addresses)}")
    return (*found, *_staleness(message, tags, receipt.at))


def _staleness(message: SignedMessage, tags: Tags, received_at: datetime) -> tuple[str, ...]:
    now = received_at.timestamp()
    signed_at, expires_at = _number(tags.get(b"t")), _number(tags.get(b"x"))
    if signed_at is None:
        written = dated(split_headers(message.raw)[0])
        signed_at = int(written.timestamp()) if written else None
    if signed_at is None:
        return ("it does not say when it was signed",)
    if expires_at is not None and expires_at < now:
        return ("it had expired when the message came",)
    days = (now - signed_at) / timedelta(days=1).total_seconds()
    return (f"it was signed {days:.0f} days before the message came",) if days > FRESH_FOR.days else ()


def _number(text: bytes | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(rb"\d{1,12}", text) else None


def outcome(verified: Callable[[], bool]) -> Result:
    """How a verification by the library came out."""
    try:
        return Result.PASS if verified() else Result.FAIL
    except NoAnswer:
        return Result.TEMPERROR
    except DKIMException:
        return Result.FAIL
    except Exception:  # noqa: BLE001  # Hostile signatures make the library raise all sorts; none of them holds.
        return Result.PERMERROR


@dataclass(slots=True)
class Keys:
    """Where the library finds keys: in the name system, by our questions."""

    questions: Questions
    _tested: bool = False

    def key(self, name: bytes, timeout: float = 0) -> bytes | None:
        """The key record of a name, or None. `timeout` is the library's, and not needed: the questions have theirs.

        Raises:
            NoAnswer: it cannot be had now.
        """
        records = self.questions.texts(name.decode("latin-1"))
        if len(records) != 1 or len(records[0]) > _LONGEST_KEY:
            return None
        self._tested = self._tested or _TESTED_KEY.search(records[0]) is not None
        return records[0].encode("latin-1")

    def gaps(self) -> tuple[str, ...]:
        """What the keys themselves leave open."""
        return ("its key is only being tested (t=y)",) if self._tested else ()


class BoundedSigner(DomainSigner):  # type: ignore[misc]  # The package ships no types.
    """The library's verification over a message that was cut by us, its body hashed once and in bounded memory."""

    def __init__(self, message: SignedMessage) -> None:
        super().__init__()
        self.headers = [list(field) for field in message.fields]
        self._message = message

    def verify_sig_process(self, sig: Tags, include_headers: list[bytes], sig_header: object, dnsfunc: object) -> Any:
        """Compare the body's hash, then let the library verify the rest."""
        if b"bh" in sig:
            form = sig.get(b"c", b"simple/simple").partition(b"/")[2]
            algorithm = sig[b"a"].rpartition(b"-")[2].decode("ascii")
            if self._message.body_hash(algorithm, relaxed=form == b"relaxed") != base64.b64decode(sig[b"bh"]):
                raise ValidationError("body hash mismatch")
        rest = {name: value for name, value in sig.items() if name != b"bh"}
        return super().verify_sig_process(rest, include_headers, sig_header, dnsfunc)


class _Dkim(BoundedSigner, DKIM):  # type: ignore[misc]  # The package ships no types.
    pass
