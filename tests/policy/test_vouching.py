"""A verifier's word on one message: it counts once its agency was called back, and only where it still can (S1, G1)."""

from typing import Any

import pytest

from policy.statements import Check, Refusal, Standing, Statement, Verdict
from policy.triage import CONFIRMABLE, Kept, KeptMail
from policy.vocabulary import Clause, Phase
from tests.policy.build import NOW
from tests.policy.test_decisions import BASIC, WAITING, rule, standing, statement


def waiting(why: Kept = Kept.NOT_PROVEN, *, proven: bool = False) -> Standing:
    return standing(mail=(KeptMail(message_id=WAITING.message_id, why=why, proven=proven, received_at=NOW),))


def vouch(**said: Any) -> Statement:
    return statement(Verdict.VOUCH, **said)


@pytest.mark.parametrize("why", Kept)
def test_S1_only_mail_that_its_case_can_take_in_is_vouched_for(why: Kept) -> None:
    ruling = rule(vouch(), waiting(why))
    assert ruling.accepted == (why in CONFIRMABLE)
    assert ruling.accepted or ruling.refusal is Refusal.NOT_TO_VOUCH_FOR


@pytest.mark.parametrize(
    ("why", "proven", "calls"),
    [
        (Kept.NOT_PROVEN, False, True),
        (Kept.NOT_VERIFIED, True, True),
        (Kept.TWO_CASES, True, False),
        (Kept.SENT_AGAIN, True, False),
        (Kept.SENT_AGAIN, False, True),
    ],
)
def test_G1_whoever_is_not_proven_or_not_known_is_called_back(why: Kept, proven: bool, calls: bool) -> None:
    ruling = rule(vouch(checks=()), waiting(why, proven=proven))
    assert (ruling.refusal is Refusal.CHECKS_MISSING) == calls
    assert rule(vouch(checks=(Check.CALLED_BACK,)), waiting(why, proven=proven)).accepted


@pytest.mark.parametrize("verdict", [Verdict.VOUCH, Verdict.SET_ASIDE])
def test_S1_a_statement_about_mail_names_a_message_that_waits(verdict: Verdict) -> None:
    for message in (None, "cd" * 32):
        assert rule(statement(verdict, message=message), standing()).refusal is Refusal.NO_SUCH_MAIL
    assert rule(statement(verdict), standing(mail=())).refusal is Refusal.NO_SUCH_MAIL


def test_G3_mail_is_set_aside_on_a_clause_whatever_it_waits_for() -> None:
    assert rule(statement(Verdict.SET_ASIDE, grounds=()), standing()).refusal is Refusal.NO_GROUNDS
    for why in Kept:
        assert rule(statement(Verdict.SET_ASIDE, grounds=(Clause.S1,)), waiting(why)).accepted


def test_S1_who_approved_a_case_does_not_vouch_for_its_mail_nor_the_other_way_round() -> None:
    approved = statement(Verdict.APPROVE, by="ann")
    assert rule(vouch(by="ann"), standing(Phase.LEGAL_REVIEW, BASIC, approved)).refusal is Refusal.APPROVED_IT
    vouched = standing(Phase.LEGAL_REVIEW, BASIC, vouch(by="bea"))
    assert rule(statement(Verdict.APPROVE, by="bea"), vouched).refusal is Refusal.VERIFIED_IT


def test_S1_mail_can_be_vouched_for_although_the_facts_have_changed_since_it_came() -> None:
    assert rule(vouch(scope="0" * 64), waiting()).accepted
