"""What operators read while a request waits for people: one face for each kind of waiting.

`due` is when the law of the request's channel wants the answer (UTC; F2), where it has a clock of its own.
"""

from collections.abc import Sequence
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from contract.messages import Assessment
    from policy.statements import Ruling
    from policy.vocabulary import Clause, Phase, Queue
    from workflows.machine import Machine


def show_verification(machine: Machine, known: Assessment, unanswered_at: datetime | None) -> None:
    """Why a request is not under review yet; `unanswered_at` (UTC) is when the agency's answer comes too late."""
    if known.frozen:
        show_frozen(machine, known.respond_by)
    elif known.missing:
        until = [at for at in (unanswered_at, known.respond_by) if at is not None]
        show_missing(machine, known.missing, min(until, default=None))
    else:
        show_unverified(machine, known.respond_by)


def show_missing(machine: Machine, missing: Sequence[Clause], until: datetime | None) -> None:
    """The agency, or a person who knows, is to complete the request (R1 to R4, P2)."""
    if Clause.F4 in missing:
        show_unread(machine, until)
        return
    machine.show(
        Phase.VERIFICATION,
        Queue.AGENCY,
        f"what is missing: {', '.join(missing)}",
        f"`dueprocess show {machine.ref}` lists what is missing; `dueprocess amend {machine.ref}` completes it. "
        f"The agency is reminded; without an answer the case is closed then.{_SCAN if Clause.S2 in missing else ''}",
        deadline=until,
    )


_SCAN = " What came as a scan a verifier can read, and take in with --document-read."


def show_unread(machine: Machine, until: datetime | None) -> None:
    """A person who reads the language is to say what the request says (F4)."""
    machine.show(
        Phase.VERIFICATION,
        Queue.VERIFIER,
        "a person who reads the request's language (F4)",
        f"`dueprocess amend {machine.ref} request.language=en FIELD=VALUE…` says what it says, once it has been read; "
        f"`dueprocess review {machine.ref} reject --ground F4` turns it down.",
        deadline=until,
    )


def show_unverified(machine: Machine, due: datetime | None = None) -> None:
    """A verifier is to look at the document (S2)."""
    machine.show(
        Phase.VERIFICATION,
        Queue.VERIFIER,
        "a verifier to see the signature and the document (S2)",
        f"`dueprocess show {machine.ref}` says which checks are due; then "
        f"`dueprocess review {machine.ref} authentic --signature-seen --as NAME`.",
        deadline=due,
    )


def show_frozen(machine: Machine, due: datetime | None = None) -> None:
    """A verifier is to call back: the sender was blocked (S1)."""
    machine.show(
        Phase.VERIFICATION,
        Queue.VERIFIER,
        "a verifier to call back, as the sender was blocked (S1)",
        f"`dueprocess show {machine.ref}` has the numbers and what is due; "
        f"`dueprocess review {machine.ref} authentic --called-back NUMBER --as NAME` goes on, not_authentic ends it.",
        deadline=due,
    )


def show_restriction_frozen(machine: Machine, until: datetime) -> None:
    """A restriction is in force and its sender was blocked: is it the agency's at all (S1, X1)?"""
    machine.show(
        Phase.RESTRICTED,
        Queue.VERIFIER,
        "a verifier to call back, as the sender was blocked while access is restricted (S1, X1)",
        f"`dueprocess show {machine.ref}` has the numbers; `dueprocess review {machine.ref} authentic --called-back "
        "NUMBER --as NAME` lets it stand, not_authentic gives access back at once, and so does a reviewer's lift.",
        deadline=until,
    )


def show_review(machine: Machine, last: Ruling | None, due: datetime | None = None) -> None:
    """A reviewer is to decide (U1 to U4)."""
    given = f"; {last.approvals} of {last.approvals_needed} approvals are given" if last and last.approvals else ""
    machine.show(
        Phase.LEGAL_REVIEW,
        Queue.REVIEWER,
        f"a reviewer's signed decision (U1-U4){given}",
        f"`dueprocess review {machine.ref} approve|narrow|reject|challenge|ask --as NAME`, or the signal `decision`.",
        deadline=due,
    )


def show_asked(machine: Machine, until: datetime | None) -> None:
    """The agency is to answer a reviewer's question (U2)."""
    machine.show(
        Phase.LEGAL_REVIEW,
        Queue.AGENCY,
        "the agency's answer to a reviewer's question",
        f"A reply by mail, or `dueprocess amend {machine.ref}`, goes on; a reviewer can decide without it. "
        "The agency is reminded; without an answer the case is closed then.",
        deadline=until,
    )


def show_hold_review(machine: Machine) -> None:
    """A hold is kept for a production order that has not come: is it to be expected still (P3)?"""
    machine.show(
        Phase.HELD,
        Queue.REVIEWER,
        "a reviewer to say whether the confirmed production order is still to be expected (P3)",
        f"`dueprocess review {machine.ref} keep --reason WORDS --as NAME` looks again later; `withdraw` destroys the "
        "copy. An order that names it still counts.",
    )


def show_objections(machine: Machine, until: datetime) -> None:
    """The users who were told may object (N1)."""
    machine.show(
        Phase.OBJECTION_WINDOW,
        Queue.CLOCK,
        "the user's objection window to close (N1)",
        f"`dueprocess objection {machine.ref}` records an objection; a reviewer can reject or withdraw.",
        deadline=until,
    )
