"""Signatures: what was signed is what is checked, by the key of the person who signed it."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.signing import decode, encode, model_signature_holds, public_key_of, sign, sign_model, signature_holds
from policy.request import IdentifierKind
from policy.scope import Narrowing
from policy.statements import Check, SignedStatement, Signer, Statement, Verdict
from policy.vocabulary import Clause, DataClass, Role
from tests.policy.build import NOW, identifiers, searched

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ANN = Signer(id="ann", public_key=public_key_of(KEY), roles=frozenset({Role.REVIEWER}))
STATEMENT = Statement(
    ref="DP-2026-000001",
    by="ann",
    verdict=Verdict.NARROW,
    scope="0" * 64,
    narrowing=Narrowing(classes=(DataClass.BASIC,), identifiers=(2, 1), since=NOW.date()),
    checks=(Check.CALLED_BACK,),
    grounds=(Clause.U3, Clause.R3),
    reason="1" * 64,
    until=NOW + timedelta(days=90),
    at=NOW,
    nonce="a nonce of some length",
)
BARE = Statement(ref="DP-2026-000001", by="ann", verdict=Verdict.APPROVE, scope="0" * 64, at=NOW, nonce="n" * 16)


@pytest.mark.parametrize("statement", [STATEMENT, BARE])
def test_what_a_person_signed_holds_also_after_a_journey_as_json(statement: Statement) -> None:
    signed = sign(statement, KEY)
    assert signature_holds(signed, ANN)
    assert signature_holds(SignedStatement.model_validate_json(signed.model_dump_json()), ANN)


@pytest.mark.parametrize(
    ("statement", "signature"),
    [
        (
            STATEMENT,
            "CyQQV3044273zfxb6nnVKN_Z6v-UKJqDcLkjVXa202CbtFY3ukD-V70kIOiBevE4Q34dMrOknFBnbf8SDMSECw",
        ),
        (
            BARE,
            "aqG4O66j-X2rrVuN55r7qcG4iNpr8fHjRbKuoc9swvESVTZ_OWBp50Zen66aJyz8Ssl2o46Bu-URU5JawHKjAg",
        ),
    ],
)
def test_the_signed_form_is_the_same_in_every_release(statement: Statement, signature: str) -> None:
    """Ed25519 signs alike each time, so these change only with the canonical form; then no old signature would hold."""
    assert sign(statement, KEY).signature == signature


CHANGES: list[dict[str, Any]] = [
    {"ref": "DP-2026-000002"},
    {"by": "bob"},
    {"verdict": Verdict.APPROVE},
    {"scope": "2" * 64},
    {"narrowing": None},
    {"narrowing": Narrowing(classes=(DataClass.BASIC,), identifiers=(1, 2), since=NOW.date())},
    {"narrowing": Narrowing(classes=(DataClass.CONTENT,), identifiers=(2, 1), since=NOW.date())},
    {"called": "0123456789abcdef"},
    {"checks": ()},
    {"checks": (Check.SIGNATURE_SEEN,)},
    {"grounds": ()},
    {"grounds": (Clause.R3, Clause.U3)},
    {"reason": None},
    {"reason": "3" * 64},
    {"until": None},
    {"until": NOW},
    {"message": "4" * 64},
    {"order": 2},
    {"documents": ("5" * 64,)},
    {"at": NOW + timedelta(microseconds=1)},
    {"nonce": "another nonce of some length"},
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_changed_field_breaks_the_signature(change: dict[str, Any]) -> None:
    signed = sign(STATEMENT, KEY)
    forged = signed.model_copy(update={"statement": STATEMENT.model_copy(update=change)})
    assert not signature_holds(forged, ANN)


def test_every_field_is_among_the_changed_ones() -> None:
    assert {field for change in CHANGES for field in change} == set(Statement.model_fields)


def test_another_persons_key_does_not_sign_for_this_one() -> None:
    assert not signature_holds(sign(STATEMENT, OTHER_KEY), ANN)
    assert not signature_holds(sign(STATEMENT, KEY), ANN.model_copy(update={"public_key": public_key_of(OTHER_KEY)}))


def test_a_signature_over_something_else_with_the_same_words_does_not_hold() -> None:
    """The statement's bytes carry their purpose, so nothing that the key signed elsewhere can be passed off as one."""
    bare = encode(KEY.sign(BARE.model_dump_json(exclude_defaults=True).encode()))
    assert not signature_holds(SignedStatement(statement=BARE, signature=bare), ANN)


@pytest.mark.parametrize("text", ["", "A", "not base64!", "AAAA", "====", "ü" * 86, "A" * 86, "A" * 128, "\n" * 4])
def test_a_malformed_signature_or_key_is_no_signature_and_no_error(text: str) -> None:
    assert not signature_holds(SignedStatement(statement=BARE, signature=text), ANN)
    assert not signature_holds(sign(BARE, KEY), ANN.model_copy(update={"public_key": text}))


@searched
@given(st.text(max_size=128))
def test_no_text_is_a_signature(text: str) -> None:
    assert not model_signature_holds(BARE, text, ANN)


@searched
@given(st.integers(0, 63), st.integers(0, 7))
def test_a_signature_with_one_bit_changed_does_not_hold(place: int, bit: int) -> None:
    raw = bytearray(decode(sign(BARE, KEY).signature))
    raw[place] ^= 1 << bit
    assert not model_signature_holds(BARE, encode(bytes(raw)), ANN)


@searched
@given(st.binary(max_size=80))
def test_base64_without_padding_comes_back_as_it_was(raw: bytes) -> None:
    text = encode(raw)
    assert decode(text) == raw
    assert not set(text) & set("+/=")


def test_any_model_can_be_signed_in_the_same_way() -> None:
    (identifier,) = identifiers(1)
    signature = sign_model(identifier, KEY)
    assert model_signature_holds(identifier, signature, ANN)
    other = identifier.model_copy(update={"kind": IdentifierKind.OWNER_EMAIL})
    assert not model_signature_holds(other, signature, ANN)
