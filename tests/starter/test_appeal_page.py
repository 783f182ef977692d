"""The page by which a user appeals, as a browser or a mail scanner meets it."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from starter.pages import Appealable, AppealDesk, make_pages
from tests.starter.test_pages import PUBLIC, Answer, Browser, serving

NOW = datetime(2026, 4, 9, 14, 3, tzinfo=UTC)
TOKEN = "Zm9yIHRoZSBkZXRlY3RpdmUgb25seQ"
HASHED = hashlib.sha256(TOKEN.encode()).hexdigest()
FORM = {"Content_Type": "application/x-www-form-urlencoded"}


@dataclass
class Record:
    """One restriction that can be appealed until a certain time, and the appeals against it."""

    until: datetime = NOW + timedelta(days=1)
    language: str = "en"
    in_force: bool = True
    appeals: list[tuple[str, str, str]] = field(default_factory=list)

    async def find(self, token_sha256: str) -> Appealable | None:
        known = Appealable(ref="DP-2026-000123", n=1, language=self.language, until=self.until)
        return known if token_sha256 == HASHED else None

    async def add(self, about: Appealable, token_sha256: str, text: str, _at: datetime) -> bool:
        if self.in_force:
            self.appeals.append((about.ref, token_sha256, text))
        return self.in_force

    def pages(self) -> Starlette:
        desk = AppealDesk(find=self.find, record=self.add, now=lambda: NOW, longest=100)
        return make_pages(PUBLIC, appeals=desk)


async def posted(browser: Browser, text: str, token: str = TOKEN) -> Answer:
    return await browser.send("POST", f"/appeal/{token}", urlencode({"why": text}).encode(), **FORM)


async def test_X3_looking_at_the_page_changes_nothing_and_sending_it_appeals() -> None:
    record = Record()
    async with serving(record.pages()) as browser:
        looked = await browser.get(f"/appeal/{TOKEN}")
        await browser.send("HEAD", f"/appeal/{TOKEN}", None)
        assert (looked.status, record.appeals) == (200, [])
        assert '<form method="post">' in looked.text
        assert "form-action 'self'" in looked.headers["content-security-policy"]
        sent = await posted(browser, "  I was not there.\r\nAsk Änne. ")
    assert (sent.status, "We have received your appeal" in sent.text) == (200, True)
    assert record.appeals == [("DP-2026-000123", HASHED, "I was not there.\nAsk Änne.")]


@pytest.mark.parametrize("text", ["", "   ", "x" * 101, "a\0b"])
async def test_X3_an_appeal_that_says_nothing_or_too_much_is_asked_for_again(text: str) -> None:
    record = Record()
    async with serving(record.pages()) as browser:
        answer = await posted(browser, text)
    assert (answer.status, record.appeals) == (400, [])
    assert "at most 100 characters" in answer.text


@pytest.mark.parametrize("body", [b"why=" + b"x" * 200_000, b"why=%FF", b"\xff\xfe", b"&".join([b"a=b"] * 50)])
async def test_X3_a_form_that_is_none_harms_nothing(body: bytes) -> None:
    record = Record()
    async with serving(record.pages()) as browser:
        answer = await browser.send("POST", f"/appeal/{TOKEN}", body, **FORM)
    assert (answer.status, record.appeals) == (400, [])


async def test_X3_an_unknown_link_and_one_that_is_over_cannot_be_told_apart() -> None:
    over, lifted = Record(until=NOW), Record(in_force=False)
    async with serving(over.pages()) as browser:
        answers = [await browser.get(f"/appeal/{TOKEN}"), await browser.get("/appeal/guessed")]
        answers.append(await posted(browser, "Too late?"))
    async with serving(lifted.pages()) as browser:
        answers.append(await posted(browser, "Lifted meanwhile."))
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert over.appeals == []


@pytest.mark.parametrize(("language", "word"), [("en", "Your appeal"), ("vi", "Khiếu nại"), ("de", "Your appeal")])
async def test_X3_the_page_speaks_the_users_language_where_it_can(language: str, word: str) -> None:
    async with serving(Record(language=language).pages()) as browser:
        assert word in (await browser.get(f"/appeal/{TOKEN}")).text
