"""Certificates that a jurisdiction has the custodian complete: known for what they are, and never taken for process."""

import pytest

from intake.certificates import is_certificate
from intake.message import read_document, read_message
from intake.titles import title
from policy.facts import FactField
from policy.findings import DocumentKind
from policy.request import request_facts
from policy.vocabulary import Clause, LegalProcess
from tests.intake import builders, pdfs

ATTESTS = "I, ____________, being the custodian of records of\n____________, hereby certify that these are true copies."


@pytest.mark.parametrize(
    "heading",
    [
        "CERTIFICATE OF AUTHENTICITY OF BUSINESS RECORDS",
        "Certificate of Authenticity of Domestic Records",
        "CERTIFICATE OF AUTHENTICITY OF DOMESTIC RECORDS PURSUANT TO FEDERAL RULES OF EVIDENCE 902(11) AND 902(13)",
        "DECLARATION OF CUSTODIAN OF RECORDS",
        "AFFIDAVIT OF CUSTODIAN",
        "AFFIDAVIT OF THE RECORDS CUSTODIAN",
        "CERTIFICATION UNDER RULE 902(11)",
        "RULE 902(11) CERTIFICATION",
        "BUSINESS RECORDS AFFIDAVIT",
        "CUSTODIAN'S CERTIFICATE",
        "CUSTODIAN OF RECORDS DECLARATION",
        "CERTIFICATE UNDER SECTION 65B OF THE INDIAN EVIDENCE ACT, 1872",
        "AFFIDAVIT OF\nCUSTODIAN OF RECORDS",
        "DECLARATION OF CUSTODIAN OF RECORDS IN RESPONSE TO\nSEARCH WARRANT",
        "DECLARATION OF CUSTODIAN OF RECORDS\nSEARCH WARRANT NO. 26-0042",
        "DECLARATION OF CUSTODIAN OF RECORDS\nRe: Grand Jury Subpoena 26-0042",
    ],
)
def test_PR3_a_certificate_is_known_by_its_heading(heading: str) -> None:
    assert is_certificate([f"UNITED STATES DISTRICT COURT\n{heading}\n{ATTESTS}", "Attachment A\n3. Copies"])


@pytest.mark.parametrize(
    "page",
    [
        "SEARCH WARRANT\nCERTIFICATE OF AUTHENTICITY REQUESTED\nI certify that this is a true copy.",
        "SEARCH WARRANT NO. 26-0042\nDECLARATION OF CUSTODIAN OF RECORDS\n" + ATTESTS,
        "CERTIFICATE OF AUTHENTICITY ENCLOSED\nGRAND JURY SUBPOENA\n" + ATTESTS,
        "SUBPOENA\nThe affidavit of custodian that is enclosed is to be returned.\n" + ATTESTS,
        "CERTIFICATE OF AUTHENTICITY\nThe court orders that the records be produced with one.",
        "AFFIDAVIT IN SUPPORT OF SEARCH WARRANT FOR BUSINESS RECORDS\n" + ATTESTS,
        "AFFIDAVIT OF DETECTIVE MORENO\n" + ATTESTS,
        "CERTIFICATE OF SERVICE\n" + ATTESTS,
        "EUROPEAN PRODUCTION ORDER CERTIFICATE (EPOC)\n" + ATTESTS,
        "ORDER\nThe\ncertificate of authenticity of business records\nis to come with them. " + ATTESTS,
        "",
    ],
)
def test_PR3_what_is_legal_process_or_merely_mentions_a_certificate_is_none(page: str) -> None:
    assert not is_certificate([page])


def test_PR3_a_certificate_before_legal_process_in_one_document_does_not_hide_it() -> None:
    page = f"AFFIDAVIT OF CUSTODIAN\n{ATTESTS}"
    assert not is_certificate([page, "SEARCH AND SEIZURE WARRANT\nYou are commanded"])
    assert not is_certificate([page, "Search and Seizure Warrant\nYou are commanded"])
    assert is_certificate([page, f"AFFIDAVIT OF QUALIFIED PERSON\n{ATTESTS}"])
    assert not is_certificate([])


def test_PR3_a_certificate_alone_is_no_legal_document_and_says_nothing_of_a_request() -> None:
    document, found = read_document(pdfs.certificate(), "custodian.pdf")
    assert (document.kind, document.accepted, document.scan) == (DocumentKind.CERTIFICATE, False, False)
    assert [reason.clause for reason in document.reasons] == [Clause.S2]
    assert "a certificate for us to complete" in document.reasons[0].detail
    assert (found.facts, found.instruments, found.remarks) == ([], [], [])


@pytest.mark.parametrize("first", [True, False])
def test_PR3_the_request_is_read_as_if_the_certificate_beside_it_were_not_there(first: bool) -> None:
    subpoena = ("subpoena.pdf", builders.good_pdf())
    form = ("custodian.pdf", pdfs.certificate("DECLARATION OF CUSTODIAN OF RECORDS - SEARCH WARRANT"))
    sent = (form, subpoena) if first else (subpoena, form)
    alone = read_message(builders.mail(b"Please find it attached.\r\n", subpoena)).reading
    both = read_message(builders.mail(b"Please find it attached.\r\n", *sent)).reading
    assert both.facts == alone.facts
    assert both.remarks == alone.remarks
    assert {d.name: (d.kind, d.accepted) for d in both.documents} == {
        "subpoena.pdf": (DocumentKind.PDF, True),
        "custodian.pdf": (DocumentKind.CERTIFICATE, False),
    }


def test_PR3_a_certificate_that_is_a_page_of_the_process_is_shown_to_a_person_and_not_read() -> None:
    whole = pdfs.joined(builders.good_pdf(), pdfs.certificate())
    reading = read_message(builders.mail(b"Please find it attached.\r\n", ("subpoena.pdf", whole))).reading
    (document,) = reading.documents
    assert (document.kind, document.accepted) == (DocumentKind.PDF, True)
    facts = request_facts(reading.facts)
    assert (facts.process, facts.case_number) == (LegalProcess.SUBPOENA, "SPD-2026-04417")
    assert [identifier.value for identifier in facts.identifiers] == ["alice.martin@example.org"]
    (remark,) = [remark for remark in reading.remarks if remark.clause is Clause.PR3]
    assert remark.detail == "page 2 of subpoena.pdf is a certificate for the custodian of records to complete"


def test_PR3_a_certificate_that_acts_on_its_own_stays_a_pdf_that_is_not_accepted() -> None:
    document, found = read_document(pdfs.acting(pdfs.certificate()), "custodian.pdf")
    assert (document.kind, document.accepted) == (DocumentKind.PDF, False)
    assert "JavaScript" in document.reasons[0].detail
    assert found.facts == []


def test_N2_silence_that_a_certificate_speaks_of_is_not_overlooked() -> None:
    form = pdfs.written("AFFIDAVIT OF CUSTODIAN", "I, ______, certify the records and shall not disclose this request.")
    document, found = read_document(form, "custodian.pdf")
    assert document.kind is DocumentKind.CERTIFICATE
    assert [fact.field for fact in found.facts] == [FactField.GAG]
    assert [remark.clause for remark in found.remarks] == [Clause.N2]


def test_titles_of_process_are_what_they_were() -> None:
    assert title("COURT\nSEARCH WARRANT") is not None
    assert title("COURT\nSearch Warrant") is None, "only a line in capitals is a title"
    assert title("SEARCH WARRANT " + "X" * 200) is None, "and a short one"
