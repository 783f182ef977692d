"""Mail that was made to trip the checks: nothing raises, nothing takes long, and nothing is proven by it."""

import random
import time

import pytest

from intake.authentication.names import RecordType
from policy.authentication import Authentication
from tests.intake.authentication.agency import DOMAIN, OFFICER, US, found, mail, record, signed, zone
from tests.intake.authentication.test_hosts import peer
from tests.intake.authentication.test_seals import PASSED, SEALERS, forwarded, keys

MUTANTS = 400


def test_mutants_prove_nothing_that_their_original_did_not_say() -> None:
    """Bytes of the header are changed, lost and doubled; a proof that remains covers the original's own words."""
    chance = random.Random(4)  # noqa: S311  # The same mutants each time.
    originals = (signed(), signed(selector="ed"), forwarded(signed(), PASSED))
    for _ in range(MUTANTS):
        raw = _mutant(chance.choice(originals), chance)
        authentication = found(raw, keys(), peer=peer(address="203.0.113.9"), sealers=SEALERS)
        if authentication.proof is not None:
            assert b"Please find the warrant attached." in raw
            assert f"<{OFFICER}>".encode() in raw
            assert b"Warrant" in raw


def _mutant(raw: bytes, chance: random.Random) -> bytes:
    octets = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(raw.index(b"\r\n\r\n"))
        match chance.randrange(4):
            case 0:
                octets[at] = chance.randrange(256)
            case 1:
                del octets[at : at + chance.randint(1, 40)]
            case 2:
                octets[at:at] = octets[at : at + chance.randint(1, 200)]
            case _:
                octets[at:at] = chance.choice((b"\r\n", b"\r", b"\0", b";", b"=", b":", b" " * 500, b"\xff", b"i=9;"))
    return bytes(octets)


SIGNATURE = f"DKIM-Signature: v=1; a=rsa-sha256; d={DOMAIN}; s=rsa; h=from; bh=AAAA; b=".encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"\n" * 3_000_000,
        SIGNATURE + b" \r\n" * 20_000 + mail(),
        SIGNATURE + b"A\r\n" * 1 + (SIGNATURE + b"A\r\n") * 400 + mail(),
        b"DKIM-Signature: " + b"b=" * 100_000 + b"\r\n" + mail(),
        b"DKIM-Signature: d=" + DOMAIN.encode() + b"; h=" + b"a:" * 3000 + b"\r\n" + b"X: 1\r\n" * 20_000 + mail(),
        b"ARC-Seal: i=1; d=lists.example" + b" \t" * 50_000 + b"\r\n" + mail(),
        b"".join(b"ARC-Seal: i=%d; cv=pass; d=lists.example\r\n" % n for n in range(400)) + mail(),
        b"To: " + b"a" * 200_000 + b"\r\n" + signed(),
        b"Reply-To: " + b"<" * 100_000 + b"@" * 100_000 + b"\r\n" + signed(),
        signed() + b" " * 10_000_000,
        signed() + b"\r\n" * 5_000_000 + b"x",
        signed() + b"\r" * 5_000_000,
    ],
    ids=range(14),
)
def test_nothing_takes_long(raw: bytes) -> None:
    began = time.process_time()
    assert isinstance(found(raw, keys(), peer=peer(), sealers=SEALERS), Authentication)
    assert time.process_time() - began < 2


def test_an_enormous_key_is_not_calculated_with() -> None:
    enormous = record(f"rsa._domainkey.{DOMAIN}", "v=DKIM1; p=" + "A" * 20_000)
    began = time.process_time()
    assert found(signed(), zone(enormous)).proof is None
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "mail_from", ["", "x" * 5000, "a@" + "b." * 2000, "@", "a@b@" + DOMAIN, "\ud800@" + DOMAIN, "<>"]
)
def test_no_mail_from_raises(mail_from: str) -> None:
    assert (
        found(mail(), zone(record(DOMAIN, "v=spf1 %{l}.%{s}.%{h} exists:%{l}.x -all")), peer=peer(mail_from)).proof
        is None
    )


class Babbling:
    """A name system that answers everything with anything."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def records(self, name: str, kind: RecordType, patience: float) -> tuple[str, ...]:
        """As `Resolver.records`."""
        words = (
            "v=spf1",
            "v=DMARC1;",
            "v=DKIM1;",
            "p=",
            "k=rsa;",
            "include:",
            name,
            "%{",
            "}",
            "mx",
            "-all",
            "10",
            "::",
            "\xff",
        )
        return tuple(
            " ".join(self._chance.choices(words, k=self._chance.randint(0, 8)))
            for _ in range(self._chance.randint(0, 3))
        )


def test_no_answer_of_a_name_server_raises() -> None:
    chance = random.Random(5)  # noqa: S311  # The same answers each time.
    for _ in range(200):
        authentication = found(forwarded(signed(), PASSED), Babbling(chance), peer=peer(), sealers=SEALERS)
        assert not any(signature.proves for signature in authentication.signatures)
    assert US
