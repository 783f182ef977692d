"""Certificates as PDF/A-2b, typeset from the templates beside this file."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import typst

from activities.ports import PackageRequest
from gateways.production.contents import Contents
from gateways.production.returned import FOLDER
from gateways.production.wording import (
    LIMITS,
    NOT_STATED,
    basis_name,
    class_name,
    day,
    identifier_name,
    instant,
    period,
    printable,
    table_name,
)
from policy.certificates import CertificatesReturned, how_returned
from policy.profile import ProviderProfile
from policy.records import class_of
from policy.vocabulary import RequestKind

_ANSWERS_PROCESS = "I make this certificate in answer to the legal process named above."
_ANSWERS_EMERGENCY = (
    "I make this certificate for records that the Provider disclosed voluntarily and without legal process, in the "
    "good-faith belief that an emergency involving danger of death or serious physical injury to a person required "
    "their disclosure without delay."
)
_TEMPLATES = Path(__file__).with_name("templates")


def authenticity(request: PackageRequest, contents: Contents, profile: ProviderProfile) -> bytes:
    """The certificate of authenticity: FRE 803(6)(A)-(C), 902(11), 902(13), 902(14); unsigned (PR3)."""
    scope = request.scope
    data = {
        "facts": [
            ["Requesting agency", request.agency_name],
            ["Requesting officer", request.officer_name],
            ["Agency's case number", request.case_number or NOT_STATED],
            ["Legal process", basis_name(scope)],
            *_received(request),
            ["Classes of records", *map(class_name, scope.classes)],
            ["Period", period(scope)],
            ["Named in the request", *map(identifier_name, scope.identifiers)],
            ["Approved scope (SHA-256)", scope.digest()],
            ["Records copied", instant(request.snapshot.taken_at)],
            ["Production made", instant(request.made_at)],
        ],
        "counts": [
            [class_name(class_of(table)), table_name(table), str(count) if count else "No responsive records"]
            for table, count in contents.counts.items()
        ],
        "answers": _ANSWERS_EMERGENCY if scope.kind is RequestKind.EMERGENCY else _ANSWERS_PROCESS,
        "limits": list(LIMITS),
        "returned": _returned(request, contents),
        "files": [[path, str(len(contents.files[path])), sha256] for path, sha256 in contents.hashes.items()],
    }
    return _typeset("authenticity.typ", request.ref, data, profile, request.made_at)


def _received(request: PackageRequest) -> list[list[str]]:
    """The hashes of what came with the request; an emergency may have come without a document (G1)."""
    name = "SHA-256 of the process" if request.scope.process else "SHA-256 of what was received"
    return [[name, *request.process_sha256]] if request.process_sha256 else []


def _returned(request: PackageRequest, contents: Contents) -> dict[str, object] | None:
    """Which certificates of the agency's own this one stands beside; None where it sent none (PR3)."""
    how = how_returned(request.certificates)
    if how is None:
        return None
    files = [[path, sha256] for path, sha256 in contents.hashes.items() if path.startswith(f"{FOLDER}/")]
    return {"completed": how is CertificatesReturned.COMPLETED, "files": files}


class TypesetCertifier:
    """Writes certificates of destruction."""

    def __init__(self, profile: ProviderProfile) -> None:
        self._profile = profile

    async def destruction(self, ref: str, objects: Sequence[str], held_since: date, purged_at: datetime) -> bytes:
        """The certificate that these objects, named by SHA-256, were destroyed at `purged_at` (UTC) (P3)."""
        data = {
            "facts": [
                ["Preserved since", day(held_since)],
                ["Destroyed", instant(purged_at)],
                ["Objects destroyed", str(len(objects))],
            ],
            "objects": sorted(objects),
        }
        return await asyncio.to_thread(_typeset, "destruction.typ", ref, data, self._profile, purged_at)


def _typeset(template: str, ref: str, data: Mapping[str, object], profile: ProviderProfile, at: datetime) -> bytes:
    moment = at.astimezone(UTC).replace(microsecond=0)  # A PDF dates itself to the second.
    common: dict[str, object] = {
        "ref": ref,
        "provider": profile.name,
        "address": list(profile.address),
        "custodian": profile.custodian_name,
        "title": profile.custodian_title,
        "day": [moment.year, moment.month, moment.day],
    }
    return typst.compile(
        _TEMPLATES / template,
        root=_TEMPLATES,
        format="pdf",
        # Only the typesetter's own fonts: another machine must give the same bytes.
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"data": json.dumps(_printable({**common, **data}))},
        pdf_standards="a-2b",
        timestamp=moment,
    )


def _printable(value: object) -> object:
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: _printable(item) for name, item in value.items()}
        case list():
            return [_printable(item) for item in value]
        case _:
            return value
