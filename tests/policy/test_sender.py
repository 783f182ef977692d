"""S1: who may write, and who only looks as if they might."""

import pytest

from policy.authentication import Authentication, Dmarc, DmarcPolicy, Host, Result
from policy.directory import Agency, AgencyDirectory, DirectoryError
from policy.folder import AGENCIES, shipped
from policy.sender import judge_domain, judge_sender
from policy.vocabulary import Clause, SenderVerdict

DIRECTORY = AgencyDirectory(
    agencies=(
        Agency(name="Met", domains=("met.police.uk",), country="GB", numbers=("+44-20-7946-0101",)),
        Agency(name="Court", domains=("uscourts.example",), country="US", numbers=("+1-202-555-0101",)),
        Agency(
            name="Court of Lakeland", domains=("lakeland.uscourts.example",), country="US", numbers=("+1-202-555-0102",)
        ),
    )
)


def proof_of(domain: str) -> Authentication:
    """Evidence that a message comes from a domain."""
    return Authentication(domain=domain, host=Host(domain=domain, result=Result.PASS, aligned=True))


@pytest.mark.parametrize(
    ("domain", "verdict", "country"),
    [
        ("met.police.uk", SenderVerdict.ACCEPT, "GB"),
        ("cid.met.police.uk", SenderVerdict.ACCEPT, "GB"),
        ("uscourts.example", SenderVerdict.ACCEPT, "US"),
        ("kent.police.uk", SenderVerdict.HOLD, "GB"),
        ("fbi.gov", SenderVerdict.HOLD, "US"),
        ("army.mil", SenderVerdict.HOLD, "US"),
        ("isp.state.il.us", SenderVerdict.HOLD, "US"),
        ("bocongan.gov.vn", SenderVerdict.HOLD, "VN"),
        ("interieur.gouv.fr", SenderVerdict.HOLD, "FR"),
        ("gmail.com", SenderVerdict.REFUSE, None),
        ("gov", SenderVerdict.REFUSE, None),
        ("fbi-gov.com", SenderVerdict.REFUSE, None),
        ("fbigov", SenderVerdict.REFUSE, None),
        ("evilgov.uk", SenderVerdict.REFUSE, None),
        ("met.police.uk.evil.com", SenderVerdict.REFUSE, None),
        ("met-police.uk", SenderVerdict.REFUSE, None),
        ("notmet.police.uk.com", SenderVerdict.REFUSE, None),
        ("xn--fb-8ka.gov", SenderVerdict.REFUSE, None),
        ("u5courts.example", SenderVerdict.REFUSE, None),
    ],
)
def test_S1_domains(domain: str, verdict: SenderVerdict, country: str | None) -> None:
    judged = judge_sender(f"a@{domain}", domain, DIRECTORY, proof_of(domain))
    assert (judged.verdict, judged.country) == (verdict, country)
    assert judged.reasons
    assert {reason.clause for reason in judged.reasons} <= {Clause.S1, Clause.G1}
    assert (judged.agency is not None) == (verdict is SenderVerdict.ACCEPT)
    assert judged.proven == (verdict is not SenderVerdict.REFUSE)


@pytest.mark.parametrize("result", [result for result in Result if result is not Result.PASS])
def test_S1_a_listed_agency_that_is_not_proven_is_held(result: Result) -> None:
    """Whatever its policy asks for: neither deleted nor believed, and a person calls back (G1)."""
    unproven = Authentication(
        domain="met.police.uk",
        host=Host(domain="met.police.uk", result=result, aligned=True),
        dmarc=Dmarc(domain="met.police.uk", policy=DmarcPolicy.REJECT),
    )
    for authentication in (None, unproven, proof_of("kent.police.uk")):
        judged = judge_sender("a@met.police.uk", "met.police.uk", DIRECTORY, authentication)
        assert (judged.verdict, judged.proven) == (SenderVerdict.HOLD, False)
        assert judged.agency is not None
        assert judged.reasons[-1].clause is Clause.G1
        assert any("does not prove" in reason.detail for reason in judged.reasons)


@pytest.mark.parametrize(("sign", "other"), [("replies_to", "gmail.com"), ("shown_as", "kent.police.uk")])
def test_G1_signs_of_a_stolen_mailbox_hold_even_what_is_proven(sign: str, other: str) -> None:
    doubtful = proof_of("met.police.uk").model_copy(update={sign: (other,)})
    judged = judge_sender("a@met.police.uk", "met.police.uk", DIRECTORY, doubtful)
    assert (judged.verdict, judged.proven) == (SenderVerdict.HOLD, True)
    assert any(reason.clause is Clause.G1 and other in reason.detail for reason in judged.reasons)


@pytest.mark.parametrize(
    ("domain", "country"),
    [
        ("polizei.bayern.de", "DE"),
        ("politie.nl", "NL"),
        ("police.be", "BE"),
        ("justice.fgov.be", "BE"),
        ("tribunal.fr", "FR"),
        ("courts.ie", "IE"),
        ("police.go.ke", "KE"),
        ("gov.ke", "KE"),
        ("efcc.gov.ng", "NG"),
        ("police.act.gov.au", "AU"),
        ("police.springfield.us", None),
    ],
)
def test_S1_what_could_be_an_authoritys_is_held(domain: str, country: str | None) -> None:
    judged = judge_sender(f"a@{domain}", domain, DIRECTORY, proof_of(domain))
    assert (judged.verdict, judged.country) == (SenderVerdict.HOLD, country)


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        ("gmail.com", "mailboxes to everybody"),
        ("mail.gmx.de", "mailboxes to everybody"),
        ("police.mit.edu", "university"),
        ("police.ox.ac.uk", "university"),
        ("courts.unimelb.edu.au", "university"),
        ("springfield-police.com", "neither"),
        ("police.com", "neither"),
        ("police.io", "neither"),
        ("fbi.gov.evil.de", "only contains the official suffix gov"),
        ("kent.police.uk.evil.de", "only contains the official suffix police.uk"),
        ("met.police.uk.evil.de", "imitates met.police.uk"),
        ("mypolice.de", "neither"),
        ("police-nationale.fr", "neither"),
        ("xn--80ak6aa92e.com", "another script"),
        ("xn--mt-nlc.police.uk", "imitates met.police.uk"),
    ],
)
def test_S1_everything_else_is_refused_and_the_reason_says_what_it_is(domain: str, why: str) -> None:
    judged = judge_sender(f"a@{domain}", domain, DIRECTORY, proof_of(domain))
    assert judged.verdict is SenderVerdict.REFUSE
    assert why in judged.reasons[0].detail
    assert not judged.proven


def test_S1_an_agency_in_the_directory_is_accepted_whatever_its_domain_looks_like() -> None:
    campus = Agency(name="Campus Police", domains=("police.mit.edu",), country="US", numbers=("+1-617-555-0101",))
    judged = judge_domain("police.mit.edu", AgencyDirectory(agencies=(campus,)))
    assert judged.verdict is SenderVerdict.ACCEPT


def test_F1_the_directory_outranks_the_suffix() -> None:
    abroad = Agency(name="Liaison", domains=("liaison.gov",), country="CA", numbers=("+1-613-555-0101",))
    assert judge_sender("a@liaison.gov", "liaison.gov", AgencyDirectory(agencies=(abroad,))).country == "CA"


def test_S1_nobody_is_refused() -> None:
    assert judge_sender(None, None, DIRECTORY).verdict is SenderVerdict.REFUSE


@pytest.mark.parametrize(
    ("domain", "word"),
    [
        ("met.police.uk.evil.com", "met.police.uk"),
        ("met-police-uk.com", "met.police.uk"),
        ("rnet.police.uk.", "met.police.uk"),
        ("met.po1ice.uk", "met.police.uk"),
        ("usc0urts.example", "uscourts.example"),
        ("uscuorts.example", "uscourts.example"),
        ("fbi-gov.com", "suffix gov"),
        ("meet.police.uk", "resembles met.police.uk"),
    ],
)
def test_S1_look_alikes_are_named(domain: str, word: str) -> None:
    domain = domain.removesuffix(".")
    judged = judge_sender(f"a@{domain}", domain, DIRECTORY)
    assert judged.verdict is not SenderVerdict.ACCEPT
    assert any(word in reason.detail for reason in judged.reasons)


def test_the_longest_listed_domain_names_the_agency() -> None:
    agency = DIRECTORY.agency_of("mail.lakeland.uscourts.example")
    assert agency is not None
    assert agency.name == "Court of Lakeland"


def test_the_shipped_directory_can_never_be_anyones() -> None:
    directory = AgencyDirectory.read(shipped(AGENCIES))
    assert len(directory.agencies) >= 12
    assert all(domain.endswith(".example") for agency in directory.agencies for domain in agency.domains)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,domain\nA,b.gov\n",
        "name,domains,country,phone\nA,not a domain!,US,123\n",
        "name,domains,country,phone\nA,a.gov,usa,123\n",
        "name,domains,country,phone\nA,,US,123\n",
        "name,domains,country,phone\nA,a.gov,US\n",
        "name,domains,country,phone\nA,a.gov,US,123\nB,a.gov,US,456\n",
    ],
)
def test_a_bad_directory_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(DirectoryError, match="agency directory"):
        AgencyDirectory.read(text)
