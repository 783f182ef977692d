"""What a European Production Order Certificate can order, by who stands behind it and for which offence (F2).

The table is that of Regulation (EU) 2023/1543, arts. 4 and 5, written out.
"""

from itertools import product

import pytest

from policy.book import policy_book
from policy.breadth import breadth_of
from policy.epoc import Certificate, lacking, may_order
from policy.process import excess
from policy.records import Account, Record, RecordTable, Snapshot, is_asked_for, released
from policy.request import RequestFacts
from policy.scope import scope_of
from policy.scrutiny import flags
from policy.vocabulary import Clause, DataClass, Judicial, LegalProcess, Threshold
from tests.policy.build import D1, D2, D3, NOW, OF_A_JUDGE, identifiers, scope

BOOK = policy_book("2026-11")
COURT, PROSECUTOR, OTHER = Judicial.COURT, Judicial.PROSECUTOR, Judicial.OTHER
GRAVE = (Threshold.THREE_YEARS, Threshold.INFORMATION_SYSTEM, Threshold.TERRORISM, Threshold.SENTENCE)
ANY = (None, *Judicial)


@pytest.mark.parametrize(("issuer", "validator"), list(product(ANY, ANY)))
def test_F2_traffic_data_and_content_are_a_judges_to_order_and_for_grave_offences_alone(
    issuer: Judicial | None, validator: Judicial | None
) -> None:
    for ground in (None, *Threshold):
        reached = may_order(Certificate(issuer=issuer, validator=validator, ground=ground))
        if COURT in (issuer, validator) and ground in GRAVE:
            assert reached == {D1, D2, D3}
        elif {issuer, validator} & {COURT, PROSECUTOR}:
            assert reached == {D1}, "who somebody is may be asked for any offence"
        else:
            assert reached == set()


@pytest.mark.parametrize("behind", [COURT, PROSECUTOR])
def test_F2_records_that_only_identify_a_user_are_ordered_as_subscriber_data_is(behind: Judicial) -> None:
    certificate = Certificate(issuer=behind, ground=Threshold.NONE, identifies=True)
    assert may_order(certificate) == {D1, D2}
    assert list(lacking(certificate, (D1, D2), None)) == []
    assert excess(scope(LegalProcess.EPOC, (D1, D2), country="DE", certificate=certificate)) == ""
    assert excess(scope(LegalProcess.EPOC, (D1, D3), country="DE", certificate=certificate)).endswith("asked for: D3")


def test_F2_in_an_emergency_an_investigator_may_ask_who_somebody_is_before_anyone_has_validated_it() -> None:
    urgent = Certificate(issuer=OTHER, urgent=True)
    assert may_order(urgent) == {D1}
    assert list(lacking(urgent, (D1,), None)) == []
    assert may_order(urgent.model_copy(update={"ground": Threshold.TERRORISM})) == {D1}, "and never more"
    assert "validated" in next(reason.detail for reason in lacking(urgent, (D1, D3), "none"))
    assert may_order(Certificate(issuer=OTHER)) == set()
    assert may_order(Certificate(urgent=True)) == set(), "nobody knows who issued it"


@pytest.mark.parametrize(
    ("certificate", "asked", "notified", "words"),
    [
        (Certificate(), (D1,), None, ["issued"]),
        (Certificate(), (D3,), None, ["issued", "ground", "enforcing"]),
        (Certificate(issuer=COURT), (D1,), None, []),
        (Certificate(issuer=COURT), (D2,), None, ["ground", "enforcing"]),
        (OF_A_JUDGE, (D1, D2, D3), "Central Authority", []),
        (OF_A_JUDGE, (D1, D2, D3), "none", []),
        (Certificate(issuer=PROSECUTOR), (D1,), None, []),
        (Certificate(issuer=PROSECUTOR, ground=Threshold.TERRORISM), (D3,), "none", ["a judge, a court or an"]),
        (Certificate(issuer=OTHER), (D1,), None, ["a judge, a court or a public prosecutor"]),
        (Certificate(issuer=OTHER, validator=PROSECUTOR), (D1,), None, []),
    ],
)
def test_F2_what_a_certificate_does_not_say_is_asked_for(
    certificate: Certificate, asked: tuple[DataClass, ...], notified: str | None, words: list[str]
) -> None:
    found = list(lacking(certificate, asked, notified))
    assert {reason.clause for reason in found} <= {Clause.F2}
    assert len(found) == len(words)
    assert all(word in reason.detail for word, reason in zip(words, found, strict=True))


@pytest.mark.parametrize(
    ("certificate", "article"),
    [
        (Certificate(), "(art. 4)"),
        (Certificate(issuer=OTHER, validator=OTHER), "(art. 4)"),
        (Certificate(issuer=OTHER, validator=PROSECUTOR, ground=Threshold.THREE_YEARS), "(art. 4(2))"),
        (Certificate(issuer=OTHER, urgent=True, ground=Threshold.THREE_YEARS), "(art. 4(2))"),
        (Certificate(issuer=PROSECUTOR, validator=COURT, ground=Threshold.NONE), "three years"),
        (Certificate(issuer=COURT), "three years"),
    ],
)
def test_F2_what_goes_beyond_the_authority_or_the_ground_says_which(certificate: Certificate, article: str) -> None:
    sentence = excess(scope(LegalProcess.EPOC, (D1, D3), country="DE", certificate=certificate))
    assert sentence.startswith("F2: ")
    assert article in sentence


def facts(certificate: Certificate, **known: object) -> RequestFacts:
    good: dict[str, object] = {
        "process": LegalProcess.EPOC,
        "country": "DE",
        "identifiers": identifiers(2),
        "requested": (D1,),
        "certificate": certificate,
    }
    return RequestFacts.model_validate(good | known)


def test_R3_F2_what_its_authority_can_order_is_proposed_in_place_of_what_it_asks_for() -> None:
    found = breadth_of(facts(Certificate(issuer=PROSECUTOR), requested=(D1, D3)), BOOK, NOW.date())
    assert found.narrowing is not None
    assert found.narrowing.classes == (D1,)


def test_F2_what_a_reviewer_must_mind_of_a_certificate_is_shown_with_its_article() -> None:
    def shown(certificate: Certificate, **known: object) -> str:
        found = flags(facts(certificate, **known), BOOK)
        assert all(flag.clause is Clause.F2 for flag in found)
        return " ".join(flag.detail for flag in found)

    assert shown(OF_A_JUDGE) == shown(OF_A_JUDGE, notified="none") == ""
    assert "art. 3(10)" in shown(Certificate(issuer=COURT, identifies=True), requested=(D1, D2))
    assert "48 hours" in shown(Certificate(issuer=OTHER, urgent=True))
    assert "art. 10(2)" in shown(OF_A_JUDGE, notified="Central Authority")
    urgent = OF_A_JUDGE.model_copy(update={"urgent": True})
    assert shown(urgent, notified="Central Authority") == "", "in an emergency a notification suspends nothing"
    assert "art. 13" in shown(OF_A_JUDGE, confidential=True)


def test_F2_D2_records_asked_for_to_identify_somebody_are_sign_ins_and_never_meetings() -> None:
    records = tuple(Record(table=table, account=1, at=None, values={}) for table in RecordTable)
    account = Account(n=1, number="7001", email="u1@mail.example")
    held = Snapshot(ref="DP-2026-000001", taken_at=NOW, accounts=(account,), records=records)
    approved = scope(LegalProcess.EPOC, (D1, D2), certificate=Certificate(issuer=PROSECUTOR, identifies=True))
    named = {RecordTable.PROFILE, RecordTable.BILLING, RecordTable.SIGN_INS}
    assert {record.table for record in released(held, approved)} == named
    assert {table for table in RecordTable if is_asked_for(table, approved)} == named


def test_F2_what_a_certificate_says_is_signed_and_other_processes_have_no_part_in_it() -> None:
    certificate, other = facts(OF_A_JUDGE), facts(Certificate(issuer=COURT))
    assert scope_of("DP-2026-000001", certificate).digest() != scope_of("DP-2026-000001", other).digest()
    subpoenas = (facts(c, process=LegalProcess.SUBPOENA) for c in (OF_A_JUDGE, Certificate()))
    assert len({scope_of("DP-2026-000001", subpoena).digest() for subpoena in subpoenas}) == 1
