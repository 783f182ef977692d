"""The PDF of a sample request: what a court or an agency issues."""

import json
from functools import lru_cache
from pathlib import Path
from typing import assert_never

import typst

from policy.vocabulary import DataClass
from starter.samples.request import SampleProcess, SampleRequest

_TEMPLATE = Path(__file__).with_name("process.typ")

_CLASS_WORDS = {
    DataClass.BASIC: "basic subscriber information",
    DataClass.RECORDS: "connection logs, IP addresses and meeting records",
    DataClass.CONTENT: "content of cloud recordings and chat messages",
}


def data_words(classes: tuple[DataClass, ...]) -> str:
    """The classes of data as an officer would name them."""
    return "; ".join(_CLASS_WORDS[data_class] for data_class in classes)


def reference_label(process: SampleProcess) -> str:
    """How a request names one of our references: the preservation it follows, or the case that its order is about."""
    return "Your reference" if process is SampleProcess.NON_DISCLOSURE_ORDER else "Preservation reference"


def title_of(process: SampleProcess) -> str:
    """The document's title."""
    match process:
        case SampleProcess.SUBPOENA:
            return "GRAND JURY SUBPOENA"
        case SampleProcess.COURT_ORDER:
            return "ORDER PURSUANT TO 18 U.S.C. § 2703(d)"
        case SampleProcess.SEARCH_WARRANT:
            return "SEARCH AND SEIZURE WARRANT"
        case SampleProcess.PRESERVATION_LETTER:
            return "PRESERVATION REQUEST UNDER 18 U.S.C. § 2703(f)"
        case SampleProcess.EXTENSION:
            return "REQUEST TO EXTEND PRESERVATION"
        case SampleProcess.CONFIRMATION:
            return "CONFIRMATION OF ISSUANCE OF A REQUEST FOR PRODUCTION"
        case SampleProcess.RESTRICTION:
            return "REQUEST TO RESTRICT ACCESS"
        case SampleProcess.NON_DISCLOSURE_ORDER:
            return "ORDER OF NON-DISCLOSURE UNDER 18 U.S.C. § 2705(b)"
        case SampleProcess.CLOUD_ACT_ORDER:
            return "OVERSEAS PRODUCTION ORDER"
        case SampleProcess.EPOC:
            return "EUROPEAN PRODUCTION ORDER CERTIFICATE (EPOC)"
        case SampleProcess.EPOC_PR:
            return "EUROPEAN PRESERVATION ORDER CERTIFICATE (EPOC-PR)"
        case SampleProcess.LOCAL_ORDER:
            return "PROSECUTOR'S REQUISITION"
        case _:
            assert_never(process)


def document(request: SampleRequest) -> bytes:
    """The request's PDF. The same request gives the same bytes."""
    return _compile(
        json.dumps(
            {
                "title": title_of(request.process),
                "agency": request.agency,
                "letterhead": f"{request.address} · {request.phone}",
                "lines": _lines(request),
                "paragraphs": _paragraphs(request),
                "signatory": _signatory(request),
                "dated": f"{request.dated:%d %B %Y}",
                "year": request.dated.year,
                "month": request.dated.month,
                "day": request.dated.day,
            }
        )
    )


@lru_cache(maxsize=64)
def _compile(data: str) -> bytes:
    return bytes(typst.compile(_TEMPLATE, sys_inputs={"data": data}))


def _lines(request: SampleRequest) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = [("Case number", request.case_number), ("Agency", request.agency)]
    if request.reference:
        lines.append((reference_label(request.process), request.reference))
    if request.process is not SampleProcess.NON_DISCLOSURE_ORDER:
        lines.extend(request.identifiers)
        if request.process is SampleProcess.RESTRICTION:
            lines.extend(restriction_lines(request))
        elif request.process not in (SampleProcess.EXTENSION, SampleProcess.CONFIRMATION):
            lines.append(("Data requested", data_words(request.classes)))
        if request.since and request.until:
            lines.append(("Period", f"{request.since} to {request.until}"))
    if request.process is SampleProcess.EPOC:
        lines.extend(_certificate_lines(request))
    if request.urgent:
        lines.append(("Emergency case", "yes, within 8 hours of receipt"))
    if request.silence:
        lines.append(("Non-disclosure", request.silence))
    return lines


def _certificate_lines(request: SampleRequest) -> list[tuple[str, str]]:
    said = request.certificate
    lines = (
        ("Type of issuing authority", said.issuer),
        ("Type of validating authority", said.validator),
        ("Ground of the order", said.ground),
        ("Enforcing authority", said.notified),
    )
    return [(label, value) for label, value in lines if value]


def restriction_lines(request: SampleRequest) -> list[tuple[str, str]]:
    """The lines of a request to restrict access that other requests do not have."""
    asked = request.restriction
    lines = [("Measure requested", asked.measure), ("Territory", asked.territory), ("Legal basis", asked.basis)]
    return [*lines, *([("Violation of the terms", asked.violation)] if asked.violation else [])]


def _paragraphs(request: SampleRequest) -> list[str]:
    match request.process:
        case SampleProcess.SUBPOENA:
            return ["YOU ARE COMMANDED to produce the records described above to the officer named below."]
        case SampleProcess.COURT_ORDER:
            return [
                "The applicant has offered specific and articulable facts showing reasonable grounds to believe that "
                "the records are relevant and material to an ongoing criminal investigation. The provider is ordered "
                "to produce them."
            ]
        case SampleProcess.SEARCH_WARRANT:
            return [
                "An affidavit having been made before me, I find probable cause to believe that the property described "
                "above is evidence of a crime. You are commanded to search for it and to produce it."
            ]
        case SampleProcess.PRESERVATION_LETTER:
            return [
                "Pending the issue of formal process, please preserve the records described above for 90 days. "
                "Nothing is to be disclosed on this letter."
            ]
        case SampleProcess.EXTENSION:
            return ["Formal process is being sought. Please keep the records preserved for a further 90 days."]
        case SampleProcess.CONFIRMATION:
            return ["A European Production Order has been issued for the data that is preserved as stated above."]
        case SampleProcess.CLOUD_ACT_ORDER:
            return ["The person or body named above must produce the electronic data described within seven days."]
        case SampleProcess.EPOC:
            return ["The addressee is ordered to preserve the data described above at once and to produce it."]
        case SampleProcess.EPOC_PR:
            return ["The addressee is ordered to preserve the data described above for 60 days."]
        case SampleProcess.LOCAL_ORDER:
            return ["Under the Code of Criminal Procedure the provider is required to supply the data described above."]
        case SampleProcess.RESTRICTION:
            return ["The provider is asked to restrict access as described above, within our jurisdiction."]
        case SampleProcess.NON_DISCLOSURE_ORDER:
            return ["Notice would have an adverse result. The provider is ordered to tell nobody of it."]
        case _:
            assert_never(request.process)


def _signatory(request: SampleRequest) -> str:
    by_officer = (SampleProcess.PRESERVATION_LETTER, SampleProcess.EXTENSION, SampleProcess.RESTRICTION)
    if request.process in by_officer:
        return f"/s/ {request.officer}, badge {request.badge}, {request.agency}"
    return f"/s/ A. Whitfield, Magistrate Judge; served by {request.officer}, {request.agency}"
