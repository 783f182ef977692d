"""The production: the approved records, packed and certified, stored once, and the agency sent its link (PR1, PR3)."""

import hashlib
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

from temporalio import activity

from activities.ports import CaseFile, CaseLedger, Conflict, LetterWriter, ObjectStore, Packager, PackageRequest
from activities.record import Entry, ProductionMade
from activities.steps import agency_letter, alive, costs_of, done, refuse
from contract.messages import ProductionResult, Step
from policy.book import policy_book
from policy.certificates import how_returned, to_return
from policy.channels import obstacle
from policy.decisions import approvals_needed
from policy.emergency import unfounded
from policy.letters import LetterName
from policy.process import excess
from policy.records import Snapshot, released
from policy.request import request_facts
from policy.scope import Scope
from policy.scrutiny import closer_look
from policy.vocabulary import Phase, RequestKind


class Producing:
    """The one step that discloses. It checks the approvals against the record again, whatever led to it."""

    def __init__(
        self, ledger: CaseLedger, store: ObjectStore, packager: Packager, letters: LetterWriter, public_url: str
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._packager = packager
        self._letters = letters
        self._public_url = public_url

    @activity.defn
    async def produce(self, step: Step) -> ProductionResult:
        """Write and store the package of the approved scope. At most one for each approved scope, and none while the
        case is frozen: where its sender is blocked in the same moment, the record decides which came first (S1).

        The link's token is drawn here and leaves only in the letter; the record keeps its hash.
        """
        case = await self._ledger.case(step.ref)
        if done(case, step.step):
            return ProductionResult(made=True)
        if case.frozen_at is not None:
            return ProductionResult(made=False)
        scope = _approved_scope(case)
        with tempfile.TemporaryDirectory(prefix="production-") as folder:
            async with alive():
                request, objects = await self._contents(case, scope, step)
                package = await self._packager.pack(request, objects, Path(folder))
            size = package.stat().st_size
            sha256 = await self._store.put_file(package)
        token = secrets.token_urlsafe(32)
        expires_at = step.at + timedelta(days=policy_book(step.policy).link_days)
        made = ProductionMade(
            scope=scope.digest(),
            package=sha256,
            size=size,
            records=len(request.records),
            token_sha256=hashlib.sha256(token.encode()).hexdigest(),
            link_expires_at=expires_at,
            certificates=tuple(c.completed for c in request.certificates if c.completed is not None),
        )
        letter = agency_letter(
            self._letters,
            case,
            _LETTER.get(case.kind, LetterName.PRODUCTION_READY),
            link=f"{self._public_url}/d/{token}",
            expires_at=expires_at,
            size=size,
            sha256=sha256,
            costs=costs_of(case),
            certificates=how_returned(request.certificates),
        )
        entry = Entry(
            ref=step.ref, step=step.step, at=step.at, phase=Phase.PRODUCTION, changes=(made,), letters=(letter,)
        )
        try:
            await self._ledger.commit(entry)
        except Conflict:
            if (await self._ledger.case(step.ref)).frozen_at is None:
                raise
            return ProductionResult(made=False)
        return ProductionResult(made=True)

    async def _contents(self, case: CaseFile, scope: Scope, step: Step) -> tuple[PackageRequest, dict[str, bytes]]:
        if case.snapshot is None:
            refuse("SnapshotMissing", "nothing was copied for this case, so nothing can be produced")
        snapshot = Snapshot.model_validate_json(await self._store.get(case.snapshot.object))
        records = released(snapshot, scope)
        certificates = to_return(case.documents, case.certificates)
        enclosed = {sha256 for each in certificates for sha256 in (each.form, each.completed) if sha256 is not None}
        recordings = {record.media for record in records if record.media}
        objects = {sha256: await self._store.get(sha256) for sha256 in recordings | enclosed}
        facts = request_facts(case.facts)
        request = PackageRequest(
            ref=case.ref,
            scope=scope,
            approved_by=case.approved_by,
            agency_name=facts.agency_name or "",
            officer_name=facts.officer_name or "",
            case_number=facts.case_number or "",
            process_sha256=tuple(document.sha256 for document in case.documents if document.accepted),
            certificates=certificates,
            snapshot=snapshot,
            records=records,
            made_at=step.at,
        )
        return request, objects


#: What the agency is sent, where it is not the usual letter: an emergency's says on what the disclosure rests.
_LETTER = {RequestKind.EMERGENCY: LetterName.EMERGENCY_PRODUCTION}


def _approved_scope(case: CaseFile) -> Scope:
    """The approved scope, if the record has every approval it needs and its process compels it (U3, U4, F2), or an
    emergency was confirmed and believed (E1).

    Raises:
        ApplicationError: it does not; nothing is disclosed, and a person must look.
    """
    if case.approved is None:
        refuse("NotApproved", "no approved scope is in the record")
    closer = bool(closer_look(request_facts(case.facts), policy_book(case.policy_version)))
    if len(set(case.approved_by)) < approvals_needed(case.kind, case.approved, closer=closer):
        refuse("NotApproved", "the record has fewer approvals than this scope needs")
    if beyond := excess(case.approved):
        refuse("ExceedsProcess", beyond)
    process, country, book = case.approved.process, case.approved.country, policy_book(case.policy_version)
    if blocked := obstacle(process, country, case.envelope.received_at, book):
        refuse("ExceedsProcess", f"{blocked.clause.value}: it needs {blocked.detail}")
    if case.kind is RequestKind.EMERGENCY:
        accepted = [decision.signed.statement for decision in case.decisions if decision.accepted]
        if lacking := unfounded(accepted, case.approved_by):
            refuse("NotApproved", lacking)
    return case.approved
