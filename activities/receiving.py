"""From a message to a case: its facts into the record, what is missing named, and a preservation claimed in time."""

from temporalio import activity

from activities.arrivals import arrival_for, is_authentic
from activities.clocks import is_stopped
from activities.ports import CaseFile, CaseLedger, CaseNotFound, Conflict, LetterWriter
from activities.record import (
    Change,
    Entry,
    FactsRead,
    HoldClaimed,
    ItemsMissing,
    Letter,
    RequestWithdrawn,
    ReviewReopened,
    SilenceOrdered,
)
from activities.steps import agency_letter, done
from contract.messages import ArrivalStep, Assessment, Step
from policy.addresses import domain_of
from policy.book import policy_book
from policy.breadth import Breadth, breadth_of
from policy.channels import is_urgent, jurisdiction_of, preserves_at_once, respond_by, tells_user
from policy.completeness import missing_from_emergency, missing_items
from policy.directory import AgencyDirectory
from policy.emergency import Recognition, recognise
from policy.facts import Confidence, Fact, FactField, Source, SourceKind, canonical
from policy.findings import Reason
from policy.letters import LetterName
from policy.notice import silence_flags
from policy.orders import OWN, Order
from policy.preservation import in_time
from policy.request import Gag, RequestFacts, request_facts
from policy.restriction import necessity
from policy.scope import scope_of
from policy.scrutiny import flags
from policy.sender import SenderJudgement, judge_sender
from policy.triage import Destination
from policy.vocabulary import Clause, Phase, RequestKind, SenderVerdict


class Receiving:
    """Steps of the receive and verify phases."""

    def __init__(self, ledger: CaseLedger, letters: LetterWriter) -> None:
        self._ledger = ledger
        self._letters = letters

    @activity.defn
    async def receive(self, step: Step) -> Assessment:
        """Put what intake read into the record, acknowledge, and ask for all that is missing (S1, R1-R4, P2)."""
        case = await self._ledger.case(step.ref)
        reading = await self._ledger.reading(case.envelope.message_id)
        directory = await self._ledger.directory()
        judged = judge_sender(reading.author, reading.author_domain, directory, reading.authentication)
        known = _known_of(judged, reading.author)
        read = FactsRead(
            message_id=case.envelope.message_id,
            sender=judged.verdict,
            reasons=judged.reasons + reading.remarks,
            facts=(*_without_officials(reading.facts, directory), *known),
            documents=reading.documents,
        )
        if not done(case, step.step):
            now_known = {"facts": read.facts + case.facts, "documents": read.documents + case.documents}
            case = case.model_copy(update={**now_known, "sender": judged.verdict})
        missing = missing_of(case, step.policy)
        changes: tuple[Change, ...] = (read, *_silence_changes(case))
        letters = self._first_letters(case, missing)
        if missing:
            changes += (ItemsMissing(clauses=_clauses(missing)),)
        await self._commit(step, Phase.VERIFICATION, changes, letters)
        return await self._assess(step, case, asked=bool(missing) and _understood(missing))

    def _first_letters(self, case: CaseFile, missing: tuple[Reason, ...]) -> tuple[Letter, ...]:
        """The acknowledgement, what is missing and, where danger to life may be meant, how E2 asks to be told of it."""
        facts = request_facts(case.facts)
        emergency = case.kind is RequestKind.EMERGENCY
        received = LetterName.EMERGENCY_ACKNOWLEDGEMENT if emergency else LetterName.ACKNOWLEDGEMENT
        understood = _understood(missing)
        letters = [agency_letter(self._letters, case, received if understood else LetterName.ENGLISH_NEEDED)]
        if missing and understood:
            letters.append(agency_letter(self._letters, case, _asking(case), items=missing))
        if _unrecognised(case, facts) is not Recognition.NOT_ONE:
            items = missing_from_emergency(case.envelope.subject, facts)
            letters.append(agency_letter(self._letters, case, LetterName.EMERGENCY_UNCLEAR, items=items))
        return tuple(letters)

    @activity.defn
    async def reassess(self, step: Step) -> Assessment:
        """Look at the record again after facts were amended or a reply was read.

        A reply that leaves something missing is answered once, by exactly what is missing still; who amends facts here
        needs no letter.
        """
        case = await self._ledger.case(step.ref)
        if done(case, step.step):
            return await self._assess(step, case, asked=_wrote(case, step.step))
        missing = missing_of(case, step.policy)
        waits = case.phase in _ASKS and (not case.missing or _unanswered_reply(case))
        asks = bool(missing) and _understood(missing) and waits
        silence = _silence_changes(case)
        if asks or silence or _clauses(missing) != case.missing:
            sound = is_authentic(case) and case.frozen_at is None
            goes_on = case.kind is not RequestKind.PRESERVATION and not missing and sound
            phase = Phase.LEGAL_REVIEW if goes_on else None
            letters = (agency_letter(self._letters, case, _asking(case), items=missing),) if asks else ()
            await self._commit(step, phase, (ItemsMissing(clauses=_clauses(missing)), *silence), letters)
        return await self._assess(step, case, asked=asks)

    @activity.defn
    async def reopen(self, step: Step) -> Assessment:
        """After an objection: a new review, for which earlier approvals do not count (N1)."""
        case = await self._ledger.case(step.ref)
        await self._commit(step, Phase.LEGAL_REVIEW, (ReviewReopened(round=case.review + 1),), ())
        return await self._assess(step, await self._ledger.case(step.ref))

    async def _assess(self, step: Step, case: CaseFile, *, asked: bool = False) -> Assessment:
        facts = request_facts(case.facts)
        received_at, book = case.envelope.received_at, policy_book(step.policy)
        return Assessment(
            missing=_clauses(missing_of(case, step.policy)),
            flags=_clauses(
                (*breadth(case, step.policy).flags, *flags(facts, book), *silence_flags(facts, received_at, book))
            ),
            process=facts.process,
            jurisdiction=jurisdiction_of(facts.country, received_at, book),
            silence=_own_silence(case),
            response_due=facts.response_due,
            respond_by=respond_by(facts, received_at, book),
            urgent=is_urgent(facts, received_at, book),
            preserve_at_once=preserves_at_once(facts, received_at, book),
            tells_user=tells_user(facts, received_at, book),
            scope=scope_of(case.ref, facts, case.review, case.kind).digest(),
            claimed=await self._claim(case, facts, step),
            claim_waits=facts.preservation_ref is not None and not _is_believed(case),
            mail_waits=len(case.mail),
            asked=asked,
            frozen=case.frozen_at is not None,
            maybe_emergency=_unrecognised(case, facts) is Recognition.CONTENT_ONLY,
        )

    async def _claim(self, case: CaseFile, facts: RequestFacts, step: Step) -> str | None:
        """Take the preservation that the request names, if its process arrived in time and from the same agency (P3).

        The ledger decides, in one transaction, between a claim and a purge that meet at the deadline. What is not
        proven claims nothing before a verifier has found it genuine; the hold waits for that at its end.
        """
        waits = case.frozen_at is not None or not _is_believed(case)
        if case.kind is not RequestKind.DISCLOSURE or facts.preservation_ref is None or waits:
            return None
        try:
            kept = await self._ledger.case(facts.preservation_ref)
        except CaseNotFound:
            return None
        if kept.hold is None or case.ref in kept.hold.claims:
            return kept.ref if kept.hold else None
        same_agency = domain_of(kept.envelope.sender) == domain_of(case.envelope.sender)
        confirmed = kept.hold.review_at is not None
        holds = confirmed or is_stopped(kept) or in_time(case.envelope.received_at, kept.hold.until)
        if not same_agency or not holds:
            return None
        claim = HoldClaimed(by_ref=case.ref, process_received_at=case.envelope.received_at)
        entry = Entry(
            ref=kept.ref,
            step=f"claimed-by-{case.ref}",
            at=step.at,
            phase=Phase.CLAIMED,
            changes=(claim,),
            letters=(agency_letter(self._letters, kept, LetterName.PRESERVATION_CLAIMED, by_ref=case.ref),),
        )
        try:
            await self._ledger.commit(entry)
        except Conflict:
            return None
        return kept.ref

    @activity.defn
    async def withdrawal(self, step: ArrivalStep) -> bool:
        """Whether the message withdraws this request, by the record; if so it is in the record (U2)."""
        case = await self._ledger.case(step.ref)
        if done(case, step.step):
            return True
        if await arrival_for(self._ledger, case, step.message_id, Destination.WITHDRAWAL) is None:
            return False
        withdrawn = RequestWithdrawn(message_id=step.message_id)
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(withdrawn,)))
        return True

    async def _commit(
        self, step: Step, phase: Phase | None, changes: tuple[Change, ...], letters: tuple[Letter, ...]
    ) -> None:
        await self._ledger.commit(
            Entry(ref=step.ref, step=step.step, at=step.at, phase=phase, changes=changes, letters=letters)
        )


def _own_silence(case: CaseFile) -> Order | None:
    """What the request itself, or a person who corrects it, says of silence (N1, N2)."""
    facts = request_facts(case.facts)
    return None if facts.gag is Gag.NONE else Order(n=OWN, until=facts.gag_end(case.envelope.received_at))


def _silence_changes(case: CaseFile) -> tuple[SilenceOrdered, ...]:
    """What the record has to learn of it: the request's own order, a correction of it, or that it orders none."""
    own, known = _own_silence(case), next((order for order in case.orders if order.n == OWN), None)
    if (own and (own.n, own.until)) == (known and (known.n, known.until)):
        return ()
    until, ordered = own.until if own else None, own is not None
    return (SilenceOrdered(n=OWN, message_id=case.envelope.message_id, until=until, ordered=ordered),)


def _is_believed(case: CaseFile) -> bool:
    """Whether the request is proven to come from a listed agency, or a verifier has found it genuine (S1, S2)."""
    return case.sender is SenderVerdict.ACCEPT or is_authentic(case)


#: The phases in which an incomplete request goes back to its agency. Later ones are a reviewer's (U2).
_ASKS = frozenset({Phase.RECEIVED, Phase.VERIFICATION, Phase.HELD})


def _wrote(case: CaseFile, step: str) -> bool:
    """Whether this step wrote a letter."""
    return any(event.step == step and event.kind == "letter_written" for event in case.events)


def _asking(case: CaseFile) -> LetterName:
    """The letter that asks for what is missing: an emergency is looked at meanwhile (E1)."""
    emergency = case.kind is RequestKind.EMERGENCY
    return LetterName.EMERGENCY_ITEMS_MISSING if emergency else LetterName.ITEMS_MISSING


def _unanswered_reply(case: CaseFile) -> bool:
    """Whether a message has been read since we last asked for what is missing (R1 to R4, P2)."""
    asked = max((e.seq for e in case.events if e.detail.get("name") == _asking(case)), default=0)
    return any(event.kind == "facts_read" and event.seq > asked for event in case.events)


def missing_of(case: CaseFile, policy: str) -> tuple[Reason, ...]:
    """What the case still lacks by the record, each thing with its clause (R1 to R4, S2, P2, E2; F1, F2)."""
    facts, received_at = request_facts(case.facts), case.envelope.received_at
    return missing_items(case.kind, facts, case.documents, received_at, policy_book(policy))


def breadth(case: CaseFile, policy: str) -> Breadth:
    """What makes the case look overly broad by the record, and the narrower scope that is proposed (R3; X1, X2)."""
    facts, book = request_facts(case.facts), policy_book(policy)
    if case.kind is RequestKind.RESTRICTION:
        return necessity(facts, book)
    return breadth_of(facts, book, case.envelope.received_at.date(), case.reasons)


def _understood(missing: tuple[Reason, ...]) -> bool:
    """Whether the request could be read at all: where not, nobody is asked for what may be in it (F4)."""
    return all(reason.clause is not Clause.F4 for reason in missing)


def _known_of(judged: SenderJudgement, author: str | None) -> tuple[Fact, ...]:
    """What follows from who wrote. Whose law the request is under: the country of the agency, or of the official suffix
    (F1); what a message says of it counts for nothing, and a person can correct it. Where the message does not state
    them, the agency's name, as the directory has it, and the address that it was sent from (R4)."""
    directory, mail = Source(kind=SourceKind.DIRECTORY), Source(kind=SourceKind.MAIL)
    found = Confidence.FOUND
    known: list[Fact] = []
    if judged.country is not None:
        known.append(Fact(field=FactField.AGENCY_COUNTRY, value=judged.country, source=directory))
    if judged.agency is not None:
        name = canonical(FactField.AGENCY_NAME, judged.agency.name)
        known.append(Fact(field=FactField.AGENCY_NAME, value=name, source=directory, confidence=found))
    if author is not None:
        known.append(Fact(field=FactField.OFFICER_EMAIL, value=author, source=mail, confidence=found))
    return tuple(known)


def _without_officials(facts: tuple[Fact, ...], directory: AgencyDirectory) -> tuple[Fact, ...]:
    """The facts without addresses of listed agencies that were only found in running text: they are who asks, and not
    whom the request is about (R1)."""
    return tuple(
        fact
        for fact in facts
        if fact.field is not FactField.USER_EMAIL
        or fact.confidence is Confidence.STATED
        or directory.agency_of(domain_of(fact.value)) is None
    )


def _unrecognised(case: CaseFile, facts: RequestFacts) -> Recognition:
    """What a case of another kind may be after all: E2's subject without the danger, or the danger without it."""
    if case.kind is RequestKind.EMERGENCY:
        return Recognition.NOT_ONE
    return recognise(case.envelope.subject, facts.emergency)


def _clauses(reasons: tuple[Reason, ...]) -> tuple[Clause, ...]:
    return tuple(sorted({reason.clause for reason in reasons}))
