"""Several meetings in one request: each has its own host and time, however it was written, and none that is guessed."""

from collections.abc import Sequence
from itertools import pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.belonging import Mention, in_prose
from intake.facts import read_text, settle
from intake.lines import Reading
from intake.message import read_message
from policy.facts import OF_A_MEETING, Confidence, Fact, FactField, Source, SourceKind
from policy.findings import Reason
from policy.request import IdentifierKind, request_facts
from policy.vocabulary import Clause
from tests.intake.builders import drawn_pdf, mail
from tests.policy.build import searched

F = FactField
MAIL = Source(kind=SourceKind.MAIL)
PAGE = Source(kind=SourceKind.PDF, document="a" * 64, page=1)

A, B, C = ("873 1234 5671", "873 1234 5672", "873 1234 5673")
HOSTS = {A: "ann@b.example", B: "bob@b.example", C: "cy@b.example"}
DAYS = {A: "2026-03-01", B: "2026-03-02", C: "2026-03-03"}

Named = dict[str, tuple[str | None, str | None]]


def read(*texts: tuple[str, Source]) -> tuple[tuple[Fact, ...], tuple[Reason, ...]]:
    reading = Reading(author_domain="agency.gov")
    for text, source in texts:
        read_text(text, source, reading)
    return settle(reading, ())


def named_in(facts: Sequence[Fact]) -> Named:
    """Each meeting with its host and the day on which it took place."""
    return {
        found.value: (found.host, found.at.date().isoformat() if found.at else None)
        for found in request_facts(facts).identifiers
        if found.kind is IdentifierKind.MEETING
    }


def meetings(text: str, source: Source = MAIL) -> Named:
    return named_in(read((text, source))[0])


def theirs(*ids: str) -> Named:
    """What is said of these meetings by themselves."""
    return {number.replace(" ", ""): (HOSTS[number], DAYS[number]) for number in ids}


def lines_of(number: str) -> tuple[str, str, str]:
    return f"Meeting ID: {number}", f"Host: {HOSTS[number]}", f"Date and time: {DAYS[number]} 14:00 UTC"


def whole(number: str) -> str:
    return f"{number} hosted by {HOSTS[number]} on {DAYS[number]} 14:00 UTC"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([*lines_of(A), *lines_of(B)]),
        "\n\n".join([*lines_of(A), *lines_of(B)]),
        "\n".join([*reversed(lines_of(A)), *lines_of(B)]),
        f"Meeting ID: {A}\nHost: {HOSTS[A]}\nMeeting date: {DAYS[A]}\nMeeting time: 14:00 UTC\n"
        + "\n".join(lines_of(B)),
        "\n".join(
            f"Meeting {n} ID: {number}\nMeeting {n} host: {HOSTS[number]}\nMeeting {n} start: {DAYS[number]} 14:00 UTC"
            for n, number in enumerate((A, B), 1)
        ),
        f"Meeting ID #1: {A}\nMeeting ID #2: {B}\nHost of meeting 2: {HOSTS[B]}\nHost of meeting 1: {HOSTS[A]}\n"
        f"Meeting time (1): {DAYS[A]} 14:00 UTC\nMeeting time (2): {DAYS[B]} 14:00 UTC",
        f"Meeting 1: {A}\nHost: {HOSTS[A]}\nMeeting time: {DAYS[A]} 14:00 UTC\n"
        f"Meeting 2: {B}\nHost: {HOSTS[B]}\nMeeting time: {DAYS[B]} 14:00 UTC",
        f"Meeting ID | Host | Date and time\n{A} | {HOSTS[A]} | {DAYS[A]} 14:00 UTC\n"
        f"{B} | {HOSTS[B]} | {DAYS[B]} 14:00 UTC",
        f"| Meeting host | Meeting date | Meeting time | Meeting ID |\n|---|---|---|---|\n"
        f"| {HOSTS[A]} | {DAYS[A]} | 14:00 UTC | {A} |\n| {HOSTS[B]} | {DAYS[B]} | 2:00 PM UTC | {B} |",
        *(
            "\n".join(f"Meeting ID: {n}; Host: {HOSTS[n]}; Date and time: {DAYS[n]} 14:00 UTC" for n in order)
            for order in ((A, B), (B, A))
        ),
        f"Meeting: {whole(A)}\nMeeting: {whole(B)}",
        f"Meeting IDs:\n- {whole(A)}\n- {whole(B)}",
        f"Meeting ID: {A}, {HOSTS[A]}, {DAYS[A]}T14:00Z\nMeeting ID: {B}, {HOSTS[B]}, {DAYS[B]}T14:00Z",
        f"Meeting {whole(A)}\nMeeting {whole(B)}",
        f"We ask for meeting {whole(A)}, and for meeting {whole(B)}, which was recorded.",
        f"On {DAYS[A]} at 14:00 UTC meeting {A}, hosted by {HOSTS[A]}, was held, and on {DAYS[B]} at 14:00 UTC meeting "
        f"{B}, hosted by {HOSTS[B]}.",
        f"Meeting IDs: {A}, {B}\nMeeting host: {HOSTS[A]} of {A}\nMeeting host: {HOSTS[B]} of {B}\n\n"
        f"Meeting ID: {A}\nMeeting time: {DAYS[A]} 14:00 UTC\nMeeting ID: {B}\nMeeting time: {DAYS[B]} 14:00 UTC",
    ],
)
def test_R1_each_meeting_has_its_own_host_and_time(text: str) -> None:
    assert meetings(text) == meetings(text, PAGE) == theirs(A, B)


def test_R1_a_table_of_meetings_in_a_pdf_is_read_row_by_row() -> None:
    rows = [("Meeting ID", "Meeting host", "Date and time")]
    rows += [(number, HOSTS[number], f"{DAYS[number]} 14:00 UTC") for number in (A, B, C)]
    words = [
        (left, 700 - 20 * n, text) for n, row in enumerate(rows) for left, text in zip((50, 200, 380), row, strict=True)
    ]
    facts = read_message(mail(b"", ("table.pdf", drawn_pdf([(50, 730, "SUBPOENA"), *words])))).reading.facts
    assert named_in(facts) == theirs(A, B, C)


@searched
@given(
    st.integers(2, 6).flatmap(
        lambda count: st.lists(st.permutations(("Meeting ID", "Host", "Date and time")), min_size=count, max_size=count)
    )
)
def test_R1_the_order_of_the_lines_within_a_block_does_not_matter(blocks: list[list[str]]) -> None:
    told: list[str] = []
    expected: Named = {}
    for n, order in enumerate(blocks):
        number, host, day = f"87312345{n:03}", f"host{n}@b.example", f"2026-03-{n + 1:02}"
        values = {"Meeting ID": number, "Host": host, "Date and time": f"{day} 14:00 UTC"}
        told += [f"{label}: {values[label]}" for label in order]
        expected[number] = (host, day)
    assert meetings("\n".join(told)) == expected


@searched
@given(st.permutations([(label, n) for label in ("ID", "host", "date and time") for n in (1, 2, 3)]))
def test_R1_the_order_of_lines_with_numbers_does_not_matter_at_all(order: list[tuple[str, int]]) -> None:
    values = {
        (label, n): value
        for n, number in enumerate((A, B, C), 1)
        for label, value in (("ID", number), ("host", HOSTS[number]), ("date and time", f"{DAYS[number]} 14:00 UTC"))
    }
    text = "\n".join(f"Meeting {n} {label}: {values[label, n]}" for label, n in order)
    assert meetings(text) == theirs(A, B, C)


@searched
@given(st.data())
def test_R1_a_meeting_never_has_what_stands_with_another(data: st.DataObject) -> None:
    """Blocks in which lines are missing: what is not told of a meeting alone is told of all, by the only such line."""
    told: list[str] = []
    truth: Named = {}
    for number in (A, B, C):
        wanted = data.draw(st.lists(st.sampled_from(lines_of(number)[1:]), unique=True))
        told += data.draw(st.permutations([lines_of(number)[0], *wanted]))
        has = [any(line.startswith(label) for line in wanted) for label in ("Host", "Date")]
        own = theirs(number)[number.replace(" ", "")]
        truth[number.replace(" ", "")] = (own[0] if has[0] else None, own[1] if has[1] else None)
    facts, remarks = read(("\n".join(told), MAIL))
    seen = named_in(facts)
    for place, field in enumerate((F.MEETING_HOST, F.MEETING_AT)):
        lines = {value[place] for value in truth.values()} - {None}
        if len(lines) == 1 and {value[place] for value in seen.values()} == lines:
            continue
        for number, value in seen.items():
            assert value[place] in (truth[number][place], None)
        lost = [n for n in truth if truth[n][place] and not seen[n][place]]
        assert bool(lost) == any(f"{field.value} whose it is" in remark.detail for remark in remarks)


_TOKENS = st.lists(st.sampled_from((F.MEETING_ID, F.MEETING_HOST, F.MEETING_AT)), max_size=9)


def _ways(fields: Sequence[FactField]) -> list[dict[int, int]]:
    """Every way to give each host and time to a block around one id: by its place, the place of the id."""
    ids = [place for place, field in enumerate(fields) if field is F.MEETING_ID]
    found = []
    for cuts in product(*(range(first + 1, second + 1) for first, second in pairwise(ids))):
        borders = [0, *cuts, len(fields)]
        blocks = [range(first, last) for first, last in pairwise(borders)]
        if all(len({fields[place] for place in block}) == len(block) for block in blocks):
            found.append({place: ids[n] for n, block in enumerate(blocks) for place in block})
    return found


@searched
@given(_TOKENS.filter(lambda fields: fields.count(F.MEETING_ID) > 1))
def test_R1_what_two_readings_give_to_two_meetings_is_neithers(fields: list[FactField]) -> None:
    mentions = [Mention(field, (f"{place}",)) for place, field in enumerate(fields)]
    ways = _ways(fields)
    sure = {
        place: (str(ways[0][place]),)
        for place, field in enumerate(fields)
        if field in OF_A_MEETING and len({way[place] for way in ways}) == 1
    }
    assert in_prose(mentions) == sure


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
@pytest.mark.parametrize("ids", [f"Meeting ID: {A}\nMeeting ID: {B}", f"Meeting IDs: {A} and {B}"])
def test_R1_one_host_and_one_time_beside_a_list_are_every_meetings(ids: str, order: tuple[int, ...]) -> None:
    lines = (ids, f"Host: {HOSTS[C]}", f"Date and time: {DAYS[C]} 14:00 UTC")
    both = (HOSTS[C], DAYS[C])
    assert meetings("\n".join(lines[place] for place in order)) == dict.fromkeys(theirs(A, B), both)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "rest",
    [
        "\n".join(f"Meeting ID: {number}\nDate and time: {DAYS[number]} 14:00 UTC" for number in (A, B)),
        f"Meeting ID | Date and time\n{A} | {DAYS[A]} 14:00 UTC\n{B} | {DAYS[B]} 14:00 UTC\n",
        f"Meeting 1 ID: {A}\nMeeting 1 time: {DAYS[A]} 14:00 UTC\n"
        f"Meeting 2 ID: {B}\nMeeting 2 time: {DAYS[B]} 14:00 UTC",
    ],
)
def test_R1_one_host_line_is_every_meetings_though_each_has_its_time(rest: str, first: bool) -> None:
    host = f"Host: {HOSTS[C]}"
    text = "\n".join([host, rest] if first else [rest, host])
    assert meetings(text) == {number: (HOSTS[C], day) for number, (_, day) in theirs(A, B).items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"Meeting ID: {A}\nHost: {HOSTS[A]}\nMeeting ID: {B}\nDate and time: {DAYS[B]} 14:00 UTC",
            {A: (None, None), B: (None, DAYS[B])},
        ),
        (
            f"Meeting ID: {A}\nHost: {HOSTS[A]}\nDate and time: {DAYS[A]} 14:00 UTC\nMeeting ID: {B}",
            {A: (None, None), B: (None, None)},
        ),
        (f"Meeting IDs: {A}, {B}\nHost: {HOSTS[A]}\nHost: {HOSTS[B]}", {A: (None, None), B: (None, None)}),
        (
            f"Meeting {A} and meeting {B}.\nMeeting host: {HOSTS[A]}\nMeeting host: {HOSTS[B]}",
            {A: (None, None), B: (None, None)},
        ),
    ],
)
def test_R1_what_may_be_one_meetings_or_anothers_is_neithers_and_a_person_is_told(text: str, expected: Named) -> None:
    facts, remarks = read((text, PAGE))
    assert named_in(facts) == {number.replace(" ", ""): value for number, value in expected.items()}
    (remark,) = {remark for remark in remarks if "whose it is" in remark.detail and "host" in remark.detail}
    assert remark.clause is Clause.R1
    assert remark.detail.endswith("(on page 1 of a document)")
    assert not any(word in remark.detail for word in (*HOSTS.values(), "873"))


@pytest.mark.parametrize("empty", ["", "unknown"])
def test_R1_an_empty_cell_of_a_table_is_not_filled_from_another_row(empty: str) -> None:
    head, *rows = ("Host | Meeting ID | Date and time", f"{HOSTS[A]} | {A} | {DAYS[A]} 14:00 UTC")
    text = "\n".join([head, *rows, f"{empty} | {B} | {DAYS[B]} 14:00 UTC"])
    assert meetings(text) == theirs(A) | {B.replace(" ", ""): (None, DAYS[B])}


def test_R1_a_line_that_cannot_be_read_still_stands_in_its_place() -> None:
    blocks = [lines_of(A), (lines_of(B)[0], lines_of(B)[1], "Date and time: some day in spring")]
    for unread, other in (blocks, reversed(blocks)):
        facts, remarks = read(("\n".join((*unread, *other)), MAIL))
        assert named_in(facts) == theirs(A) | {B.replace(" ", ""): (HOSTS[B], None)}
        assert any("not one date and time" in remark.detail for remark in remarks)


def test_R1_blocks_run_on_from_page_to_page_and_never_from_document_to_document() -> None:
    second = PAGE.model_copy(update={"page": 2})
    lines = [*lines_of(A), *lines_of(B)]
    assert named_in(read(("\n".join(lines[:4]), PAGE), ("\n".join(lines[4:]), second))[0]) == theirs(A, B)
    other = PAGE.model_copy(update={"document": "b" * 64})
    facts, _ = read(("\n".join(lines[:3]), PAGE), (lines[3], other))
    assert named_in(facts) == theirs(A) | {B.replace(" ", ""): (None, None)}


def test_R1_a_host_told_without_any_meeting_is_of_those_named_elsewhere() -> None:
    ids, host, day = lines_of(A)
    facts, _ = read((f"{host}\n{day}", MAIL), (f"{ids}\nMeeting ID: {B}", PAGE))
    assert named_in(facts) == dict.fromkeys(theirs(A, B), (HOSTS[A], DAYS[A]))
    facts, remarks = read((f"{host}\nHost: {HOSTS[B]}", MAIL), (ids, PAGE))
    assert named_in(facts) == {A.replace(" ", ""): (None, None)}
    assert any("whose it is" in remark.detail for remark in remarks)


def test_R1_a_meeting_that_a_reply_names_does_not_take_the_host_of_the_first() -> None:
    first, _ = read(("\n".join(lines_of(A)), PAGE))
    reply, _ = read((f"Meeting ID: {B}", MAIL))
    assert named_in([*first, *reply]) == theirs(A) | {B.replace(" ", ""): (None, None)}


def test_R1_one_meeting_takes_the_first_of_two_hosts_and_a_person_is_told() -> None:
    facts, remarks = read(("\n".join([*lines_of(A), f"Host: {HOSTS[B]}"]), MAIL))
    assert named_in(facts) == theirs(A)
    assert any("named again with another value" in remark.detail for remark in remarks)


def test_R1_meetings_in_running_text_are_flagged_and_keep_their_own_hosts() -> None:
    facts, remarks = read((f"Meeting {whole(A)}\nMeeting {whole(B)}", PAGE))
    assert {fact.confidence for fact in facts} == {Confidence.FOUND}
    assert any("without a label" in remark.detail for remark in remarks)
    stated, _ = read((f"Meeting ID: {C}", PAGE), (f"Meeting {whole(A)}\nMeeting {whole(B)}", PAGE))
    assert named_in(stated) == {C.replace(" ", ""): (None, None)}, "another meeting's host is not the stated one's"


@searched
@given(
    st.lists(
        st.sampled_from(
            [
                f"Meeting ID: {A}",
                f"Meeting 2 ID: {B}",
                f"{A} | x",
                "Host: ann@b.example",
                "Host 2: ?",
                "\n",
                "Host | Meeting ID",
                "Meeting time: 2026-03-02",
                "Meeting time: 14:00 UTC",
                f"ann@b.example | {C}",
                f"Meeting: {whole(A)}",
                "Meeting:",
            ]
        ),
        max_size=12,
    )
)
def test_R1_no_host_is_invented_for_a_meeting(lines: list[str]) -> None:
    text = "\n".join(lines)
    for number, (host, _) in meetings(text).items():
        assert number in text.replace(" ", "")
        assert host is None or host in text
