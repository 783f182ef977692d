"""Ed25519 signatures of statements: one canonical form of the bytes, signed at a desk and checked in an activity.

Not imported by workflows: a signature is checked where the roster is, beside the ledger.
"""

import base64
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel

from policy.statements import SignedStatement, Signer, Statement

#: Keeps a signature made here from meaning anything elsewhere.
_DOMAIN = b"dueprocess statement v1\n"


def _canonical(model: BaseModel) -> bytes:
    body = model.model_dump(mode="json", exclude_defaults=True)
    return _DOMAIN + json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def encode(raw: bytes) -> str:
    """Base64url without padding: how keys and signatures are written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of an unpadded base64url text.

    Raises:
        ValueError: it is no such text.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def public_key_of(key: Ed25519PrivateKey) -> str:
    """The public half, as the roster keeps it."""
    return encode(key.public_key().public_bytes_raw())


def sign(statement: Statement, key: Ed25519PrivateKey) -> SignedStatement:
    """The statement, signed."""
    return SignedStatement(statement=statement, signature=sign_model(statement, key))


def sign_model(model: BaseModel, key: Ed25519PrivateKey) -> str:
    """The signature of any frozen model's canonical bytes."""
    return encode(key.sign(_canonical(model)))


def signature_holds(signed: SignedStatement, signer: Signer) -> bool:
    """Whether this signer's key made this signature over this statement."""
    return model_signature_holds(signed.statement, signed.signature, signer)


def model_signature_holds(model: BaseModel, signature: str, signer: Signer) -> bool:
    """The same for any frozen model."""
    try:
        key = Ed25519PublicKey.from_public_bytes(decode(signer.public_key))
        key.verify(decode(signature), _canonical(model))
    except (InvalidSignature, ValueError):
        return False
    return True
