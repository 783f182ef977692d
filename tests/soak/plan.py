"""What is sent and what must become of it, written down before it is sent: by this the oracle judges."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from policy.vocabulary import DataClass
from starter.samples import SampleProcess, SampleRequest, sample_mail

_USERS = ("maren.holt@example.com", "saoirse.penn@example.com", "bashir.elowen@example.org", "linh.tranova@example.org")


class Kind(StrEnum):
    """The lives that a request can have here."""

    SUBPOENA = "subpoena"
    GAGGED_WARRANT = "gagged_warrant"
    PRESERVATION = "preservation"
    EXTENDED_PRESERVATION = "extended_preservation"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Planned:
    """One request: its mail, by file name and hash, and how it must end."""

    kind: Kind
    sender: str
    mail: str
    sha256: str
    outcome: str
    approvals: int = 0
    gag_days: int = 0
    hold_days: int = 0


def write_plan(folder: Path, n: int, now: datetime) -> list[Planned]:
    """Write the mails and the plan of `n` requests, every kind in turn."""
    (folder / "sent").mkdir(parents=True)
    planned = [_plan(folder, number, list(Kind)[number % len(Kind)], now) for number in range(n)]
    (folder / "plan.json").write_text(json.dumps([asdict(each) for each in planned], indent=1), encoding="utf-8")
    return planned


def extension_of(ref: str, planned: Planned, now: datetime) -> bytes:
    """The formal request that extends a hold (P3)."""
    return sample_mail(
        SampleRequest(process=SampleProcess.EXTENSION, sender=planned.sender, reference=ref, dated=_day(now))
    )


def _plan(folder: Path, number: int, kind: Kind, now: datetime) -> Planned:
    sender = f"officer.{number}@police.springfield.gov.example"
    users = (("User email", _USERS[number % 4]),)
    # A document of its own: the same PDF again would be the same request again.
    about = replace(_request(kind, now), sender=sender, identifiers=users, case_number=f"SPD-2026-{number:05}")
    raw = sample_mail(about)
    mail = f"{number:05}-{kind.value}.eml"
    (folder / "sent" / mail).write_bytes(raw)
    planned = Planned(kind=kind, sender=sender, mail=mail, sha256=sha256(raw).hexdigest(), outcome="produced")
    match kind:
        case Kind.SUBPOENA:
            return replace(planned, approvals=1)
        case Kind.GAGGED_WARRANT:
            return replace(planned, approvals=2, gag_days=90)
        case Kind.PRESERVATION:
            return replace(planned, outcome="preservation_expired", hold_days=90)
        case Kind.EXTENDED_PRESERVATION:
            return replace(planned, outcome="preservation_expired", hold_days=180)
        case Kind.REJECTED:
            return replace(planned, outcome="rejected")


def _request(kind: Kind, now: datetime) -> SampleRequest:
    today = _day(now)
    basic = SampleRequest(
        process=SampleProcess.SUBPOENA,
        since=today.date() - timedelta(days=300),
        until=today.date() - timedelta(days=30),
        response_due=today.date() + timedelta(days=30),
        dated=today,
    )
    match kind:
        case Kind.SUBPOENA | Kind.REJECTED:
            return basic
        case Kind.GAGGED_WARRANT:
            everything = (DataClass.BASIC, DataClass.RECORDS, DataClass.CONTENT)
            return replace(basic, process=SampleProcess.SEARCH_WARRANT, classes=everything, silence="90 days")
        case Kind.PRESERVATION | Kind.EXTENDED_PRESERVATION:
            return replace(basic, process=SampleProcess.PRESERVATION_LETTER)


def _day(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
