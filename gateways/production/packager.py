"""Writes a production package."""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from activities.ports import PackageRequest
from gateways.production.archive import write_zip
from gateways.production.bag import bag
from gateways.production.certificates import authenticity
from gateways.production.contents import contents_of
from gateways.production.documents import chat, summary
from gateways.production.returned import FOLDER, returned
from gateways.production.sheets import FORMULA_RULE
from gateways.production.wording import LIMITS
from policy.profile import ProviderProfile
from policy.records import RecordTable, class_of

CERTIFICATE = "certificate-of-authenticity.pdf"


class ProductionPackager:
    """Packs records as .csv, .docx and .mp4 with their certificate, in a bag (BagIt), in one .zip (PR1, PR3)."""

    def __init__(self, profile: ProviderProfile) -> None:
        self._profile = profile

    async def pack(self, request: PackageRequest, objects: Mapping[str, bytes], into: Path) -> Path:
        """Write `<ref>-<scope>.zip` under `into`, whole or not at all.

        Raises:
            ProductionRefusedError: it would be more than was approved, or not what was recorded (U2, U3, U4, P1, PR3).
        """
        return await asyncio.to_thread(self._pack, request, objects, into)

    def _pack(self, request: PackageRequest, objects: Mapping[str, bytes], into: Path) -> Path:
        contents = contents_of(request, objects)
        files = dict(contents.files)
        messages = [record for record in request.records if record.table is RecordTable.CHAT]
        if messages:
            path = f"{class_of(RecordTable.CHAT)}/chat.docx"
            files[path] = chat(request, messages, contents.accounts, self._profile)
        files |= returned(request, objects)
        files["production-summary.docx"] = summary(request, contents, self._profile)
        files["README.txt"] = _readme(request, self._profile)
        files[CERTIFICATE] = authenticity(request, replace(contents, files=files), self._profile)
        return self._write(request, files, into)

    def _write(self, request: PackageRequest, files: Mapping[str, bytes], into: Path) -> Path:
        info = {
            "Source-Organization": self._profile.name,
            "Organization-Address": "\n".join(self._profile.address),
            "External-Identifier": request.ref,
            "Bagging-Date": request.made_at.date().isoformat(),
        }
        entries = ((f"{request.ref}/{path}", data) for path, data in bag(files, info).items())
        final = into / f"{request.ref}-{request.scope.digest()[:12]}.zip"
        descriptor, name = tempfile.mkstemp(dir=into)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                write_zip(file, entries, request.made_at)
            return temporary.rename(final)
        finally:
            temporary.unlink(missing_ok=True)


_CERTIFICATES = "what the agency sent in to be completed, byte for byte, and what the custodian completed"


def _readme(request: PackageRequest, profile: ProviderProfile) -> bytes:
    certificates = f"\n- {FOLDER}: {_CERTIFICATES}" if request.certificates else ""
    limits = "\n".join(f"- {limit}" for limit in LIMITS)
    return f"""\
Production of records {request.ref}
{profile.name}

What is here
- {CERTIFICATE}: the custodian's certificate, with the SHA-256 of every file
- production-summary.docx: what was asked for, approved and found{certificates}
- D1, D2, D3: the records, one .csv for each kind; chat messages also as .docx for reading; recordings as .mp4
A kind of record without a file had no responsive records; the summary and the certificate list them all.

How to read the .csv files
They are in UTF-8 with a byte order mark, separated by commas, with every cell in double quotes (RFC 4180). Times are in
UTC. {FORMULA_RULE}

How to verify the package
It is a bag (BagIt 1.0, RFC 8493). In the folder that has bagit.txt:
    sha256sum -c manifest-sha256.txt
or, with the Library of Congress's tool (pip install bagit):
    python -m bagit --validate .

Limits
{limits}
""".encode()
