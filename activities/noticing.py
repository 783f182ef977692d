"""Telling users: why not yet, the notice itself with a copy of the request, and their objection (N1, N2)."""

import hashlib
import secrets
from pathlib import PurePosixPath

from temporalio import activity

from activities.arrivals import arrival_for, owed_process
from activities.clocks import is_stopped
from activities.ports import AppliedRestriction, CaseFile, CaseLedger, LetterWriter, NoticeState
from activities.record import (
    Attachment,
    Entry,
    Letter,
    NoticeDelayed,
    NoticeGivenUp,
    NoticeReturned,
    ObjectionMade,
    SilenceOrdered,
    UserTold,
    WindowMoved,
)
from activities.steps import done, refuse
from contract.ids import notice_desk
from contract.messages import MailResult, NoticeStep, OrderResult, OrderStep, TakeBackStep
from policy.findings import Document, DocumentKind
from policy.letters import LetterName
from policy.notice import gag_holds
from policy.orders import OWN, Order
from policy.records import Account
from policy.request import Gag, request_facts
from policy.statements import Verdict
from policy.triage import Destination, Kept
from policy.vocabulary import Phase, RequestKind


class Noticing:
    """Steps of one account's notice."""

    def __init__(self, ledger: CaseLedger, letters: LetterWriter, public_url: str) -> None:
        self._ledger = ledger
        self._letters = letters
        self._public_url = public_url

    @activity.defn
    async def delay(self, step: NoticeStep) -> None:
        """Record that the user must not be told, and until when; no end means that a person decides (N2)."""
        await self._ledger.commit(
            Entry(ref=step.ref, step=step.step, at=step.at, changes=(NoticeDelayed(n=step.n, until=step.until),))
        )

    @activity.defn
    async def order(self, step: OrderStep) -> OrderResult:
        """A further order with its number, if the message is one for this case (N2): by the record, not the signal."""
        case = await self._ledger.case(step.ref)
        if known := _order_of(case, step.message_id):
            return OrderResult(order=known)
        order = await arrival_for(self._ledger, case, step.message_id, Destination.GAG_ORDER)
        process = await owed_process(self._ledger, case, step.message_id)
        order = order or process
        if order is None:
            return OrderResult()
        facts = request_facts(order.reading.facts)
        if order is process and facts.gag is Gag.NONE:
            return OrderResult()
        n = max((known.n for known in case.orders), default=OWN) + 1
        ordered = SilenceOrdered(n=max(n, OWN + 1), message_id=step.message_id, until=facts.gag_end(order.received_at))
        name = f"order-{step.message_id[:16]}"
        await self._ledger.commit(Entry(ref=step.ref, step=name, at=step.at, changes=(ordered,)))
        return OrderResult(order=_order_of(await self._ledger.case(step.ref), step.message_id))

    @activity.defn
    async def tell(self, step: NoticeStep) -> None:
        """Write the notice to the account's own address, with a copy of the request (N1, X3), or to the one that a
        reviewer stated after it had come back.

        The record is asked once more whether a gag holds: no machine's mistake may tell a user too early.
        """
        case = await self._ledger.case(step.ref)
        if done(case, step.step):
            return
        notice = next((notice for notice in case.notices if notice.n == step.n), None)
        if notice and notice.delayed_until is not None and gag_holds(step.at, notice.delayed_until):
            refuse("GagHolds", f"N2: notice {step.n} may not be given before {notice.delayed_until.isoformat()}")
        account, token = await self._reached(case, self._account(case, step.n)), None
        if case.restriction is None:
            letter = self._letter(case, account, step, notice)
        else:
            lasts = case.restriction.lifted_at is None and step.at < case.restriction.until
            token = secrets.token_urlsafe(32) if lasts else None
            letter = self._restricted(case, case.restriction, account, token)
        told = UserTold(
            n=step.n,
            objection_until=step.until,
            appeal_token=hashlib.sha256(token.encode()).hexdigest() if token else None,
        )
        phase = Phase.OBJECTION_WINDOW if step.until else None
        await self._ledger.commit(
            Entry(ref=step.ref, step=step.step, at=step.at, phase=phase, changes=(told,), letters=(letter,))
        )

    @activity.defn
    async def take_back(self, step: TakeBackStep) -> bool:
        """Whether the notice that this step gave has come back, by the record; then its user has not been told (N1)."""
        if not await self._ledger.came_back(step.ref, step.given):
            return False
        returned = NoticeReturned(n=step.n)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(returned,)))
        return True

    @activity.defn
    async def give_up(self, step: NoticeStep) -> None:
        """Record that a reviewer stated that this user cannot be told (N1)."""
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(NoticeGivenUp(n=step.n),)))

    @activity.defn
    async def stopped(self, step: NoticeStep) -> bool:
        """Whether a reviewer has stopped the clocks of the case or of this notice, by the record (N3)."""
        return is_stopped(await self._ledger.case(step.ref), step.n)

    @activity.defn
    async def move_window(self, step: NoticeStep) -> None:
        """Record until when objections are heard, now that the clocks go on (N1, N3)."""
        if step.until is None:
            refuse("NoWindow", "an objection window that goes on has an end")
        moved = WindowMoved(n=step.n, until=step.until)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(moved,)))

    @activity.defn
    async def heard(self, step: NoticeStep) -> MailResult:
        """Whether mail received before the window closed waits to be read, or waits for a person with the case since
        a user wrote it, or somebody for one (N1)."""
        if step.until is None:
            refuse("NoWindow", "an objection window has an end")
        until, case = step.until, await self._ledger.case(step.ref)
        return MailResult(
            unread=await self._ledger.unread_mail_before(until),
            unconfirmed=any(mail.why is Kept.FROM_USER and mail.received_at < until for mail in case.mail),
        )

    @activity.defn
    async def object(self, step: NoticeStep) -> None:
        """Record that the user objected within the window (N1)."""
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(ObjectionMade(n=step.n),)))

    def _letter(self, case: CaseFile, account: Account, step: NoticeStep, notice: NoticeState | None) -> Letter:
        facts = request_facts(case.facts)
        if case.kind is RequestKind.EMERGENCY:
            return self._after_emergency(case, account, facts.agency_name or "")
        if case.approved is None or case.approved.process is None:
            refuse("NotApproved", "a user is told of what was approved, and nothing is")
        context: dict[str, object] = {
            "ref": case.ref,
            "agency": facts.agency_name or "",
            "process": case.approved.process,
            "classes": case.approved.classes,
        }
        if step.until is not None:
            name, context["objection_until"] = LetterName.USER_NOTICE, step.until
        else:
            name, context["disclosed"] = LetterName.USER_NOTICE_AFTER_GAG, case.production is not None
        return _with_copies(case, self._letters.write(name, account.email, context, account.language))

    def _restricted(self, case: CaseFile, applied: AppliedRestriction, account: Account, token: str | None) -> Letter:
        """What is restricted, on what basis, until when, and the link by which to appeal (X3)."""
        facts = request_facts(case.facts)
        context = {
            "ref": case.ref,
            "agency": facts.agency_name or "",
            "basis": facts.basis or "",
            "measure": applied.restriction.measure,
            "territory": applied.restriction.reach,
            "since": applied.since,
            "until": applied.lifted_at or applied.until,
            "link": f"{self._public_url}/appeal/{token}" if token else None,
        }
        letter = self._letters.write(LetterName.RESTRICTED_NOTICE, account.email, context, account.language)
        return _with_copies(case, letter)

    def _after_emergency(self, case: CaseFile, account: Account, agency: str) -> Letter:
        """Without the request: it names whoever was in danger."""
        if case.approved is None or case.production is None:
            refuse("NotDisclosed", "a user is told of an emergency's disclosure, and there was none")
        context = {
            "ref": case.ref,
            "agency": agency,
            "classes": case.approved.classes,
            "disclosed_at": case.production.made_at,
        }
        return self._letters.write(LetterName.USER_NOTICE_AFTER_EMERGENCY, account.email, context, account.language)

    async def _reached(self, case: CaseFile, account: Account) -> Account:
        """The account at the address that a reviewer stated last, after a notice had come back; else at its own."""
        stated = [
            d.signed.statement.reason
            for d in case.decisions
            if d.accepted
            and d.signed.statement.verdict is Verdict.READDRESS
            and d.step.startswith(notice_desk(account.n))
        ]
        address = await self._ledger.reason(stated[-1]) if stated and stated[-1] else None
        return account.model_copy(update={"email": address}) if address else account

    def _account(self, case: CaseFile, n: int) -> Account:
        account = next((account for account in case.accounts if account.n == n), None)
        if account is None:
            refuse("NoSuchAccount", f"the record has no account {n}")
        return account


def _suffix(document: Document) -> str:
    """How the copy's file name ends. What a sender calls a file counts only where it is an image that was taken in."""
    if document.kind is not DocumentKind.IMAGE:
        return ".pdf"
    called = PurePosixPath(document.name).suffix.lower()
    return called if called in _IMAGE_SUFFIXES else ".image"


_IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp", ".heic", ".avif"})


def _order_of(case: CaseFile, message_id: str) -> Order | None:
    """The further order that this message brought, as it was received."""
    found = (order for order in case.orders if order.message_id == message_id and order.n != OWN)
    return next((Order(n=order.n, until=order.until) for order in found), None)


def _with_copies(case: CaseFile, letter: Letter) -> Letter:
    """The letter with a copy of the request (N1)."""
    copies = tuple(
        Attachment(sha256=document.sha256, name=f"{case.ref}-request-{number}{_suffix(document)}")
        for number, document in enumerate((d for d in case.documents if d.accepted), start=1)
    )
    return letter.model_copy(update={"attachments": copies})
