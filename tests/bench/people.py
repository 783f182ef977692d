"""The people who decide, with keys of their own."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from activities.ports import CaseFile
from contract.signing import public_key_of, sign
from ledger.roster import Roster
from policy.directory import number_id
from policy.request import request_facts
from policy.scope import scope_of
from policy.statements import Check, SignedStatement, Statement, Verdict
from policy.vocabulary import Clause, Role
from runtime.services import Services
from starter.desk import nonce

_SEEN = (Check.SIGNATURE_SEEN, Check.CALLED_BACK, Check.BADGE_CHECKED)


class People:
    """One verifier and two reviewers, whose keys are on the roster."""

    def __init__(self) -> None:
        self._keys = {role: Ed25519PrivateKey.generate() for role in ("verifier", "reviewer", "second")}
        self._ids: dict[str, str] = {}
        self._called: str | None = None

    async def enlist(self, services: Services, now: datetime) -> None:
        roster = Roster(services.engine)
        agency = (await services.casebook.directory()).agency_of("police.springfield.gov.example")
        self._called = number_id(agency.numbers[0]) if agency else None
        for name, key in self._keys.items():
            roles = [Role.VERIFIER if name == "verifier" else Role.REVIEWER]
            self._ids[name] = (await roster.add(name, public_key_of(key), roles, now)).id

    def sign(self, who: str, verdict: Verdict, ref: str, scope: str, at: datetime) -> SignedStatement:
        statement = Statement(
            ref=ref,
            by=self._ids[who],
            verdict=verdict,
            scope=scope,
            checks=_SEEN if verdict is Verdict.AUTHENTIC else (),
            called=self._called if verdict is Verdict.AUTHENTIC else None,
            grounds=(Clause.R3,) if verdict is Verdict.REJECT else (),
            at=at,
            nonce=nonce(),
        )
        return sign(statement, self._keys[who])

    def on(self, case: CaseFile, who: str, verdict: Verdict, at: datetime) -> SignedStatement:
        """A statement about the case as the record has it now."""
        scope = scope_of(case.ref, request_facts(case.facts), case.review, case.kind).digest()
        return self.sign(who, verdict, case.ref, scope, at)
