"""The registry of search attributes: the one list that the workflows upsert, the server registers and people query.

They are never encrypted, so none may say anything of a case's content or of a person.
"""

from temporalio.common import SearchAttributeKey

CASE_PHASE = SearchAttributeKey.for_keyword("CasePhase")
CASE_KIND = SearchAttributeKey.for_keyword("CaseKind")
CASE_QUEUE = SearchAttributeKey.for_keyword("CaseQueue")
CASE_JURISDICTION = SearchAttributeKey.for_keyword("CaseJurisdiction")
CASE_DEADLINE = SearchAttributeKey.for_datetime("CaseDeadline")

#: Name and server type of each, for `--search-attribute` of the dev server and `operator search-attribute create`.
REGISTRY: dict[str, str] = {
    CASE_PHASE.name: "Keyword",
    CASE_KIND.name: "Keyword",
    CASE_QUEUE.name: "Keyword",
    CASE_JURISDICTION.name: "Keyword",
    CASE_DEADLINE.name: "Datetime",
}
