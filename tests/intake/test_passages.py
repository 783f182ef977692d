"""What running text says of interception, consent, testimony and delicate subjects, and what it does not."""

import pytest

from intake.facts import read_text, settle
from intake.lines import Reading
from intake.message import read_message
from policy.facts import FactField, Source, SourceKind
from policy.request import RequestFacts, request_facts
from policy.topics import Topic

MAIL = Source(kind=SourceKind.MAIL)
PAGE = Source(kind=SourceKind.PDF, document="a" * 64, page=1)


def read(text: str, source: Source = PAGE) -> RequestFacts:
    reading = Reading(author_domain="agency.gov")
    read_text(text, source, reading)
    return request_facts(settle(reading, ())[0])


@pytest.mark.parametrize(
    "text",
    [
        "Data requested: subscriber data and live access to calls",
        "ORDER AUTHORIZING THE INTERCEPTION OF ELECTRONIC COMMUNICATIONS",
        "PEN REGISTER AND TRAP AND TRACE ORDER",
        "Legal process: Title III order",
        "The provider shall enable the\ninterception of meetings held by the target.",
        "We ask for real-time monitoring of the account.",
    ],
)
def test_D4_U5_interception_is_noticed(text: str) -> None:
    assert read(text).live


@pytest.mark.parametrize(
    "text",
    [
        "Data requested: recordings, not including real-time interception",
        "We do not ask for content, interception of calls or live access.",
        "Stored Wire and Electronic Communications Act",
        "SEARCH AND SEIZURE WARRANT",
        "He lives in Springfield; the live stream had ended.",
    ],
)
def test_D4_what_is_stored_or_left_out_is_no_interception(text: str) -> None:
    assert not read(text).live


@pytest.mark.parametrize(
    "text",
    [
        "Consent: signed form attached",
        "The account holder has consented to this request.",
        "See the signed consent form.",
    ],
)
def test_C1_consent_is_noticed(text: str) -> None:
    assert read(text, MAIL).consent


@pytest.mark.parametrize("text", ["Consent: no", "User consent: not applicable", "The user was told."])
def test_C1_no_consent_is_none(text: str) -> None:
    assert not read(text, MAIL).consent


def test_PR3_a_wish_for_testimony_is_noticed() -> None:
    assert read("Your custodian is commanded to appear and testify before the Grand Jury.").testimony
    assert not read("A certificate takes the place of a witness.").testimony


def test_G4_a_page_is_searched_whole_and_a_mail_only_in_what_it_says_of_its_purpose() -> None:
    footer = "This message may be subject to attorney-client privilege."
    assert read(footer, MAIL).sensitive == ()
    assert read(footer).sensitive == (Topic.LAWYER,)
    assert read("Relation to the investigation: the journalist published it", MAIL).sensitive == (Topic.PRESS,)


_VIETNAMESE = (
    "Cơ quan Cảnh sát điều tra đề nghị quý công ty cung cấp thông tin về chủ tài khoản và lịch sử đăng nhập của người "
    "dùng có liên quan đến vụ án lừa đảo chiếm đoạt tài sản đang được điều tra theo quy định của pháp luật Việt Nam."
)


def test_F4_a_mail_in_another_language_is_noted_and_one_in_english_is_not() -> None:
    head = "From: a@csdt.gov.vn\nContent-Type: text/plain; charset=utf-8\n\n"
    english = "We request the records of the account named below, which was used to arrange the sale of stolen goods."
    noted = {f.field: f.value for f in read_message((head + _VIETNAMESE).encode()).reading.facts}
    assert noted.get(FactField.LANGUAGE) == "vi"
    plain = {f.field for f in read_message((head + english).encode()).reading.facts}
    assert FactField.LANGUAGE not in plain
