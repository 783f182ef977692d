"""A made-up agency with keys and a zone of its own: what it sends is really signed, and can be looked up."""

import base64
import hashlib
import random
from datetime import UTC, datetime
from functools import cache

import dkim  # type: ignore[import-untyped]  # The package ships no types.
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from intake.authentication.authenticator import Authenticator
from intake.authentication.names import NoAnswer, RecordType
from intake.authentication.resolvers import ZoneFile
from intake.peer import SmtpPeer
from policy.authentication import Authentication

US = "lawenforcement@provider.example"
DOMAIN = "met.police.uk"
OFFICER = f"j.doe@{DOMAIN}"
MAIL = f"""\
From: DC Doe <{OFFICER}>
To: {US}
Subject: Warrant
Date: {{date}}
Message-ID: <1@{DOMAIN}>
MIME-Version: 1.0
Content-Type: text/plain

Please find the warrant attached.
""".replace("\n", "\r\n")


@cache
def rsa_key() -> tuple[bytes, str]:
    """A private key in PEM, and the record that publishes it."""
    return _published(generate_private_key(65537, 1024))  # noqa: S505  # Short, so that tests are quick.


@cache
def weak_key() -> tuple[bytes, str]:
    """768 bits, which no library makes any more. Its primes are probable ones, found by Fermat's test."""
    chance = random.Random(768)  # noqa: S311  # It is meant to be weak.

    def prime() -> int:
        while True:
            n = chance.getrandbits(384) | 1 | (3 << 382)
            if pow(2, n - 1, n) == 1 and n % 65537 != 1:
                return n

    p, q = prime(), prime()
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = RSAPublicNumbers(65537, p * q)
    numbers = RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return _published(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def _published(key: RSAPrivateKey) -> tuple[bytes, str]:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@cache
def ed25519_key() -> tuple[bytes, str]:
    """The same, of the other kind."""
    seed = hashlib.sha256(b"a key for tests").digest()
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return base64.b64encode(seed), f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"


def record(name: str, text: str) -> str:
    """A TXT record as a zone file has it."""
    pieces = [text[at : at + 200] for at in range(0, len(text), 200)]
    return f"{name}. 3600 IN TXT " + " ".join(f'"{piece}"' for piece in pieces)


def zone(*records: str) -> ZoneFile:
    """The records, and a key of each kind under the selectors `rsa` and `ed` of the agency's domain."""
    keys = [record(f"rsa._domainkey.{DOMAIN}", rsa_key()[1]), record(f"ed._domainkey.{DOMAIN}", ed25519_key()[1])]
    return ZoneFile("\n".join((*keys, *records)) + "\n")


def mail(date: datetime | None = None) -> bytes:
    """The agency's mail, unsigned."""
    return MAIL.format(date=f"{date or datetime.now(UTC):%a, %d %b %Y %H:%M:%S} +0000").encode()


def signed(raw: bytes | None = None, *, domain: str = DOMAIN, selector: str = "rsa", **options: object) -> bytes:
    """A message with a DKIM signature on top."""
    raw = raw or mail()
    ed25519 = selector == "ed"
    algorithm = {"signature_algorithm": b"ed25519-sha256"} if ed25519 else {}
    key = ed25519_key()[0] if ed25519 else rsa_key()[0]
    options = {"canonicalize": (b"relaxed", b"relaxed"), **algorithm, "privkey": key, **options}
    signature: bytes = dkim.sign(raw, selector.encode(), domain.encode(), **options)
    return signature + raw


def found(
    raw: bytes,
    resolver: object = None,
    *,
    peer: SmtpPeer | None = None,
    at: datetime | None = None,
    domain: str = DOMAIN,
    sealers: frozenset[str] = frozenset(),
) -> Authentication:
    """What the message proves of the agency's domain."""
    authenticator = Authenticator(resolver or zone(), (US,), sealers)  # type: ignore[arg-type]  # One of ours.
    return authenticator.authenticate(raw, domain, at or datetime.now(UTC), peer)


class Silent:
    """A resolver that never knows."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def records(self, name: str, kind: RecordType, patience: float) -> tuple[str, ...]:
        """As `Resolver.records`."""
        self.asked.append(name)
        raise NoAnswer
