"""What a look at a message and its documents found, each finding with the clause it rests on."""

from enum import StrEnum

from policy.frozen import Frozen
from policy.vocabulary import Clause


class Reason(Frozen):
    """A clause and a sentence: why something was held, refused or found missing. The sentence is for people."""

    clause: Clause
    detail: str


class DocumentKind(StrEnum):
    """What an attachment is, by its bytes and not by its name (S2)."""

    PDF = "pdf"
    IMAGE = "image"
    OTHER = "other"


class Document(Frozen):
    """A document that came with a message, by SHA-256 of its bytes. `accepted` says whether it can be legal process."""

    sha256: str
    name: str
    kind: DocumentKind
    pages: int = 0
    accepted: bool = False
    reasons: tuple[Reason, ...] = ()
