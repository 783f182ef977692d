"""S1: who may write, and who only looks as if they might."""

import pytest

from policy.directory import Agency, AgencyDirectory, DirectoryError
from policy.folder import AGENCIES, shipped
from policy.sender import judge_sender
from policy.vocabulary import Clause, SenderVerdict

DIRECTORY = AgencyDirectory(
    agencies=(
        Agency(name="Met", domains=("met.police.uk",), country="GB", phone="+44-20-7946-0101"),
        Agency(name="Court", domains=("uscourts.example",), country="US", phone="+1-202-555-0101"),
        Agency(name="Court of Lakeland", domains=("lakeland.uscourts.example",), country="US", phone="+1-202-555-0102"),
    )
)


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
    judged = judge_sender(f"a@{domain}", domain, DIRECTORY)
    assert (judged.verdict, judged.country) == (verdict, country)
    assert judged.reasons
    assert all(reason.clause is Clause.S1 for reason in judged.reasons)
    assert (judged.agency is not None) == (verdict is SenderVerdict.ACCEPT)


def test_F1_the_directory_outranks_the_suffix() -> None:
    abroad = Agency(name="Liaison", domains=("liaison.gov",), country="CA", phone="+1-613-555-0101")
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
