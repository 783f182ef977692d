"""Short ways to say what the record's tests are about."""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.record import (
    Attachment,
    CaseClosed,
    CertificateCompleted,
    Change,
    DecisionRecorded,
    Entry,
    FactsRead,
    Letter,
    ProductionMade,
    RestrictionApplied,
    ScopeApproved,
    SnapshotTaken,
)
from intake.peer import SmtpPeer
from intake.reading import MessageReading
from ledger.casebook import Casebook
from ledger.mailroom import Mailroom
from ledger.roster import Roster
from policy.facts import Fact, FactField, Source, SourceKind
from policy.findings import Document, DocumentKind, Reason
from policy.measures import Restriction
from policy.records import Account
from policy.request import Identifier, IdentifierKind
from policy.scope import Scope
from policy.statements import Refusal, SignedStatement, Statement, Verdict
from policy.vocabulary import (
    Clause,
    DataClass,
    LegalProcess,
    Measure,
    Outcome,
    Phase,
    RequestKind,
    Role,
    SenderVerdict,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CANARY = "canary.person@example.org"
DOMAIN = "Provider.example"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def casebook(engine: AsyncEngine) -> Casebook:
    return Casebook(engine, DOMAIN)


def reading(name: str, **values: object) -> MessageReading:
    read: dict[str, object] = {
        "fingerprint": sha(name),
        "author": CANARY,
        "author_domain": "example.org",
        "subject": f"About {CANARY}",
        "header_message_id": f"<{name}@example.org>",
    }
    return MessageReading.model_validate(read | values)


PEER = SmtpPeer(address="192.0.2.7", helo="mx.example.org", mail_from=CANARY)


async def received(engine: AsyncEngine, name: str, at: datetime = NOW) -> str:
    """A message that has been stored and read, and waits."""
    mailroom = Mailroom(engine)
    message_id, _ = await mailroom.receive(sha(name), sha(f"raw {name}"), at, PEER)
    await mailroom.read(message_id, reading(name))
    return message_id


async def opened(engine: AsyncEngine, name: str = "request", kind: RequestKind = RequestKind.DISCLOSURE) -> str:
    """The reference of a new case."""
    return await Mailroom(engine).open_case(await received(engine, name), kind, "2026.1", NOW)


def entry(ref: str, step: str, *changes: Change, phase: Phase | None = None, letters: tuple[Letter, ...] = ()) -> Entry:
    return Entry(ref=ref, step=step, at=NOW, phase=phase, changes=changes, letters=letters)


def letter(name: str = "acknowledgement") -> Letter:
    return Letter(
        name=name,
        to=CANARY,
        subject="Your request",
        body=f"Dear {CANARY}",
        attachments=(Attachment(sha256=sha("enclosed"), name="enclosed.pdf"),),
    )


def facts_read(name: str = "request") -> FactsRead:
    return FactsRead(
        message_id=sha(name),
        sender=SenderVerdict.HOLD,
        reasons=(Reason(clause=Clause.S1, detail="the domain is not in the directory"),),
        facts=(
            Fact(field=FactField.USER_EMAIL, value=CANARY, source=Source(kind=SourceKind.MAIL)),
            Fact(field=FactField.CASE_NUMBER, value="C-1", source=Source(kind=SourceKind.PDF, document="d", page=2)),
        ),
        documents=(
            Document(sha256=sha("warrant"), name=f"{CANARY}.pdf", kind=DocumentKind.PDF, pages=3, accepted=True),
        ),
    )


def scope(ref: str, review: int = 1) -> Scope:
    return Scope(
        ref=ref,
        round=review,
        process=LegalProcess.SUBPOENA,
        country="US",
        classes=(DataClass.BASIC,),
        identifiers=(Identifier(kind=IdentifierKind.USER_EMAIL, value=CANARY),),
    )


def decision(
    ref: str, by: str, verdict: Verdict, *, nonce: str, refusal: Refusal | None = None, reason: str | None = None
) -> DecisionRecorded:
    statement = Statement(
        ref=ref, by=by, verdict=verdict, scope=scope(ref).digest(), at=NOW, nonce=nonce.ljust(16, "0"), reason=reason
    )
    signed = SignedStatement(statement=statement, signature="c2lnbmF0dXJl")
    sentence = "no" if refusal else ""
    return DecisionRecorded(signed=signed, accepted=refusal is None, refusal=refusal, sentence=sentence)


def approved(ref: str, review: int = 1) -> ScopeApproved:
    return ScopeApproved(scope=scope(ref, review), approved_by=("r-0000000000000001",))


def snapshot_taken(name: str = "snapshot", media: tuple[str, ...] = ()) -> SnapshotTaken:
    account = Account(n=1, number="A-77", email=CANARY)
    return SnapshotTaken(object=sha(name), media=media, accounts=(account,), records=12, taken_at=NOW)


async def completed(engine: AsyncEngine, name: str = "completed", form: str | None = None) -> CertificateCompleted:
    """A certificate of this name, taken in by a person who is put on the roster for it."""
    signer = await Roster(engine).add(f"Rita {name}", sha(name)[:43], [Role.REVIEWER], NOW)
    return CertificateCompleted(form=form, completed=sha(name), by=signer.id, signature=CANARY)


def produced(ref: str, link: str = "link", certificates: tuple[str, ...] = ()) -> ProductionMade:
    return ProductionMade(
        scope=scope(ref).digest(),
        package=sha("package"),
        size=10,
        records=3,
        token_sha256=sha(link),
        link_expires_at=NOW + timedelta(days=14),
        certificates=certificates,
    )


def restriction_applied() -> RestrictionApplied:
    return RestrictionApplied(
        restriction=Restriction(measure=Measure.LIMIT_PARTICIPATION, territory="US-IL"),
        since=NOW,
        until=NOW + timedelta(days=90),
        accounts=(Account(n=1, number="A-77", email=CANARY),),
    )


def closed(outcome: Outcome = Outcome.PRODUCED) -> CaseClosed:
    return CaseClosed(outcome=outcome, retain_until=NOW + timedelta(days=365))
