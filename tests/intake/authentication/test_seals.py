"""S1, ARC: whose word counts for a forwarded message, and about what."""

import dkim  # type: ignore[import-untyped]  # The package ships no types.
import pytest

from intake.authentication.resolvers import ZoneFile
from policy.authentication import Authentication, Result
from tests.intake.authentication.agency import DOMAIN, Silent, found, mail, record, rsa_key, zone

LIST = "lists.example"
RELAY = "relay.example"
SEALERS = frozenset({LIST})
PASSED = f"dkim=pass header.d={DOMAIN}; spf=fail smtp.mailfrom={DOMAIN}"
FIELDS = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]


def keys() -> ZoneFile:
    return zone(*(record(f"arc._domainkey.{domain}", rsa_key()[1]) for domain in (LIST, RELAY)))


def forwarded(raw: bytes, results: str, by: str = LIST) -> bytes:
    """The message as a forwarder passes it on: changed by nothing, sealed with what it says it found."""
    chained = "arc=pass; " if b"ARC-Seal" in raw else ""
    said = f"Authentication-Results: {by}; {chained}{results}\r\n".encode()
    seal = dkim.arc_sign(said + raw, b"arc", by.encode(), rsa_key()[0], by.encode(), include_headers=FIELDS)
    return b"".join(seal) + raw


def proven(raw: bytes, sealers: frozenset[str] = SEALERS) -> Authentication:
    return found(raw, keys(), sealers=sealers)


@pytest.mark.parametrize(
    "results",
    [
        PASSED,
        f"spf=pass smtp.mailfrom=j.doe@{DOMAIN}",
        f"dmarc=pass (p=REJECT) header.from={DOMAIN}",
        f"spf=fail smtp.mailfrom=x.example; dmarc=pass action=none header.from={DOMAIN}; dkim=none",
    ],
)
def test_S1_a_listed_forwarder_vouches_for_what_it_received(results: str) -> None:
    assert "lists.example, which forwarded it, found it proven" in (proven(forwarded(mail(), results)).proof or "")


@pytest.mark.parametrize(
    "results",
    [
        f"dkim=fail header.d={DOMAIN}; spf=softfail smtp.mailfrom={DOMAIN}",
        "dkim=pass header.d=evil.example",
        "dmarc=pass header.from=evil.example",
        f'spf=pass smtp.mailfrom="x; dmarc=pass header.from={DOMAIN}"@evil.example',
        f"spf=pass (dkim=pass header.d={DOMAIN}) smtp.mailfrom=evil.example",
        "none",
    ],
)
def test_S1_a_listed_forwarder_that_says_something_else_proves_nothing(results: str) -> None:
    assert proven(forwarded(mail(), results)).proof is None


def test_S1_an_unlisted_forwarder_is_not_even_asked_about() -> None:
    silent = Silent()
    seal = found(forwarded(mail(), PASSED), silent, sealers=frozenset({"other.example"})).seal
    assert seal is not None
    assert (seal.domain, seal.listed, seal.proves) == (LIST, False, False)
    assert not any(LIST in name for name in silent.asked)


def test_S1_of_a_chain_the_first_listed_word_counts() -> None:
    stranger_first = forwarded(forwarded(mail(), PASSED, RELAY), f"dkim=fail header.d={DOMAIN}", LIST)
    assert proven(stranger_first).proof is None
    assert proven(stranger_first, frozenset({LIST, RELAY})).proof
    stranger_last = forwarded(forwarded(mail(), PASSED, LIST), "dkim=none", RELAY)
    assert proven(stranger_last).proof is None


@pytest.mark.parametrize(
    "change",
    [
        (b"Please find", b"Please do find"),
        (b"Subject: Warrant", b"Subject: EMERGENCY"),
        (b"dkim=pass", b"dkim=Pass"),
        (b"cv=none", b"cv=pass"),
        (b"s=arc", b"s=gone"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=2"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=99999999999999999999"),
    ],
)
def test_S1_a_broken_chain_proves_nothing(change: tuple[bytes, bytes]) -> None:
    raw = forwarded(mail(), PASSED)
    assert change[0] in raw
    assert proven(raw.replace(*change)).proof is None


def test_S1_a_sealed_message_sent_on_to_us_by_someone_else_proves_nothing() -> None:
    elsewhere = forwarded(mail().replace(b"To: law", b"To: other"), PASSED)
    seal = proven(elsewhere).seal
    assert seal is not None
    assert (seal.result, seal.proves) == (Result.PASS, False)


def test_S1_no_answer_about_a_listed_forwarder_is_worth_another_try() -> None:
    assert found(forwarded(mail(), PASSED), Silent(), sealers=SEALERS).unsettled
