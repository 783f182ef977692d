"""S2: which attachments can be legal process."""

import pytest

from policy.documents import (
    ActiveContent,
    Examination,
    Trouble,
    judge_document,
    judge_documents,
    says_something,
    scans,
)
from policy.findings import DigitalSignature, DocumentKind
from policy.vocabulary import Clause

GOOD = Examination(sha256="0" * 64, name="w.pdf", kind=DocumentKind.PDF, pages=1, characters=10)


def test_S2_a_pdf_with_text_is_accepted() -> None:
    document = judge_document(GOOD)
    assert document.accepted
    assert document.reasons == ()
    assert judge_documents([document]) == ()


@pytest.mark.parametrize("signature", [DigitalSignature.NONE, DigitalSignature.INTACT])
def test_S2_a_pdf_signed_by_hand_or_digitally_and_unchanged_is_accepted(signature: DigitalSignature) -> None:
    document = judge_document(GOOD.model_copy(update={"signature": signature, "languages": ("en",)}))
    assert document.accepted
    assert (document.signature, document.languages) == (signature, ("en",))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": DocumentKind.IMAGE}, "is an image"),
        ({"kind": DocumentKind.OTHER}, "not a PDF"),
        ({"kind": DocumentKind.CERTIFICATE}, "a certificate for us to complete"),
        ({"characters": 0, "scanned": 1}, "images without text"),
        ({"characters": 0}, "without text"),
        ({"active": (ActiveContent.JAVASCRIPT,)}, "JavaScript"),
        ({"signature": DigitalSignature.CHANGED_AFTER}, "changed after it was digitally signed"),
        ({"signature": DigitalSignature.BROKEN}, "does not match"),
        ({"signature": DigitalSignature.UNREADABLE}, "could not be checked"),
        *(
            ({"trouble": trouble}, word)
            for trouble, word in zip(
                Trouble, ["open", "password", "at the same time", "limits", "too many"], strict=True
            )
        ),
    ],
)
def test_S2_everything_else_is_not_and_says_why(change: dict[str, object], word: str) -> None:
    document = judge_document(GOOD.model_copy(update=change))
    assert not document.accepted
    assert [reason.clause for reason in document.reasons] == [Clause.S2]
    assert word in document.reasons[0].detail


@pytest.mark.parametrize(
    ("change", "scan"),
    [
        ({"kind": DocumentKind.IMAGE}, True),
        ({"characters": 0, "scanned": 1}, True),
        ({"characters": 0}, True),
        ({"characters": 0, "signature": DigitalSignature.INTACT}, True),
        ({}, False),
        ({"kind": DocumentKind.OTHER}, False),
        ({"kind": DocumentKind.FORM, "characters": 0}, False),
        ({"characters": 0, "active": (ActiveContent.JAVASCRIPT,)}, False),
        ({"characters": 0, "signature": DigitalSignature.CHANGED_AFTER}, False),
        *(({"characters": 0, "trouble": trouble}, False) for trouble in Trouble),
    ],
)
def test_S2_a_person_can_take_in_what_is_only_an_image_and_nothing_else(change: dict[str, object], scan: bool) -> None:
    document = judge_document(GOOD.model_copy(update=change))
    assert document.scan == scan
    assert scans([document]) == ((document,) if scan else ())
    taken = document.model_copy(update={"accepted": True, "taken_by": "r-0000000000000001"})
    assert scans([taken]) == (), "once is enough"


def test_S2_our_form_says_what_is_asked_and_is_no_legal_document() -> None:
    form = GOOD.model_copy(update={"kind": DocumentKind.FORM})
    assert not judge_document(form).accepted
    assert says_something(form)
    assert not says_something(form.model_copy(update={"active": (ActiveContent.JAVASCRIPT,)}))
    assert not says_something(form.model_copy(update={"signature": DigitalSignature.CHANGED_AFTER}))
    assert judge_documents([judge_document(form), judge_document(GOOD)]) == ()


def test_S2_one_accepted_document_is_enough() -> None:
    image = judge_document(GOOD.model_copy(update={"kind": DocumentKind.IMAGE, "name": "logo.png"}))
    assert judge_documents([image, judge_document(GOOD)]) == ()
    assert "logo.png" in judge_documents([image])[1].detail
    assert judge_documents([])[0].clause is Clause.S2
