"""The certificates that the agency sent in: returned byte for byte, each with what the custodian completed (PR3)."""

import hashlib
from collections.abc import Mapping

from activities.ports import PackageRequest
from gateways.production.contents import ProductionRefusedError

FOLDER = "certificates"


def returned(request: PackageRequest, objects: Mapping[str, bytes]) -> dict[str, bytes]:
    """Their files by path. What a sender calls a file is no path of ours, so they are numbered.

    Raises:
        ProductionRefusedError: bytes are not those of the record.
    """
    named: dict[str, str] = {}
    for number, certificate in enumerate(request.certificates, start=1):
        if certificate.form is not None:
            named[f"{FOLDER}/{number}-as-it-came.pdf"] = certificate.form
        if certificate.completed is not None:
            named[f"{FOLDER}/{number}-completed.pdf"] = certificate.completed
    for sha256 in named.values():
        if sha256 not in objects or hashlib.sha256(objects[sha256]).hexdigest() != sha256:
            raise ProductionRefusedError(f"PR3: the bytes of certificate {sha256} are not those of the record.")
    return {path: objects[sha256] for path, sha256 in named.items()}
