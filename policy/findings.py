"""What a look at a message and its documents found, each finding with the clause it rests on."""

from enum import StrEnum

from policy.frozen import Frozen
from policy.vocabulary import Clause


class Reason(Frozen):
    """A clause and a sentence: why something was held, refused or found missing. The sentence is for people."""

    clause: Clause
    detail: str


class DocumentKind(StrEnum):
    """What an attachment is, by its bytes and not by its name (S2). A form is our own request form, filled in: it says
    exactly what is asked. A certificate is for our custodian of records to complete (PR3). Neither is legal process.
    """

    PDF = "pdf"
    FORM = "form"
    CERTIFICATE = "certificate"
    IMAGE = "image"
    OTHER = "other"


class DigitalSignature(StrEnum):
    """What the digital signatures in a PDF show. None is normal: most process is signed by hand, for a person to see.

    Intact says that nothing was changed since it was signed, not who signed it: no signer is known to us (S2).
    """

    NONE = "none"
    INTACT = "intact"
    CHANGED_AFTER = "changed_after"
    BROKEN = "broken"
    UNREADABLE = "unreadable"


class Document(Frozen):
    """A document that came with a message, by SHA-256 of its bytes. `accepted` says whether it can be legal process.

    `languages` are ISO 639 codes of the languages that its pages are in, that of most text first; empty where there is
    too little text to tell (F4). `scan` says that S2 has nothing against it but that only a person can read it, and
    `taken_by` (roster id) who did so, and took it in; it is accepted since.
    """

    sha256: str
    name: str
    kind: DocumentKind
    pages: int = 0
    accepted: bool = False
    reasons: tuple[Reason, ...] = ()
    languages: tuple[str, ...] = ()
    signature: DigitalSignature = DigitalSignature.NONE
    scan: bool = False
    taken_by: str | None = None
