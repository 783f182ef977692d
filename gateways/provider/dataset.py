"""The embedded provider's synthetic users and what they did in 2026. Nobody here exists: every name, address and number
is made up, on domains, networks and telephone numbers that are reserved for examples."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_VIDEO = Path(__file__).with_name("recording.mp4")
SHARED_IP = "198.51.100.7"
"""An address from which two users signed in: a household, an office, or a VPN."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the provider. `account` is the account's number, which a company's users share."""

    id: int
    account: str
    email: str
    name: str
    ip: str
    city: str
    language: str = "en"
    quiet: bool = False
    deleted: bool = False


PEOPLE = (
    Person(1, "5100000001", "maren.holt@example.com", "Maren Holt", "192.0.2.11", "Portland"),
    Person(2, "5100000002", "t.okonjo@example.net", "Tobias Okonjo", SHARED_IP, "Denver"),
    Person(3, "5100000003", "linh.tranova@example.org", "Linh Trần Nova", "203.0.113.23", "San Jose", language="vi"),
    Person(4, "5100000004", "jordan.vale@example.com", "Jordan Vale", "192.0.2.44", "Chicago"),
    Person(5, "5100000005", "jvale88@example.net", "Jordan Vale", "203.0.113.45", "Tampa"),
    Person(6, "5100000006", "wren.castellan@example.org", "Wren Castellan", SHARED_IP, "Denver"),
    Person(7, "5100000007", "office@fernwick.example.com", "Isolde Fernwick", "192.0.2.70", "Boston"),
    Person(8, "5100000007", "dmitri@fernwick.example.com", "Dmitri Fernwick", "192.0.2.71", "Boston"),
    Person(9, "5100000009", "quietus.marlowe@example.net", "Quietus Marlowe", "192.0.2.99", "Omaha", quiet=True),
    Person(10, "5100000010", "saoirse.penn@example.com", "Saoirse Penn", "203.0.113.110", "Seattle"),
    Person(11, "5100000011", "bashir.elowen@example.org", "Bashir Elowen", "2001:db8:11::5", "Austin"),
    Person(12, "5100000012", "gone.away@example.net", "Gideon Awayne", "192.0.2.112", "Reno", deleted=True),
)

GUEST = '=HYPERLINK("http://guest.example.net/","Perrin Guestly")'
"""What a guest typed as a name in a meeting: a spreadsheet would run it, and a court must still be able to read it."""

_TOPICS = ("Weekly stand-up", "Garden committee", "Budget review", "Choir practice", "Apartment viewing", "Book club")
_LINES = (
    "Can you send the invoice again? The total was wrong.",
    "See you at nine. Bring the blue folder.",
    "Mình sẽ gọi lại sau bữa trưa nhé.",
    "@all the link moved, use the one in the calendar",
    "-- forwarded --\nKeys are under the third pot.",
    "=SUM(A1:A9) does not work in the sheet, help!",
)
_DELETED_TEXT = "This was deleted by its sender and must never come back."


def phone_of(person: Person) -> str:
    return f"+1-{200 + person.id}-555-01{person.id:02d}"


def rows() -> dict[str, list[dict[str, Any]]]:
    """All rows by table name, in the order in which they can be inserted. The same on every call."""
    active = [person for person in PEOPLE if not person.quiet]
    present = [person for person in active if not person.deleted]
    pairs = [(a, present[(place + 1) % len(present)]) for place, a in enumerate(present)]
    held = [_meeting(number, host) for number, (host, _) in enumerate(pairs, 1)]
    return {
        "accounts": _accounts(),
        "users": [_user(person) for person in PEOPLE],
        "sign_ins": [_sign_in(person, month) for person in active for month in range(1, 13)],
        "devices": [_device(person) for person in active],
        "meetings": held,
        "participants": [
            row for meeting, pair in zip(held, pairs, strict=True) for row in _participants(meeting, *pair)
        ],
        "chat_messages": [_chat(a, b, line) for a, b in pairs for line in range(len(_LINES) + 1)],
        "recordings": [row for meeting in held for row in _recordings(meeting)],
    }


def canaries() -> tuple[str, ...]:
    """Every name, address and number of a person in here: none may turn up in a payload, an id, a log or a trace."""
    found = {GUEST, "Perrin Guestly", SHARED_IP}
    for person in PEOPLE:
        found |= {person.name, person.email, person.ip, person.account, phone_of(person)}
    return tuple(sorted(found))


def _accounts() -> list[dict[str, Any]]:
    owners = {person.account: person for person in reversed(PEOPLE)}
    return [
        {
            "number": number,
            "owner_email": owner.email,
            "plan": "Business" if number == "5100000007" else "Basic",
            "billing_name": owner.name,
            "billing_address": f"{owner.id}00 Sample Street, {owner.city}",
            "payment_method": "Card" if owner.id % 2 else "Bank transfer",
        }
        for number, owner in sorted(owners.items())
    ]


def _user(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "account_number": person.account,
        "email": person.email,
        "display_name": person.name,
        "phone": phone_of(person),
        "title": "Partner" if person.account == "5100000007" else "",
        "department": "Sales" if person.id == 8 else "",
        "language": person.language,
        "created_at": datetime(2025, 1 + person.id % 12, 3, 10, 0, tzinfo=UTC),
        "deleted_at": datetime(2026, 1, 2, tzinfo=UTC) if person.deleted else None,
    }


def _sign_in(person: Person, month: int) -> dict[str, Any]:
    return {
        "id": person.id * 100 + month,
        "user_id": person.id,
        "at": datetime(2026, month, 1 + (person.id * 7 + month) % 28, 7 + person.id, month * 4, 30, tzinfo=UTC),
        "ip": person.ip,
        "city": person.city,
        "client": f"6.{month}.0",
    }


def _device(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "user_id": person.id,
        "first_seen_at": datetime(2026, 1 + person.id % 6, 5, 8, 15, tzinfo=UTC),
        "udid": f"00000000-0000-4000-8000-{person.id:012d}",
        "mac": f"00:00:5e:00:53:{person.id:02x}",
        "type": "Laptop" if person.id % 2 else "Phone",
        "os": "Linux 6.12" if person.id % 2 else "Android 16",
        "microphone": "Built-in",
    }


def _meeting(number: int, host: Person) -> dict[str, Any]:
    start = datetime(2026, 1 + (number * 5) % 12, 2 + number * 2, 15, 0, tzinfo=UTC)
    return {
        "id": number,
        "number": 81000000000 + number * 1111,
        "host_id": host.id,
        "topic": _TOPICS[number % len(_TOPICS)],
        "scheduled_at": start,
        "started_at": start + timedelta(minutes=2),
        "ended_at": start + timedelta(minutes=47),
        "registration_url": f"https://meet.example.com/register/wm{number:04d}" if number % 2 else None,
    }


def _participants(meeting: dict[str, Any], host: Person, guest: Person) -> list[dict[str, Any]]:
    labels = [(host.id, host.name, host.ip), (guest.id, guest.name, guest.ip), (None, GUEST, "198.51.100.200")]
    return [
        {
            "id": meeting["id"] * 10 + place,
            "meeting_id": meeting["id"],
            "user_id": user,
            "label": label,
            "ip": ip,
            "connection": "wifi" if place else "wired",
            "joined_at": meeting["started_at"] + timedelta(minutes=place),
            "left_at": meeting["ended_at"] - timedelta(minutes=place),
        }
        for place, (user, label, ip) in enumerate(labels)
    ]


def _chat(sender: Person, recipient: Person, line: int) -> dict[str, Any]:
    deleted = line == len(_LINES)
    sent = datetime(2026, 1 + (sender.id + line * 2) % 12, 10 + line, 12, sender.id, tzinfo=UTC)
    return {
        "id": sender.id * 100 + line,
        "sender_id": sender.id,
        "recipient_id": recipient.id,
        "sent_at": sent,
        "text": _DELETED_TEXT if deleted else _LINES[line],
        "deleted_at": sent + timedelta(days=1) if deleted else None,
    }


def _recordings(meeting: dict[str, Any]) -> list[dict[str, Any]]:
    """One that the host kept and one that the host deleted, of which only the row is left."""
    kept = {
        "id": meeting["id"] * 10,
        "meeting_id": meeting["id"],
        "recorded_at": meeting["started_at"] + timedelta(minutes=5),
        "seconds": 2,
        "video": _video(meeting["id"]),
        "deleted_at": None,
    }
    deleted = kept | {"id": meeting["id"] * 10 + 1, "video": b"", "deleted_at": meeting["ended_at"] + timedelta(days=3)}
    return [kept, deleted]


def _video(number: int) -> bytes:
    # A test pattern of two seconds, then a box of type `free`, which players skip: each meeting has bytes of its own.
    note = f"synthetic recording {number}".encode()
    return _VIDEO.read_bytes() + (8 + len(note)).to_bytes(4, "big") + b"free" + note
