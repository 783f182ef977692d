"""What Temporal is given to keep: unreadable without the key, unalterable, and still readable after a rotation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter

from runtime.codec import CodecError, EncryptionCodec, KeyRing, KeyRingError, generate_key

OLD, NEW = generate_key(), generate_key()
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"ref":"DP-2026-000123","verdict":"approve"}')


def codec(keys: str = f"new:{NEW}") -> EncryptionCodec:
    return EncryptionCodec(KeyRing.parse(keys))


@given(data=st.binary(max_size=3000), name=st.text(min_size=1, max_size=8))
async def test_every_payload_comes_back_as_it_was(data: bytes, name: str) -> None:
    payload = Payload(metadata={"encoding": b"binary/plain", name: b"x"}, data=data)
    assert await codec().decode(await codec().encode([payload, PLAIN])) == [payload, PLAIN]


async def test_nothing_of_a_payload_can_be_read_and_no_two_look_alike() -> None:
    first, second = await codec().encode([PLAIN, PLAIN])
    assert first.data != second.data
    assert first.metadata == {"encoding": b"binary/encrypted", "key": b"new"}
    for word in (b"DP-2026", b"approve", b"json/plain"):
        assert word not in first.SerializeToString()


async def test_a_payload_grows_by_less_than_a_hundred_bytes() -> None:
    [sealed] = await codec().encode([PLAIN])
    assert sealed.ByteSize() - PLAIN.ByteSize() < 100


async def test_what_an_old_key_wrote_is_read_after_rotation_and_the_new_key_writes() -> None:
    written_before = await codec(f"old:{OLD}").encode([PLAIN])
    rotated = codec(f"new:{NEW}, old:{OLD}")
    assert await rotated.decode(written_before) == [PLAIN]
    [written_after] = await rotated.encode([PLAIN])
    assert written_after.metadata["key"] == b"new"


async def test_a_lost_key_is_named_and_the_remedy_too() -> None:
    written_before = await codec(f"old:{OLD}").encode([PLAIN])
    with pytest.raises(CodecError, match="'old', which is not among new: put it back into DUEPROCESS_CODEC_KEYS"):
        await codec().decode(written_before)


async def test_another_key_under_the_same_name_is_told_apart() -> None:
    with pytest.raises(CodecError, match="'new' was altered, or was encrypted with another key"):
        await codec(f"new:{OLD}").decode(await codec().encode([PLAIN]))


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
async def test_a_payload_with_one_bit_changed_is_not_read(place: int, bit: int) -> None:
    [sealed] = await codec().encode([PLAIN])
    data = bytearray(sealed.data)
    data[place % len(data)] ^= 1 << bit
    with pytest.raises(CodecError):
        await codec().decode([Payload(metadata=dict(sealed.metadata), data=bytes(data))])


async def test_a_payload_cannot_be_passed_off_as_another_keys() -> None:
    ring = codec(f"new:{NEW},same:{NEW}")
    [sealed] = await ring.encode([PLAIN])
    with pytest.raises(CodecError):
        await ring.decode([Payload(metadata={**sealed.metadata, "key": b"same"}, data=sealed.data)])


@pytest.mark.parametrize("data", [b"", b"x", b"x" * 27])
async def test_a_truncated_payload_is_a_clear_error(data: bytes) -> None:
    with pytest.raises(CodecError, match="altered"):
        await codec().decode([Payload(metadata={"encoding": b"binary/encrypted", "key": b"new"}, data=data)])


async def test_a_signal_typed_into_the_web_ui_is_taken_as_it_is() -> None:
    assert await codec().decode([PLAIN]) == [PLAIN]


async def test_works_as_temporals_own_converter() -> None:
    converter = pydantic_data_converter
    [payload] = await codec().encode(converter.payload_converter.to_payloads([{"ref": "DP-2026-000123"}]))
    [plain] = await codec().decode([payload])
    assert converter.payload_converter.from_payloads([plain]) == [{"ref": "DP-2026-000123"}]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("", "key 1 is not keyid:base64url"),
        (NEW, "key 1 is not keyid:base64url"),
        (f"a:{NEW},", "key 2 is not keyid:base64url"),
        (f"A b:{NEW}", "1 to 16 of a-z, 0-9 and -"),
        ("a:!!!!", "the key 'a' is not base64url"),
        ("a:c2hvcnQ", "the key 'a' has 5 bytes; it must have 32"),
        (f"a:{NEW},a:{OLD}", "two keys have the same id"),
    ],
    ids=["nothing", "no id", "no second key", "odd id", "no base64url", "too short", "the same id twice"],
)
def test_malformed_keys_are_named_by_place_and_never_shown(keys: str, problem: str) -> None:
    with pytest.raises(KeyRingError, match=problem) as caught:
        KeyRing.parse(keys)
    assert NEW not in str(caught.value)


def test_a_ring_shows_its_ids_and_no_key() -> None:
    assert repr(KeyRing.parse(f"new:{NEW},old:{OLD}=")) == "KeyRing(new, old)"


def test_keys_are_new_each_time() -> None:
    assert len({generate_key() for _ in range(100)}) == 100
