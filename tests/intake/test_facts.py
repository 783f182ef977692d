"""What officers write, and what is read in it: never more than it says."""

import pytest

from intake.facts import read_text, settle
from intake.lines import Reading
from policy.facts import Fact, FactField, Source, SourceKind
from policy.request import Gag, RequestFacts, request_facts
from policy.vocabulary import Clause, DataClass, LegalProcess, Purpose

MAIL = Source(kind=SourceKind.MAIL)
PAGE = Source(kind=SourceKind.PDF, document="a" * 64, page=1)


def settled(*texts: tuple[str, Source], references: tuple[str, ...] = ()) -> tuple[tuple[Fact, ...], set[Clause]]:
    reading = Reading(author_domain="agency.gov")
    for text, source in texts:
        read_text(text, source, reading)
    facts, remarks = settle(reading, references)
    return facts, {remark.clause for remark in remarks}


def view(text: str, source: Source = MAIL) -> RequestFacts:
    return request_facts(settled((text, source))[0])


def pairs(text: str) -> list[tuple[FactField, str]]:
    return [(fact.field, fact.value) for fact in settled((text, MAIL))[0]]


F = FactField


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Agency: Springfield PD", [(F.AGENCY_NAME, "Springfield PD")]),
        ("  - AGENCY NAME :  Springfield PD  ", [(F.AGENCY_NAME, "Springfield PD")]),
        ("1. Requesting Agency: X", [(F.AGENCY_NAME, "X")]),
        ("Badge number:\n4471", [(F.OFFICER_BADGE, "4471")]),
        ("Badge / ID number:\n\n4471", [(F.OFFICER_BADGE, "4471")]),
        ("Badge #: 12", [(F.OFFICER_BADGE, "12")]),
        ("Badge number:\nAgency: X", [(F.AGENCY_NAME, "X")]),
        ("Agent's Name: Jo Doe", [(F.OFFICER_NAME, "Jo Doe")]),
        ("Officer e-mail: <A@Agency.GOV>", [(F.OFFICER_EMAIL, "a@agency.gov")]),
        ("Email: a@agency.gov", [(F.OFFICER_EMAIL, "a@agency.gov")]),
        ("Email: target@mail.example", []),
        ("Telephone: +1 202 555 0101 x12", [(F.OFFICER_PHONE, "+1 202 555 0101 x12")]),
        (
            "Address: 1 Main St\nSpringfield, IL 62701\nDear Sir",
            [(F.OFFICER_ADDRESS, "1 Main St Springfield, IL 62701")],
        ),
        ("Response due: 30 November 2026", [(F.RESPONSE_DUE, "2026-11-30")]),
        ("Response due: November 30, 2026", [(F.RESPONSE_DUE, "2026-11-30")]),
        ("Response due: 2026-11-30", [(F.RESPONSE_DUE, "2026-11-30")]),
        ("Response due: 30th of Nov. 2026", [(F.RESPONSE_DUE, "2026-11-30")]),
        ("Response due: 11/30/2026", [(F.RESPONSE_DUE, "2026-11-30")]),
        ("Response due: 03/04/2026", []),
        ("Response due: 31 February 2026", []),
        ("Response due: soon", []),
        ("User email: a@b.example, C@d.example", [(F.USER_EMAIL, "a@b.example"), (F.USER_EMAIL, "c@d.example")]),
        ("IP address: 192.0.2.7 and 2001:DB8::1", [(F.USER_IP, "192.0.2.7"), (F.USER_IP, "2001:db8::1")]),
        ("IP address: 192.0.2.777", []),
        ("Account owner: o@b.example", [(F.OWNER_EMAIL, "o@b.example")]),
        ("Account: o@b.example", [(F.OWNER_EMAIL, "o@b.example")]),
        ("Account number: 7001", [(F.ACCOUNT_NUMBER, "7001")]),
        ("Account: 7001", [(F.ACCOUNT_NUMBER, "7001")]),
        (
            "Identifiers:\n- a@b.example\n- 192.0.2.7\nThank you",
            [(F.USER_EMAIL, "a@b.example"), (F.USER_IP, "192.0.2.7")],
        ),
        ("Meeting ID: 873 1234 5678", [(F.MEETING_ID, "87312345678")]),
        ("Meeting host: h@b.example", [(F.MEETING_HOST, "h@b.example")]),
        ("Meeting date and time: 2026-03-02 14:00 UTC", [(F.MEETING_AT, "2026-03-02T14:00:00+00:00")]),
        ("Meeting time: March 2, 2026 2:00 PM UTC+02:00", [(F.MEETING_AT, "2026-03-02T12:00:00+00:00")]),
        ("Meeting time: 2026-03-02T14:00Z", [(F.MEETING_AT, "2026-03-02T14:00:00+00:00")]),
        ("Meeting time: 2026-03-02 14:00", []),
        ("Meeting time: 2026-03-02 14:00 IST", []),
        ("Meeting time: 2026-03-02 99:99 UTC", []),
        ("Registration URL: https://meet.example/r/1", [(F.MEETING_URL, "https://meet.example/r/1")]),
        ("Registration URL: javascript:alert(1)", []),
        ("Period: 2026-01-01 to 2026-03-31", [(F.SINCE, "2026-01-01"), (F.UNTIL, "2026-03-31")]),
        (
            "Time period: from January 1, 2026 through 31 March 2026",
            [(F.SINCE, "2026-01-01"), (F.UNTIL, "2026-03-31")],
        ),
        ("Period: 2026-03-31 to 2026-01-01", []),
        ("Period: the last two years", []),
        ("Time range requested: 01.02.2026 - 30.06.2026", [(F.SINCE, "2026-02-01"), (F.UNTIL, "2026-06-30")]),
        ("Period: 03/04/2026 - 05/06/2026", []),
        ("Period: 03/04/2026 - 05/16/2026", [(F.SINCE, "2026-03-04"), (F.UNTIL, "2026-05-16")]),
        ("Deadline: before daylight, about 0630 local", [(F.EMERGENCY_WHEN, "before daylight, about 0630 local")]),
        ("Response due: as soon as possible", []),
        ("Tel. No: +49 30 23125 101", [(F.OFFICER_PHONE, "+49 30 23125 101")]),
        ("Data: IP logs", [(F.DATA_REQUESTED, "D2")]),
        ("Offence: fraud\nSECTION J: Details of the issuing authority", [(F.RELATION, "fraud")]),
        ("From: January 1, 2026\nTo: 31 March 2026", [(F.SINCE, "2026-01-01"), (F.UNTIL, "2026-03-31")]),
        ("From: Jo <a@agency.gov>\nTo: legal@provider.example\nSent: Monday", []),
        ("Preservation reference: dp-2026-000123.", [(F.PRESERVATION_REF, "DP-2026-000123")]),
        ("Preservation reference: 123", []),
        ("Relation to the investigation: line one\nline two.\nUnrelated", [(F.RELATION, "line one line two.")]),
        ("A sentence that says: nothing known", []),
        ("https://agency: 1", []),
        ("Agency:", []),
        ("Agency: Evil Badge number: 1", [(F.AGENCY_NAME, "Evil Badge number: 1")]),
    ],
)
def test_a_labelled_line_gives_its_value_and_nothing_else(text: str, expected: list[tuple[FactField, str]]) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Response due: 03/04/2026", Clause.R4),
        ("User email: not an address", Clause.R1),
        ("Meeting time: 2026-03-02 14:00 IST", Clause.R1),
        ("Email: target@mail.example", Clause.R1),
        ("Identifier: somebody", Clause.R1),
        ("Period: recently", Clause.R3),
        ("Data requested: everything you have", Clause.R2),
        ("Data requested: live interception of calls", Clause.D4),
        ("Legal process: decree", Clause.U1),
        ("Non-disclosure: 90 days or until 2027-02-28", Clause.N2),
        ("Non-disclosure: until further notice", Clause.N2),
        ("Preservation reference: unknown", Clause.P3),
        ("Agency: X\nAgency: Y", Clause.R4),
        ("User email: " + ", ".join(f"u{n}@b.example" for n in range(101)), Clause.R1),
    ],
)
def test_what_cannot_be_read_is_remarked_by_its_clause(text: str, clause: Clause) -> None:
    assert clause in settled((text, MAIL))[1]


@pytest.mark.parametrize(
    ("words", "classes"),
    [
        ("subscriber information", "D1"),
        ("Basic subscriber information; connection logs and IP addresses", "D1 D2"),
        ("names, billing address and means of payment", "D1"),
        ("cloud recordings, transcripts and chat messages", "D3"),
        ("all content of the account", "D3"),
        ("subscriber information, excluding content, recordings and chats", "D1"),
        ("non-content records: connection logs", "D2"),
        ("meeting metadata, but no content", "D2"),
        ("D1, D2 and D3", "D1 D2 D3"),
        ("all records", ""),
    ],
)
def test_R2_words_name_the_classes_of_data(words: str, classes: str) -> None:
    assert view(f"Data requested: {words}").requested == tuple(DataClass(name) for name in classes.split())


def test_R2_a_list_under_the_label_is_read() -> None:
    text = "Records to be produced:\n1. Subscriber information\n2. Chat messages\n\nRecordings are not needed."
    assert view(text).requested == (DataClass.BASIC, DataClass.CONTENT)


@pytest.mark.parametrize(
    ("line", "gag", "days", "until"),
    [
        ("Non-disclosure: 90 days", Gag.DATED, 90, None),
        ("Non-disclosure: ninety (90) days from service", Gag.DATED, 90, None),
        ("Nondisclosure period: one year", Gag.DATED, 366, None),
        ("Non-disclosure: six months", Gag.DATED, 186, None),
        ("Non-disclosure: until 2027-02-28", Gag.DATED, None, "2027-02-28"),
        ("Non-disclosure until: 28 February 2027", Gag.DATED, None, "2027-02-28"),
        ("Non-disclosure: until further notice", Gag.UNDATED, None, None),
        ("Non-disclosure: yes", Gag.UNDATED, None, None),
        ("Non-disclosure: until 03/04/2027", Gag.UNDATED, None, None),
        ("Non-disclosure: as the statute says", Gag.UNDATED, None, None),
        ("Non-disclosure: none", Gag.NONE, None, None),
        ("Non-disclosure: not applicable.", Gag.NONE, None, None),
    ],
)
def test_N2_a_gag_is_dated_only_where_its_end_is_clear(
    line: str, gag: Gag, days: int | None, until: str | None
) -> None:
    read = view(line)
    assert (read.gag, read.gag_days) == (gag, days)
    assert (read.gag_until.isoformat() if read.gag_until else None) == until


@pytest.mark.parametrize(
    "prose",
    [
        "The provider shall not disclose the existence of this warrant.",
        "IT IS ORDERED under 18 U.S.C. § 2705(b) that notice be delayed.",
        "You are ordered not to notify any person.",
        "You are hereby prohibited from disclosing this order.",
    ],
)
def test_N2_a_gag_in_prose_goes_to_a_person(prose: str) -> None:
    facts, clauses = settled((prose, PAGE))
    assert request_facts(facts).gag is Gag.UNDATED
    assert Clause.N2 in clauses


@pytest.mark.parametrize(
    ("first", "then", "gag", "days"),
    [
        ("Non-disclosure: none", "Non-disclosure: 90 days", Gag.DATED, 90),
        ("Non-disclosure: 90 days", "Non-disclosure: none", Gag.DATED, 90),
        ("Non-disclosure: 90 days", "Non-disclosure: 180 days", Gag.DATED, 180),
        ("Non-disclosure: 180 days", "Non-disclosure: 90 days", Gag.DATED, 180),
        ("Non-disclosure: none", "ORDER OF NON-DISCLOSURE", Gag.UNDATED, None),
    ],
)
def test_N2_of_several_gags_the_longest_holds(first: str, then: str, gag: Gag, days: int | None) -> None:
    second = Source(kind=SourceKind.PDF, document="a" * 64, page=2)
    read = request_facts(settled((first, PAGE), (then, second))[0])
    assert (read.gag, read.gag_days) == (gag, days)


def test_N2_a_mails_plea_is_no_order_but_is_remarked() -> None:
    facts, clauses = settled(("If you are not the recipient, do not disclose this email.", MAIL))
    assert facts == ()
    assert clauses == {Clause.N2}


def test_N2_a_document_with_a_gag_outranks_a_mail_without() -> None:
    facts, _ = settled(("Non-disclosure: none", MAIL), ("You shall not disclose this order.", PAGE))
    assert request_facts(facts).gag is Gag.UNDATED


@pytest.mark.parametrize(
    ("page", "process", "purpose"),
    [
        ("GRAND JURY SUBPOENA\nYou are commanded", LegalProcess.SUBPOENA, Purpose.DISCLOSURE),
        ("UNITED STATES DISTRICT COURT\nSEARCH WARRANT", LegalProcess.SEARCH_WARRANT, Purpose.DISCLOSURE),
        ("SEARCH AND SEIZURE WARRANT", LegalProcess.SEARCH_WARRANT, Purpose.DISCLOSURE),
        ("ORDER PURSUANT TO 18 U.S.C. § 2703(D)", LegalProcess.COURT_ORDER, Purpose.DISCLOSURE),
        ("ORDER PURSUANT TO 18 U.S.C. § 2703(d)", LegalProcess.COURT_ORDER, Purpose.DISCLOSURE),
        ("ORDER", LegalProcess.COURT_ORDER, Purpose.DISCLOSURE),
        ("ORDER\nunder 18 U.S.C. § 2705(b), Provider Inc. shall not tell anybody", None, Purpose.NON_DISCLOSURE),
        (
            "ORDER\nProvider Inc. shall produce the records, and under 2705(b) shall not tell anybody",
            LegalProcess.COURT_ORDER,
            Purpose.DISCLOSURE,
        ),
        ("OFFICIAL REQUEST TO RESTRICT ACCESS", None, Purpose.RESTRICTION),
        (
            "Agency\nRe: Preservation Request pursuant to 18 U.S.C. § 2703(f)\nDear Custodian",
            LegalProcess.PRESERVATION_LETTER,
            Purpose.PRESERVATION,
        ),
        ("RE: 2703(f) Preservation Letter", LegalProcess.PRESERVATION_LETTER, Purpose.PRESERVATION),
        ("Re: Grand jury subpoena 26-17", None, None),
        ("PRESERVATION LETTER", LegalProcess.PRESERVATION_LETTER, Purpose.PRESERVATION),
        (
            "CONFIRMATION OF ISSUANCE OF A REQUEST FOR PRODUCTION FOLLOWING A EUROPEAN PRESERVATION ORDER",
            LegalProcess.EPOC_PR,
            Purpose.PRODUCTION_CONFIRMED,
        ),
        ("REQUEST TO EXTEND PRESERVATION", LegalProcess.PRESERVATION_LETTER, Purpose.PRESERVATION_EXTENSION),
        ("ORDER OF NON-DISCLOSURE", None, Purpose.NON_DISCLOSURE),
        ("AFFIDAVIT IN SUPPORT OF A SEARCH WARRANT", None, None),
        ("APPLICATION FOR A SEARCH WARRANT", None, None),
        ("an order was made and a search warrant issued", None, None),
    ],
)
def test_U1_the_title_says_which_process(page: str, process: LegalProcess | None, purpose: Purpose | None) -> None:
    read = view(page, PAGE)
    assert (read.process, read.purpose) == (process, purpose)


@pytest.mark.parametrize(
    ("value", "process"),
    [
        ("Search Warrant", LegalProcess.SEARCH_WARRANT),
        ("subpoena duces tecum", LegalProcess.SUBPOENA),
        ("2703(d) order", LegalProcess.COURT_ORDER),
        ("Preservation letter (2703(f))", LegalProcess.PRESERVATION_LETTER),
        ("arrest warrant", None),
    ],
)
def test_U1_a_labelled_line_says_which_process(value: str, process: LegalProcess | None) -> None:
    assert view(f"Legal process: {value}").process is process


def test_a_mail_cannot_raise_the_process_of_its_document() -> None:
    facts, _ = settled(("Legal process: search warrant", MAIL), ("SUBPOENA", PAGE))
    assert request_facts(facts).process is LegalProcess.SUBPOENA


def test_an_order_of_silence_beside_a_subpoena_leaves_it_a_disclosure() -> None:
    other = Source(kind=SourceKind.PDF, document="b" * 64, page=1)
    facts, _ = settled(("SUBPOENA", PAGE), ("ORDER OF NON-DISCLOSURE\nNon-disclosure: 90 days", other))
    read = request_facts(facts)
    assert (read.purpose, read.process, read.gag_days) == (Purpose.DISCLOSURE, LegalProcess.SUBPOENA, 90)


def test_P3_an_extension_takes_the_only_reference_or_asks() -> None:
    text = ("Legal process: extension of preservation", MAIL)
    facts, clauses = settled(text, references=("DP-2026-000007",))
    assert request_facts(facts).preservation_ref == "DP-2026-000007"
    assert Clause.P3 not in clauses
    for unclear in ((), ("DP-2026-000007", "DP-2026-000008")):
        facts, clauses = settled(text, references=unclear)
        assert request_facts(facts).preservation_ref is None
        assert Clause.P3 in clauses


def test_a_later_page_cannot_change_what_an_earlier_one_said() -> None:
    second = Source(kind=SourceKind.PDF, document="a" * 64, page=2)
    facts, clauses = settled(("Case number: 1", PAGE), ("Case number: 2", second))
    assert request_facts(facts).case_number == "1"
    assert Clause.R4 in clauses


def test_remarks_never_quote_the_text() -> None:
    reading = Reading()
    read_text("User email: canary canary\nPeriod: canary\nResponse due: canary", MAIL, reading)
    assert len(reading.remarks) == 3
    assert not any("canary" in remark.detail for remark in reading.remarks)
