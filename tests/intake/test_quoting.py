"""Replies and forwarded mail: what the officer says counts, what they quote of ours does not."""

import pytest

from intake.message import read_message
from intake.quoting import own_words
from policy.facts import FactField
from tests.intake.builders import mail

OURS = frozenset({"provider.example"})
F = FactField


def badges(body: str) -> list[str]:
    facts = read_message(mail(body.encode()), OURS).reading.facts
    return [fact.value for fact in facts if fact.field is F.OFFICER_BADGE]


@pytest.mark.parametrize(
    "quoted",
    [
        "> Badge: 2",
        "On Monday, 2 March 2026 at 10:00, Provider <legal@provider.example> wrote:\n> Badge: 2",
        "On Mon, 2 Mar 2026 at 10:00 Provider, Process Response\n<legal@provider.example> wrote:\n\nBadge: 2",
        "-----Original Message-----\nFrom: Us <legal@provider.example>\nSent: Monday\nTo: Jo\nSubject: x\n\nBadge: 2",
        "________________________________\nFrom: Provider Legal\nSent: Monday\nTo: Jo\nSubject: x\n\nBadge: 2",
        "*From:* Legal <legal@mail.provider.example>\n*Date:* Monday\n*To:* Jo\n*Subject:* x\n\nBadge: 2",
        "---------- Forwarded message ---------\nFrom: Legal <legal@provider.example>\nDate: x\nSubject: y\n\nBadge: 2",
        "-----Original Message-----\n\nBadge: 2",
    ],
)
def test_R4_what_is_quoted_from_our_letter_is_not_the_officers_word(quoted: str) -> None:
    assert badges(f"Badge: 1\n\n{quoted}\n") == ["1"]


@pytest.mark.parametrize(
    "forwarded",
    [
        "---------- Forwarded message ---------\nFrom: Jo <jo@agency.gov>\nDate: x\nSubject: y\nTo: <a@agency.gov>\n\n",
        "Begin forwarded message:\n\nFrom: Jo <jo@agency.gov>\nDate: x\nSubject: y\nTo: a@agency.gov\n\n",
        "________________\nFrom: Jo <jo@agency.gov>\nSent: Monday\nTo: A <a@agency.gov>;\n B <b@c.gov>\nSubject: x\n\n",
    ],
)
def test_R4_what_a_colleague_wrote_and_the_officer_sends_on_is_read(forwarded: str) -> None:
    assert badges(f"Please see below.\n\n{forwarded}Badge: 3\n") == ["3"]


def test_words_below_a_marked_quotation_count_and_below_an_unmarked_one_nobody_can_say() -> None:
    assert badges("On Monday, Legal wrote:\n> Badge: 2\n\nBadge: 1\n") == ["1"]
    assert badges("On Monday, Legal wrote:\nBadge: 2\n\nBadge: 1\n") == []


def test_a_quotation_in_html_is_one() -> None:
    page = b"<p>Badge: 1</p><blockquote type='cite'><div>Badge: 2</div></blockquote>"
    page += b"<blockquote>Case number: 5</blockquote>"
    facts = read_message(mail(page, kind=b"text/html"), OURS).reading.facts
    assert [(f.field, f.value) for f in facts] == [(F.OFFICER_BADGE, "1"), (F.CASE_NUMBER, "5")]


def test_a_period_from_one_day_to_another_is_no_quotation() -> None:
    text = "Date: 2 March 2026\nFrom: January 1, 2026\nTo: March 31, 2026\nBadge: 1"
    assert own_words(text, OURS) == text


def test_our_reference_is_still_found_in_what_is_quoted() -> None:
    reading = read_message(mail(b"Badge: 1\r\n\r\n> Subject: More needed: DP-2026-000123\r\n"), OURS).reading
    assert reading.references == ("DP-2026-000123",)
