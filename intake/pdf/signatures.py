"""The digital signatures in a PDF: whether each holds, and whether it covers the document as it is now (S2).

Who signed is not looked into: that takes roots to trust, and a chain of trust is neither asked for nor fetched. A
signature that holds shows that nothing was changed since, not that an officer made it.
"""

from collections.abc import Coroutine
from typing import TypeVar

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from intake.pdf.opening import Opened

_Result = TypeVar("_Result")


def signatures(opened: Opened) -> list[str]:
    """A word for each signature, as `policy.findings.DigitalSignature` spells them."""
    reader = PdfFileReader(opened.file, strict=False)
    if reader.encrypted:
        reader.decrypt("")
    found: list[EmbeddedPdfSignature] = list(reader.embedded_regular_signatures)
    names = {signature.field_name for signature in found}
    return [_checked(signature, names) for signature in found]


def _checked(signature: EmbeddedPdfSignature, signature_fields: set[str]) -> str:
    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    try:
        status = _at_once(async_validate_pdf_signature(signature, signer_validation_context=nobody))
    except Exception:  # noqa: BLE001 - a hostile signature can break its reader anywhere; what it says is not known
        return "unreadable"
    if not (status.intact and status.valid):
        return "broken"
    return "intact" if _covers_the_document(status, signature_fields) else "changed_after"


def _covers_the_document(status: PdfSignatureStatus, signature_fields: set[str]) -> bool:
    """Whether the signature covers the whole file, or what came later only adds other signatures and their seals.

    `intact` and `valid` alone speak of the revision that was signed: a page added since leaves them true. A form field
    filled in since counts as a change, even where the form allows it.
    """
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    later = status.diff_result
    return (
        status.docmdp_ok is True
        and isinstance(later, DiffResult)
        and later.modification_level <= ModificationLevel.FORM_FILLING
        and later.changed_form_fields <= signature_fields
    )


def _at_once(work: Coroutine[object, object, _Result]) -> _Result:
    """The result of a coroutine that never waits: without fetching there is nothing to wait for, and no event loop
    could be opened in here."""
    try:
        work.send(None)
    except StopIteration as done:
        result: _Result = done.value
        return result
    raise RuntimeError("the signature's check waits for something")
