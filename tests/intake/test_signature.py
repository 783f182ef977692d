"""Who signs a mail without labels is read from the lines below their name."""

import pytest

from intake.facts import read_text, settle
from intake.lines import Reading
from intake.signature import signed
from policy.facts import FactField, Source, SourceKind
from policy.request import request_facts

F = FactField
MAIL = Source(kind=SourceKind.MAIL)

AMERICAN = """Please see the attached subpoena.

Thank you,

Detective Adaeze Okafor #5521
Financial Crimes Unit
Springfield Police Department
800 E. Monroe Street
Springfield, IL 62701
Fax: (202) 555-0199
O: (202) 555-0144 ext. 312

CONFIDENTIALITY NOTICE: the information contained in this message may be privileged, confidential and protected from \
disclosure. If you are not the recipient call 202-555-0100 at once.
"""
BRITISH = """Kind regards

Fiona Ashdown
Detective Sergeant 2214
Northmarch Constabulary, Serious Crime Unit
1 Castle Street, Northmarch NM1 4QP
Tel. 020 7946 0101 ext 55
"""
ON_ONE_LINE = "SA Greta Holm, badge 909, State Bureau, 77 Bureau Street, Capitol, CA 94203, 202-555-0103\n"


@pytest.mark.parametrize(
    ("words", "display", "expected"),
    [
        (
            AMERICAN,
            "Det. Adaeze Okafor",
            {
                F.OFFICER_NAME: "Detective Adaeze Okafor",
                F.OFFICER_BADGE: "5521",
                F.OFFICER_PHONE: "(202) 555-0144 ext. 312",
                F.OFFICER_ADDRESS: "800 E. Monroe Street, Springfield, IL 62701",
            },
        ),
        (
            BRITISH,
            "DS 2214 Fiona Ashdown",
            {
                F.OFFICER_NAME: "Fiona Ashdown",
                F.OFFICER_BADGE: "2214",
                F.OFFICER_PHONE: "020 7946 0101 ext 55",
                F.OFFICER_ADDRESS: "1 Castle Street, Northmarch NM1 4QP",
            },
        ),
        (
            ON_ONE_LINE,
            "Holm, Greta (SBI)",
            {
                F.OFFICER_NAME: "SA Greta Holm",
                F.OFFICER_BADGE: "909",
                F.OFFICER_PHONE: "202-555-0103",
                F.OFFICER_ADDRESS: "77 Bureau Street, Capitol, CA 94203",
            },
        ),
        ("Call me back asap 202-555-0102\n\nSgt Halloran\n", "Sgt D. Halloran", {
            F.OFFICER_NAME: "Sgt Halloran", F.OFFICER_PHONE: "202-555-0102",
        }),
    ],
)  # fmt: skip
def test_R4_a_signature_says_who_asks(words: str, display: str, expected: dict[FactField, str]) -> None:
    assert dict(signed(words, display)) == expected


@pytest.mark.parametrize("display", ["", "Somebody Else", "Springfield Police Department"])
def test_R4_nobody_is_named_whom_the_mail_does_not_come_from(display: str) -> None:
    assert F.OFFICER_NAME not in dict(signed(AMERICAN, display))


def test_R4_an_office_below_a_rank_is_nobodys_name() -> None:
    reading = Reading(author_name="Imre Kovalenko")
    read_text("Imre Kovalenko\nSpecial Agent\nFederal Cyber Crimes Agency\n", MAIL, reading)
    assert request_facts(settle(reading, ())[0]).officer_name == "Imre Kovalenko"


@pytest.mark.parametrize(
    ("line", "badge", "phone"),
    [
        ("Investigator: Karl Weiss, ID 7731", "7731", None),
        ("Contact: Karl Weiss, tel +84 24 5555 0101", None, "+84 24 5555 0101"),
    ],
)
def test_R4_a_number_behind_a_name_is_no_part_of_it(line: str, badge: str | None, phone: str | None) -> None:
    reading = Reading()
    read_text(line, MAIL, reading)
    facts = request_facts(settle(reading, ())[0])
    assert (facts.officer_name, facts.officer_badge, facts.officer_phone) == ("Karl Weiss", badge, phone)
