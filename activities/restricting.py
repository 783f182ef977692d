"""Restricting access and ending it: what the service is told, the record, and the letters (X1 to X3)."""

from temporalio import activity

from activities.ports import AccessControl, AccessOrder, CaseFile, CaseLedger, LetterWriter
from activities.record import AppealsAnswered, Change, Entry, Letter, RestrictionApplied, RestrictionLifted
from activities.silence import orders_of
from activities.steps import agency_letter, done, refuse
from contract.messages import LiftStep, RestrictionResult, RestrictionStanding, Step
from policy.book import policy_book
from policy.decisions import approvals_needed, finds_violation
from policy.letters import LetterName
from policy.measures import Restriction
from policy.notice import is_silent
from policy.records import Account
from policy.restriction import begins, lifted_by_itself_at, unnecessary
from policy.scope import Scope
from policy.statements import Statement, Verdict
from policy.vocabulary import LiftReason, Phase


class Restricting:
    """Steps of one case's restriction. The service is told first: telling it twice changes nothing, telling it never
    would make the record untrue."""

    def __init__(self, ledger: CaseLedger, access: AccessControl, letters: LetterWriter) -> None:
        self._ledger = ledger
        self._access = access
        self._letters = letters

    @activity.defn
    async def apply(self, step: Step) -> RestrictionResult:
        """Apply what was approved, and tell the agency (X1). Nobody is found where no account is in the result.

        Nothing is applied where the case is frozen (S1); what was applied before stands until a verifier has called.
        """
        case = await self._ledger.case(step.ref)
        if not done(case, step.step):
            if case.frozen_at is not None:
                return RestrictionResult(accounts=(), until=step.at, frozen=True)
            await self._apply(case, step)
            case = await self._ledger.case(step.ref)
        if case.restriction is None:
            return RestrictionResult(accounts=(), until=step.at)
        return RestrictionResult(
            accounts=tuple(account.n for account in case.restriction.accounts), until=case.restriction.until
        )

    @activity.defn
    async def look(self, step: Step) -> RestrictionStanding:
        """What has become of the case by the record: whether its sender was blocked and nobody has called back since
        (S1), and the mail that waits for a person."""
        case = await self._ledger.case(step.ref)
        return RestrictionStanding(frozen=case.frozen_at is not None, mail_waits=len(case.mail))

    @activity.defn
    async def hear(self, step: Step) -> bool:
        """Whether an appeal is open, by the record; if so a reviewer's answer is due (X3)."""
        case = await self._ledger.case(step.ref)
        if case.open_appeals and case.phase is not Phase.APPEALED:
            await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, phase=Phase.APPEALED, changes=()))
        return bool(case.open_appeals)

    @activity.defn
    async def uphold(self, step: Step) -> bool:
        """Answer the appeals that the reviewer has read, which leave the restriction in force, with the reviewer's
        reason (X3). Returns whether one that came later is open."""
        case = await self._ledger.case(step.ref)
        if done(case, step.step):
            return bool(case.open_appeals)
        ruling = _latest(case, Verdict.UPHOLD)
        if case.restriction is None or ruling is None or ruling.reason is None:
            refuse("NoDecision", "the record has no statement that upholds a restriction, with its reason")
        read = {appeal.n for appeal in case.open_appeals if appeal.made_at <= ruling.at}
        still_open = any(appeal.made_at > ruling.at for appeal in case.open_appeals)
        about = {
            "ref": case.ref,
            "reason": await self._ledger.reason(ruling.reason) or "",
            "until": case.restriction.until,
        }
        letters = [
            self._letters.write(LetterName.APPEAL_DISMISSED, account.email, about, account.language)
            for account in case.restriction.accounts
            if account.n in read
        ]
        await self._ledger.commit(
            Entry(
                ref=step.ref,
                step=step.step,
                at=step.at,
                phase=Phase.APPEALED if still_open else Phase.RESTRICTED,
                changes=(AppealsAnswered(granted=False, made_until=ruling.at),),
                letters=tuple(letters),
            )
        )
        return still_open

    @activity.defn
    async def lift(self, step: LiftStep) -> None:
        """Give access back, tell the agency and, of the users, those who were told of the restriction (X3)."""
        case = await self._ledger.case(step.ref)
        if done(case, step.step):
            return
        if case.restriction is None:
            refuse("NotRestricted", "the record has no restriction that could be lifted")
        await self._access.lift(case.ref, step.at)
        changes: tuple[Change, ...] = (RestrictionLifted(reason=_why(case, step)),)
        if step.ordered and case.open_appeals:
            changes += (AppealsAnswered(granted=True, made_until=step.at),)
        about = {"ref": case.ref, "lifted_at": step.at}
        letters = [agency_letter(self._letters, case, LetterName.RESTRICTION_ENDED, lifted_at=step.at)]
        letters += [
            self._letters.write(_ending(case, step, account), account.email, about, account.language)
            for account in _told(case)
        ]
        await self._ledger.commit(
            Entry(ref=step.ref, step=step.step, at=step.at, changes=changes, letters=tuple(letters))
        )

    async def _apply(self, case: CaseFile, step: Step) -> None:
        scope, restriction = _approved(case, step)
        order = AccessOrder(
            ref=case.ref,
            restriction=restriction,
            identifiers=scope.identifiers,
            since=begins(scope.since, step.at),
            until=lifted_by_itself_at(scope, step.at, policy_book(step.policy)),
        )
        accounts = tuple(await self._access.restrict(order, step.at))
        if not accounts:
            return
        applied = RestrictionApplied(restriction=restriction, since=order.since, until=order.until, accounts=accounts)
        await self._ledger.commit(
            Entry(
                ref=step.ref,
                step=step.step,
                at=step.at,
                phase=Phase.RESTRICTED,
                changes=(applied,),
                letters=(self._announcement(case, applied, silent=is_silent(orders_of(case), step.at)),),
            )
        )

    def _announcement(self, case: CaseFile, applied: RestrictionApplied, *, silent: bool) -> Letter:
        return agency_letter(
            self._letters,
            case,
            LetterName.RESTRICTION_APPLIED,
            measure=applied.restriction.measure,
            territory=applied.restriction.reach,
            since=applied.since,
            until=applied.until,
            silent=silent,
        )


def _approved(case: CaseFile, step: Step) -> tuple[Scope, Restriction]:
    """What was approved, if the record has every approval it needs and may not be less (X1, X2).

    Raises:
        ApplicationError: it does not; nobody is restricted, and a person must look.
    """
    scope = case.approved
    if scope is None or scope.restriction is None:
        refuse("NotApproved", "no approved restriction is in the record")
    if len(set(case.approved_by)) < approvals_needed(case.kind, scope, closer=False):
        refuse("NotApproved", "the record has fewer approvals than a restriction needs")
    found = all(finds_violation(statement) for statement in _approving(case))
    if more := unnecessary(scope, step.at, violation_found=found):
        refuse("Unnecessary", more)
    return scope, scope.restriction


def _approving(case: CaseFile) -> list[Statement]:
    """The statements of those who approved, as far as they still count."""
    accepted = [decision.signed.statement for decision in case.decisions if decision.accepted]
    verdicts = (Verdict.APPROVE, Verdict.NARROW)
    latest = {s.by: s for s in accepted if s.verdict in verdicts and s.by in case.approved_by}
    return list(latest.values())


def _latest(case: CaseFile, verdict: Verdict) -> Statement | None:
    accepted = (d.signed.statement for d in reversed(case.decisions) if d.accepted)
    return next((statement for statement in accepted if statement.verdict is verdict), None)


def _latest_of(case: CaseFile) -> Statement | None:
    """The latest statement that counts."""
    return next((d.signed.statement for d in reversed(case.decisions) if d.accepted), None)


def _why(case: CaseFile, step: LiftStep) -> LiftReason:
    if not step.ordered:
        return LiftReason.EXPIRED
    if (last := _latest_of(case)) is not None and last.verdict is Verdict.NOT_AUTHENTIC:
        return LiftReason.NOT_AUTHENTIC
    return LiftReason.APPEAL if case.open_appeals else LiftReason.REVIEWER


def _told(case: CaseFile) -> list[Account]:
    """The accounts whose users know of the restriction; the others hear of its end when they are told of it."""
    told = {notice.n for notice in case.notices if notice.told_at is not None}
    return [account for account in case.accounts if account.n in told]


def _ending(case: CaseFile, step: LiftStep, account: Account) -> LetterName:
    """An answer for whom appealed, and otherwise the news."""
    appealed = step.ordered and account.n in {appeal.n for appeal in case.open_appeals}
    return LetterName.APPEAL_GRANTED if appealed else LetterName.RESTRICTION_ENDED_USER
