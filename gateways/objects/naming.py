"""How objects are named: by the SHA-256 of their bytes, sharded by its first byte."""

import re

from activities.ports import ObjectDamaged, ObjectMissing

_SHA256 = re.compile(r"[0-9a-f]{64}")


def path_of(sha256: str) -> str:
    """The object's relative path, `ab/cdef...`.

    Raises:
        ObjectMissing: this is not a SHA-256 in lower-case hex, so nothing can bear it; no other path is ever made.
    """
    if not _SHA256.fullmatch(sha256):
        raise missing(sha256)
    return f"{sha256[:2]}/{sha256[2:]}"


def missing(sha256: str) -> ObjectMissing:
    return ObjectMissing(f"There is no object {sha256!r}.")


def damaged(sha256: str, found: str) -> ObjectDamaged:
    return ObjectDamaged(f"Object {sha256} is damaged: its bytes now have the SHA-256 {found}.")
