"""Looks from outside at what became of each case - SQL, the mail sink, the object store, Temporal - and compares it
with the model. Not a line of the product helps."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.rows import dict_row
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from gateways.provider import Act
from tests.model.case import CLOSE_CALL, Case
from tests.model.guide import Disclosure, Hold, Restriction
from tests.model.rest import machines
from tests.soak.evidence import Letter, event_hash, letters
from tests.world import World

_Row = dict[str, Any]
_TO_USERS = frozenset({"user_notice", "user_notice_after_gag", "user_notice_after_emergency", "restricted_notice"})
_WITH_RECORDS = frozenset({"production_ready", "emergency_production"})
_PERSONS = frozenset({"verifier", "reviewer"})
_PATIENCE_SECONDS = 5.0
#: When people have approved an emergency the model knows to a few seconds only.
_VAGUE = timedelta(seconds=30)


class Judge:
    """The outside of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        dsn = world.settings.database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://")
        self._sql = psycopg.connect(dsn, row_factory=dict_row, autocommit=True)
        self._kept: list[bytes] = []
        self._seen: set[str] = set()
        self._sent: list[Letter] = []
        self._refused: list[bytes] = []

    def close(self) -> None:
        self._sql.close()

    # Facts that the model is told

    def received_at(self, raw: bytes) -> datetime:
        """When the message was answered 250; from now on it must exist byte for byte (I3)."""
        self._kept.append(raw)
        (row,) = self._rows("SELECT received_at FROM messages WHERE object = %s", sha256(raw).hexdigest())
        received_at: datetime = row["received_at"]
        return received_at

    def refused(self, raw: bytes) -> None:
        """This message must not exist (S1)."""
        self._refused.append(raw)

    def steps(self, ref: str) -> Counter[str]:
        """What the record says has happened to the case, by kind."""
        return Counter(row["kind"] for row in self._rows("SELECT kind FROM events WHERE ref = %s", ref))

    # What must hold

    async def look(self, case: Case, now: Callable[[], datetime]) -> None:
        """Compare, again and again for a moment: what is not yet may come, but what must not be stays."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while wrong := await self._wrong(case, now()):
            assert asyncio.get_running_loop().time() < deadline, f"{case.ref} ({case.sent}): {'; '.join(wrong)}"
            await asyncio.sleep(0.05)

    async def _wrong(self, case: Case, now: datetime) -> list[str]:
        sent = [letter for letter in self._letters() if letter.ref == case.ref]
        (row,) = self._rows("SELECT outcome, phase FROM cases WHERE ref = %s", case.ref)
        model, wrong = case.model, []
        due = model.deadline()
        surely = (due is None or abs(due - now) > CLOSE_CALL) and not case.left_behind(now)
        if surely and row["outcome"] != model.outcome:
            wrong.append(f"its outcome is {row['outcome']} and must be {model.outcome}")
        match model:
            case Disclosure():
                wrong += self._disclosure(case, model, sent, surely=surely) + self._notice(case, model, sent, now)
            case Restriction():
                wrong += await self._restriction(case, model, surely=surely) + self._notice(case, model, sent, now)
            case Hold():
                wrong += self._hold(case, model, surely=surely)
        return [*wrong, *self._mail(case), *await self._waiting(case, row, now)]

    def _disclosure(self, case: Case, model: Disclosure, sent: list[Letter], *, surely: bool) -> list[str]:
        wrong = []
        made = self._rows("SELECT * FROM productions WHERE ref = %s", case.ref)
        given = {letter.message_id for letter in sent if letter.name in _WITH_RECORDS}
        if made and len(model.approvals) < model.needed:
            wrong.append(f"it was produced on {len(model.approvals)} approvals of {model.needed}")
        if surely and (len(made), len(given)) != (model.produced, model.produced):
            wrong.append(f"{len(made)} productions were made and {len(given)} sent; it must be {model.produced:d}")
        if {letter.to for letter in sent if letter.name in _WITH_RECORDS} - {case.sender}:
            wrong.append("its records went to somebody else")
        return wrong

    async def _restriction(self, case: Case, model: Restriction, *, surely: bool) -> list[str]:
        """Each user of a plan may have several: what the service does is looked at where none can say otherwise."""
        rows = self._rows("SELECT until, lifted_at FROM restrictions WHERE ref = %s", case.ref)
        if rows and len(model.approvals) < model.needed:
            return [f"access was restricted on {len(model.approvals)} approvals of {model.needed}"]
        if bool(rows) != (model.until is not None):
            return [f"access is {'' if rows else 'not '}restricted"]
        if not rows or not surely:
            return []
        wrong = []
        if model.until and abs(rows[0]["until"] - model.until) > CLOSE_CALL:
            wrong.append(f"it is in force until {rows[0]['until']} and must be until {model.until}")
        if (rows[0]["lifted_at"] is None) != model.in_force:
            wrong.append(f"it was lifted at {rows[0]['lifted_at']}, and must {'' if model.in_force else 'not '}hold")
        if model.in_force and await self._world.allows(Act.JOIN, case.user, "US-IL"):
            wrong.append("the service lets the user in")
        return wrong

    def _notice(self, case: Case, model: Disclosure | Restriction, sent: list[Letter], now: datetime) -> list[str]:
        wrong = []
        told = [letter for letter in sent if letter.name in _TO_USERS]
        rows = self._rows("SELECT told_at FROM notices WHERE ref = %s AND told_at IS NOT NULL", case.ref)
        at: datetime | None = rows[0]["told_at"] if rows else None
        vague = _VAGUE if isinstance(model, Disclosure) and model.emergency else timedelta(0)
        if len({letter.message_id for letter in told}) > 1 or {letter.to for letter in told} - {case.user}:
            wrong.append("its user was told twice, or somebody else was")
        if told and at and model.told_at is None and (model.silent(at + vague) or model.clocks.stood_at(at, _VAGUE)):
            wrong.append(f"its user was told at {at}, under {model.silence}, {model.clocks}")
        if told and not model.must_be_told(now + CLOSE_CALL):
            wrong.append("its user was told of what nobody approved, or must not be told")
        if model.must_be_told(now - CLOSE_CALL / 10) and not (told and rows):
            wrong.append("its user has not been told")
        refused = len({letter.message_id for letter in sent if letter.name == "silence_refused"})
        if not case.blocked and not model.frozen and refused != model.silence.refused:
            wrong.append(f"its agency was told {refused} times that silence is refused, not {model.silence.refused}")
        if told and rows and not wrong:
            model.told_at = at
        return wrong

    def _mail(self, case: Case) -> list[str]:
        """Mail that nobody could rule on waits for a person, and is not lost."""
        rows = self._rows("SELECT message_id FROM kept_mail WHERE ref = %s AND state = 'waiting'", case.ref)
        kept = {message for message, mail in case.mail if mail in case.model.waiting.mail}
        found = {row["message_id"] for row in rows}
        return [] if found == kept else [f"{len(found)} messages wait for a person, not {len(kept)}"]

    def _hold(self, case: Case, model: Hold, *, surely: bool) -> list[str]:
        wrong = []
        holds = self._rows("SELECT * FROM holds WHERE ref = %s", case.ref)
        copies = self._rows("SELECT object FROM snapshots WHERE ref = %s", case.ref)
        if len(holds) != 1:
            return [f"{len(holds)} holds"]
        (hold,) = holds
        # Claimed, it is extended when the claim ends; suspended, when its clock goes on.
        settled = not model.claimed and not model.clocks.stopped
        within = _VAGUE if model.clocks.pauses else timedelta(0)
        if settled and abs(hold["until"] - model.until) > within:
            wrong.append(f"it is held until {hold['until']} and must be until {model.until}")
        claimed = self._rows("SELECT by_ref FROM hold_claims WHERE ref = %s", case.ref)
        if len(claimed) != len(model.claims):
            wrong.append(f"{len(claimed)} claims it that came in time, not {len(model.claims)}")
        there = [row for row in copies if self._exists(row["object"])]
        if model.outcome is None and surely and (hold["purged_at"] or len(there) != len(copies)):
            wrong.append(f"its copy was destroyed{', though process claims it' if model.claimed else ''}")
        if model.outcome is not None and (hold["purged_at"] is None or there):
            wrong.append("its copy is still there")
        ordered = model.outcome in ("rejected", "withdrawn", "not_authentic")
        if hold["purged_at"] and not ordered and hold["purged_at"] < model.until - within:
            wrong.append(f"it was purged at {hold['purged_at']}, before its end {model.until}")
        return wrong

    async def _waiting(self, case: Case, row: _Row, now: datetime) -> list[str]:
        """Nothing waits without a person's queue or a clock; the record and Temporal agree what is open."""
        main, *_ = machines(case)
        wrong, running = [], {}
        for machine in machines(case):
            try:
                described = await self._world.client.get_workflow_handle(machine).describe()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    continue
                raise
            if described.status is WorkflowExecutionStatus.RUNNING:
                running[machine] = {pair.key.name: pair.value for pair in described.typed_search_attributes}
            elif described.status is not WorkflowExecutionStatus.COMPLETED:
                wrong.append(f"{machine} is {described.status}")
        if (main in running) != (row["outcome"] is None):
            wrong.append(
                f"its outcome is {row['outcome']}, and its machine {'runs' if main in running else 'does not'}"
            )
        for machine, shown in running.items():
            queue, deadline = shown.get("CaseQueue"), shown.get("CaseDeadline")
            time = now if machine.startswith("notice/") else case.clock(now)
            by_clock = queue in ("agency", "clock") and deadline is not None and deadline > time - CLOSE_CALL
            serves = queue == "machine" and shown.get("CasePhase") == "claimed"
            if not (queue in _PERSONS or by_clock or serves):
                wrong.append(f"{machine} waits for nobody: {shown}")
        return wrong

    async def whole_record(self, cases: Sequence[Case]) -> None:
        """The chain has no gap, messages are there or gone as promised, and nobody else's case gave anything out."""
        seq, previous = 0, "0" * 64
        columns = "seq, ref, step, kind, at, detail::text AS detail, content_sha256, prev, hash"
        for event in self._rows(f"SELECT {columns} FROM events ORDER BY seq"):  # noqa: S608 - our own columns
            assert (event["seq"], event["prev"]) == (seq + 1, previous), f"event {event['seq']} is not in line"
            assert event["hash"] == event_hash(event), f"event {event['seq']} says something else"
            seq, previous = event["seq"], event["hash"]
        for raw in self._kept:
            assert self._exists(sha256(raw).hexdigest()), "a message that was answered 250 is lost"
        for raw in self._refused:
            assert not self._exists(sha256(raw).hexdigest()), "a message from no official address is kept"
        refs = [case.ref for case in cases]
        for ref in {case.ref for case in cases}:
            opened = self._rows("SELECT 1 FROM events WHERE ref = %s AND kind = 'case_opened'", ref)
            assert len(opened) == refs.count(ref) == 1, f"{ref} was opened {len(opened)} times"

    def _letters(self) -> Sequence[Letter]:
        """Every letter in the sink; one that has been read is not read again."""
        names = {path.name for path in self._world.sink.glob("*.eml")}
        if names != self._seen:
            self._seen, self._sent = names, list(letters(self._world.sink))
        return self._sent

    def _exists(self, sha256_hex: str) -> bool:
        return (self._world.settings.state_dir / "objects" / sha256_hex[:2] / sha256_hex[2:]).exists()

    def _rows(self, query: str, *values: object) -> list[_Row]:
        return self._sql.execute(query.encode(), values).fetchall()
