"""A message's leaves to what they are: the writer's words, and files, whatever they were wrapped in."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from email.message import Message

from intake.headers import unencoded
from intake.html import text_of_html
from intake.part import Part
from intake.quoting import own_words
from intake.text import LINE_LIMIT, TEXT_LIMIT, Room, clean, decode
from intake.tnef import SIGNATURE, TnefError, unpack
from policy.addresses import within
from policy.findings import Reason
from policy.vocabulary import Clause

_SAID = ("text/plain", "text/html")
_NAME_REFUSED = re.compile(r"[^\w .,()+-]")
_FROM_DOMAIN = re.compile(r"@([a-z0-9.-]+)", re.I)


@dataclass(slots=True)
class Contents:
    """What a message holds: `text` as it was written, `words` without quotations, files by a name safe to show."""

    text: str = ""
    words: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)
    remarks: list[Reason] = field(default_factory=list)

    def remark(self, clause: Clause, sentence: str) -> None:
        """Say what could not be read."""
        self.remarks.append(Reason(clause=clause, detail=sentence))


@dataclass(slots=True)
class _Said:
    """The words of one leaf. Of an alternative, HTML is read only where it has no plain text."""

    text: str
    plain: bool
    choice: int | None


def contents_of(parts: Sequence[Part], ours: Collection[str]) -> Contents:
    """Sort a message's leaves. `ours` are the domains that we write from: our own words are nobody's request."""
    held = Contents()
    said: list[_Said] = []
    enveloped: list[str] = []
    room, unwrapped = Room(), Room()
    for number, part in enumerate(parts, 1):
        if part.within is not None and _is_ours(part.within, ours):
            held.remark(Clause.S2, "a message of our own is attached; it was not read")
        elif part.content_type in _SAID and not part.is_attachment:
            plain = part.content_type == "text/plain"
            octets, whole = part.beginning(room.octets)
            source = decode(room.look(octets, whole=whole), part.charset)
            said.append(_Said(source if plain else text_of_html(source), plain=plain, choice=part.choice))
        else:
            _file(part, number, held, enveloped, unwrapped)
    told = {each.choice for each in said if each.plain and each.text.strip()} - {None}
    texts = [each.text for each in said if each.plain or each.choice not in told]
    if not any(text.strip() for text in texts):
        texts, room = enveloped, Room(full=room.full or unwrapped.full)
    texts = [room.take(text) for text in texts]
    held.text = "\n".join(texts)
    held.words = "\n".join(own_words(text, ours) for text in texts)
    if room.full:
        most = f"{TEXT_LIMIT} characters or {LINE_LIMIT} lines"
        held.remark(Clause.R3, f"only the first {most} of the mail's text were read")
    held.remarks = list(dict.fromkeys(held.remarks))
    return held


def _file(part: Part, number: int, held: Contents, enveloped: list[str], room: Room) -> None:
    """A leaf that is a file, or an envelope of Outlook's with files in it, and text for which there is `room`."""
    octets, sound = part.decoded()
    name = _name(part.filename or "", number)
    if not sound:
        held.remark(Clause.S2, f"part {number} of the message is damaged base64; what could be read was kept")
    if octets.startswith(SIGNATURE):
        try:
            unpacked = unpack(octets, room)
        except TnefError:
            held.remark(Clause.S2, f"{name} is a broken envelope of Outlook's (TNEF); it was kept unopened")
        else:
            enveloped.append(unpacked.text)
            held.files += [(_name(inner, number), content) for inner, content in unpacked.files]
            if unpacked.unread:
                held.remark(Clause.S2, f"{name} holds text in a form that is not read (RTF): a person must read it")
            return
    if octets and not octets.isspace():
        held.files.append((name, octets))


def _is_ours(headers: Message, ours: Collection[str]) -> bool:
    domains = _FROM_DOMAIN.findall(str(headers.get("From", "")).lower())
    return any(within(domain, our) for domain in domains for our in ours)


def _name(written: str, number: int) -> str:
    """The file's name, safe to show and never a path; by its number where it has none."""
    name = clean(unencoded(written)).replace("\\", "/").rpartition("/")[2]
    return _NAME_REFUSED.sub("_", " ".join(name.split()))[-120:].strip(" .") or f"attachment {number}"
