"""What each change does to the tables. Exhaustive: a new kind of change does not compile until its rows are decided."""

from typing import assert_never

from sqlalchemy import Update, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.record import (
    AgencyReminded,
    AppealMade,
    AppealsAnswered,
    CaseClosed,
    CaseFrozen,
    CertificateCompleted,
    Change,
    CostsClaimed,
    DecisionRecorded,
    DocumentTaken,
    Entry,
    ExtensionIncomplete,
    ExtensionRefused,
    FactsAmended,
    FactsRead,
    FollowUpEnded,
    HoldClaimed,
    HoldConfirmed,
    HoldExtended,
    HoldPutOff,
    HoldReleased,
    HoldReviewSet,
    HoldStarted,
    HoldWarned,
    ItemsMissing,
    LinkRevoked,
    MailAdmitted,
    MailKept,
    MailNoted,
    MailUnconfirmed,
    NoticeDelayed,
    NoticeGivenUp,
    NoticeReturned,
    ObjectionMade,
    OwedProcessArrived,
    PackageFetched,
    ProductionMade,
    RequestWithdrawn,
    RestrictionApplied,
    RestrictionLifted,
    ReviewReopened,
    ScopeApproved,
    SenderSuspected,
    SilenceOrdered,
    SnapshotPurged,
    SnapshotTaken,
    UserTold,
    WindowMoved,
)
from ledger.conflicts import require
from ledger.tables import (
    MailState,
    accounts,
    appeals,
    approved_scopes,
    cases,
    completed_certificates,
    decisions,
    documents,
    facts,
    hold_claims,
    holds,
    kept_mail,
    notices,
    outbox,
    productions,
    restricted_accounts,
    restrictions,
    revoked_links,
    roster,
    silence_orders,
    snapshots,
)
from policy.facts import Fact
from policy.orders import OWN
from policy.statements import Check, Verdict
from policy.vocabulary import Automatic


async def project(connection: AsyncConnection, entry: Entry, change: Change) -> None:
    """Bring the tables to where they stand after this change.

    Raises:
        Conflict: the change does not fit what the record holds.
        IntegrityError: a constraint forbids it; `ledger.conflicts` puts that into words.
    """
    match change:
        case FactsRead():
            await _facts_read(connection, entry, change)
        case FactsAmended():
            await _add_facts(connection, entry, change.facts)
        case ItemsMissing():
            await _case(connection, entry.ref, missing=[clause.value for clause in change.clauses])
        case MailKept():
            await _kept(connection, entry, change)
        case MailAdmitted():
            await connection.execute(_mail(entry.ref, change.message_id).values(state=MailState.ADMITTED.value))
        case DecisionRecorded():
            await _decision(connection, entry, change)
        case DocumentTaken():
            taken = update(documents).where(documents.c.ref == entry.ref, documents.c.sha256 == change.sha256)
            open_scan = taken.where(documents.c.scan, documents.c.taken_by.is_(None))
            values = {"taken_by": change.by, "taken_at": entry.at}
            await _one(connection, open_scan.values(values), "S2: there is no such scan here to take in")
        case ScopeApproved():
            await _scope_approved(connection, entry, change)
        case ReviewReopened():
            await _case(connection, entry.ref, review=change.round)
        case CaseFrozen():
            await _case(connection, entry.ref, review=change.round, frozen_at=entry.at)
        case LinkRevoked():
            await connection.execute(insert(revoked_links).values(ref=entry.ref, scope=change.scope, at=entry.at))
        case SnapshotTaken():
            await _snapshot_taken(connection, entry, change)
        case HoldStarted():
            await connection.execute(insert(holds).values(ref=entry.ref, since=entry.at, until=change.until))
        case HoldExtended():
            await _not_frozen(connection, entry.ref)
            extend = _hold(entry.ref).where(~holds.c.extended, holds.c.until < change.until)
            await _one(
                connection,
                extend.values(until=change.until, extended=True),
                "P3: there is no hold here that can be extended: it is extended once, and to a later end",
            )
        case HoldConfirmed():
            await _not_frozen(connection, entry.ref)
            held = _hold(entry.ref).where(holds.c.purged_at.is_(None))
            await _one(connection, held.values(review_at=change.review_at), "P3: there is no hold here to keep on")
        case HoldReviewSet():
            confirmed = _hold(entry.ref).where(holds.c.review_at.is_not(None), holds.c.purged_at.is_(None))
            await _one(connection, confirmed.values(review_at=change.review_at), "P3: this hold is not a confirmed one")
        case HoldClaimed():
            await _not_frozen(connection, change.by_ref)
            claim = insert(hold_claims).values(ref=entry.ref, by_ref=change.by_ref, claimed_at=entry.at)
            await connection.execute(claim)
        case HoldReleased():
            await _release(connection, entry, change.by_ref)
        case HoldPutOff():
            later = _hold(entry.ref).where(holds.c.until <= change.until, holds.c.purged_at.is_(None))
            await _one(connection, later.values(until=change.until), "P3: a hold is put off, and never made shorter")
        case SnapshotPurged():
            await _purged(connection, entry, change)
        case SilenceOrdered():
            await _silence_ordered(connection, entry, change)
        case NoticeDelayed():
            await _notice(connection, entry.ref, change.n, delayed_until=change.until, undated=change.until is None)
        case UserTold():
            await _told(connection, entry, change)
        case NoticeReturned():
            await _notice(connection, entry.ref, change.n, told_at=None, objection_until=None)
        case NoticeGivenUp():
            await _notice(connection, entry.ref, change.n, given_up_at=entry.at)
        case MailNoted():
            await _returned(connection, entry, change)
        case WindowMoved():
            await _notice(connection, entry.ref, change.n, objection_until=change.until)
        case ObjectionMade():
            await _notice(connection, entry.ref, change.n, objected_at=entry.at)
        case CertificateCompleted():
            await _certificate_completed(connection, entry, change)
        case ProductionMade():
            await _not_frozen(connection, entry.ref)
            await _has_certificates(connection, entry.ref, change.certificates)
            values = change.model_dump(exclude={"certificates"}) | {"ref": entry.ref, "made_at": entry.at}
            await connection.execute(insert(productions).values(values))
        case RestrictionApplied():
            await _restricted(connection, entry, change)
        case RestrictionLifted():
            running = update(restrictions).where(restrictions.c.ref == entry.ref, restrictions.c.lifted_at.is_(None))
            lifted = running.values(lifted_at=entry.at, lifted_for=change.reason.value)
            await _one(connection, lifted, "X2: no restriction is in force here")
        case AppealMade():
            await _appealed(connection, entry, change)
        case AppealsAnswered():
            still_open = update(appeals).where(appeals.c.ref == entry.ref, appeals.c.answered_at.is_(None))
            answered = still_open.where(appeals.c.made_at <= change.made_until)
            await connection.execute(answered.values(answered_at=entry.at, granted=change.granted))
        case PackageFetched():
            await _link_works(connection, entry.ref, change.package)
        case CaseClosed():
            closed = {"outcome": change.outcome.value, "closed_at": entry.at, "retain_until": change.retain_until}
            await _case(connection, entry.ref, **closed)
        case (
            AgencyReminded()
            | CostsClaimed()
            | ExtensionIncomplete()
            | ExtensionRefused()
            | HoldWarned()
            | MailUnconfirmed()
            | RequestWithdrawn()
            | SenderSuspected()
            | OwedProcessArrived()
            | FollowUpEnded()
        ):
            pass  # The event is the record; nothing else changes.
        case _:
            assert_never(change)


async def _facts_read(connection: AsyncConnection, entry: Entry, change: FactsRead) -> None:
    known = (await connection.execute(select(cases.c.reasons).where(cases.c.ref == entry.ref))).scalar_one()
    reasons = [reason.model_dump(mode="json") for reason in change.reasons]
    reasons = [*known, *(reason for reason in reasons if reason not in known)]  # A reply takes back no sign of breadth.
    await _case(connection, entry.ref, sender=change.sender.value, reasons=reasons)
    await _add_facts(connection, entry, change.facts)
    if change.documents:
        rows = [
            document.model_dump(mode="json", exclude={"taken_by"}) | {"ref": entry.ref, "message_id": change.message_id}
            for document in change.documents
        ]
        await connection.execute(insert(documents), rows)


async def _add_facts(connection: AsyncConnection, entry: Entry, added: tuple[Fact, ...]) -> None:
    if added:
        rows = [fact.model_dump(mode="json") | {"ref": entry.ref, "step": entry.step} for fact in added]
        await connection.execute(insert(facts), rows)


async def _decision(connection: AsyncConnection, entry: Entry, change: DecisionRecorded) -> None:
    statement = change.signed.statement
    if change.accepted:
        await _still_counts(connection, entry.ref, change)
    person = select(roster.c.person).where(roster.c.id == statement.by).scalar_subquery()
    await connection.execute(
        insert(decisions).values(
            ref=entry.ref,
            step=entry.step,
            nonce=statement.nonce,
            by=statement.by,
            person=func.coalesce(person, statement.by),
            verdict=statement.verdict.value,
            scope=statement.scope,
            accepted=change.accepted,
            refusal=change.refusal.value if change.refusal else None,
            sentence=change.sentence,
            signed=change.signed.model_dump(mode="json"),
            at=entry.at,
        )
    )

    if change.accepted and statement.message and (state := _RULED.get(statement.verdict)):
        await connection.execute(_mail(entry.ref, statement.message).values(state=state.value))


#: What a statement about a message that waits makes of it.
_RULED = {Verdict.VOUCH: MailState.VOUCHED, Verdict.SET_ASIDE: MailState.SET_ASIDE}


async def _kept(connection: AsyncConnection, entry: Entry, change: MailKept) -> None:
    """A message waits; where it waited before for another reason, it waits anew."""
    values = {"why": change.why.value, "proven": change.proven, "state": MailState.WAITING.value}
    added = upsert(kept_mail).values(
        ref=entry.ref, message_id=change.message_id, received_at=change.received_at, **values
    )
    await connection.execute(added.on_conflict_do_update(constraint=kept_mail.primary_key, set_=values))


def _mail(ref: str, message_id: str) -> Update:
    return update(kept_mail).where(kept_mail.c.ref == ref, kept_mail.c.message_id == message_id)


async def _silence_ordered(connection: AsyncConnection, entry: Entry, change: SilenceOrdered) -> None:
    """An order has its number for good. Only what the request itself says of silence can be corrected (N2)."""
    said = {"until": change.until, "ordered": change.ordered, "at": entry.at}
    added = upsert(silence_orders).values(ref=entry.ref, n=change.n, message_id=change.message_id, **said)
    own = silence_orders.c.n == OWN
    stated = added.on_conflict_do_update(constraint=silence_orders.primary_key, set_=said, where=own)
    taken = (await connection.execute(stated.returning(silence_orders.c.n))).first()
    require(taken is not None, "N2: another order of silence has this number")


async def _still_counts(connection: AsyncConnection, ref: str, change: DecisionRecorded) -> None:
    """An accepted statement is of the review that is current, whatever happened since it was ruled on; a verifier's
    call-back ends a freeze (S1)."""
    review = (await connection.execute(select(cases.c.review).where(cases.c.ref == ref))).scalar_one()
    require(review == change.review, "the review in which this was signed is over; look at the case again")
    statement = change.signed.statement
    if statement.verdict in (Verdict.APPROVE, Verdict.NARROW):
        await _not_frozen(connection, ref)
    elif statement.verdict is Verdict.AUTHENTIC and Check.CALLED_BACK in statement.checks:
        await _case(connection, ref, frozen_at=None)


async def _not_frozen(connection: AsyncConnection, ref: str) -> None:
    """Locks the case as well: whether its sender is blocked before or after this is then certain."""
    query = select(cases.c.frozen_at).where(cases.c.ref == ref).with_for_update()
    frozen_at = (await connection.execute(query)).scalar_one()
    require(frozen_at is None, "S1: the sender is blocked, and nobody has called back since")


async def _certificate_completed(connection: AsyncConnection, entry: Entry, change: CertificateCompleted) -> None:
    made = (await connection.execute(select(exists().where(productions.c.ref == entry.ref)))).scalar_one()
    require(not made, "PR3: the production has been made; a certificate goes with it")
    values = {"ref": entry.ref, "form": change.form, "object": change.completed, "by": change.by, "at": entry.at}
    await connection.execute(insert(completed_certificates).values(values))


async def _has_certificates(connection: AsyncConnection, ref: str, packed: tuple[str, ...]) -> None:
    """A certificate that is taken in while the package is being made is not left out of it."""
    taken = completed_certificates.c
    latest = select(func.max(taken.id)).where(taken.ref == ref).group_by(taken.form)
    objects = await connection.scalars(select(taken.object).where(taken.id.in_(latest)))
    missing = set(objects) - set(packed)
    require(not missing, "PR3: a certificate has been completed since the package was made; it is made anew")


async def _link_works(connection: AsyncConnection, ref: str, package: str) -> None:
    """The lock orders a download and a revocation that come in the same moment."""
    revoked = (
        select(revoked_links.c.scope)
        .join(productions, (productions.c.ref == revoked_links.c.ref) & (productions.c.scope == revoked_links.c.scope))
        .where(productions.c.ref == ref, productions.c.package == package)
    )
    require((await connection.execute(revoked)).first() is None, "S1: this link has been revoked")


async def _scope_approved(connection: AsyncConnection, entry: Entry, change: ScopeApproved) -> None:
    await _not_frozen(connection, entry.ref)
    await connection.execute(
        insert(approved_scopes).values(
            ref=entry.ref,
            scope=change.scope.digest(),
            review=change.scope.round,
            body=change.scope.model_dump(mode="json"),
            approved_by=list(change.approved_by),
            at=entry.at,
        )
    )


async def _snapshot_taken(connection: AsyncConnection, entry: Entry, change: SnapshotTaken) -> None:
    taken = (
        insert(snapshots)
        .values(
            ref=entry.ref,
            object=change.object,
            media=list(change.media),
            records=change.records,
            taken_at=change.taken_at,
        )
        .returning(snapshots.c.id)
    )
    snapshot = (await connection.execute(taken)).scalar_one()
    if change.accounts:
        rows = [account.model_dump() | {"ref": entry.ref, "snapshot": snapshot} for account in change.accounts]
        await connection.execute(insert(accounts), rows)


async def _purged(connection: AsyncConnection, entry: Entry, change: SnapshotPurged) -> None:
    live = update(snapshots).where(snapshots.c.ref == entry.ref, snapshots.c.purged_at.is_(None))
    await _one(
        connection,
        live.values(purged_at=entry.at, certificate=change.certificate),
        "P3: there is no snapshot here to purge",
    )
    await connection.execute(_hold(entry.ref).values(purged_at=entry.at))


async def _restricted(connection: AsyncConnection, entry: Entry, change: RestrictionApplied) -> None:
    applied = change.restriction.model_dump(mode="json") | {"since": change.since, "until": change.until}
    await connection.execute(insert(restrictions).values(ref=entry.ref, applied_at=entry.at, **applied))
    rows = [account.model_dump() | {"ref": entry.ref} for account in change.accounts]
    await connection.execute(insert(restricted_accounts), rows)


async def _appealed(connection: AsyncConnection, entry: Entry, change: AppealMade) -> None:
    """Add an appeal, while there is something to appeal: later ones would wait for ever."""
    in_force = exists().where(restrictions.c.ref == entry.ref, restrictions.c.lifted_at.is_(None))
    require(
        bool(await connection.scalar(select(in_force))), "X3: no restriction is in force here that could be appealed"
    )
    made = insert(appeals).values(
        ref=entry.ref, n=change.n, route=change.route.value, text=change.text, made_at=entry.at
    )
    await connection.execute(made)


async def _notice(connection: AsyncConnection, ref: str, n: int, **values: object) -> None:
    added = upsert(notices).values(ref=ref, n=n, **values)
    await connection.execute(added.on_conflict_do_update(constraint=notices.primary_key, set_=values))


async def _told(connection: AsyncConnection, entry: Entry, change: UserTold) -> None:
    told = {
        "told_at": entry.at,
        "objection_until": change.objection_until,
        "appeal_token": change.appeal_token,
    }
    added = upsert(notices).values(ref=entry.ref, n=change.n, **told)
    once = added.on_conflict_do_update(
        constraint=notices.primary_key, set_=told, where=notices.c.told_at.is_(None)
    ).returning(notices.c.n)
    require((await connection.execute(once)).first() is not None, "N1: this user has been told already")


async def _returned(connection: AsyncConnection, entry: Entry, change: MailNoted) -> None:
    """A letter of the case that a mail system could not deliver has come back; what it was and why is known once."""
    if change.automatic is Automatic.BOUNCE and change.letter is not None:
        letter = update(outbox).where(outbox.c.ref == entry.ref, outbox.c.message_id == change.letter)
        await connection.execute(letter.where(outbox.c.returned_at.is_(None)).values(returned_at=entry.at))


async def _case(connection: AsyncConnection, ref: str, **values: object) -> None:
    await connection.execute(update(cases).where(cases.c.ref == ref).values(**values))


async def _release(connection: AsyncConnection, entry: Entry, by_ref: str) -> None:
    """The request `by_ref` needs the hold no longer."""
    claim = (hold_claims.c.ref == entry.ref) & (hold_claims.c.by_ref == by_ref) & hold_claims.c.released_at.is_(None)
    released = update(hold_claims).where(claim).values(released_at=entry.at)
    await _one(connection, released, "P3: that request does not claim this hold")


def _hold(ref: str) -> Update:
    return update(holds).where(holds.c.ref == ref)


async def _one(connection: AsyncConnection, statement: Update, sentence: str) -> None:
    require((await connection.execute(statement)).rowcount > 0, sentence)
