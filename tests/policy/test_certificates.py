"""PR3: which certificates go back with a production, and what can be taken in as a completed one."""

from datetime import UTC, datetime

import pytest

from policy.certificates import (
    CertificatesReturned,
    CompletedCertificate,
    ReturnedCertificate,
    completion_refusal,
    how_returned,
    to_return,
    unfit,
)
from policy.documents import ActiveContent, Examination, judge_document
from policy.findings import Document, DocumentKind
from policy.vocabulary import Clause, RequestKind

NOW = datetime(2026, 11, 2, 15, 4, tzinfo=UTC)
WARRANT = Document(sha256="a" * 64, name="warrant.pdf", kind=DocumentKind.PDF, accepted=True)
FORM = Document(sha256="b" * 64, name="custodian.pdf", kind=DocumentKind.CERTIFICATE)
OTHER = Document(sha256="c" * 64, name="affidavit.pdf", kind=DocumentKind.CERTIFICATE)


def completed(form: str | None, name: str) -> CompletedCertificate:
    return CompletedCertificate(form=form, object=name, by="r-1", at=NOW)


def test_PR3_a_form_goes_back_completed_or_not_and_the_process_does_not() -> None:
    documents = (WARRANT, FORM, OTHER)
    assert to_return(documents, ()) == (ReturnedCertificate(form=FORM.sha256), ReturnedCertificate(form=OTHER.sha256))
    one = to_return(documents, (completed(OTHER.sha256, "signed"),))
    assert one == (ReturnedCertificate(form=FORM.sha256), ReturnedCertificate(form=OTHER.sha256, completed="signed"))
    assert to_return((WARRANT,), ()) == ()


def test_PR3_the_last_one_taken_in_for_a_form_counts() -> None:
    taken = (completed(FORM.sha256, "first"), completed(None, "on paper"), completed(FORM.sha256, "second"))
    assert to_return((FORM,), taken) == (
        ReturnedCertificate(form=FORM.sha256, completed="second"),
        ReturnedCertificate(form=None, completed="on paper"),
    )


def test_PR3_the_agency_is_told_where_one_was_not_completed() -> None:
    blank, done = ReturnedCertificate(form="b"), ReturnedCertificate(form="c", completed="d")
    assert how_returned(()) is None
    assert how_returned((done,)) is CertificatesReturned.COMPLETED
    assert how_returned((done, blank)) is CertificatesReturned.BLANK


@pytest.mark.parametrize("kind", RequestKind)
def test_PR3_one_is_taken_in_where_records_are_produced_and_before_they_are(kind: RequestKind) -> None:
    refused = completion_refusal(kind, produced=False, closed=False)
    assert (refused is None) == (kind in (RequestKind.DISCLOSURE, RequestKind.EMERGENCY))
    for produced, closed in ((True, False), (False, True)):
        late = completion_refusal(kind, produced=produced, closed=closed)
        assert late is not None
        assert late.clause is Clause.PR3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"kind": DocumentKind.CERTIFICATE}, None),
        ({"characters": 0, "scanned": 1}, None),
        ({"active": (ActiveContent.JAVASCRIPT,)}, "JavaScript"),
        ({"characters": 0, "scanned": 1, "active": (ActiveContent.LAUNCH,)}, "launch"),
        ({"kind": DocumentKind.IMAGE}, "is a PDF"),
        ({"kind": DocumentKind.OTHER}, "is a PDF"),
        ({"kind": DocumentKind.FORM}, "is a PDF"),
    ],
)
def test_PR3_a_completed_certificate_is_a_pdf_in_which_nothing_acts(
    change: dict[str, object], words: str | None
) -> None:
    seen = Examination(sha256="0" * 64, name="the file", kind=DocumentKind.PDF, pages=1, characters=10)
    why = unfit(judge_document(seen.model_copy(update=change)))
    assert (why is None) if words is None else (why is not None and words in why.detail)
