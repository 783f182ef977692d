"""The judge. It reads the mail sink's files, the object store's files and SQL, and imports nothing of the product."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.soak.evidence import Evidence, Letter, event_hash, letters, sha256_of, signature_holds

_LINK = re.compile(r"/d/([\w-]{20,})")
_NOTICES = frozenset({"user_notice", "user_notice_after_gag"})
#: A hold's copy is destroyed at its end: later than that only by what the purge itself takes.
_PURGED_WITHIN = timedelta(days=1)
_OBJECTION_DAYS = 7

PROMISES = {
    "I1": "at most one disclosure for each approved scope, to the right recipient",
    "I2": "no disclosure without valid approvals",
    "I3": "every message that was answered 250 exists, byte for byte",
    "I4": "no user notice under a gag, and exactly one after it",
    "I5": "holds last exactly 90 or 180 days",
    "I6": "the chain verifies",
}


@dataclass
class Verdict:
    """For each promise how often it was looked at, and every time that it was broken."""

    finished: int = 0
    unfinished: list[str] = field(default_factory=list)
    looked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PROMISES, 0))
    broken: list[str] = field(default_factory=list)

    def expect(self, promise: str, kept: bool, sentence: str) -> None:
        self.looked[promise] += 1
        if not kept:
            self.broken.append(f"{promise}: {sentence}")


_Row = dict[str, Any]


def judge(evidence: Evidence) -> Verdict:
    """Look at everything."""
    return Oracle(evidence).judge()


class Oracle:
    """Judges one run's evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self._folder = evidence.folder
        self._plan: list[_Row] = json.loads((evidence.folder / "plan.json").read_text(encoding="utf-8"))
        self._letters = list(letters(evidence.state_dir / "mail"))
        objects = (evidence.state_dir / "objects").rglob("*")
        self._objects = {sha256_of(path): path for path in objects if path.is_file()}
        self._dsn = evidence.dsn
        self._verdict = Verdict()

    def judge(self) -> Verdict:
        """Look at everything."""
        with psycopg.connect(self._dsn, row_factory=dict_row) as self._sql:
            refs = {row["object"]: row["ref"] for row in self._rows("SELECT object, ref FROM messages")}
            self._mail_is_kept()
            for planned in self._plan:
                ref = refs.get(planned["sha256"])
                if ref is None:
                    self._verdict.unfinished.append(planned["mail"])
                    continue
                self._case(planned, ref)
            self._strays({ref for ref in refs.values() if ref})
            self._chain()
        return self._verdict

    def _case(self, planned: _Row, ref: str) -> None:
        (case,) = self._rows("SELECT * FROM cases c JOIN messages m USING (message_id) WHERE c.ref = %s", ref)
        if case["outcome"] == planned["outcome"]:
            self._verdict.finished += 1
        else:
            self._verdict.unfinished.append(f"{ref} ({planned['kind']}): {case['outcome'] or case['phase']}")
        self._disclosures(planned, ref)
        self._notices(planned, ref, case)
        if planned["hold_days"]:
            self._hold(planned, ref, case)

    # I1, I2

    def _disclosures(self, planned: _Row, ref: str) -> None:
        sent = self._named(ref, {"production_ready"})
        made = self._rows("SELECT * FROM productions WHERE ref = %s", ref)
        approved = self._rows("SELECT * FROM approved_scopes WHERE ref = %s", ref)
        links = {link for letter in sent for link in _LINK.findall(letter.body)}
        expect = self._verdict.expect
        expect("I1", len(links) <= len(approved), f"{ref} gave {len(links)} links for {len(approved)} approved scopes")
        expect("I1", len({row["scope"] for row in made}) == len(made), f"{ref} has two productions of one scope")
        expect("I1", {letter.to for letter in sent} <= {planned["sender"]}, f"{ref} was disclosed to somebody else")
        known = {row["token_sha256"] for row in made}
        given = {hashlib.sha256(link.encode()).hexdigest() for link in links}
        expect("I1", given <= known, f"{ref} gave a link that the record does not have")
        packages = {row["package"] for row in made}
        expect("I1", packages <= self._objects.keys(), f"{ref} has no package, or not the one recorded")
        for scope in {row["scope"] for row in made} or ({"?"} if sent else set()):
            self._approvals(planned, ref, scope)

    def _approvals(self, planned: _Row, ref: str, scope: str) -> None:
        said = self._rows(
            "SELECT d.*, r.public_key, r.roles FROM decisions d JOIN roster r ON r.id = d.by "
            "WHERE d.ref = %s AND accepted",
            ref,
        )
        verified = {d["person"] for d in said if d["verdict"] == "authentic" and "verifier" in d["roles"]}
        approved = {
            d["person"]
            for d in said
            if d["verdict"] == "approve" and "reviewer" in d["roles"] and d["signed"]["statement"]["scope"] == scope
        }
        expect = self._verdict.expect
        needed = planned["approvals"]
        expect("I2", 0 < needed <= len(approved), f"{ref} was disclosed with {len(approved)} approvals of {needed}")
        expect("I2", bool(verified) and not verified & approved, f"{ref}: who verified it approved it, or nobody did")
        for decision in said:
            own = decision["signed"]["statement"]["ref"] == ref
            expect("I2", own and signature_holds(decision), f"{ref}: a signature that counted does not hold")

    # I3

    def _mail_is_kept(self) -> None:
        for path in sorted((self._folder / "sent").iterdir()):
            kept = self._objects.get(sha256_of(path))
            same = kept is not None and kept.read_bytes() == path.read_bytes()
            self._verdict.expect("I3", same, f"{path.name} was answered 250 and is not there byte for byte")

    # I4

    def _notices(self, planned: _Row, ref: str, case: _Row) -> None:
        told = self._named(ref, _NOTICES)
        ids = {letter.message_id for letter in told}
        people = self._rows("SELECT DISTINCT email FROM accounts WHERE ref = %s", ref)
        expect = self._verdict.expect
        if case["outcome"] != "produced":
            expect("I4", not ids, f"{ref} told a user, and nothing was given")
            return
        expect("I4", len(ids) == len(people) == 1, f"{ref} told {len(ids)} times of {len(people)} users")
        expect("I4", {letter.to for letter in told} == {p["email"] for p in people}, f"{ref} told somebody else")
        if planned["gag_days"]:
            gagged_until = case["received_at"] + timedelta(days=planned["gag_days"])
            early = [letter for letter in told if letter.at < gagged_until.replace(microsecond=0)]
            expect("I4", not early, f"{ref} told a user under a gag")
        else:
            produced = min((letter.at for letter in self._named(ref, {"production_ready"})), default=None)
            window = max((letter.at for letter in told), default=datetime.max.replace(tzinfo=UTC))
            heard = produced is not None and produced - window >= timedelta(days=_OBJECTION_DAYS)
            expect("I4", heard, f"{ref} was produced before the user could object")

    # I5

    def _hold(self, planned: _Row, ref: str, case: _Row) -> None:
        expect = self._verdict.expect
        for hold in self._rows("SELECT * FROM holds WHERE ref = %s", ref):
            lasts = hold["until"] - case["received_at"]
            expect("I5", lasts == timedelta(days=planned["hold_days"]), f"{ref} is held for {lasts}")
            if hold["purged_at"] is None:
                continue
            late = hold["purged_at"] - hold["until"]
            expect("I5", timedelta(0) <= late < _PURGED_WITHIN, f"{ref} was purged {late} after its end")
            gone = self._rows("SELECT object, certificate FROM snapshots WHERE ref = %s", ref)
            expect("I5", not {s["object"] for s in gone} & self._objects.keys(), f"{ref}: the purged copy is there")
            expect("I5", {s["certificate"] for s in gone} <= self._objects.keys(), f"{ref} has no certificate")

    # I6

    def _chain(self) -> None:
        columns = "seq, ref, step, kind, at, detail::text AS detail, content_sha256, prev, hash"
        last_seq, last_hash = 0, "0" * 64
        for row in self._rows(f"SELECT {columns} FROM events ORDER BY seq"):  # noqa: S608 - our own columns
            linked = row["seq"] == last_seq + 1 and row["prev"] == last_hash
            self._verdict.expect("I6", linked and row["hash"] == event_hash(row), f"event {row['seq']} is not in line")
            last_seq, last_hash = row["seq"], row["hash"]
        (head,) = self._rows("SELECT seq, hash FROM chain_head")
        self._verdict.expect("I6", (head["seq"], head["hash"]) == (last_seq, last_hash), "the chain's end was cut off")

    def _strays(self, refs: set[str]) -> None:
        """Letters about no case of ours, and links in letters that are no production's."""
        for letter in self._letters:
            self._verdict.expect("I1", letter.ref in refs, f"a letter about {letter.ref}, which nobody asked for")
            hidden = letter.name != "production_ready" and _LINK.search(letter.body)
            self._verdict.expect("I1", not hidden, f"{letter.ref}: a link in a letter {letter.name}")

    def _named(self, ref: str, names: set[str] | frozenset[str]) -> list[Letter]:
        return [letter for letter in self._letters if letter.ref == ref and letter.name in names]

    def _rows(self, query: str, *values: object) -> list[_Row]:
        return self._sql.execute(query.encode(), values).fetchall()
