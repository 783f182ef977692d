"""The published request form: what an officer fills in is what is read, as a PDF, flattened, or as text in a mail."""

import io
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pypdfium2  # type: ignore[import-untyped] # it ships no type information
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf.form import ChoiceField, DefaultAppearanceStreamGenerator, Form, TextField

from intake.form import cut_out, read_entry
from intake.lines import Reading
from intake.message import read_document, read_message
from intake.reading import MessageReading
from intake.titles import Instrument
from intake.wordings import meaning_of
from policy.documents import judge_documents
from policy.facts import FactField, Source, SourceKind, clause_of
from policy.findings import DocumentKind
from policy.form import LINES, NOT_ASKED
from policy.request import request_facts
from policy.vocabulary import Clause, LegalProcess, Purpose
from starter.acroform import request_form
from starter.form import text_form
from tests.intake import builders, pdfs

_FILLED = {
    FactField.PURPOSE: "disclosure",
    FactField.PROCESS: "search_warrant",
    FactField.CASE_NUMBER: "SPD 4711/26 (b)",
    FactField.RESPONSE_DUE: "2026-12-01",
    FactField.AGENCY_NAME: "Springfield Police Department",
    FactField.OFFICER_NAME: "Zoë Müller",
    FactField.OFFICER_BADGE: "4711",
    FactField.OFFICER_EMAIL: builders.OFFICER,
    FactField.OFFICER_PHONE: "+1-202-555-0101 ext. 12",
    FactField.OFFICER_ADDRESS: "100 Main Street\nSpringfield, IL 62701",
    FactField.USER_EMAIL: "alice.martin@example.org\nBob.Stone@example.org",
    FactField.USER_IP: "2001:db8::7",
    FactField.MEETING_ID: "812 3456 7890",
    FactField.MEETING_HOST: "host@example.org",
    FactField.MEETING_AT: "2026-10-03T15:00-05:00",
    FactField.DATA_REQUESTED: "D1\nD3",
    FactField.SINCE: "2026-01-01",
    FactField.UNTIL: "2026-03-31",
    FactField.RELATION: "Threats were sent from the account on three days of October; only the logs show from where.",
    FactField.GAG_DAYS: "90",
}


def in_fields(values: Mapping[FactField, str], blank: bytes | None = None) -> bytes:
    """The PDF form, filled in as a program for PDFs does it."""
    with pikepdf.open(io.BytesIO(blank or request_form())) as pdf:
        form = Form(pdf, DefaultAppearanceStreamGenerator)
        for field, value in values.items():
            filled = form[field.value]
            assert isinstance(filled, TextField | ChoiceField)
            filled.value = value
        return _saved(pdf)


def flattened(octets: bytes) -> bytes:
    """The PDF with its fields made part of the page, as when it is printed to a file."""
    document = pypdfium2.PdfDocument(octets)
    document.init_forms()
    for page in document:
        pypdfium2.raw.FPDFPage_Flatten(page, pypdfium2.raw.FLAT_NORMALDISPLAY)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def in_text(values: Mapping[FactField, str], blank: str | None = None) -> str:
    """The text form, filled in behind its labels."""
    text = blank or text_form()
    for line in LINES:
        text = text.replace(f"\n{line.heading}\n", f"\n{line.heading} {values.get(line.field, '')}\n")
    return text


def mailed(octets: bytes) -> MessageReading:
    return read_message(builders.mail(b"Please see the form.\r\n", ("form.pdf", octets))).reading


def told(reading: MessageReading) -> set[tuple[FactField, str]]:
    return {(fact.field, fact.value) for fact in reading.facts}


def test_R1_what_stands_in_the_fields_is_what_is_read() -> None:
    reading = mailed(in_fields(_FILLED))
    assert reading.remarks == ()
    assert told(reading) >= {
        (FactField.OFFICER_NAME, "Zoë Müller"),
        (FactField.CASE_NUMBER, "SPD 4711/26 (b)"),
        (FactField.OFFICER_ADDRESS, "100 Main Street Springfield, IL 62701"),
        (FactField.USER_EMAIL, "alice.martin@example.org"),
        (FactField.USER_EMAIL, "bob.stone@example.org"),
        (FactField.MEETING_ID, "81234567890"),
        (FactField.MEETING_AT, "2026-10-03T20:00:00+00:00 of 81234567890"),
        (FactField.DATA_REQUESTED, "D3"),
        (FactField.PROCESS, "search_warrant"),
        (FactField.GAG_DAYS, "90"),
    }
    assert {field for field, _ in told(reading)} == set(_FILLED)
    (document,) = reading.documents
    sources = {fact.field: fact.source for fact in reading.facts}
    assert sources[FactField.CASE_NUMBER] == Source(kind=SourceKind.PDF, document=document.sha256, page=1)
    assert sources[FactField.RELATION] == Source(kind=SourceKind.PDF, document=document.sha256, page=2)


def test_R1_a_flattened_form_says_the_same_by_its_labels() -> None:
    octets = flattened(in_fields(_FILLED))
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert not any("/Annots" in page.obj for page in pdf.pages)
    assert told(mailed(octets)) == told(mailed(in_fields(_FILLED)))


def test_R1_the_text_form_in_a_mail_says_the_same() -> None:
    body = f"Dear colleagues,\n\n{in_text(_FILLED)}\nRegards\n"
    reading = read_message(builders.mail(body.encode())).reading
    assert told(reading) == told(mailed(in_fields(_FILLED)))
    assert {fact.source.kind for fact in reading.facts} == {SourceKind.MAIL}


@pytest.mark.parametrize("blank", [request_form(), flattened(request_form())])
def test_R2_a_blank_form_says_nothing(blank: bytes) -> None:
    reading = mailed(blank)
    assert (reading.facts, reading.remarks) == ((), ())
    assert reading.documents[0].kind is DocumentKind.FORM


def test_R2_a_blank_form_in_a_mail_says_nothing() -> None:
    reading = read_message(builders.mail(text_form().encode())).reading
    assert (reading.facts, reading.remarks) == ((), ())


_MEETINGS = {
    FactField.MEETING_ID: "812 3456 7890\n812 3456 7891",
    FactField.MEETING_HOST: "first@example.org\nsecond@example.org",
    FactField.MEETING_AT: "2026-10-03T15:00-05:00\n2026-10-04T15:00-05:00",
}


def meetings_in(reading: MessageReading) -> list[tuple[str, str | None, int | None]]:
    """Each meeting with its host and the day of October on which it took place."""
    return [(i.value, i.host, i.at.day if i.at else None) for i in request_facts(reading.facts).identifiers]


def test_R1_each_meeting_in_the_form_has_the_host_and_the_time_on_its_own_line() -> None:
    expected = [("81234567890", "first@example.org", 3), ("81234567891", "second@example.org", 4)]
    for reading in (
        mailed(in_fields(_MEETINGS)),
        mailed(flattened(in_fields(_MEETINGS))),
        read_message(builders.mail(in_text(_MEETINGS).encode())).reading,
    ):
        assert meetings_in(reading) == expected
        assert reading.remarks == ()


def test_R1_one_host_in_the_form_is_every_meetings() -> None:
    reading = mailed(in_fields({**_MEETINGS, FactField.MEETING_HOST: "first@example.org"}))
    assert meetings_in(reading) == [("81234567890", "first@example.org", 3), ("81234567891", "first@example.org", 4)]
    assert reading.remarks == ()


def test_R1_lists_in_the_form_that_do_not_match_are_not_guessed_at() -> None:
    three = {**_MEETINGS, FactField.MEETING_ID: "812 3456 7890\n812 3456 7891\n812 3456 7892"}
    reading = mailed(in_fields(three))
    assert {(host, day) for _, host, day in meetings_in(reading)} == {(None, None)}
    assert {(remark.clause, remark.detail.split()[0]) for remark in reading.remarks} == {
        (Clause.R1, "meeting.host_email"),
        (Clause.R1, "meeting.at"),
    }


def test_R1_a_line_of_the_form_that_cannot_be_read_keeps_its_place() -> None:
    reading = mailed(in_fields({**_MEETINGS, FactField.MEETING_HOST: "nobody\nsecond@example.org"}))
    assert meetings_in(reading) == [("81234567890", None, 3), ("81234567891", "second@example.org", 4)]
    assert [remark.detail for remark in reading.remarks] == [
        "meeting.host_email is not an email address (on page 2 of a document)"
    ]


_FIRST = Path(__file__).parent / "forms"


def in_first_fields(values: Mapping[FactField, str]) -> bytes:
    """The PDF form as it was first published, when it had one host and one time, filled in."""
    return in_fields(values, (_FIRST / "first.pdf").read_bytes())


def test_R1_a_form_that_was_published_before_is_read_as_ever() -> None:
    new = mailed(in_fields(_FILLED))
    text = (_FIRST / "first.txt").read_text(encoding="utf-8")
    for reading in (
        mailed(in_first_fields(_FILLED)),
        mailed(flattened(in_first_fields(_FILLED))),
        read_message(builders.mail(in_text(_FILLED, text).encode())).reading,
    ):
        assert told(reading) == told(new)
        assert reading.remarks == ()
    blank = (_FIRST / "first.pdf").read_bytes()
    for form in (blank, flattened(blank)):
        assert (mailed(form).facts, mailed(form).remarks) == ((), ())


def test_S2_the_form_is_not_the_legal_document() -> None:
    document, _ = read_document(in_fields(_FILLED), "form.pdf")
    assert not document.accepted
    assert [reason.clause for reason in judge_documents([document])] == [Clause.S2, Clause.S2]
    assert "the signed legal document itself is needed beside it" in document.reasons[0].detail


def test_U3_the_legal_document_outranks_the_form_beside_it() -> None:
    for attached in (
        (("form.pdf", in_fields(_FILLED)), ("subpoena.pdf", builders.good_pdf())),
        (("subpoena.pdf", builders.good_pdf()), ("form.pdf", in_fields(_FILLED))),
    ):
        reading = read_message(builders.mail(b"Both attached.\r\n", *attached)).reading
        facts = request_facts(reading.facts)
        assert facts.process is LegalProcess.SUBPOENA
        assert facts.officer_badge == "4711"
        assert any("process is named again with another value" in remark.detail for remark in reading.remarks)


@pytest.mark.parametrize(
    ("field", "value", "page", "sentence"),
    [
        (FactField.SINCE, "03/04/2026", 2, "data.since is not a date of the form YYYY-MM-DD"),
        (FactField.USER_IP, "192.0.2.7:443", 1, "user.ip is not an IPv4 or IPv6 address"),
        (FactField.DATA_REQUESTED, "everything", 2, "data.requested must be one of D1, D2, D3"),
        (FactField.MEETING_AT, "2026-10-03T15:00", 2, "meeting.at has no time zone, so it names no instant"),
        (FactField.GAG_DAYS, "indefinitely", 2, "gag.days must be a number of days from 1 to 3660"),
    ],
)
def test_R3_a_value_that_cannot_be_read_is_named_by_field_and_clause(
    field: FactField, value: str, page: int, sentence: str
) -> None:
    reading = mailed(in_fields({field: value}))
    assert reading.facts == ()
    assert [(remark.clause, remark.detail) for remark in reading.remarks] == [
        (clause_of(field), f"{sentence} (on page {page} of a document)")
    ]


def test_E2_the_form_makes_an_emergency_only_under_the_subject_line() -> None:
    danger = in_fields({FactField.EMERGENCY_NATURE: "A child was taken at gunpoint", FactField.USER_IP: "192.0.2.7"})
    mail = builders.mail(b"Please see the form.\r\n", ("form.pdf", danger))
    assert Purpose.EMERGENCY is not request_facts(read_message(mail).reading.facts).purpose
    mail = mail.replace(b"Subject: request", b"Subject: EMERGENCY DISCLOSURE REQUEST")
    assert Purpose.EMERGENCY is request_facts(read_message(mail).reading.facts).purpose
    blank = builders.mail(b"Please see the form.\r\n", ("form.pdf", request_form()))
    blank = blank.replace(b"Subject: request", b"Subject: EMERGENCY DISCLOSURE REQUEST")
    assert request_facts(read_message(blank).reading.facts).purpose is None


def test_E2_the_form_cannot_call_itself_an_emergency() -> None:
    reading = read_message(builders.mail(in_text({FactField.PURPOSE: "emergency"}).encode())).reading
    assert reading.facts == ()
    assert "purpose must be one of disclosure, preservation" in reading.remarks[0].detail


def test_S2_a_form_that_acts_on_its_own_says_nothing() -> None:
    with pikepdf.open(io.BytesIO(in_fields(_FILLED))) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        document, found = read_document(_saved(pdf), "form.pdf")
    assert "JavaScript" in document.reasons[-1].detail
    assert found.facts == []


def test_a_value_that_nobody_can_see_is_not_read() -> None:
    with pikepdf.open(io.BytesIO(in_fields(_FILLED))) as pdf:
        for widget in pdf.pages[0].obj.Annots:
            if str(widget.TU).startswith("Case number"):
                widget.F = 2
        _, found = read_document(_saved(pdf), "form.pdf")
    assert FactField.CASE_NUMBER not in {fact.field for fact in found.facts}
    assert FactField.AGENCY_NAME in {fact.field for fact in found.facts}


def test_somebody_elses_form_is_not_ours() -> None:
    document, found = read_document(pdfs.with_a_field(), "subpoena.pdf")
    assert (document.kind, document.accepted) == (DocumentKind.PDF, True)
    assert found.facts


_WORDS = st.text(st.characters(codec="utf-8", categories=["L", "Nd"]), min_size=1, max_size=12)
_SENTENCES = st.lists(_WORDS, min_size=1, max_size=30).map(" ".join)


@given(st.fixed_dictionaries({}, optional={line.field: _SENTENCES for line in LINES}))
def test_R3_the_text_form_never_says_what_was_not_written(values: dict[FactField, str]) -> None:
    found = Reading()
    entries, rest = cut_out(in_text(values))
    for entry in entries:
        read_entry(entry, Source(kind=SourceKind.MAIL), found)
    assert not rest.strip()
    assert {fact.field for fact in found.facts} <= set(values)
    for fact in found.facts:
        assert fact.value.casefold() in " ".join(values[fact.field].split()).casefold()


def test_the_form_asks_for_every_field_and_its_words_are_understood_without_it() -> None:
    assert {line.field for line in LINES} | NOT_ASKED == set(FactField)
    assert {purpose.value for purpose in Purpose} - {"emergency"} == set(LINES[0].choices)
    assert {process.value for process in LegalProcess} <= {instrument.value for instrument in Instrument}
    unknown = {line.label for line in LINES if meaning_of(line.heading.rstrip(":")) is None}
    assert unknown == {"Kind of request"}


def _saved(pdf: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()
