"""What is still asked for may go to a sender whom nobody has verified: it never quotes the request (R4)."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from policy.book import current_book
from policy.completeness import missing_for_disclosure, missing_for_emergency, missing_for_preservation
from policy.findings import Document, DocumentKind
from policy.request import EmergencyFacts, Identifier, IdentifierKind, RequestFacts
from policy.vocabulary import LegalProcess
from tests.policy.build import NOW, searched

CANARY = "canary"
#: Where RequestFacts keeps the request's own words; a PO box is a reason to ask for an address. The country is not the
#: request's own word: it follows from who sent it.
WORDS = [name for name, field in RequestFacts.model_fields.items() if field.annotation == (str | None)]
WORDS.remove("country")

identifiers = st.builds(
    Identifier,
    kind=st.sampled_from(IdentifierKind),
    value=st.just(CANARY),
    host=st.none() | st.just(CANARY),
    at=st.none() | st.just(NOW),
)
facts = st.builds(
    lambda words, **rest: RequestFacts(**words, **rest),
    st.dictionaries(st.sampled_from(WORDS), st.sampled_from([CANARY, f"P.O. Box 1, {CANARY}"])),
    emergency=st.builds(
        EmergencyFacts, **{name: st.sampled_from([None, CANARY]) for name in EmergencyFacts.model_fields}
    ),
    country=st.sampled_from([None, "US", "GB", "DE", "VN"]),
    process=st.none() | st.sampled_from(LegalProcess),
    response_due=st.none() | st.dates(date(2026, 3, 1), date(2026, 4, 1)),
    identifiers=st.lists(identifiers, max_size=2).map(tuple),
)
documents = st.lists(
    st.builds(
        Document,
        sha256=st.just("0" * 64),
        name=st.just(CANARY),
        kind=st.sampled_from(DocumentKind),
        accepted=st.booleans(),
    ),
    max_size=2,
).map(tuple)


@searched
@given(facts=facts, documents=documents)
def test_R4_what_is_asked_for_never_quotes_the_request(facts: RequestFacts, documents: tuple[Document, ...]) -> None:
    asked = (
        *missing_for_disclosure(facts, documents, NOW, current_book()),
        *missing_for_preservation(facts, documents, NOW, current_book()),
        *missing_for_emergency(facts),
    )
    assert CANARY not in " ".join(reason.detail for reason in asked)
