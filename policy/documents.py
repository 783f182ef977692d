"""Which attachments can be legal process (S2): PDFs with readable text, and nothing that acts on its own."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import assert_never

from policy.findings import DigitalSignature, Document, DocumentKind, Reason
from policy.frozen import Frozen
from policy.vocabulary import Clause


class Trouble(StrEnum):
    """Why a file that claims to be a PDF could not be read."""

    BROKEN = "broken"
    PASSWORD = "password"  # noqa: S105 - the name of a state, not a secret
    POLYGLOT = "polyglot"
    LIMITS = "limits"
    TOO_MANY = "too_many"


class ActiveContent(StrEnum):
    """What a PDF may carry that does something when it is opened, in the words a person is told."""

    JAVASCRIPT = "JavaScript"
    LAUNCH = "a program to launch"
    EMBEDDED_FILE = "an embedded file"
    XFA = "an XFA form"
    REMOTE = "a link that opens another file or sends data"
    MEDIA = "embedded media"


class Examination(Frozen):
    """What was seen of one attachment. `characters` counts those of the pages that were read, and `scanned` the pages
    that are images without text."""

    sha256: str
    name: str
    kind: DocumentKind
    pages: int = 0
    characters: int = 0
    scanned: int = 0
    languages: tuple[str, ...] = ()
    signature: DigitalSignature = DigitalSignature.NONE
    active: tuple[ActiveContent, ...] = ()
    trouble: Trouble | None = None


def judge_document(seen: Examination) -> Document:
    """The document with its verdict. Accepted means that it can be read as legal process, not that it is genuine.

    A PDF that opens without a password is accepted even if it restricts printing or copying, as those of courts do.
    One without a digital signature is accepted: whether a hand has signed it, a person must see.
    """
    reasons = tuple(Reason(clause=Clause.S2, detail=detail) for detail in _objections(seen))
    return Document(
        sha256=seen.sha256,
        name=seen.name,
        kind=seen.kind,
        pages=seen.pages,
        accepted=not reasons,
        reasons=reasons,
        languages=seen.languages,
        signature=seen.signature,
        scan=_only_for_eyes(seen),
    )


def scans(documents: Iterable[Document]) -> tuple[Document, ...]:
    """The documents that a verifier can still take in, by reading them and stating so (S2)."""
    return tuple(document for document in documents if document.scan and not document.accepted)


def says_something(seen: Examination) -> bool:
    """Whether the document's words count: those of a document that S2 accepts, and of our own form or a certificate if
    nothing else is the matter with it."""
    by_kind = seen.kind in (DocumentKind.FORM, DocumentKind.CERTIFICATE)
    return not tuple(_pdf_objections(seen) if by_kind else _objections(seen))


def judge_documents(documents: Sequence[Document]) -> tuple[Reason, ...]:
    """What a message lacks for its documents to be legal process: nothing, if one of them at least is accepted (S2)."""
    if any(document.accepted for document in documents):
        return ()
    if not documents:
        return (Reason(clause=Clause.S2, detail="no document is attached; legal documents come as PDF attachments"),)
    unfit = Reason(clause=Clause.S2, detail="none of the attachments is a PDF that can be read as legal process")
    return (unfit, *(reason for document in documents for reason in document.reasons))


def _only_for_eyes(seen: Examination) -> bool:
    """Whether nothing is the matter with it but that it is an image, or a PDF whose pages hold no text."""
    if seen.kind is DocumentKind.IMAGE:
        return True
    sound = seen.trouble is None and not seen.active and not any(_signature_objections(seen))
    return seen.kind is DocumentKind.PDF and sound and not seen.characters


def _objections(seen: Examination) -> Iterable[str]:
    match seen.kind:
        case DocumentKind.IMAGE:
            yield f"{seen.name} is an image; a document sent as an image is not accepted"
        case DocumentKind.OTHER:
            yield f"{seen.name} is not a PDF"
        case DocumentKind.PDF:
            yield from _pdf_objections(seen)
        case DocumentKind.FORM:
            yield f"{seen.name} is the request form; the signed legal document itself is needed beside it"
            yield from _pdf_objections(seen)
        case DocumentKind.CERTIFICATE:
            yield f"{seen.name} is a certificate for us to complete; the signed legal document is needed beside it"
            yield from _pdf_objections(seen)
        case _:
            assert_never(seen.kind)


def _pdf_objections(seen: Examination) -> Iterable[str]:
    match seen.trouble:
        case None:
            if seen.active:
                yield f"{seen.name} holds active content: {', '.join(seen.active)}"
            yield from _signature_objections(seen)
            if not seen.characters and seen.scanned:
                yield f"{seen.name} is a PDF of images without text; a document sent as an image is not accepted"
            elif not seen.characters:
                yield f"{seen.name} is a PDF without text"
        case Trouble.BROKEN:
            yield f"{seen.name} is a PDF that does not open"
        case Trouble.PASSWORD:
            yield f"{seen.name} is encrypted and asks for a password"
        case Trouble.POLYGLOT:
            yield f"{seen.name} is a PDF and another kind of file at the same time"
        case Trouble.LIMITS:
            yield f"{seen.name} could not be examined within the limits of time and memory"
        case Trouble.TOO_MANY:
            yield f"{seen.name} was not examined: the message carries too many PDFs"
        case _:
            assert_never(seen.trouble)


def _signature_objections(seen: Examination) -> Iterable[str]:
    match seen.signature:
        case DigitalSignature.NONE | DigitalSignature.INTACT:
            pass
        case DigitalSignature.CHANGED_AFTER:
            yield f"{seen.name} was changed after it was digitally signed"
        case DigitalSignature.BROKEN:
            yield f"{seen.name} has a digital signature that does not match its content"
        case DigitalSignature.UNREADABLE:
            yield f"{seen.name} has a digital signature that could not be checked"
        case _:
            assert_never(seen.signature)
