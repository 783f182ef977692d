"""Tables and forms: read like labelled lines, however they were laid out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.facts import read_text, settle
from intake.html import text_of_html
from intake.lines import Reading
from intake.message import read_message
from intake.tables import has_columns, in_columns
from policy.facts import Confidence, FactField, Source, SourceKind
from tests.intake.builders import drawn_pdf, mail
from tests.policy.build import searched

F = FactField
EXPECTED = [(F.AGENCY_NAME, "Springfield PD"), (F.OFFICER_BADGE, "4471")]


def pairs(text: str) -> list[tuple[FactField, str]]:
    reading = Reading(author_domain="agency.gov")
    read_text(text, Source(kind=SourceKind.MAIL), reading)
    return sorted((fact.field, fact.value) for fact in settle(reading, ())[0])


@pytest.mark.parametrize(
    "text",
    [
        "Agency | Springfield PD\nBadge number | 4471",
        "| Agency | Springfield PD |\n|--------|------|\n| Badge number | 4471 |",
        "│ Agency │ Springfield PD │\n├────────┼──────┤\n│ Badge number │ 4471 │",
        "| Agency | Badge number |\n|---|---|\n| Springfield PD | 4471 |",
        "Agency            Badge number\nSpringfield PD    4471",
        "Agency\tSpringfield PD\nBadge number\t4471",
        "Agency           Springfield PD\nBadge number     4471",
        "Agency:          Springfield PD     Badge number:  4471",
        "Agency: Springfield PD; Badge number: 4471",
        "Agency\nSpringfield PD\nBadge number\n4471",
        "1. Agency\nSpringfield PD\n2. Badge / ID number\n4471",
        "Badge No.: 4471\nName of the Agency: Springfield PD",
        "**Agency:** Springfield PD\n*Badge #:* 4471",
        "Agency = Springfield PD\nBadge number – 4471",
        "Agency          : Springfield PD\nBadge number    : 4471",
    ],
)
def test_R4_a_table_or_form_is_read_like_labelled_lines(text: str) -> None:
    assert pairs(text) == EXPECTED


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>Agency</td><td>Springfield PD</td></tr><tr><td>Badge number</td><td>4471</td></tr></table>",
        "<table><tr><th>Agency<th>Badge number<tr><td>Springfield PD<td>4471</table>",
        "<table><tr><td><p>Agency:</p></td><td><p>Springfield&nbsp;PD</p></td></tr><tr><td><p>Badge number</p></td>"
        "<td><p>4471</p></td></tr></table>",
        "<table><tr><td><table><tr><td>Agency</td><td>Springfield PD</td></tr></table><div>Badge number: 4471</div>"
        "</td></tr></table>",
        "<dl><dt>Agency<dd>Springfield PD<dt>Badge number<dd>4471</dl>",
    ],
)
def test_R4_a_table_in_html_is_read(page: str) -> None:
    assert pairs(text_of_html(page)) == EXPECTED


def test_R1_R4_a_table_in_a_pdf_is_read_by_the_places_of_its_words() -> None:
    """A PDF's text has one space where a person sees the gap between two columns."""
    rows = [("SUBPOENA", ""), ("Agency", "Springfield PD"), ("Badge number", "4471"), ("User email", "IP address")]
    rows += [("a@b.example", "192.0.2.1"), ("c@d.example", "192.0.2.2")]
    words = [
        (left, 700 - 20 * n, text) for n, row in enumerate(rows) for left, text in zip((50, 200), row, strict=True)
    ]
    facts = read_message(mail(b"", ("table.pdf", drawn_pdf(words)))).reading.facts
    assert {(fact.field, fact.value) for fact in facts} >= {
        *EXPECTED,
        *((F.USER_EMAIL, "a@b.example"), (F.USER_EMAIL, "c@d.example")),
        *((F.USER_IP, "192.0.2.1"), (F.USER_IP, "192.0.2.2")),
    }
    assert {fact.confidence for fact in facts} == {Confidence.STATED}


def test_the_columns_of_a_page_change_nothing_but_its_spaces() -> None:
    text = "Agency Springfield PD\nBadge number 4471\nIn prose the agency was told."
    assert has_columns(text)
    assert in_columns(text, "Agency     Springfield PD\nBadge  number 4471\nother  row").split() == text.split()
    assert not has_columns("The agency was told.\nAgency: X\nBadge")


def test_R1_a_column_of_identifiers_is_read_row_by_row() -> None:
    text = "User email | IP address\na@b.example | 192.0.2.1\nc@d.example | 192.0.2.2"
    assert [value for _, value in pairs(text)] == ["a@b.example", "c@d.example", "192.0.2.1", "192.0.2.2"]


def test_an_address_in_columns_keeps_its_lines() -> None:
    text = "Address         1 Main Street\n                Springfield, IL 62701\nPhone           +1 202 555 0101"
    assert (F.OFFICER_ADDRESS, "1 Main Street Springfield, IL 62701") in pairs(text)


@pytest.mark.parametrize(
    "prose",
    [
        "The agency - which asks for discretion - was told.",
        "The  user  wrote  to  the  agency.",
        "He said; she said: nothing.",
        "Investigation\nThe suspect was seen.",
        "Account\nThe following account was used by the suspect.",
    ],
)
def test_prose_with_gaps_stays_prose(prose: str) -> None:
    assert pairs(prose) == []


@searched
@given(st.text(alphabet="<>/tdrablequo \n|a'\"=", max_size=300))
def test_any_html_is_read_without_a_crash(source: str) -> None:
    assert "\x00" not in text_of_html(source)
