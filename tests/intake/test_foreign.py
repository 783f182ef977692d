"""What is read in the instruments of other countries, the certificates' forms above all (F1, F2)."""

import pytest

from intake.facts import read_text, settle
from intake.lines import Reading
from intake.titles import Instrument, named, title
from policy.facts import FactField, Source, SourceKind
from policy.request import RequestFacts, request_facts
from policy.vocabulary import DataClass, LegalProcess, Purpose

PAGE = Source(kind=SourceKind.PDF, document="a" * 64, page=1)

CERTIFICATE = """\
EUROPEAN PRODUCTION ORDER CERTIFICATE (EPOC)
FOR THE PRODUCTION OF ELECTRONIC EVIDENCE
Name of issuing authority: Staatsanwaltschaft Musterland
Name of its representative: Karla Vogt
Post held (title/grade): Staatsanwältin
File No: 412 Js 1188/26
Address: Turmstr. 91, 10559 Musterstadt
Tel. No: +49 30 23125 101
E-mail: k.vogt@lka.musterland.example
Validating authority: Amtsgericht Musterstadt
Time limit: {limit}
User email: maren.holt@example.com
Categories of data requested: {data}
Offence: fraud, punishable by up to five years
"""


def read(text: str) -> RequestFacts:
    reading = Reading(author_domain="lka.musterland.example")
    read_text(text, PAGE, reading)
    return request_facts(settle(reading, ())[0])


def certificate(limit: str = "within 10 days", data: str = "subscriber data; traffic data") -> RequestFacts:
    return read(CERTIFICATE.format(limit=limit, data=data))


def test_F2_a_production_certificate_is_read_by_its_labels() -> None:
    read_in = certificate()
    assert (read_in.process, read_in.purpose) == (LegalProcess.EPOC, Purpose.DISCLOSURE)
    assert read_in.agency_name == "Staatsanwaltschaft Musterland"
    assert read_in.officer_name == "Karla Vogt"
    assert read_in.officer_email == "k.vogt@lka.musterland.example"
    assert read_in.validated_by == "Amtsgericht Musterstadt"
    assert read_in.case_number == "412 Js 1188/26"
    assert [identifier.value for identifier in read_in.identifiers] == ["maren.holt@example.com"]
    assert not read_in.certificate.urgent


@pytest.mark.parametrize("limit", ["within 8 hours, emergency case", "eight (8) hours", "8h", "yes"])
def test_F2_the_emergency_box_is_read(limit: str) -> None:
    assert certificate(limit).certificate.urgent


@pytest.mark.parametrize("limit", ["18 hours", "as soon as possible, at the latest within 10 days", "no", "80 hours"])
def test_F2_nothing_else_makes_a_certificate_urgent(limit: str) -> None:
    assert not certificate(limit).certificate.urgent


@pytest.mark.parametrize(
    ("data", "classes"),
    [
        ("subscriber data", {DataClass.BASIC}),
        ("data requested for the sole purpose of identifying the user", {DataClass.RECORDS}),
        ("traffic data", {DataClass.RECORDS}),
        ("content data", {DataClass.CONTENT}),
    ],
)
def test_D1_D2_D3_the_certificates_categories_are_our_classes(data: str, classes: set[DataClass]) -> None:
    assert set(certificate(data=data).requested) == classes


def test_P1_a_preservation_certificate_preserves() -> None:
    read_in = read(
        CERTIFICATE.replace("PRODUCTION ORDER CERTIFICATE (EPOC)", "PRESERVATION ORDER CERTIFICATE (EPOC-PR)")
    )
    assert (read_in.process, read_in.purpose) == (LegalProcess.EPOC_PR, Purpose.PRESERVATION)


@pytest.mark.parametrize(
    ("line", "instrument"),
    [
        ("OVERSEAS PRODUCTION ORDER", Instrument.CLOUD_ACT_ORDER),
        ("INTERNATIONAL PRODUCTION ORDER UNDER SCHEDULE 1", Instrument.CLOUD_ACT_ORDER),
        ("EUROPEAN PRODUCTION ORDER CERTIFICATE", Instrument.EPOC),
        ("EPOC-PR", Instrument.EPOC_PR),
        ("REQUEST FOR MUTUAL LEGAL ASSISTANCE IN A CRIMINAL MATTER", Instrument.MLAT_REQUEST),
        ("LETTERS ROGATORY", Instrument.LETTERS_ROGATORY),
        ("PRODUCTION ORDER", Instrument.LOCAL_ORDER),
        ("JUDICIAL REQUISITION", Instrument.LOCAL_ORDER),
        ("COURT ORDER", Instrument.COURT_ORDER),
        ("REQUEST FOR PRESERVATION OF RECORDS", Instrument.PRESERVATION_LETTER),
        ("EXTENSION OF THE PRESERVATION OF ELECTRONIC EVIDENCE", Instrument.EXTENSION),
    ],
)
def test_F1_F2_an_instrument_is_known_by_its_title_and_its_name(line: str, instrument: Instrument) -> None:
    assert title(line) is instrument
    assert named(line.title()) is instrument


def test_F1_no_label_states_the_country_of_an_agency() -> None:
    text = "Country: US\nIssuing State: US\nAgency country: US"
    reading = Reading(author_domain="police.example")
    read_text(text, PAGE, reading)
    assert FactField.AGENCY_COUNTRY not in {fact.field for fact in settle(reading, ())[0]}
