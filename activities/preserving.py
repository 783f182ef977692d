"""Copies of records: what is held for an agency (P1-P4), and what was approved before anyone is told."""

from collections.abc import Mapping, Sequence

from temporalio import activity

from activities.arrivals import Arrival, arrival_for
from activities.ports import CaseFile, CaseLedger, Hold, LetterWriter, ObjectStore, RecordSource
from activities.record import (
    Change,
    Entry,
    ExtensionIncomplete,
    ExtensionRefused,
    HoldConfirmed,
    HoldExtended,
    HoldPutOff,
    HoldReleased,
    HoldReviewSet,
    HoldStarted,
    HoldWarned,
    Letter,
    SnapshotTaken,
)
from activities.steps import agency_letter, alive, done, refuse
from contract.messages import ClaimsResult, ExtensionStep, HoldResult, PutOffStep, SnapshotResult, Step, WarnStep
from policy.book import policy_book
from policy.channels import awaits_production, clocks
from policy.letters import LetterName
from policy.preservation import (
    confirmation_missing,
    confirmation_refusal,
    days_left,
    extended_until,
    extension_missing,
    extension_refusal,
    hold_until,
    is_late,
    review_at,
)
from policy.records import Account, Record, Snapshot, of_meetings, released
from policy.request import request_facts
from policy.scope import Scope, scope_of
from policy.triage import Destination
from policy.vocabulary import Outcome, Phase, Purpose


class CopyGone(RuntimeError):
    """What was copied has been destroyed with another case's copy of equal bytes; copying again stores it anew."""


class Preserving:
    """Steps that copy records and keep a hold's clocks."""

    def __init__(self, ledger: CaseLedger, store: ObjectStore, source: RecordSource, letters: LetterWriter) -> None:
        self._ledger = ledger
        self._store = store
        self._source = source
        self._letters = letters

    @activity.defn
    async def hold(self, step: Step) -> HoldResult:
        """Copy every class of record of the accounts named, and start the hold's days from receipt (P1, P3).

        An account that does not exist has nothing to copy; the letter is the same (P4).
        """
        case = await self._ledger.case(step.ref)
        if done(case, step.step):
            if case.hold is None:
                refuse("NoHold", "the record lost the hold that this step began")
            return HoldResult(until=case.hold.until, extended=case.hold.extended)
        facts = request_facts(case.facts)
        async with alive():
            accounts = _distinct(await self._source.resolve(facts.identifiers))
            records = await self._copy_media(await self._source.collect(accounts))
        snapshot = Snapshot(ref=case.ref, taken_at=step.at, accounts=accounts, records=records)
        received_at = case.envelope.received_at
        book = clocks(facts, received_at, policy_book(step.policy))
        until = hold_until(received_at, book)
        started = LetterName.PRESERVATION_STARTED
        await self._keep(
            step,
            snapshot,
            Phase.HELD,
            (HoldStarted(until=until),),
            (agency_letter(self._letters, case, started, until=until, more_days=book.extension_days),),
        )
        return HoldResult(until=until)

    @activity.defn
    async def secure(self, step: Step) -> None:
        """Copy what a request asks for on its receipt, before anyone has looked at it (Regulation (EU)
        2023/1543, art. 10(1)): evidence does not wait. What is approved later is taken from this copy."""
        case = await self._ledger.case(step.ref)
        if not done(case, step.step):
            async with alive():
                await self._copy_scope(case, step, scope_of(case.ref, request_facts(case.facts), case.review), None)

    @activity.defn
    async def copy_approved(self, step: Step) -> SnapshotResult:
        """Copy exactly the approved scope; from the preserved snapshot where a hold was claimed (U2, P3)."""
        case = await self._ledger.case(step.ref)
        if case.frozen_at is not None:
            return SnapshotResult(accounts=(), records=0, frozen=True)
        if not done(case, step.step):
            if case.approved is None:
                refuse("NotApproved", "no approved scope is in the record")
            async with alive():
                await self._copy_scope(case, step, case.approved, Phase.NOTICE)
            case = await self._ledger.case(step.ref)
        snapshot = await self._snapshot(case)
        if snapshot is None:
            refuse("SnapshotMissing", "the record lost the snapshot that this step took")
        return SnapshotResult(accounts=tuple(a.n for a in snapshot.accounts), records=len(snapshot.records))

    async def _copy_scope(self, case: CaseFile, step: Step, scope: Scope, phase: Phase | None) -> None:
        named = await self._source.resolve(scope.identifiers)
        accounts = _distinct(named)
        records = await self._records_of(case, accounts)
        reached = [
            record
            for account in accounts
            for record in of_meetings(
                [record for record in records if record.account == account.n],
                [scope.identifiers[place - 1] for place, found in named.items() if account in found],
            )
        ]
        everything = Snapshot(ref=case.ref, taken_at=step.at, accounts=accounts, records=tuple(reached))
        within = await self._copy_media(released(everything, scope))
        snapshot = everything.model_copy(update={"records": within})
        await self._keep(step, snapshot, phase, (), ())

    async def _records_of(self, case: CaseFile, accounts: Sequence[Account]) -> list[Record]:
        """The accounts' records: as they were preserved, where a claimed hold has them, and otherwise as they are.

        What an earlier review of this case copied is kept as it was then: the user has been told since, and may have
        deleted it.
        """
        kept = _as_kept(await self._snapshot(case), accounts)
        preserved = await self._preserved(case)
        held = {account.email for account in preserved.accounts} if preserved else set()
        fresh = await self._source.collect([account for account in accounts if account.email not in held])
        known = {_apart_from_media(record) for record in kept}
        later = (*_as_kept(preserved, accounts), *fresh)
        return [*kept, *(record for record in later if _apart_from_media(record) not in known)]

    async def _preserved(self, case: CaseFile) -> Snapshot | None:
        """The snapshot of the hold that this case has claimed, if it has one."""
        ref = request_facts(case.facts).preservation_ref
        if ref is None:
            return None
        kept = await self._ledger.case(ref)
        claimed = kept.hold is not None and case.ref in kept.hold.claims
        return await self._snapshot(kept) if claimed else None

    async def _snapshot(self, case: CaseFile) -> Snapshot | None:
        if case.snapshot is None:
            return None
        return Snapshot.model_validate_json(await self._store.get(case.snapshot.object))

    async def _copy_media(self, records: Sequence[Record]) -> tuple[Record, ...]:
        """Store each recording's bytes; one that a preserved snapshot already holds is taken from there."""
        kept: list[Record] = []
        for record in records:
            if "media_key" in record.values and record.media is None:
                media = await self._store.put(await self._source.media_of(record))
                record = record.model_copy(update={"media": media})
            kept.append(record)
        return tuple(kept)

    async def _keep(
        self,
        step: Step,
        snapshot: Snapshot,
        phase: Phase | None,
        changes: tuple[Change, ...],
        letters: tuple[Letter, ...],
    ) -> None:
        media = tuple(sorted({record.media for record in snapshot.records if record.media}))
        taken = SnapshotTaken(
            object=await self._store.put(snapshot.model_dump_json().encode()),
            media=media,
            accounts=snapshot.accounts,
            records=len(snapshot.records),
            taken_at=snapshot.taken_at,
        )

        async def stored() -> None:
            """Equal bytes are one object: a purge that knew nothing of this copy may have destroyed them meanwhile."""
            for sha256 in (taken.object, *taken.media):
                if not await self._store.has(sha256):
                    raise CopyGone(f"object {sha256} was destroyed while it was stored again; the step starts over")

        await self._ledger.commit(
            Entry(ref=step.ref, step=step.step, at=step.at, phase=phase, changes=(taken, *changes), letters=letters),
            stored,
        )

    @activity.defn
    async def extend(self, step: ExtensionStep) -> HoldResult:
        """Rule on an extension request: once, formal, in time (P3). The agency hears either way.

        The confirmation that a European production order has been issued comes the same way, and keeps the hold on
        without an end of its own. One that is not formal is asked for again while there is time. A message that is
        neither for this hold changes nothing and is not answered.
        """
        case = await self._ledger.case(step.ref)
        hold = case.hold
        if hold is None:
            refuse("NoHold", "there is no hold to extend")
        if not done(case, step.step):
            asked = await arrival_for(self._ledger, case, step.message_id, Destination.EXTENSION)
            if asked is None:
                return HoldResult(until=hold.until, extended=hold.extended)
            change, letter = self._ruled(case, hold, asked, step)
            entry = Entry(ref=step.ref, step=step.step, at=step.at, changes=(change,), letters=(letter,))
            await self._ledger.commit(entry)
            case = await self._ledger.case(step.ref)
        return _extended(case, step.step)

    def _ruled(self, case: CaseFile, hold: Hold, asked: Arrival, step: ExtensionStep) -> tuple[Change, Letter]:
        """What becomes of an extension request, or of a confirmation, and the answer to it."""
        running = hold.until if step.at < hold.until else None
        facts, received_at, book = request_facts(case.facts), case.envelope.received_at, policy_book(step.policy)
        formal = any(document.accepted for document in asked.reading.documents)
        frozen, confirmed = case.frozen_at is not None, hold.review_at is not None
        confirms = request_facts(asked.reading.facts).purpose is Purpose.PRODUCTION_CONFIRMED
        if confirms:
            missing = confirmation_missing(formal)
            reason = confirmation_refusal(
                received_at=asked.received_at,
                until=hold.until,
                certificate=awaits_production(facts, received_at, book),
                frozen=frozen,
                confirmed=confirmed,
            )
        else:
            missing = extension_missing(formal)
            reason = extension_refusal(
                received_at=asked.received_at,
                until=hold.until,
                extended=hold.extended,
                frozen=frozen,
                confirmed=confirmed,
            )
        if reason is None and missing is not None and running is not None:
            letter = agency_letter(
                self._letters, case, LetterName.EXTENSION_INCOMPLETE, items=(missing,), until=running
            )
            return ExtensionIncomplete(message_id=step.message_id, reason=missing), letter
        reason = reason or missing
        if reason is not None:
            by_refs = () if running else hold.claims
            letter = agency_letter(
                self._letters, case, LetterName.EXTENSION_REFUSED, reason=reason, until=running, by_refs=by_refs
            )
            if confirmed:  # It needs none: what keeps it is said again.
                letter = agency_letter(self._letters, case, LetterName.PRESERVATION_CONFIRMED)
            return ExtensionRefused(message_id=step.message_id, reason=reason), letter
        late = is_late(asked.received_at, hold.until, book)
        if confirms:
            letter = agency_letter(self._letters, case, LetterName.PRESERVATION_CONFIRMED)
            looked_at = review_at(asked.received_at, book)
            return HoldConfirmed(review_at=looked_at, message_id=step.message_id, late=late), letter
        until = extended_until(hold.until, clocks(facts, received_at, book))
        letter = agency_letter(self._letters, case, LetterName.PRESERVATION_EXTENDED, until=until)
        return HoldExtended(until=until, message_id=step.message_id, late=late), letter

    @activity.defn
    async def warn(self, step: WarnStep) -> None:
        """Warn the agency that the hold ends in so many days (P3)."""
        case = await self._ledger.case(step.ref)
        if case.hold is None:
            refuse("NoHold", "there is no hold to warn of")
        book = clocks(request_facts(case.facts), case.envelope.received_at, policy_book(case.policy_version))
        letter = agency_letter(
            self._letters,
            case,
            LetterName.PRESERVATION_WARNING,
            until=case.hold.until,
            more_days=None if case.hold.extended else book.extension_days,
            days_left=days_left(step.at, case.hold.until),
        )
        change = HoldWarned(days_left=step.days_left)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(change,), letters=(letter,)))

    @activity.defn
    async def claims(self, step: Step) -> ClaimsResult:
        """Which requests the hold serves, and which of them have ended: by the record, whatever a signal said (P3)."""
        return await self._claims(await self._ledger.case(step.ref))

    @activity.defn
    async def release(self, step: Step) -> ClaimsResult:
        """Requests that had claimed the hold have ended: they need it no longer. After the last of them the hold's own
        end counts again (P3). Returns those that it still serves."""
        case = await self._ledger.case(step.ref)
        claims = await self._claims(case)
        if claims.ended:
            await self._ledger.commit(
                Entry(
                    ref=step.ref,
                    step=step.step,
                    at=step.at,
                    phase=Phase.HELD if claims.ended == claims.by_refs else None,
                    changes=tuple(HoldReleased(by_ref=ref) for ref in claims.ended),
                )
            )
            claims = await self._claims(await self._ledger.case(step.ref))
        return claims

    async def _claims(self, case: CaseFile) -> ClaimsResult:
        refs = case.hold.claims if case.hold else ()
        outcomes = {ref: (await self._ledger.case(ref)).outcome for ref in refs}
        return ClaimsResult(
            by_refs=refs,
            ended=tuple(ref for ref in refs if outcomes[ref] is not None),
            produced=Outcome.PRODUCED in outcomes.values(),
        )

    @activity.defn
    async def put_off(self, step: PutOffStep) -> None:
        """Record the hold's end, now that its clock goes on with what time was left (N3, P3)."""
        change = HoldPutOff(until=step.until)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(change,)))

    @activity.defn
    async def set_review(self, step: PutOffStep) -> None:
        """Record when a reviewer looks at a hold that is kept for a confirmed production order (P3)."""
        change = HoldReviewSet(review_at=step.until)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(change,)))


def _extended(case: CaseFile, step: str) -> HoldResult:
    """The hold as the record has it, and whether this step extended it or kept it on."""
    if case.hold is None:
        refuse("NoHold", "the record lost the hold that this step ruled on")
    kinds = ("hold_extended", "hold_confirmed")
    ruled = next((e for e in case.events if e.step == step and e.kind in kinds), None)
    return HoldResult(
        until=case.hold.until,
        extended=case.hold.extended,
        granted=ruled is not None and ruled.kind == "hold_extended",
        late=ruled is not None and bool(ruled.detail.get("late")),
        confirmed=ruled is not None and ruled.kind == "hold_confirmed",
        review_at=case.hold.review_at,
    )


def _distinct(named: Mapping[int, Sequence[Account]]) -> tuple[Account, ...]:
    """Every account that any identifier names, once, in the order of its number in the case."""
    accounts = {account.n: account for found in named.values() for account in found}
    return tuple(accounts[n] for n in sorted(accounts))


def _as_kept(snapshot: Snapshot | None, accounts: Sequence[Account]) -> list[Record]:
    """A snapshot's records of these accounts, under the numbers that the accounts have now."""
    if snapshot is None:
        return []
    now = {account.email: account.n for account in accounts}
    renumbered = {account.n: now[account.email] for account in snapshot.accounts if account.email in now}
    return [
        record.model_copy(update={"account": renumbered[record.account]})
        for record in snapshot.records
        if record.account in renumbered
    ]


def _apart_from_media(record: Record) -> str:
    """What makes a record this one; where its bytes are stored does not."""
    return record.model_copy(update={"media": None}).model_dump_json()
