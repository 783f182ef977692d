"""A raw message to its reading and the bytes of its documents: the one door for hostile mail."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.facts import read_text, settle
from intake.headers import answers, author_of, dated, message_id_of, subject_of, unencoded
from intake.lines import Reading, references
from intake.mime import Cut, Part, cut, split_headers
from intake.pdf import PdfReading, read_pdf
from intake.reading import MessageReading
from intake.text import TEXT_LIMIT, clean, decode, text_of_html
from policy.documents import Examination, Trouble, judge_document
from policy.facts import Source, SourceKind
from policy.findings import Document, DocumentKind, Reason
from policy.vocabulary import Clause

#: PDFs of one message that are opened.
_MOST_PDFS = 20

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"\x00\x00\x01\x00")
_NAME_REFUSED = re.compile(r"[^\w .,()+-]")


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
    digest.update(raw[body:].replace(b"\r\n", b"\n").rstrip(b"\n"))
    return digest.hexdigest()


def read_message(raw: bytes) -> ReadMessage:
    """Read a message. Never raises for what is in it: what cannot be read becomes a remark, by clause.

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
    body, attached = _split(pieces, remarks)

    found = Reading()
    read_text(body, Source(kind=SourceKind.MAIL), author_domain, found)
    for source, page in attached.pages:
        read_text(page, source, author_domain, found)
    known = references(f"{subject}\n{body}")
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


def _split(pieces: Cut, remarks: list[Reason]) -> tuple[str, _Attachments]:
    """The message's own words, and its attachments. HTML is read only where there is no plain text."""
    plain: list[str] = []
    rich: list[str] = []
    attached = _Attachments()
    for number, part in enumerate(pieces.parts, 1):
        octets, sound = part.decoded()
        if not sound:
            detail = f"part {number} of the message is damaged base64; what could be read was kept"
            remarks.append(Reason(clause=Clause.S2, detail=detail))
        match part.content_type:
            case "text/plain" if not part.is_attachment:
                plain.append(decode(octets, part.charset))
            case "text/html" if not part.is_attachment:
                rich.append(text_of_html(decode(octets, part.charset)))
            case _ if octets.strip():
                _attach(octets, _name(part, number), attached)
    body = "\n".join(plain)
    body = body if body.strip() else "\n".join(rich)
    if len(body) >= TEXT_LIMIT:
        detail = f"only the first {TEXT_LIMIT} characters of the mail's text were read"
        remarks.append(Reason(clause=Clause.R3, detail=detail))
    remarks.extend(attached.remarks)
    return body[:TEXT_LIMIT], attached


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


def _name(part: Part, number: int) -> str:
    """The attachment's name, safe to show and never a path; by its number where it has none."""
    name = clean(unencoded(part.filename or "")).replace("\\", "/").rpartition("/")[2]
    return _NAME_REFUSED.sub("_", " ".join(name.split()))[-120:].strip(" .") or f"attachment {number}"
