"""The clocks of a case, each with the clause or statute that it rests on."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from enum import StrEnum

from pydantic import AwareDatetime

from activities.clocks import is_stopped
from activities.ports import AppliedRestriction, CaseFile, Hold, NoticeState
from activities.silence import orders_of
from policy.book import PolicyBook
from policy.channels import respond_by
from policy.followup import judgement_due, process_due
from policy.frozen import Frozen
from policy.orders import silence_of
from policy.request import Gag, RequestFacts
from policy.statements import Verdict
from policy.vocabulary import LegalProcess, RequestKind


class DeadlineKind(StrEnum):
    """What runs out."""

    HOLD = "hold"
    HOLD_REVIEW = "hold_review"
    GAG = "gag"
    DELAY = "delay_after_emergency"
    OBJECTION = "objection_window"
    RESTRICTION = "restriction"
    RESPONSE = "response_due"
    LINK = "link"
    RETENTION = "retention"
    JUDGEMENT = "judgement"
    OWED_PROCESS = "owed_process"


class DeadlineState(StrEnum):
    """Whether a clock still runs: it runs, has run out, or what it was for has happened or been overtaken."""

    RUNNING = "running"
    OVER = "over"
    STOPPED = "stopped"


class Deadline(Frozen):
    """One clock. `at` (UTC) is the first instant at which it has run out; None where a person must still set it (N2).

    `notice` is the number of the account's notice that it belongs to.
    """

    kind: DeadlineKind
    at: AwareDatetime | None
    state: DeadlineState
    basis: str
    sentence: str
    notice: int | None = None


def deadlines(case: CaseFile, facts: RequestFacts, book: PolicyBook, now: datetime) -> tuple[Deadline, ...]:
    """Every clock that the record knows of, running or not."""
    return tuple(_as_it_stands(case, deadline) for deadline in _all(case, facts, book, now))


def _as_it_stands(case: CaseFile, deadline: Deadline) -> Deadline:
    """A clock of ours stands still while a court is asked (N3); the agency's and the law's do not."""
    ours = deadline.kind in (DeadlineKind.HOLD, DeadlineKind.HOLD_REVIEW, DeadlineKind.OBJECTION)
    if not ours or deadline.state is DeadlineState.STOPPED or not is_stopped(case, deadline.notice):
        return deadline
    still = "a court is asked, and the clock stands still: what time was left is left when it goes on"
    return deadline.model_copy(update={"state": DeadlineState.STOPPED, "sentence": still})


def _all(case: CaseFile, facts: RequestFacts, book: PolicyBook, now: datetime) -> Iterator[Deadline]:
    if case.hold is not None:
        yield _hold(case.hold, facts, book, now)
        if case.hold.review_at is not None:
            yield _hold_review(case.hold, case.hold.review_at, now)
    yield from _gags(case, now)
    for notice in case.notices:
        if notice.objection_until is not None:
            yield _objection(notice, notice.objection_until, now)
    if case.restriction is not None:
        yield _restriction(case.restriction, now)
    if case.kind is RequestKind.DISCLOSURE:
        yield from _response(case, facts, book, now)
    if case.production is not None:
        expires = case.production.link_expires_at
        yield _deadline(DeadlineKind.LINK, expires, now, "PR1", f"the link works {book.link_days} days")
        if case.kind is RequestKind.EMERGENCY:
            yield from _after_emergency(case, case.production.made_at, book, now)
    if case.retain_until is not None:
        basis = f"policy book {book.version}"
        sentence = f"what is kept is kept {book.retention_days} days after the close"
        yield _deadline(DeadlineKind.RETENTION, case.retain_until, now, basis, sentence)


def _response(case: CaseFile, facts: RequestFacts, book: PolicyBook, now: datetime) -> Iterator[Deadline]:
    """When the answer is due: by the clock of the request's channel if it has one, or as the agency asked (F2, R4)."""
    by_law = respond_by(facts, case.envelope.received_at, book)
    asked = datetime.combine(facts.response_due, time.min, UTC) if facts.response_due else None
    due, basis = (by_law, "F2") if by_law else (asked, "R4")
    if due is not None:
        answered = case.outcome is not None or case.production is not None
        why = "the channel of the request gives no longer" if by_law else "the answer that the agency asked for is due"
        yield _deadline(DeadlineKind.RESPONSE, due, now, basis, "answered" if answered else why, stopped=answered)


def _after_emergency(case: CaseFile, disclosed_at: datetime, book: PolicyBook, now: datetime) -> Iterator[Deadline]:
    stated = {d.signed.statement.verdict for d in case.decisions if d.accepted}
    judged = bool(stated & {Verdict.GENUINE, Verdict.NOT_GENUINE})
    sentence = "a reviewer has stated whether it was real" if judged else "a reviewer states whether it was real"
    due = judgement_due(disclosed_at, book)
    yield _deadline(DeadlineKind.JUDGEMENT, due, now, "E1", sentence, stopped=judged)
    came = any(event.kind == "owed_process_arrived" for event in case.events)
    settled = came or bool(stated & {Verdict.WAIVE_PROCESS, Verdict.NOT_GENUINE})
    sentence = "it came" if came else "it is waited for no longer" if settled else "after that a person decides"
    yield _deadline(DeadlineKind.OWED_PROCESS, process_due(disclosed_at, book), now, "E1", sentence, stopped=settled)


def _hold(hold: Hold, facts: RequestFacts, book: PolicyBook, now: datetime) -> Deadline:
    warned = " and ".join(str(days) for days in book.warn_days)
    extended = ", extended once" if hold.extended else ""
    sentence = f"held since {hold.since:%Y-%m-%d}{extended}; the agency is warned {warned} days before"
    if hold.purged_at is not None:
        sentence = f"the copy was destroyed on {hold.purged_at:%Y-%m-%d %H:%M} UTC"
    elif hold.claims:
        sentence = f"it serves {' and '.join(hold.claims)}, whose process arrived in time"
    elif hold.review_at is not None:
        sentence = "it has no end of its own: a production order is confirmed"
    stopped = hold.purged_at is not None or bool(hold.claims) or hold.review_at is not None
    certificate = facts.process is LegalProcess.EPOC_PR
    law = "Regulation (EU) 2023/1543, art. 11" if certificate else "18 U.S.C. 2703(f)"
    return _deadline(DeadlineKind.HOLD, hold.until, now, f"P1, P3; {law}", sentence, stopped=stopped)


def _hold_review(hold: Hold, at: datetime, now: datetime) -> Deadline:
    """When a reviewer looks at a hold that is kept for a confirmed production order (P3)."""
    basis = "P3; Regulation (EU) 2023/1543, art. 11(2)"
    sentence = "a reviewer looks whether the production order is still to be expected: `keep`, or `withdraw`"
    stopped = hold.purged_at is not None or bool(hold.claims)
    return _deadline(DeadlineKind.HOLD_REVIEW, at, now, basis, sentence, stopped=stopped)


def _restriction(applied: AppliedRestriction, now: datetime) -> Deadline:
    lifted = applied.lifted_at
    sentence = f"lifted on {lifted:%Y-%m-%d %H:%M} UTC" if lifted else "access is given back then at the latest"
    return _deadline(DeadlineKind.RESTRICTION, applied.until, now, "X2", sentence, stopped=lifted is not None)


def _gags(case: CaseFile, now: datetime) -> Iterator[Deadline]:
    """The gag of each notice, as it was recorded; before there are notices, what the orders come to."""
    delayed = [notice for notice in case.notices if notice.undated or notice.delayed_until is not None]
    for notice in delayed:
        told = notice.told_at
        sentence = f"the user was told on {told:%Y-%m-%d %H:%M} UTC" if told else "the user must not be told before"
        clock = _gag(None if notice.undated and not told else notice.delayed_until, now, sentence, told, notice.n)
        yield _own_delay(clock) if _is_own(case, notice) else clock
    gag, until = silence_of(orders_of(case))
    if not case.notices and case.outcome is None and gag is not Gag.NONE:
        at = None if gag is Gag.UNDATED else until
        yield _gag(at, now, "asked for; nobody has been told yet", None, None)


def _is_own(case: CaseFile, notice: NoticeState) -> bool:
    """Whether what delays the notice is our own delay after an emergency: no order of silence holds for longer (E1)."""
    gag, until = silence_of(orders_of(case, notice.n))
    longer = until is not None and notice.delayed_until is not None and until >= notice.delayed_until
    return case.kind is RequestKind.EMERGENCY and gag is not Gag.UNDATED and not longer


def _own_delay(clock: Deadline) -> Deadline:
    sentence = clock.sentence if clock.state is DeadlineState.STOPPED else "the user is told then; `tell_user` ends it"
    return clock.model_copy(update={"kind": DeadlineKind.DELAY, "basis": "E1, N1", "sentence": sentence})


def _gag(at: datetime | None, now: datetime, sentence: str, told: datetime | None, notice: int | None) -> Deadline:
    if at is None and not told:
        sentence = "it has no end: a reviewer must give it one, or end it"
    basis = "N2; 18 U.S.C. 2705(b)"
    return _deadline(DeadlineKind.GAG, at, now, basis, sentence, stopped=told is not None, notice=notice)


def _objection(notice: NoticeState, until: datetime, now: datetime) -> Deadline:
    objected = notice.objected_at
    sentence = f"the user objected on {objected:%Y-%m-%d %H:%M} UTC" if objected else "the user may object until then"
    return _deadline(DeadlineKind.OBJECTION, until, now, "N1", sentence, stopped=objected is not None, notice=notice.n)


def _deadline(
    kind: DeadlineKind,
    at: datetime | None,
    now: datetime,
    basis: str,
    sentence: str,
    *,
    stopped: bool = False,
    notice: int | None = None,
) -> Deadline:
    over = at is not None and at <= now
    state = DeadlineState.STOPPED if stopped else DeadlineState.OVER if over else DeadlineState.RUNNING
    return Deadline(kind=kind, at=at, state=state, basis=basis, sentence=sentence, notice=notice)
