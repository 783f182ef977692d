"""A raw message to its reading and the bytes of its documents: the one door for hostile mail."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from intake.contents import contents_of
from intake.facts import read_text, settle
from intake.headers import answers, author_of, dated, message_id_of, subject_of
from intake.lines import Reading, references
from intake.mime import cut, split_headers
from intake.pdf import PdfReading, read_pdf
from intake.reading import MessageReading
from intake.text import clean
from policy.documents import Examination, Trouble, judge_document
from policy.facts import Source, SourceKind
from policy.findings import Document, DocumentKind, Reason
from policy.vocabulary import Clause

#: PDFs of one message that are opened.
_MOST_PDFS = 20
_CHUNK = 1024 * 1024

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"\x00\x00\x01\x00")


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """The reading, and the bytes of each attachment by SHA-256."""

    reading: MessageReading
    attachments: dict[str, bytes]


@dataclass(slots=True)
class _Attachments:
    """What is attached, as it is found: each distinct file once."""

    octets: dict[str, bytes] = field(default_factory=dict)
    remarks: list[Reason] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    pages: list[tuple[Source, str]] = field(default_factory=list)
    opened: int = 0


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
    attached = _Attachments()
    for name, octets in held.files:
        _attach(octets, name, attached)
    remarks += held.remarks + attached.remarks

    found = Reading()
    read_text(held.words, Source(kind=SourceKind.MAIL), author_domain, found)
    for source, page in attached.pages:
        read_text(page, source, author_domain, found)
    known = references(f"{subject}\n{held.text}")
    facts, unread = settle(found, known)
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
            remarks=(*remarks, *unread),
        ),
        attachments=attached.octets,
    )


def read_document(octets: bytes, name: str) -> tuple[Document, Reading]:
    """Read one file by itself, as if it had come with a message: its verdict under S2, and what its pages say."""
    attached = _Attachments()
    _attach(octets, name, attached)
    found = Reading(remarks=attached.remarks)
    for source, page in attached.pages:
        read_text(page, source, None, found)
    return attached.documents[0], found


def _attach(octets: bytes, name: str, attached: _Attachments) -> None:
    sha256 = hashlib.sha256(octets).hexdigest()
    if sha256 in attached.octets:
        return
    attached.octets[sha256] = octets
    kind = kind_of(octets)
    if kind is not DocumentKind.PDF:
        attached.documents.append(judge_document(Examination(sha256=sha256, name=name, kind=kind)))
        return
    attached.opened += 1
    seen = PdfReading(trouble=Trouble.TOO_MANY) if attached.opened > _MOST_PDFS else read_pdf(octets)
    document = judge_document(
        Examination(
            sha256=sha256,
            name=name,
            kind=kind,
            pages=seen.pages,
            characters=sum(len(text.strip()) for text in seen.texts),
            images=seen.images,
            active=seen.active,
            trouble=seen.trouble,
        )
    )
    attached.documents.append(document)
    if seen.cut_short:
        detail = f"{name} is too long to be read whole: a person must read the rest"
        attached.remarks.append(Reason(clause=Clause.S2, detail=detail))
    if document.accepted:  # What S2 does not accept says nothing.
        attached.pages.extend(_sources(sha256, seen.texts))


def _sources(sha256: str, texts: Sequence[str]) -> list[tuple[Source, str]]:
    return [(Source(kind=SourceKind.PDF, document=sha256, page=n), text) for n, text in enumerate(texts, 1)]


def kind_of(octets: bytes) -> DocumentKind:
    """What a file is, by its first bytes (S2). `%PDF-` further in is some other file with a PDF inside it."""
    if octets.startswith(b"%PDF-"):
        return DocumentKind.PDF
    image = octets.startswith(_IMAGES) or octets[8:12] == b"WEBP" or octets[4:12] in (b"ftypheic", b"ftypavif")
    return DocumentKind.IMAGE if image else DocumentKind.OTHER
