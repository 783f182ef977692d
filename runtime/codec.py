"""Encryption of everything that workflows carry through Temporal: AES-256-GCM, with keys that can be rotated.

The first key of a ring encrypts, all decrypt. To rotate, put a new key in front; take an old one away only when no
history is left that was written with it. A key's nonces are random, so a key should be replaced long before it has
encrypted 2^32 payloads.
"""

import base64
import binascii
import os
import re
from collections.abc import Sequence
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

_ENCODING = b"binary/encrypted"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[a-z0-9-]{1,16}")


class KeyRingError(ValueError):
    """The keys cannot be used as they are written. Never shows a key."""


class CodecError(RuntimeError):
    """A payload cannot be decrypted: its key is not on the ring, or its bytes were altered."""


def generate_key() -> str:
    """A new key: 32 random bytes, base64url without padding."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).rstrip(b"=").decode("ascii")


class KeyRing:
    """The keys by their id, in order. Its text form shows the ids alone."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        if not keys:
            raise KeyRingError("there is no key; write keyid:base64url of 32 bytes")
        self._keys = {key_id: AESGCM(key) for key_id, key in keys}
        if len(self._keys) < len(keys):
            raise KeyRingError("two keys have the same id")
        self.current = keys[0][0]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `keyid:base64url[,older:base64url...]`.

        Raises:
            KeyRingError: it is malformed, a key has not 32 bytes, or two have the same id.
        """
        return cls([_entry(entry.strip(), place) for place, entry in enumerate(text.split(","), start=1)])

    def cipher(self, key_id: str) -> AESGCM:
        """The cipher of this key.

        Raises:
            CodecError: the key is not on the ring.
        """
        try:
            return self._keys[key_id]
        except KeyError:
            raise CodecError(
                f"a payload was encrypted with the key {key_id!r}, which is not among {', '.join(self._keys)}: "
                "put it back into DUEPROCESS_CODEC_KEYS behind the others"
            ) from None

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"


def _entry(entry: str, place: int) -> tuple[str, bytes]:
    key_id, colon, encoded = entry.partition(":")
    if not colon or not _KEY_ID.fullmatch(key_id):
        raise KeyRingError(f"key {place} is not keyid:base64url; an id has 1 to 16 of a-z, 0-9 and -")
    try:
        key = base64.b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4), b"-_", validate=True)
    except binascii.Error:
        raise KeyRingError(f"the key {key_id!r} is not base64url") from None
    if len(key) != _KEY_BYTES:
        raise KeyRingError(f"the key {key_id!r} has {len(key)} bytes; it must have {_KEY_BYTES}")
    return key_id, key


class EncryptionCodec(PayloadCodec):
    """Encrypts each payload whole, its metadata included. Plain payloads pass through `decode` as they are.

    That lets a signal typed into the Web UI reach its workflow. It is no weakness: decisions count by their signature,
    not by how they travelled.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload encrypted with the ring's first key and a fresh nonce."""
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload as it was.

        Raises:
            CodecError: a payload's key is not on the ring, or its bytes were altered.
        """
        return [
            self._decrypt(payload) if payload.metadata.get("encoding") == _ENCODING else payload for payload in payloads
        ]

    def _encrypt(self, payload: Payload) -> Payload:
        key_id, nonce = self._keys.current, os.urandom(_NONCE_BYTES)
        sealed = self._keys.cipher(key_id).encrypt(nonce, payload.SerializeToString(), _bound(key_id))
        return Payload(metadata={"encoding": _ENCODING, "key": key_id.encode()}, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get("key", b"").decode("ascii", errors="replace")
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        cipher = self._keys.cipher(key_id)
        try:
            return Payload.FromString(cipher.decrypt(nonce, sealed, _bound(key_id)))
        except (InvalidTag, ValueError):
            raise CodecError(
                f"a payload that names the key {key_id!r} was altered, or was encrypted with another key of that name"
            ) from None


def _bound(key_id: str) -> bytes:
    """What the seal covers besides the payload: nobody can give it another key's name or another encoding."""
    return _ENCODING + b"\0" + key_id.encode()
