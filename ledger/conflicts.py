"""The database's refusals, as sentences: a broken rule of the record is a `Conflict`; anything else stays an error."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import IntegrityError

from activities.ports import Conflict

_SENTENCES = {
    "uq_decisions_accepted_once": "this very statement has been accepted before",
    "uq_decisions_one_approval_a_person": "the same person has approved this scope already",
    "ex_decisions_verifier_is_not_approver": "verifying, approving and upholding a case are different people's "
    "(separation of duties)",
    "pk_approved_scopes": "this scope has been approved already",
    "pk_productions": "this scope has been disclosed already, and is never disclosed twice",
    "fk_productions_approved_scope": "this scope has not been approved, so nothing can be disclosed for it",
    "pk_restrictions": "the case has restricted access already",
    "fk_appeals_ref_n_restricted_accounts": "X3: no account of this number is restricted in this case",
    "pk_holds": "the case has a hold already (P3: it is extended, not begun again)",
    "ck_holds_ends_after_it_begins": "P3: the hold would end before it begins",
    "ck_holds_claimed_is_not_purged": "P3: a hold that a request has claimed is not purged",
    "ck_holds_confirmed_is_ended_by_a_person": "P3: a hold that is kept for a confirmed production order is ended by a "
    "person alone",
    "ck_hold_claims_of_a_hold": "P3: there is no hold here to claim, or it is purged",
    "pk_hold_claims": "this request has claimed the hold already",
    "uq_outbox_message_id": "this letter has been written already",
    "uq_roster_one_key_a_name": "someone of this name is on the roster; revoke their key first",
    "pk_roster": "this key is on the roster already",
    "uq_roster_public_key": "this key is on the roster already",
    "uq_blocked_senders_sender": "this sender is blocked already",
    "pk_revoked_links": "this link has been revoked already",
    "pk_agency_domains": "one of these domains belongs to another agency of the directory",
}


@contextmanager
def conflicts() -> Iterator[None]:
    """Turn the violation of a named rule into a sentence.

    Raises:
        Conflict: a rule of the record forbids what was tried. The transaction has added nothing.
    """
    try:
        yield
    except IntegrityError as error:
        name = error.orig.diag.constraint_name if isinstance(error.orig, psycopg.Error) else None
        if name is None or name not in _SENTENCES:
            raise
        # `from None`: the driver's message quotes the row, which may hold personal data.
        raise Conflict(_SENTENCES[name]) from None


def require(holds: bool, sentence: str) -> None:
    """Refuse where a rule that no constraint can tell does not hold.

    Raises:
        Conflict: with this sentence.
    """
    if not holds:
        raise Conflict(sentence)
