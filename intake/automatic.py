"""Mail that no person wrote: bounces, out-of-office answers, mailing lists (RFC 3834, RFC 3464).

Such mail answers nothing and is never answered, or two machines would write to each other for ever. Only what the
headers say of themselves counts; whoever leaves them out is read as a person, and held to that.
"""

import re
from email.message import Message

from intake.headers import answers, author_of, subject_of
from policy.vocabulary import Automatic

_AWAY = re.compile(r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office)\b", re.I)
_RESPONDERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply")
_LISTS = ("List-Id", "List-Post")
_DAEMONS = frozenset({"mailer-daemon", "postmaster"})
_RETURNED_ID = re.compile(rb"^message-id:\s*(<[^<>\s]{1,250}>)", re.I | re.M)
_STATUS = re.compile(rb"^status:\s*([245]\.\d{1,3}\.\d{1,3})", re.I | re.M)
_ACTION = re.compile(rb"^action:\s*(\w+)", re.I | re.M)
#: A report stands at the beginning of its message; what is returned below it can be long.
_REPORT_LENGTH = 256 * 1024


def automatic(headers: Message) -> Automatic | None:
    """What kind of automatic mail this is, or None where a person may have written it."""
    report = headers.get_content_type() == "multipart/report"
    empty_path = str(headers.get("Return-Path", "")).strip() == "<>"
    daemon = (author_of(headers) or "").partition("@")[0] in _DAEMONS
    if report or (daemon and (empty_path or not answers(headers))):
        return Automatic.BOUNCE
    submitted = str(headers.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(headers.get("Precedence", "")).strip().lower()
    if precedence in {"list", "bulk", "junk"} or any(name in headers for name in _LISTS):
        return Automatic.LIST
    responds = submitted != "no" or precedence == "auto_reply" or any(name in headers for name in _RESPONDERS)
    return Automatic.ANSWER if responds or empty_path or _AWAY.match(subject_of(headers)) else None


def returned(raw: bytes, start: int) -> tuple[tuple[str, ...], str | None]:
    """What a bounce, whose body begins at `start`, returns: the Message-IDs in it, and its status code (RFC 3463)."""
    report = raw[start : start + _REPORT_LENGTH]
    found = dict.fromkeys(match.decode("ascii", "replace") for match in _RETURNED_ID.findall(report))
    status = _STATUS.search(report)
    return tuple(found)[:10], status[1].decode() if status else None


def gave_up(raw: bytes, start: int) -> bool:
    """Whether the report says that delivery failed, or does not say; not that it is late, or was made (RFC 3464)."""
    actions = {action.lower() for action in _ACTION.findall(raw[start : start + _REPORT_LENGTH])}
    return not actions or b"failed" in actions
