"""Requests from abroad: which channel is open to which country, and with which clocks (F1-F3)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policy.book import PolicyBook, policy_book
from policy.channels import (
    awaits_production,
    clocks,
    jurisdiction_of,
    obstacle,
    preserves_at_once,
    respond_by,
    tells_user,
)
from policy.completeness import missing_for_disclosure, missing_for_preservation
from policy.countries import Channel, read_countries
from policy.facts import FactField, SourceKind
from policy.findings import Document, DocumentKind
from policy.folder import FolderError
from policy.preservation import extended_until, hold_until
from policy.request import RequestFacts, request_facts
from policy.vocabulary import Clause, Jurisdiction, LegalProcess
from tests.policy.build import D1, D2, D3, OF_A_JUDGE, fact, identifiers

BOOK = policy_book("2026-11")
P = LegalProcess
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
_URGENT = OF_A_JUDGE.model_copy(update={"urgent": True})
ORDER = (Document(sha256="0" * 64, name="order.pdf", kind=DocumentKind.PDF, pages=1, accepted=True),)
EU_BOUND = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


def facts(process: LegalProcess | None, country: str | None, **change: Any) -> RequestFacts:
    return RequestFacts(
        process=process,
        country=country,
        agency_name="The authority",
        officer_name="Jo Doe",
        officer_badge="4471",
        officer_email="jo@authority.example",
        officer_phone="+44 20 7946 0000",
        officer_address="1 High Street",
        response_due=date(2026, 12, 1),
        identifiers=identifiers(1),
        requested=(D1, D2),
        relation="The account was used to arrange the sale.",
        certificate=OF_A_JUDGE,
        notified="none",
    ).model_copy(update=change)


def lacks(process: LegalProcess | None, country: str | None, **change: Any) -> list[tuple[Clause, str]]:
    found = missing_for_disclosure(facts(process, country, **change), ORDER, NOW, BOOK)
    return [(reason.clause, reason.detail) for reason in found]


@pytest.mark.parametrize(
    ("country", "jurisdiction"),
    [
        ("US", "US"),
        ("GB", "cloud_act"),
        ("AU", "cloud_act"),
        ("DE", "eu"),
        ("IE", "eu"),
        *((country, "other") for country in ("DK", "VN", "CA", "EU", None)),
    ],
)
def test_F1_F3_a_case_is_under_the_law_of_its_country(country: str | None, jurisdiction: str) -> None:
    assert jurisdiction_of(country, NOW, BOOK) is Jurisdiction(jurisdiction)


@pytest.mark.parametrize("country", EU_BOUND)
def test_F2_every_state_bound_by_the_regulation_can_send_certificates(country: str) -> None:
    assert lacks(P.EPOC, country, requested=(D1, D2, D3)) == []


def test_F2_denmark_is_not_bound_by_it() -> None:
    ((clause, detail),) = lacks(P.EPOC, "DK")
    assert clause is Clause.F2
    assert "mutual legal assistance" in detail


def test_F2_ireland_has_opted_in_and_the_list_is_the_union_without_denmark() -> None:
    assert len(EU_BOUND) == 26
    assert {c for o in BOOK.countries.channel if o.name is Channel.E_EVIDENCE for c in o.countries} == set(EU_BOUND)


@pytest.mark.parametrize(
    ("process", "country", "opened"),
    [
        (P.CLOUD_ACT_ORDER, "GB", datetime(2022, 10, 3, tzinfo=UTC)),
        (P.CLOUD_ACT_ORDER, "AU", datetime(2024, 1, 31, tzinfo=UTC)),
        (P.EPOC, "DE", datetime(2026, 8, 18, tzinfo=UTC)),
    ],
)
def test_F2_a_channel_is_open_from_its_day_on(process: P, country: str, opened: datetime) -> None:
    before = obstacle(process, country, opened - timedelta(seconds=1), BOOK)
    assert before is not None
    assert before.clause is Clause.F2
    assert obstacle(process, country, opened, BOOK) is None


def test_F2_a_country_without_an_agreement_is_told_which_channels_it_has() -> None:
    ((clause, detail),) = lacks(P.CLOUD_ACT_ORDER, "CA", requested=(D3,))
    assert clause is Clause.F2
    assert detail == (
        "a channel that is open to CA: a request under a mutual legal assistance treaty, or letters rogatory, or an "
        "order under its own law, for basic data and records alone. An order under its CLOUD Act agreement is not"
    )


def test_F2_a_country_without_a_treaty_is_told_of_letters_rogatory_alone() -> None:
    ((clause, detail),) = lacks(P.LOCAL_ORDER, "VN", requested=(D3,))
    assert (clause, detail) == (Clause.F2, "for content, a channel that reaches it: letters rogatory")


def test_F1_F3_an_order_under_local_law_for_records_lacks_nothing_and_is_decided_case_by_case() -> None:
    assert lacks(P.LOCAL_ORDER, "VN") == []
    assert lacks(P.SEARCH_WARRANT, "VN", requested=(D1, D3)) == [], "a reviewer can narrow it to what it reaches"


def test_F1_a_foreign_request_without_a_process_is_asked_for_its_basis_in_local_law() -> None:
    ((clause, detail),) = lacks(None, "VN")
    assert clause is Clause.F1
    assert "provision of law" in detail


def test_F1_a_request_of_an_unknown_country_asks_whose_law_it_is_under() -> None:
    ((clause, detail),) = lacks(P.SUBPOENA, None)
    assert clause is Clause.F1
    assert "country" in detail


@pytest.mark.parametrize("process", [P.CLOUD_ACT_ORDER, P.EPOC, P.MLAT_REQUEST, P.LETTERS_ROGATORY, P.LOCAL_ORDER])
def test_U1_an_american_agency_has_no_use_for_a_foreign_instrument(process: LegalProcess) -> None:
    assert [clause for clause, _ in lacks(process, "US")] == [Clause.U1]


def test_F1_what_a_message_says_of_its_country_counts_for_nothing_and_a_person_is_believed() -> None:
    directory = fact(FactField.AGENCY_COUNTRY, "VN", SourceKind.DIRECTORY)
    claims = [fact(FactField.AGENCY_COUNTRY, "US", kind) for kind in (SourceKind.MAIL, SourceKind.PDF)]
    assert request_facts([*claims, directory, *claims]).country == "VN"
    assert request_facts(claims).country is None
    assert request_facts([directory, fact(FactField.AGENCY_COUNTRY, "CA", SourceKind.PERSON)]).country == "CA"


def test_F2_a_certificate_sets_its_own_clock_in_place_of_the_date_of_R4() -> None:
    asked = facts(P.EPOC, "DE")
    assert respond_by(asked, NOW, BOOK) == NOW + timedelta(days=10)
    assert respond_by(asked.model_copy(update={"certificate": _URGENT}), NOW, BOOK) == NOW + timedelta(hours=8)
    assert respond_by(facts(P.CLOUD_ACT_ORDER, "GB"), NOW, BOOK) == NOW + timedelta(days=7)
    assert lacks(P.EPOC, "DE", response_due=None, officer_badge=None) == []
    assert lacks(P.CLOUD_ACT_ORDER, "GB", response_due=None) == []


@pytest.mark.parametrize(
    ("process", "country"), [(P.SUBPOENA, "US"), (P.CLOUD_ACT_ORDER, "AU"), (P.MLAT_REQUEST, "CA"), (P.EPOC, "VN")]
)
def test_R4_what_has_no_clock_of_its_own_names_a_date(process: LegalProcess, country: str) -> None:
    assert respond_by(facts(process, country, certificate=_URGENT), NOW, BOOK) is None
    assert (Clause.R4, "the response date asked for") in lacks(process, country, response_due=None)


def test_F2_only_a_certificate_from_a_state_that_is_bound_is_copied_at_once_and_told_of_by_its_authority() -> None:
    for country, process, own in (("DE", P.EPOC, True), ("DK", P.EPOC, False), ("GB", P.CLOUD_ACT_ORDER, False)):
        asked = facts(process, country)
        assert preserves_at_once(asked, NOW, BOOK) is own
        assert tells_user(asked, NOW, BOOK) is not own
    assert not preserves_at_once(facts(P.EPOC, "DE", identifiers=()), NOW, BOOK), "there is nobody to look for"


def test_P3_a_european_preservation_order_runs_60_days_and_30_more() -> None:
    own = clocks(facts(P.EPOC_PR, "DE"), NOW, BOOK)
    until = hold_until(NOW, own)
    assert until == NOW + timedelta(days=60)
    assert extended_until(until, own) == NOW + timedelta(days=90)


def test_P3_only_a_european_preservation_order_of_a_bound_state_awaits_a_production_order() -> None:
    for process, country, awaits in (
        (P.EPOC_PR, "DE", True),
        (P.EPOC_PR, "DK", False),
        (P.PRESERVATION_LETTER, "DE", False),
        (P.PRESERVATION_LETTER, "US", False),
    ):
        assert awaits_production(facts(process, country), NOW, BOOK) is awaits


@pytest.mark.parametrize(("process", "country"), [(P.PRESERVATION_LETTER, "DE"), (P.EPOC_PR, "DK"), (P.EPOC, "DE")])
def test_P3_every_other_hold_runs_as_the_book_says(process: LegalProcess, country: str) -> None:
    assert clocks(facts(process, country), NOW, BOOK) == BOOK


def test_F2_a_preservation_certificate_comes_from_a_state_that_is_bound_and_a_letter_from_anywhere() -> None:
    def lacking(process: LegalProcess, country: str | None) -> list[Clause]:
        return [r.clause for r in missing_for_preservation(facts(process, country), ORDER, NOW, BOOK)]

    assert lacking(P.EPOC_PR, "FR") == []
    assert lacking(P.EPOC_PR, "VN") == [Clause.F2]
    assert lacking(P.PRESERVATION_LETTER, "VN") == lacking(P.PRESERVATION_LETTER, None) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[edition]\n2026 = 1", "it needs tables"),
        ('[edition.x]\ncloser_scrutiny = ["Cuba"]', r"edition\.x\.closer_scrutiny\.0: "),
        ('[[edition.x.channel]]\nname = "fax"\ncountries = ["GB"]', r"edition\.x\.channel\.0\.name: "),
        ('[[edition.x.channel]]\nname = "mlat"\ncountries = ["GB"]\nhours = 8', r"channel\.0\.hours: "),
        ('[[edition.x.channel]]\nname = "mlat"\ncountries = []', r"channel\.0\.countries: "),
        ("[edition.x", "end of a table"),
    ],
)
def test_a_malformed_list_of_countries_is_refused_with_its_file_and_key(text: str, problem: str) -> None:
    with pytest.raises(FolderError, match=f"^countries.toml: .*{problem}"):
        read_countries(text)


def test_F2_a_book_that_another_list_of_countries_was_put_under_is_another_book() -> None:
    closed = BOOK.countries.model_copy(update={"channel": BOOK.countries.channel[1:]})
    assert PolicyBook.model_validate(BOOK.model_dump() | {"countries": closed.model_dump()}).edition != BOOK.edition
