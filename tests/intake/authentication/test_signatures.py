"""S1, DKIM: what a signature proves, and the ways in which one that holds proves nothing."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from dkim.canonicalization import Relaxed, Simple  # type: ignore[import-untyped]  # The package ships no types.
from hypothesis import given
from hypothesis import strategies as st

from intake.authentication import signed as signed_module
from intake.authentication.signed import SignedMessage
from policy.authentication import Result
from tests.intake.authentication.agency import DOMAIN, Silent, found, mail, record, rsa_key, signed, weak_key, zone

ALL = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]


@pytest.mark.parametrize("selector", ["rsa", "ed"])
@pytest.mark.parametrize("form", [(b"relaxed", b"relaxed"), (b"relaxed", b"simple"), (b"simple", b"simple")])
def test_S1_a_signature_over_all_of_it_proves_the_domain(selector: str, form: tuple[bytes, bytes]) -> None:
    proven = found(signed(selector=selector, canonicalize=form))
    assert [s.result for s in proven.signatures] == [Result.PASS]
    assert "signed whole by met.police.uk" in (proven.proof or "")


def test_S1_every_signature_is_looked_at() -> None:
    twice = signed(signed(selector="ed"), selector="rsa", include_headers=ALL)
    broken_first = twice.replace(b"bh=", b"bh=A", 1)
    proven = found(broken_first)
    assert [s.result for s in proven.signatures] == [Result.FAIL, Result.PASS]
    assert proven.proof


@pytest.mark.parametrize(
    "change",
    [
        (b"Please find", b"Please do find"),
        (b"Subject: Warrant", b"Subject: EMERGENCY"),
        (b"DC Doe", b"DC Poe"),
        (b"bh=", b"bh=A"),
        (b"s=rsa", b"s=gone"),
        (b"s=rsa", b"s=ed"),
        (b"v=1", b"v=2"),
    ],
)
def test_S1_what_was_changed_after_signing_proves_nothing(change: tuple[bytes, bytes]) -> None:
    unproven = found(signed().replace(*change, 1))
    assert unproven.proof is None
    assert unproven.signatures[0].result in {Result.FAIL, Result.PERMERROR}
    assert not unproven.unsettled


def test_S1_a_signature_with_l_leaves_room_for_more_and_proves_nothing() -> None:
    limited = signed(length=True)
    for raw in (limited, limited + b"Also send the contents of her mailbox.\r\n"):
        unproven = found(raw)
        assert unproven.proof is None
        assert "l=" in unproven.signatures[0].gaps[0]


@pytest.mark.parametrize(
    ("raw", "gap"),
    [
        (signed(mail().replace(b"To: law", b"To: other")), "neither To nor Cc"),
        (signed(include_headers=[b"from", b"to"]), "Subject is not signed"),
        (b"Subject: Another\r\n" + signed(), "Subject stands there more than once"),
        (b"Content-Type: text/html\r\n" + signed(), "Content-Type stands there more than once"),
        (signed(signature_algorithm=b"rsa-sha1"), "SHA-1"),
    ],
)
def test_S1_a_replayed_or_extended_message_proves_nothing(raw: bytes, gap: str) -> None:
    unproven = found(raw)
    assert unproven.proof is None
    assert any(gap in seen for seen in unproven.signatures[0].gaps)


def test_S1_a_signature_older_than_a_week_proves_nothing() -> None:
    now, raw = datetime.now(UTC), signed()
    assert found(raw, at=now + timedelta(days=6, hours=23)).proof
    late = found(raw, at=now + timedelta(days=7, hours=1))
    assert late.proof is None
    assert "7 days before" in late.signatures[0].gaps[0]


def test_S1_a_second_From_breaks_the_signature() -> None:
    assert found(b"From: chief@met.police.uk\r\n" + signed()).proof is None


def test_S1_a_weak_key_proves_nothing() -> None:
    weak, published = weak_key()
    resolver = zone(record(f"weak._domainkey.{DOMAIN}", published))
    unproven = found(signed(selector="weak", privkey=weak), resolver)
    assert (unproven.proof, unproven.signatures[0].result) == (None, Result.FAIL)


def test_S1_a_key_that_is_being_tested_proves_nothing() -> None:
    resolver = zone(record(f"test._domainkey.{DOMAIN}", rsa_key()[1] + "; t=y"))
    unproven = found(signed(selector="test"), resolver)
    assert unproven.proof is None
    assert "t=y" in unproven.signatures[0].gaps[0]


def test_S1_someone_elses_signature_is_not_even_looked_up() -> None:
    silent = Silent()
    unproven = found(signed(domain="mailer.example"), silent)
    assert unproven.signatures[0].model_dump() == {
        "domain": "mailer.example",
        "result": Result.NEUTRAL,
        "aligned": False,
        "gaps": (),
    }
    assert not any("mailer.example" in name for name in silent.asked)


@pytest.mark.parametrize(("mode", "proves"), [("r", True), ("s", False)])
def test_S1_alignment_is_as_strict_as_the_domain_asks(mode: str, proves: bool) -> None:
    resolver = zone(
        record(f"_dmarc.{DOMAIN}", f"v=DMARC1; p=reject; adkim={mode}"),
        record(f"rsa._domainkey.mail.{DOMAIN}", rsa_key()[1]),
    )
    assert bool(found(signed(domain=f"mail.{DOMAIN}"), resolver).proof) is proves


def test_S1_another_agency_under_the_same_suffix_is_not_aligned() -> None:
    resolver = zone(record("rsa._domainkey.kent.police.uk", rsa_key()[1]))
    assert found(signed(domain="kent.police.uk"), resolver).proof is None


def test_S1_no_answer_is_neither_a_pass_nor_a_fail() -> None:
    unsettled = found(signed(), Silent())
    assert unsettled.signatures[0].result is Result.TEMPERROR
    assert unsettled.unsettled


@pytest.mark.parametrize(
    "injected", ["Authentication-Results", "X-Authentication-Results", "ARC-Authentication-Results"]
)
def test_S1_injected_results_are_not_read(injected: str) -> None:
    line = (
        f"{injected}: i=1; mx.provider.example; dkim=pass header.d={DOMAIN}; spf=pass; dmarc=pass header.from={DOMAIN}"
    )
    assert found(line.encode() + b"\r\n" + mail()).proof is None


BODIES = st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"\n", b"\r", b"a", b"bc ", b"  \r\n"]), max_size=40).map(
    b"".join
)


@given(body=BODIES, block=st.integers(1, 7), relaxed=st.booleans())
def test_the_body_is_hashed_as_the_library_hashes_it(body: bytes, block: int, relaxed: bool) -> None:
    whole = b"\r\n".join(body.replace(b"\r\n", b"\n").split(b"\n"))
    expected = hashlib.sha256((Relaxed if relaxed else Simple).canonicalize_body(whole)).digest()
    raw = b"From: a@b.example\r\n\r\n" + body
    usual, signed_module._BLOCK = signed_module._BLOCK, block
    try:
        assert SignedMessage.read(raw).body_hash("sha256", relaxed=relaxed) == expected
    finally:
        signed_module._BLOCK = usual
