"""A case as a page of plain lines: the same in a terminal and in a log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from activities.ports import LedgerEvent, NoticeState, WaitingMail
from policy.authentication import evidence
from policy.certificates import to_return
from policy.request import IdentifierKind
from policy.triage import CONFIRMABLE, Kept
from policy.vocabulary import Clause, RequestKind
from starter.caseview import CaseView, FactThatHolds, NumberedIdentifier, Ruled
from starter.deadlines import Deadline
from starter.lines import columns, document_words, said
from starter.restrictions import appeal_lines, lesser, measure, restriction_lines
from starter.silence import order_lines

#: Longer lists of an event are shown as their length.
_LISTED = 4
_FACT = ("fact", "clause", "from", "value")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; a heading begins a section."""

    text: str
    heading: bool = False


def page(view: CaseView) -> Iterator[Line]:
    """The whole case, what needs a person first and the timeline last. Sections without content are left out."""
    yield Line(f"{view.ref}  {_words(view.kind)}  {_words(view.phase)}", heading=True)
    yield from _lines(_head(view))
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("Missing", (f"{r.clause.value:<3} {said(r.detail)}" for r in view.items_missing)),
        ("To verify", _checklist(view)),
        ("Mail that waits for a person", (line for mail in view.mail for line in _mail(view.ref, mail))),
        ("Documents", _documents(view)),
        ("Facts", columns(_FACT, [_fact(fact) for fact in view.facts_that_hold])),
        ("Only mentioned, not part of the request", columns(_FACT, [_fact(fact) for fact in view.only_mentioned])),
        ("Taken away by a person", columns(_FACT, [_fact(fact) for fact in view.taken_away])),
        ("Scope under review", _scope(view)),
        ("To look at closely", (f"{r.clause.value:<3} {said(r.detail)}" for r in view.scrutiny)),
        ("Signs of an overly broad request", _breadth(view)),
        ("Decisions", (line for ruled in view.rulings for line in _ruled(ruled))),
        ("Orders of silence", order_lines(view.ref, view.silence)),
        ("Clocks", columns(("clock", "until", "", "legal basis", ""), [_clock(d) for d in view.deadlines])),
        ("Notices", map(_notice, view.notices)),
        ("Restriction", restriction_lines(view.restriction)),
        ("Appeals", (line for appeal in view.appeals for line in appeal_lines(appeal))),
        ("Certificates to return", _certificates(view)),
        ("Production", _production(view)),
        ("Timeline", columns(("time (UTC)", "step", "event", ""), [_event(event) for event in view.events])),
    )
    for title, lines in sections:
        found = list(lines)
        if found:
            yield Line("")
            yield Line(title, heading=True)
            yield from _lines(found)


def _lines(texts: Iterable[str]) -> Iterator[Line]:
    return (Line(f"  {text}") for text in texts)


def _fact(fact: FactThatHolds) -> tuple[str, str, str, str]:
    return fact.field, fact.clause.value, fact.source, fact.value


def _head(view: CaseView) -> Iterator[str]:
    facts = view.request
    officer = facts.officer_name or view.envelope.sender
    yield f"agency    {said(facts.agency_name or 'not known')}; {said(officer)}; case {said(facts.case_number or '-')}"
    none = "none needed in an emergency (E1)" if view.kind is RequestKind.EMERGENCY else "not known"
    yield f"process   {_words(facts.process) if facts.process else none}"
    sender = view.sender.value if view.sender else "not judged yet"
    yield f"received  {_time(view.envelope.received_at)} UTC from {said(view.envelope.sender or '(erased)')}: {sender}"
    yield from (f"          {reason.clause.value} {said(reason.detail)}" for reason in view.reasons)
    if view.authentication is not None:
        yield f"sender    {'proven' if view.proven else 'not proven'}"
        yield from (f"          {said(line)}" for line in evidence(view.authentication))
    if view.frozen_at is not None:
        yield f"FROZEN {_time(view.frozen_at)} UTC: its sender was blocked; a verifier must call back (S1)"
    if view.outcome is not None:
        yield f"outcome   {_words(view.outcome)}"


_WHY_KEPT = {
    Kept.NOT_PROVEN: "nothing proves that its sender's domain sent it: call back on the directory's number",
    Kept.NOT_VERIFIED: "its agency is not in the directory, and nobody has called it back yet",
    Kept.TWO_CASES: "it names several cases; vouch for it in those that it is about",
    Kept.SENT_AGAIN: "it is much the same as a message before it",
    Kept.FOR_READING: "the case takes nothing in any more; read it, and set it aside",
    Kept.HOLD_WITHDRAWN: "the agency withdraws; only a reviewer ends a hold (`withdraw`)",
    Kept.RETURNED: "a letter to the agency came back: call it on the directory's number, and ask it to write anew",
    Kept.FROM_USER: "a user writes, or somebody for one: what it is, `objection` or `appeal` puts into the record",
}


def _mail(ref: str, mail: WaitingMail) -> Iterator[str]:
    sender, subject = said(mail.sender or "(erased)"), said(mail.subject or "(no subject)")
    yield f"{mail.message_id[:16]}  received {_time(mail.received_at)} UTC from {sender}: {subject}"
    yield f"    {_WHY_KEPT[mail.why]}"
    review, named = f"dueprocess review {ref}", f"--message {mail.message_id[:16]}"
    if mail.why in CONFIRMABLE:
        yield f"    it counts: {review} vouch {named} --called-back NUMBER --as NAME"
    yield f"    read it: dueprocess message {ref} {mail.message_id[:16]}"
    ground = Clause.N1 if mail.why is Kept.FROM_USER else Clause.S1
    yield f"    it needs nothing more: {review} set_aside {named} --ground {ground.value} --as NAME"


def _documents(view: CaseView) -> Iterator[str]:
    names = {ruled.by: ruled.name for ruled in view.rulings}
    for number, document in enumerate(view.documents, start=1):
        yield f"{number}. {document_words(document)}"
        if document.taken_by is not None:
            yield f"    S2 {said(names.get(document.taken_by) or document.taken_by)} has read it, and taken it in"
        yield from (f"    {reason.clause.value} {said(reason.detail)}" for reason in document.reasons)
    if view.documents:
        yield f"see one: dueprocess document {view.ref} 1 --page 1 (a picture), or without --page as it came"


def _checklist(view: CaseView) -> Iterator[str]:
    """What a verifier must do, whom to call and why, and the command that says that it is done."""
    checks = view.checklist
    if checks is None:
        return
    yield f"due       {', '.join(_words(check) for check in checks.due)}"
    yield from (f"because   {reason.clause.value:<3} {reason.detail}" for reason in checks.because)
    for number in checks.numbers:
        who = f" by {said(number.verified_by)}" if number.verified_by else ""
        yield f"call      {number.number}  verified {number.verified_at:%Y-%m-%d}{who}: {said(number.source)}"
        yield from (f"          {_time(c.at)}  {said(c.by)} called it for {c.ref}" for c in number.calls)
    if checks.because and not checks.numbers:
        yield f"call      {_NO_NUMBER[checks.listed]}"
    yield f"then      {checks.command}"


_NO_NUMBER = {
    True: "the directory has no number of this agency; verify one: dueprocess agency number NAME NUMBER --found WHERE",
    False: "a number found elsewhere than in the request; say where (--reason), as the agency is not in the directory",
}


def _scope(view: CaseView) -> Iterator[str]:
    scope = view.scope
    yield f"digest    {scope.digest} (review {scope.review}; what a decision signs)"
    asked = measure(scope.restriction) if scope.restriction else _list(scope.classes)
    yield f"asks for  {asked}, {_period(scope.since, scope.until)}"
    yield from (f"  {identifier.number}. {_identifier(identifier)}" for identifier in scope.identifiers)
    if view.kind is RequestKind.EMERGENCY:
        yield f"rests on  danger to life (E1; 18 U.S.C. 2702(b)(8), (c)(4)), which permits {_list(scope.compels)}"
    elif scope.restriction is None:
        process = _words(scope.process) if scope.process else "not known"
        yield f"process   {process}, which compels {_list(scope.compels)}"
    if scope.excess:
        yield f"EXCEEDS   {scope.excess}"
    yield f"needs     {scope.approvals_needed} approval{'' if scope.approvals_needed == 1 else 's by different people'}"
    if view.approved is not None:
        approved = view.approved
        given = measure(approved.restriction) if approved.restriction else _list(approved.classes)
        yield (
            f"approved  {given}, {_period(approved.since, approved.until)}, "
            f"{len(approved.identifiers)} identifiers, by {', '.join(map(said, view.approved_by))}"
        )


def _breadth(view: CaseView) -> Iterator[str]:
    """The signs, and the proposal as the command that signs it."""
    yield from (f"{r.clause.value:<3} {said(r.detail)}" for r in view.breadth.flags)
    narrowing = view.breadth.narrowing
    if narrowing is not None:
        scope = view.scope
        kept = _numbers(narrowing.identifiers) if narrowing.identifiers else "all"
        period = _period(narrowing.since or scope.since, narrowing.until or scope.until)
        given = lesser(scope.restriction, narrowing) if scope.restriction else _list(narrowing.classes or scope.classes)
        yield f"proposed  {given}, {period}, identifiers {kept}"
        yield f"          dueprocess review {view.ref} narrow --proposed --as NAME"


def _numbers(places: Sequence[int]) -> str:
    return ", ".join(str(place) for place in places)


def _identifier(identifier: NumberedIdentifier) -> str:
    name = f"{_words(identifier.kind)} {identifier.value}"
    if identifier.kind is not IdentifierKind.MEETING:
        return said(name)
    host = f"hosted by {identifier.host}" if identifier.host else "HOST NOT STATED"
    at = f"{_time(identifier.at)} UTC" if identifier.at else "TIME NOT STATED"
    return said(f"{name}, {host}, {at}")


def _ruled(ruled: Ruled) -> Iterator[str]:
    who = said(f"{ruled.name} ({ruled.by})" if ruled.name else ruled.by)
    result = "accepted" if ruled.accepted else f"REFUSED: {ruled.sentence}"
    yield f"{_time(ruled.at)}  {who}: {_words(ruled.verdict)}, {said(result)}"
    if ruled.grounds or ruled.checks:
        named = [clause.value for clause in ruled.grounds] + [_words(check) for check in ruled.checks]
        yield f"    on {', '.join(named)}"
    if ruled.order is not None:
        yield f"    on order of silence {ruled.order}"
    if ruled.until is not None:
        yield f"    until {_time(ruled.until)} UTC"
    if ruled.reason is not None:
        yield from (f"    | {said(line)}" for line in ruled.reason.splitlines())


def _clock(deadline: Deadline) -> tuple[str, str, str, str, str]:
    name = _words(deadline.kind) + (f" {deadline.notice}" if deadline.notice is not None else "")
    until = _time(deadline.at) if deadline.at else "no end"
    return name, until, deadline.state.value, deadline.basis, deadline.sentence


def _notice(notice: NoticeState) -> str:
    told = f"told {_time(notice.told_at)} UTC" if notice.told_at else "not told yet"
    if notice.given_up_at is not None:
        told = f"cannot be told, as stated {_time(notice.given_up_at)} UTC"
    objected = f", objected {_time(notice.objected_at)} UTC" if notice.objected_at else ""
    return f"account {notice.n}: {told}{objected}"


def _certificates(view: CaseView) -> Iterator[str]:
    """What goes back with the production, and what the custodian completed of it (PR3)."""
    places = {document.sha256: f"document {number}" for number, document in enumerate(view.documents, start=1)}
    taken = {certificate.object: certificate for certificate in view.certificates}
    for certificate in to_return(view.documents, view.certificates):
        place = places[certificate.form] if certificate.form is not None else "not a document of its own"
        if certificate.completed is None:
            yield f"{place}: not completed"
        else:
            at = _time(taken[certificate.completed].at)
            yield f"{place}: completed, taken in {at} UTC, sha256 {certificate.completed}"


def _production(view: CaseView) -> Iterator[str]:
    made = view.production
    if made is None:
        return
    yield f"made      {_time(made.made_at)} UTC, {made.records} records, {made.size} bytes"
    yield f"package   sha256 {made.package}"
    if made.revoked_at is not None:
        yield f"link      REVOKED {_time(made.revoked_at)} UTC (S1)"
    else:
        yield f"link      works until {_time(made.link_expires_at)} UTC; its address is only in the agency's letter"
    yield f"verify    sha256sum FILE; unzip FILE; bagit.py --validate {view.ref}"


def _event(event: LedgerEvent) -> tuple[str, str, str, str]:
    detail = " ".join(f"{name}={_short(value)}" for name, value in event.detail.items() if _plain(value))
    return _time(event.at), event.step, _words(event.kind), detail


def _plain(value: object) -> bool:
    """Plain words and lists of them are shown; what is empty or has a structure of its own is in the JSON."""
    parts = value if isinstance(value, list) else [value]
    return bool(parts) and all(isinstance(part, str | int) and part != "" for part in parts)


def _short(value: object) -> str:
    """A value in a few words: a long list as its length, a hash by its beginning."""
    if isinstance(value, list) and len(value) > _LISTED:
        return str(len(value))
    parts = value if isinstance(value, list) else [value]
    return ",".join(f"{text[:12]}…" if len(text) >= 64 else text for text in map(str, parts))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _list(values: Sequence[str]) -> str:
    return ", ".join(values) or "nothing"


def _period(since: date | None, until: date | None) -> str:
    return f"from {since or 'any day'} to {until or 'any day'}"


def _time(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"
