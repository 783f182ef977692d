"""G1, S1: what counts as proof that a message comes from the domain in its From."""

import pytest

from policy.authentication import (
    Authentication,
    Dmarc,
    DmarcPolicy,
    Host,
    Result,
    Seal,
    Signature,
    evidence,
)
from policy.directory import Agency, AgencyDirectory
from policy.sender import judge_sender
from policy.suffixes import organizational_domain, public_suffix

MET = "met.police.uk"
DIRECTORY = AgencyDirectory(
    agencies=(Agency(name="Met", domains=(MET,), country="GB", numbers=("+44-20-7946-0101",)),),
)
SIGNED = Signature(domain=MET, result=Result.PASS, aligned=True)
HANDED_OVER = Host(domain=MET, result=Result.PASS, aligned=True)
SEALED = Seal(domain="forwarder.example", result=Result.PASS, listed=True, vouches=True)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ({"signatures": (SIGNED,)}, "DKIM"),
        ({"host": HANDED_OVER}, "SPF"),
        ({"seal": SEALED}, "ARC"),
        ({"signatures": (SIGNED.model_copy(update={"result": Result.FAIL}),), "host": HANDED_OVER}, "SPF"),
    ],
)
def test_S1_one_proof_is_enough(found: dict[str, object], word: str) -> None:
    authentication = Authentication.model_validate({"domain": MET} | found)
    assert word in (authentication.proof or "")
    assert not authentication.unsettled
    assert judge_sender(f"a@{MET}", MET, DIRECTORY, authentication).proven


@pytest.mark.parametrize("result", [result for result in Result if result is not Result.PASS])
def test_S1_nothing_but_a_pass_proves(result: Result) -> None:
    changed = {"result": result}
    authentication = Authentication(
        domain=MET,
        signatures=(SIGNED.model_copy(update=changed),),
        host=HANDED_OVER.model_copy(update=changed),
        seal=SEALED.model_copy(update=changed),
    )
    assert authentication.proof is None
    assert authentication.unsettled == (result is Result.TEMPERROR)
    assert not judge_sender(f"a@{MET}", MET, DIRECTORY, authentication).proven


@pytest.mark.parametrize(
    "found",
    [
        {"signatures": (SIGNED.model_copy(update={"aligned": False}),)},
        {"signatures": (SIGNED.model_copy(update={"gaps": ("l= leaves the end of the body unsigned",)}),)},
        {"host": HANDED_OVER.model_copy(update={"aligned": False})},
        {"seal": SEALED.model_copy(update={"listed": False})},
        {"seal": SEALED.model_copy(update={"vouches": False})},
        {"dmarc": Dmarc(domain=MET, policy=DmarcPolicy.REJECT)},
        {},
    ],
)
def test_S1_a_pass_for_something_else_proves_nothing(found: dict[str, object]) -> None:
    authentication = Authentication.model_validate({"domain": MET} | found)
    assert authentication.proof is None
    assert not authentication.unsettled
    assert not judge_sender(f"a@{MET}", MET, DIRECTORY, authentication).proven


def test_S1_proof_of_one_domain_is_none_of_another() -> None:
    elsewhere = Authentication(domain="kent.police.uk", signatures=(SIGNED,))
    assert not judge_sender(f"a@{MET}", MET, DIRECTORY, elsewhere).proven


def test_S1_an_unlisted_official_domain_can_be_proven_too() -> None:
    kent = "kent.police.uk"
    authentication = Authentication(domain=kent, host=Host(domain=kent, result=Result.PASS, aligned=True))
    assert judge_sender(f"a@{kent}", kent, DIRECTORY, authentication).proven


def test_S1_the_evidence_is_told_line_by_line() -> None:
    open_body = SIGNED.model_copy(update={"gaps": ("l= leaves the end of the body unsigned",)})
    stranger = Signature(domain="mailer.example", result=Result.PASS, aligned=False)
    seal = SEALED.model_copy(update={"listed": False})
    dmarc = Dmarc(domain=MET, policy=DmarcPolicy.REJECT)
    told = evidence(Authentication(domain=MET, signatures=(open_body, stranger), seal=seal, dmarc=dmarc))
    assert told == (
        "DKIM: pass for met.police.uk, l= leaves the end of the body unsigned",
        "DKIM: pass for mailer.example, not the domain in From",
        "SPF: not known which host handed the message over",
        "ARC: pass for forwarder.example, not a forwarder whose word counts here",
        "DMARC: met.police.uk asks for reject",
    )


@pytest.mark.parametrize(
    ("domain", "suffix", "organization"),
    [
        ("mail.police.springfield.gov", "gov", "springfield.gov"),
        ("cid.met.police.uk", "police.uk", "met.police.uk"),
        ("isp.state.il.us", "state.il.us", "isp.state.il.us"),
        ("mail.europol.europa.eu", "europa.eu", "europol.europa.eu"),
        ("mail.bka.bund.de", "bund.de", "bka.bund.de"),
        ("police.go.ke", "go.ke", "police.go.ke"),
        ("go.ke", "go.ke", "go.ke"),
        ("polizei.bayern.de", "de", "bayern.de"),
        ("com", "com", "com"),
    ],
)
def test_S1_agencies_under_one_official_suffix_are_strangers(domain: str, suffix: str, organization: str) -> None:
    assert (public_suffix(domain), organizational_domain(domain)) == (suffix, organization)
