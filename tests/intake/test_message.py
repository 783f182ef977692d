"""Hostile and odd mail: read without a crash, and never taken for more than it is."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.message import fingerprint, read_message
from intake.reading import MessageReading
from policy.facts import FactField, SourceKind
from policy.findings import DocumentKind
from policy.vocabulary import Clause
from starter.samples import sample_mail
from tests.intake.builders import OFFICER, PNG, SUBPOENA, good_pdf, mail


def read(raw: bytes) -> MessageReading:
    return read_message(raw).reading


def clauses(reading: MessageReading) -> set[Clause]:
    return {remark.clause for remark in reading.remarks}


def values(reading: MessageReading, field: FactField) -> list[str]:
    return [fact.value for fact in reading.facts if fact.field is field]


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        (b"From: a@fbi.gov", "a@fbi.gov"),
        (b"From: A.B@FBI.GOV", "a.b@fbi.gov"),
        (b"From: Jo Doe <a@fbi.gov>", "a@fbi.gov"),
        (b"From: Doe, Jo <a@fbi.gov>", "a@fbi.gov"),
        (b'From: "Doe, Jo" <a@fbi.gov> (Agent)', "a@fbi.gov"),
        (b'From: "a@fbi.gov" <x@evil.example>', "x@evil.example"),
        (b"From: a@fbi.gov <x@evil.example>", "x@evil.example"),
        (b"From: =?utf-8?q?a=40fbi=2Egov?= <x@evil.example>", "x@evil.example"),
        (b"From: J\xf6rg <a@fbi.gov>", "a@fbi.gov"),
        (b"From: \xff\xfe\x00 <a@fbi.gov>", "a@fbi.gov"),
        (b"From: Jo\r\n Doe\r\n <a@fbi.gov>", "a@fbi.gov"),
        (b"From: a@fbi.gov, x@evil.example", None),
        (b"From: a@fbi.gov\r\nFrom: x@evil.example", None),
        (b"From: Agents: a@fbi.gov;", None),
        (b"From: undisclosed-recipients:;", None),
        (b"From: <a@fbi.gov> <x@evil.example>", None),
        (b"From: a@fbi.gov)x@evil.example", None),
        (b"From: a@fbi.gov@evil.example", None),
        (b"From: =?utf-8?q?a=40fbi=2Egov?=", None),
        ("From: a@fbi.gоv".encode(), None),
        (b"From: a@fbi.gov\x00", "a@fbi.gov"),
        (b"From: a@fbi.gov\x00.evil.example", None),
        ("From: a\u200b@fbi.gov".encode(), None),
        ("From: a@\uff46bi.gov".encode(), None),
        (b"From: nobody", None),
        (b"From:", None),
        (b"X-Nothing: 1", None),
    ],
)
def test_S1_only_one_plain_address_in_From_is_the_author(sender: bytes, author: str | None) -> None:
    reading = read(mail(sender=sender))
    assert reading.author == author
    assert reading.author_domain == (author.rpartition("@")[2] if author else None)
    assert (author is None) == (Clause.S1 in clauses(reading))


def test_a_whole_request_is_read_with_its_sources() -> None:
    read_in = read_message(sample_mail(SUBPOENA))
    reading = read_in.reading
    (document,) = reading.documents
    assert document.accepted
    assert document.kind is DocumentKind.PDF
    assert read_in.attachments[document.sha256] == good_pdf()
    assert reading.author == OFFICER
    assert reading.dated == datetime(2026, 11, 2, 15, 4, tzinfo=UTC)
    assert reading.remarks == ()
    case_numbers = [f for f in reading.facts if f.field is FactField.CASE_NUMBER]
    assert {(f.source.kind, f.source.document, f.source.page) for f in case_numbers} == {
        (SourceKind.MAIL, None, None),
        (SourceKind.PDF, document.sha256, 1),
    }


@pytest.mark.parametrize("raw", [b"", b"\n", b"\x00" * 100, b"just text\n", b"%!PS", bytes(range(256)), b"\r\n\r\n--x"])
def test_what_is_not_a_mail_is_read_as_nothing(raw: bytes) -> None:
    reading = read(raw)
    assert reading.author is None
    assert reading.facts == ()


@pytest.mark.parametrize("date", [b"", b"Date: yesterday\r\n", b"Date: Mon, 99 Foo 9999 99:99:99 +9999\r\n"])
def test_a_missing_or_broken_date_is_None(date: bytes) -> None:
    assert read(b"From: a@fbi.gov\r\n" + date + b"\r\nhello").dated is None


def test_the_subject_is_decoded_whatever_its_charset() -> None:
    assert read(b"Subject: =?iso-8859-1?q?Stra=DFe?= =?utf-8?b?w7w=?=\r\n\r\n").subject == "Straßeü"
    assert read(b"Subject: =?nonsense?q?a=FFb?= =?utf-8?b?!!!?=\r\n\r\n").subject.startswith("aÿb")
    assert "\x00" not in read(b"Subject: a\x00b\r\n\r\n").subject


def test_bodies_in_odd_charsets_are_read() -> None:
    koi8 = "Agency: Полиция".encode("koi8-r")
    assert values(read(mail(koi8, kind=b"text/plain; charset=koi8-r")), FactField.AGENCY_NAME) == ["Полиция"]
    assert values(read(mail(b"Agency: Caf\xe9", kind=b"text/plain; charset=bogus")), FactField.AGENCY_NAME) == ["Café"]
    assert values(read(mail(b"Agency: x-1", kind=b"text/plain; charset=punycode")), FactField.AGENCY_NAME) == ["x-1"]


def test_html_is_read_where_there_is_no_plain_text() -> None:
    page = (
        b"<html><head><title>Agency: Title</title><style>p:before{}</style></head><body><!-- Badge: 666 -->"
        b"<div style='display:none'>Badge: <div>13</div></div><script>Badge: 14</script>"
        b"<table><tr><td>Agency:</td><td>A &amp; B</td></tr></table><p>Badge number:<br>77</p></body></html>"
    )
    reading = read(mail(page, kind=b"text/html"))
    assert values(reading, FactField.AGENCY_NAME) == ["A & B"]
    assert values(reading, FactField.OFFICER_BADGE) == ["77"]


def test_S2_mail_without_pdf_has_no_document() -> None:
    assert read(mail()).documents == ()


def test_S2_an_image_named_pdf_is_an_image() -> None:
    (document,) = read(mail(b"", ("warrant.pdf", PNG))).documents
    assert document.kind is DocumentKind.IMAGE
    assert not document.accepted


def test_S2_a_pdf_behind_other_bytes_is_not_a_pdf() -> None:
    (document,) = read(mail(b"", ("warrant.pdf", b"GARBAGE\n" + good_pdf()))).documents
    assert document.kind is DocumentKind.OTHER
    assert not document.accepted


def test_S2_an_archive_is_never_opened() -> None:
    (document,) = read(mail(b"", ("warrant.zip", b"PK\x03\x04" + b"\x00" * 1000))).documents
    assert document.kind is DocumentKind.OTHER


def test_S2_damaged_base64_is_told_and_what_is_left_is_kept() -> None:
    raw = mail(b"", ("w.pdf", good_pdf()))
    cut_at = raw.rindex(b"--edge--")
    damaged = raw[: cut_at - 1001] + b"!!\r\n" + raw[cut_at:]
    read_in = read_message(damaged)
    assert Clause.S2 in clauses(read_in.reading)
    assert len(read_in.attachments) == 1


def test_the_same_file_twice_is_one_document() -> None:
    assert len(read(mail(b"", ("a.pdf", good_pdf()), ("b.pdf", good_pdf()))).documents) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\x.pdf", "a\x00b.pdf", "x" * 500, "", "[bold]x.pdf"])
def test_attachment_names_are_safe_to_show(name: str) -> None:
    (document,) = read(mail(b"", (name, PNG))).documents
    assert document.name
    assert len(document.name) <= 120
    assert not set(document.name) & set("/\\\x00[]")


def forwarding(inner: bytes, encoding: bytes = b"") -> bytes:
    """A mail from an agent with another mail attached to it."""
    return (
        b"From: a@fbi.gov\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n\r\nsee attached\r\n"
        b"--out\r\nContent-Type: message/rfc822\r\n" + encoding + b"\r\n" + inner + b"\r\n--out--\r\n"
    )


def test_an_attached_message_is_read_as_the_request_and_its_author_is_not_the_sender() -> None:
    inner = mail(b"Badge number: 4471\r\n", ("w.pdf", good_pdf()))
    encoded = base64.encodebytes(inner)
    for raw in (forwarding(inner), forwarding(encoded, b"Content-Transfer-Encoding: base64\r\n")):
        reading = read(raw)
        assert reading.author == "a@fbi.gov"
        assert "4471" in values(reading, FactField.OFFICER_BADGE)
        assert [document.accepted for document in reading.documents] == [True]


def test_a_message_of_our_own_that_comes_back_attached_is_not_read() -> None:
    ours = mail(b"Badge number: 666\r\n", ("w.pdf", good_pdf()), sender=b"From: legal@provider.example")
    reading = read_message(forwarding(ours), {"provider.example"}).reading
    assert (reading.facts, reading.documents) == ((), ())
    assert any("our own" in remark.detail for remark in reading.remarks)


def test_messages_attached_to_messages_are_followed_only_so_deep() -> None:
    raw = mail(b"Agency: X\r\n")
    for _ in range(60):
        raw = b"Content-Type: message/rfc822\r\n\r\n" + raw
    reading = read(b"From: a@fbi.gov\r\n" + raw)
    assert reading.facts == ()
    assert any("deep" in remark.detail for remark in reading.remarks)


def test_of_an_alternative_the_plain_text_is_read_and_a_footer_beside_it_hides_no_html() -> None:
    alternative = (
        b"Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\n\r\nBadge: 1\r\n--alt\r\n"
        b"Content-Type: text/html\r\n\r\n<p>Badge: 2</p>\r\n--alt--\r\n"
    )
    page = b"Content-Type: text/html\r\n\r\n<p>Case number: 7</p>\r\n"
    raw = b"From: a@fbi.gov\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n"
    raw += b"".join(b"--out\r\n" + part for part in (alternative, page, b"\r\nConfidential.\r\n")) + b"--out--\r\n"
    reading = read(raw)
    assert values(reading, FactField.OFFICER_BADGE) == ["1"]
    assert values(reading, FactField.CASE_NUMBER) == ["7"]


def test_a_multipart_without_parts_is_told() -> None:
    reading = read(b"From: a@fbi.gov\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nAgency: X\r\n")
    assert any("none was found" in remark.detail for remark in reading.remarks)


def test_a_depth_bomb_is_cut_short_and_told() -> None:
    raw = b"From: a@fbi.gov\r\n"
    for level in range(1000):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    reading = read(raw + b"\r\nAgency: X\r\n")
    assert any("deep" in remark.detail for remark in reading.remarks)


def test_more_than_200_parts_are_cut_short_and_told() -> None:
    many = [(f"{n}.txt", b"%d" % n) for n in range(300)]
    reading = read(mail(b"Agency: X", *many))
    assert len(reading.documents) == 199
    assert any("parts" in remark.detail for remark in reading.remarks)
    assert values(reading, FactField.AGENCY_NAME) == ["X"]


def test_50_levels_of_200_boundaries_stay_within_the_limit() -> None:
    level = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 150
    assert len(read(b"From: a@fbi.gov\r\n" + level * 40).documents) <= 200


def test_a_message_beyond_the_limit_is_not_cut() -> None:
    reading = read(mail(b"x" * (60 * 1024 * 1024)))
    assert any("bytes" in remark.detail for remark in reading.remarks)
    assert reading.documents == ()


def test_references_are_found_in_subject_and_body() -> None:
    raw = b"From: a@fbi.gov\r\nSubject: Re: dp-2026-000123\r\nIn-Reply-To: <9@us.example>\r\n\r\nsee DP-2026-000124"
    reading = read(raw)
    assert reading.references == ("DP-2026-000123", "DP-2026-000124")
    assert reading.in_reply_to == ("<9@us.example>",)


def test_quoted_lines_are_somebody_elses_words() -> None:
    assert values(read(mail(b"Badge: 1\r\n> Agency: Evil\r\n>> Account: x\r\n")), FactField.AGENCY_NAME) == []


def test_fingerprint_ignores_the_transport() -> None:
    raw = sample_mail(SUBPOENA)
    routed = b"Return-Path: <x@y.example>\r\nReceived: from a by b\r\nDKIM-Signature: v=1\r\nDelivered-To: z\r\n" + raw
    assert fingerprint(routed) == fingerprint(raw) == fingerprint(raw.replace(b"\r\n", b"\n") + b"\n")
    assert read(raw).fingerprint == fingerprint(raw)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Badge number: 4471", b"Badge number: 4472"),
        (b"<j.moreno@", b"<k.moreno@"),
        (b"15:04:00", b"15:05:00"),
        (b"Message-ID: <", b"Message-ID: <1"),
    ],
)
def test_fingerprint_changes_with_the_message(old: bytes, new: bytes) -> None:
    raw = sample_mail(SUBPOENA)
    assert old in raw
    assert fingerprint(raw.replace(old, new, 1)) != fingerprint(raw)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_mail_never_crashes(data: st.DataObject) -> None:
    raw = bytearray(mail(b"Agency: X\r\nPeriod: 2026-01-01 to 2026-02-01\r\n", ("a.png", PNG)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        junk = data.draw(
            st.sampled_from([b"", b"\x00", b"\r\n\r\n", b"--edge", b"=?", b'"', b";", b"(", b"\xff", b"*0="])
        )
        raw[at : at + data.draw(st.integers(0, 5))] = junk
        if not raw:
            return
    assert MessageReading.model_validate_json(read(bytes(raw)).model_dump_json()).fingerprint


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"From: ", b"Content-Type: ", b"Content-Disposition: ", b"Date: "]))
def test_any_header_value_never_crashes(value: bytes, name: bytes) -> None:
    read(name + value + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"Agency: X"))
