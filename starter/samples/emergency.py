"""A sample emergency disclosure request: a mail without a document, as an officer writes it in a hurry (E2)."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from policy.emergency import SUBJECT
from policy.vocabulary import DataClass
from starter.samples.document import data_words


@dataclass(frozen=True, slots=True)
class SampleEmergency:
    """An emergency request. The same values give the same bytes. An empty value leaves its line out.

    `dated` is the Date header, in UTC; `prose` stands before the labelled lines.
    """

    identifiers: tuple[tuple[str, str], ...] = (("User email", "alice.martin@example.org"),)
    classes: tuple[DataClass, ...] = (DataClass.BASIC, DataClass.RECORDS)
    subject: str = SUBJECT
    sender: str = "j.moreno@police.springfield.gov.example"
    agency: str = "Springfield Police Department"
    officer: str = "Jordan Moreno"
    badge: str = "4471"
    case_number: str = "SPD-2026-04418"
    nature: str = "A man said in a meeting this morning that he has taken his two children and will kill them tonight."
    known: str = "A participant recorded the meeting and gave us the recording; our log entry is SPD-2026-04418-1."
    person: str = "His children, aged 4 and 7."
    when: str = "Tonight before 23:00 UTC."
    averts: str = "The addresses from which he signed in today show where he is, and officers can reach him in time."
    prose: str = "We ask for your help at once. Please see below."
    dated: datetime = datetime(2026, 11, 2, 15, 4, tzinfo=UTC)


def emergency_mail(request: SampleEmergency) -> bytes:
    """The request as mail, as it comes over SMTP."""
    mail = EmailMessage(policy=SMTP)
    identity = hashlib.sha256(repr(request).encode()).hexdigest()[:32]
    mail["From"] = f'"{request.officer}" <{request.sender}>'
    mail["To"] = "lawenforcement@provider.example"
    mail["Date"] = format_datetime(request.dated)
    mail["Message-ID"] = f"<{identity}@{request.sender.rpartition('@')[2]}>"
    mail["Subject"] = request.subject
    mail.set_content(_body(request))
    return mail.as_bytes()


def _body(request: SampleEmergency) -> str:
    lines = (
        ("Agency", request.agency),
        ("Agent", request.officer),
        ("Badge number", request.badge),
        ("Email", request.sender),
        ("Case number", request.case_number),
        ("Nature of the emergency", request.nature),
        ("How it is known", request.known),
        ("Person at risk", request.person),
        ("Imminence", request.when),
        *request.identifiers,
        ("Specific data requested", data_words(request.classes) if request.classes else ""),
        ("How the data helps avert it", request.averts),
    )
    return f"{request.prose}\n\n" + "".join(f"{label}: {value}\n\n" for label, value in lines if value)
