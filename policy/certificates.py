"""Certificates that a jurisdiction requires: sent in with the request, completed by the custodian of records, and
returned with the production (PR3)."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import AwareDatetime

from policy.findings import Document, DocumentKind, Reason
from policy.frozen import Frozen
from policy.vocabulary import Clause, RequestKind


class CompletedCertificate(Frozen):
    """What the custodian completed and signed, as an object by its SHA-256; `by` (roster id) took it in, `at` (UTC).

    `form` is the document of the case that it completes; None where that came on paper, or as a page of the process.
    """

    form: str | None
    object: str
    by: str
    at: AwareDatetime


class ReturnedCertificate(Frozen):
    """What goes back, by SHA-256: the form as it came, where it is a document of its own, and as it was completed, if
    it was."""

    form: str | None
    completed: str | None = None


class CertificatesReturned(StrEnum):
    """How the agency gets them back: each completed, or at least one as it came."""

    COMPLETED = "completed"
    BLANK = "blank"


#: The kinds of case that end with a production.
_PRODUCED = frozenset({RequestKind.DISCLOSURE, RequestKind.EMERGENCY})


def to_return(
    documents: Iterable[Document], completed: Iterable[CompletedCertificate]
) -> tuple[ReturnedCertificate, ...]:
    """What a production returns: each form that came, in the order of the documents, and what completes none of them.

    `completed` are in the order in which they were taken in; of several for one form the last counts.
    """
    latest = {certificate.form: certificate.object for certificate in completed}
    forms = [document.sha256 for document in documents if document.kind is DocumentKind.CERTIFICATE]
    returned = [ReturnedCertificate(form=form, completed=latest.get(form)) for form in forms]
    if None in latest:
        returned.append(ReturnedCertificate(form=None, completed=latest[None]))
    return tuple(returned)


def how_returned(certificates: Iterable[ReturnedCertificate]) -> CertificatesReturned | None:
    """What the agency is told of them; None where there are none."""
    blank = [certificate.completed is None for certificate in certificates]
    if not blank:
        return None
    return CertificatesReturned.BLANK if any(blank) else CertificatesReturned.COMPLETED


def completion_refusal(kind: RequestKind, *, produced: bool, closed: bool) -> Reason | None:
    """Why a completed certificate cannot be taken in any more, or at all; None where it can."""
    if kind not in _PRODUCED:
        return Reason(clause=Clause.PR3, detail="certificates go back with a production, and none is made here")
    if produced or closed:
        return Reason(clause=Clause.PR3, detail="the case has been answered; a certificate goes with the answer")
    return None


def unfit(document: Document) -> Reason | None:
    """Why a file cannot be a completed certificate, or None where it can: a PDF that opens, and in which nothing acts.
    It may well be a scan, as what a hand has signed is."""
    if document.kind in (DocumentKind.PDF, DocumentKind.CERTIFICATE):
        if document.accepted or document.scan or document.kind is DocumentKind.CERTIFICATE:
            return None
        return document.reasons[0]
    return Reason(clause=Clause.PR3, detail="a completed certificate is a PDF")
