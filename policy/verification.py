"""What a verifier must have seen and done before a document counts: one table, looked at for every case (G1, S2, R4).

Proof of the domain is never enough: genuine police mailboxes are sold and used for forged requests. So the requests
that are forged most, or would cost most if they were, are confirmed by a call on a number that is not in the message.
"""

from collections.abc import Iterator

from policy.countries import HOME
from policy.findings import Reason
from policy.frozen import Frozen
from policy.statements import Check
from policy.vocabulary import Clause, DataClass, LegalProcess, RequestKind, SenderVerdict


class Presented(Frozen):
    """A case as a verifier has it before them.

    `country` is whose law it is under, None where nobody knows. `first_time`: no verifier has yet found a request of
    this address genuine. `scanned`: no document of it is accepted, and one could be by a person's reading it. `frozen`:
    its sender was blocked after it came, and it has not been verified since.
    """

    kind: RequestKind
    sender: SenderVerdict | None
    process: LegalProcess | None = None
    country: str | None = HOME
    classes: tuple[DataClass, ...] = ()
    has_document: bool = True
    scanned: bool = False
    first_time: bool = False
    frozen: bool = False


def call_back_reasons(case: Presented) -> tuple[Reason, ...]:
    """Why the agency must be called back, each with its clause; none where nothing asks for it."""
    return tuple(_reasons(case))


def checks_due(case: Presented) -> frozenset[Check]:
    """What a verifier must state that they have seen or done.

    The signature on the document (S2); an emergency may come without a document, by mail from an official address
    alone (G1), and then has none. That a scan has been read, where there is no other document. A
    preservation's letterhead (P2). At whom an order under a CLOUD Act agreement is aimed, and what a European
    certificate says of who is behind it (F2). A call-back where anything asks for one, and on the same call the
    officer's badge or id number (R4, E2), which a preservation need not give (P2).
    """
    due: set[Check] = set()
    if case.has_document or case.kind is not RequestKind.EMERGENCY:
        due.add(Check.SIGNATURE_SEEN)
    if case.scanned and case.kind is not RequestKind.EMERGENCY:
        due.add(Check.DOCUMENT_READ)
    if case.kind is RequestKind.PRESERVATION:
        due.add(Check.LETTERHEAD_SEEN)
    if case.process is LegalProcess.CLOUD_ACT_ORDER:
        due.add(Check.TARGET_CHECKED)
    if case.process is LegalProcess.EPOC and case.kind is RequestKind.DISCLOSURE:
        due.add(Check.CERTIFICATE_CHECKED)
    if call_back_reasons(case):
        due.add(Check.CALLED_BACK)
        if case.kind is not RequestKind.PRESERVATION:
            due.add(Check.BADGE_CHECKED)
    return frozenset(due)


def _reasons(case: Presented) -> Iterator[Reason]:
    def why(clause: Clause, detail: str) -> Reason:
        return Reason(clause=clause, detail=detail)

    if case.frozen:
        yield why(Clause.S1, "its sender was blocked after it came, so only a call made since then counts")
    if case.sender is not SenderVerdict.ACCEPT:
        yield why(Clause.G1, "its sender is not in the agency directory, not proven, or blocked")
    if case.first_time:
        yield why(Clause.G1, "nobody has found a request of this address genuine before")
    if case.kind is RequestKind.EMERGENCY:
        yield why(Clause.E1, "it is an emergency, for which stolen mailboxes are used most")
    if case.kind is RequestKind.RESTRICTION:
        yield why(Clause.X1, "it would restrict a user's access")
    if DataClass.CONTENT in case.classes and case.kind is not RequestKind.PRESERVATION:
        yield why(Clause.U4, "it asks for content")
    if case.country != HOME:
        yield why(Clause.F1, "it comes from another country, or nobody knows from which")
