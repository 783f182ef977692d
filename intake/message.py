"""A raw message to its reading and the bytes of its documents: the one door for hostile mail."""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from intake.attachments import Attachments
from intake.automatic import automatic, gave_up, returned
from intake.contents import contents_of
from intake.emergency import read_emergency
from intake.facts import read_certificate, read_text, settle
from intake.form import cut_out, read_entry
from intake.headers import answers, author_name_of, author_of, dated, message_id_of, subject_of
from intake.lines import Reading, references
from intake.mime import cut, split_headers
from intake.part import Part
from intake.pdf.languages import language_of
from intake.reading import MessageReading
from intake.text import clean
from intake.titles import Instrument, letter, withdraws
from policy.facts import FactField, Source, SourceKind
from policy.findings import Document, Reason
from policy.vocabulary import Automatic, Clause

_CHUNK = 1024 * 1024
_FORWARDED = re.compile(r"^(?:(?:fwd?|wg|tr)[ \t]*:[ \t]*)+", re.I)


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """The reading, and the bytes of each attachment by SHA-256."""

    reading: MessageReading
    attachments: dict[str, bytes]


def fingerprint(raw: bytes) -> str:
    """SHA-256 of From, Message-ID, Date and the body: equal for the same message sent again, whatever route it took.

    Line ends count as one kind and trailing empty lines not at all, since transports change both. Cheap: no document
    is opened.
    """
    headers, body = split_headers(raw)
    named = [[" ".join(str(v).split()) for v in headers.get_all(n, [])] for n in ("From", "Message-ID", "Date")]
    digest = hashlib.sha256(json.dumps(named).encode())
    for chunk in _normal_lines(raw, body):
        digest.update(chunk)
    return digest.hexdigest()


def _normal_lines(raw: bytes, start: int) -> Iterator[bytes]:
    """The body with one kind of line end and without empty lines at its end, in pieces: large mail is not copied."""
    ends = 0
    while start < len(raw):
        stop = start + _CHUNK - raw.startswith(b"\n", start + _CHUNK)  # A line end is not torn in two.
        chunk = raw[start:stop].replace(b"\r\n", b"\n")
        kept = chunk.rstrip(b"\n")
        if kept:
            yield b"\n" * ends
            yield kept
            ends = 0
        ends += len(chunk) - len(kept)
        start = stop


def read_message(raw: bytes, ours: Collection[str] = ()) -> ReadMessage:
    """Read a message. Never raises for what is in it: what cannot be read becomes a remark, by clause.

    `ours` are the domains that we write from: what is quoted from our own letters is not read as a request.
    Blocks while PDFs are read in other processes; call it in a thread from asyncio.
    """
    pieces = cut(raw)
    headers = pieces.headers
    author = author_of(headers)
    author_domain = author.rpartition("@")[2] if author else None
    subject = clean(subject_of(headers))
    remarks = [Reason(clause=Clause.S1, detail=sentence) for sentence in pieces.remarks]
    if author is None:
        remarks.append(Reason(clause=Clause.S1, detail="From does not name exactly one readable address"))
    held = contents_of(pieces.parts, ours)
    attached = Attachments(_held(raw, pieces.parts))
    for name, octets in held.files:
        attached.add(octets, name)
    remarks += held.remarks + attached.remarks

    found = Reading(author_domain=author_domain, author_name=clean(author_name_of(headers)), ours=frozenset(ours))
    in_mail = Source(kind=SourceKind.MAIL)
    filled, words = cut_out(held.words)
    for entry in filled:
        read_entry(entry, in_mail, found)
    read_text(words, in_mail, found)
    _read_attached(attached, found)
    _note_language(words, found)
    if withdraws(subject) or withdraws(words):
        found.instruments.append((Instrument.WITHDRAWAL, in_mail))
    if (asked := _asked_in(subject)) is not None:
        found.instruments.append((asked, in_mail))
    known = references(f"{subject}\n{held.text}")
    facts, unread = settle(found, known)
    values = [
        *((in_mail, entry.text) for entry in filled),
        *((source, entry.text) for source, entry in attached.entries),
    ]
    texts = [(in_mail, words), *attached.pages, *values]
    facts, urgent = read_emergency(subject, texts, known, facts)
    kind = automatic(headers)
    body = split_headers(raw)[1]
    failed = kind is Automatic.BOUNCE and gave_up(raw, body)
    bounced, status = returned(raw, body) if failed else ((), None)
    return ReadMessage(
        reading=MessageReading(
            fingerprint=fingerprint(raw),
            author=author,
            author_domain=author_domain,
            subject=subject,
            header_message_id=message_id_of(headers),
            in_reply_to=answers(headers),
            dated=dated(headers),
            references=known,
            facts=facts,
            documents=tuple(attached.documents),
            remarks=(*remarks, *unread, *urgent),
            automatic=kind,
            bounced=bounced,
            bounce_status=status,
        ),
        attachments=attached.octets,
    )


def _held(raw: bytes, parts: Sequence[Part]) -> int:
    """Bytes of the message that are held while its files are read: its own, and those of messages decoded from it."""
    decoded = {id(part.body.obj): memoryview(part.body.obj).nbytes for part in parts if part.body.obj is not raw}
    return len(raw) + sum(decoded.values())


def whole_text(raw: bytes) -> str:
    """All that a message says, quotations too; at most `TEXT_LIMIT` characters."""
    return clean(contents_of(cut(raw).parts, ()).text)


def own_text(raw: bytes, ours: Collection[str] = ()) -> str:
    """The writer's own words, without what they quote; at most `TEXT_LIMIT` characters."""
    return clean(contents_of(cut(raw).parts, ours).words)


def _asked_in(subject: str) -> Instrument | None:
    """The letter that a new mail's subject names. One about a case of ours asks for no more than its extension."""
    asked = letter(_FORWARDED.sub("", subject))
    return asked if asked is Instrument.EXTENSION or not references(subject) else None


def _note_language(words: str, found: Reading) -> None:
    """What the mail is in, where that is another language than English (F4)."""
    spoken = language_of(words)
    if spoken not in (None, "en"):
        found.add(FactField.LANGUAGE, spoken, Source(kind=SourceKind.MAIL))


def read_document(octets: bytes, name: str) -> tuple[Document, Reading]:
    """Read one file by itself, as if it had come with a message: its verdict under S2, and what its pages say."""
    attached = Attachments(len(octets))
    attached.add(octets, name)
    found = Reading(remarks=attached.remarks)
    _read_attached(attached, found)
    return attached.documents[0], found


def _read_attached(attached: Attachments, found: Reading) -> None:
    """The legal documents first: what they say of themselves comes before what our own form says of them."""
    for source, page in attached.pages:
        read_text(page, source, found)
    for source, page in attached.certificates:
        read_certificate(page, source, found)
    for source, entry in attached.entries:
        read_entry(entry, source, found)
