"""Who may decide what: the signed statement, and the rules that accept or refuse it (design: separation of duties)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from policy.notice import ABOUT_SILENCE, cannot_rule
from policy.orders import silence_of
from policy.process import excess
from policy.request import Gag
from policy.restriction import unnecessary
from policy.scope import Narrowing, Scope, ScopeError
from policy.statements import Check, Refusal, Ruling, Signer, Standing, Statement, Verdict
from policy.triage import CONFIRMABLE, Kept
from policy.vocabulary import Clause, DataClass, Phase, RequestKind, Role

#: A signer's clock may run ahead of the case's by this much.
CLOCK_TOLERANCE = timedelta(minutes=10)

APPROVALS = frozenset({Verdict.APPROVE, Verdict.NARROW})
#: Statements about one message that waits with the case, and not about the case.
ABOUT_MAIL = frozenset({Verdict.VOUCH, Verdict.SET_ASIDE})
_FINDINGS = frozenset({Verdict.AUTHENTIC, Verdict.NOT_AUTHENTIC})
_VERIFIERS = _FINDINGS | ABOUT_MAIL
_GAG_RULINGS = frozenset({Verdict.DATE_GAG, Verdict.TELL_USER})
_WHY_CHECKED = {
    Check.SIGNATURE_SEEN: "S2: a person must have seen the officer's signature on the document (--signature-seen).",
    Check.DOCUMENT_READ: (
        "S2: the document is a scan, which only a person can read: read it, and say which (--document-read NUMBER), or "
        "wait until the agency sends a PDF with text."
    ),
    Check.LETTERHEAD_SEEN: "P2: a person must have seen the agency's letterhead (--letterhead-seen).",
    Check.TARGET_CHECKED: (
        "F2: an order under a CLOUD Act agreement is for serious crime, and never aimed at a person of, or in, the "
        "United States; check both (--target-checked)."
    ),
    Check.CERTIFICATE_CHECKED: (
        "F2: who issued and validated the certificate, on which ground and what for decides what it can order; compare "
        "the record with the certificate itself, and amend what differs (--certificate-checked)."
    ),
    Check.CALLED_BACK: "G1: confirm who asks by a call on a number not taken from the message (--called-back NUMBER).",
    Check.BADGE_CHECKED: "R4: have the badge or id number confirmed on the call (--badge-checked).",
}
#: Where a restriction is in force. A verifier has a say in it again only if its sender was blocked since.
_IN_FORCE = frozenset({Phase.RESTRICTED, Phase.APPEALED})
_NEED_GROUNDS = frozenset({Verdict.REJECT, Verdict.CHALLENGE, Verdict.ASK, Verdict.NOT_AUTHENTIC, Verdict.SET_ASIDE})
#: What cannot be stated without a reason in words.
_NEED_REASON = {
    Verdict.GENUINE: "E1: say what shows that it was an emergency (--reason)",
    Verdict.NOT_GENUINE: "E1: say what shows that it was no emergency (--reason)",
    Verdict.WAIVE_PROCESS: "E1: say why no legal process is waited for any longer (--reason)",
    Verdict.LIFT_GAG: "N2: say which court or agency has lifted the order, and by what (--reason)",
    Verdict.KEEP: "P3: say why the production order is still to be expected (--reason)",
    Verdict.SUSPEND: "N3: say which court has been asked for what (--reason)",
    Verdict.RESUME: "N3: say how the challenge ended (--reason)",
    Verdict.READDRESS: "N1: state the address at which the user can be told (--address)",
    Verdict.CANNOT_TELL: "N1: say why the user cannot be told (--reason)",
}


def role_for(verdict: Verdict) -> Role:
    """The role that may sign this verdict."""
    return Role.VERIFIER if verdict in _VERIFIERS else Role.REVIEWER


def phases_for(verdict: Verdict) -> frozenset[Phase]:
    """The phases of a case in which this verdict means something."""
    match verdict:
        case Verdict.AUTHENTIC | Verdict.NOT_AUTHENTIC:
            return frozenset({Phase.VERIFICATION, Phase.HELD}) | _IN_FORCE
        case Verdict.APPROVE | Verdict.NARROW | Verdict.CHALLENGE | Verdict.ASK:
            return frozenset({Phase.LEGAL_REVIEW})
        case Verdict.REJECT | Verdict.WITHDRAW:
            return frozenset({Phase.VERIFICATION, Phase.LEGAL_REVIEW, Phase.OBJECTION_WINDOW, Phase.HELD})
        case Verdict.KEEP:
            return frozenset({Phase.HELD})
        case Verdict.DATE_GAG | Verdict.TELL_USER | Verdict.LIFT_GAG:
            return frozenset({Phase.LEGAL_REVIEW, Phase.GAGGED})
        case Verdict.GENUINE | Verdict.NOT_GENUINE | Verdict.WAIVE_PROCESS:
            return frozenset({Phase.FOLLOW_UP})
        case Verdict.UPHOLD:
            return frozenset({Phase.APPEALED})
        case Verdict.LIFT:
            return _IN_FORCE
        case Verdict.SUSPEND:
            waiting = {Phase.VERIFICATION, Phase.LEGAL_REVIEW, Phase.OBJECTION_WINDOW, Phase.HELD, Phase.GAGGED}
            return frozenset(waiting)
        case Verdict.RESUME:
            return frozenset({Phase.SUSPENDED})
        case Verdict.READDRESS | Verdict.CANNOT_TELL:
            return frozenset({Phase.RETURNED})
        case Verdict.VOUCH | Verdict.SET_ASIDE:
            return frozenset(Phase)  # The record rules on mail, wherever its case stands; no machine takes it up.
        case _:
            assert_never(verdict)


def approvals_needed(kind: RequestKind, scope: Scope, *, closer: bool) -> int:
    """How many distinct people must approve: two for content, foreign process, emergencies, restrictions."""
    grave = kind in (RequestKind.EMERGENCY, RequestKind.RESTRICTION)
    return 2 if grave or closer or scope.foreign or DataClass.CONTENT in scope.classes else 1


def judge(statement: Statement, standing: Standing, signer: Signer | None, *, signature_holds: bool) -> Ruling:
    """Accept or refuse a statement. Pure: the same statement against the same standing always gives the same ruling."""
    refused = _identity(statement, standing, signer, signature_holds=signature_holds) or _authority(statement, standing)
    if refused is not None:
        return refused
    return accepted(statement) or _approval(statement, standing)


def accepted(statement: Statement) -> Ruling | None:
    """The ruling on a statement that is accepted; None for an approval, which says how many there are and of what."""
    if statement.verdict in APPROVALS:
        return None
    return Ruling(
        accepted=True,
        verdict=statement.verdict,
        scope=statement.scope,
        until=statement.until,
        order=statement.order,
    )


def _refuse(refusal: Refusal, sentence: str) -> Ruling:
    return Ruling(accepted=False, refusal=refusal, sentence=sentence)


def _identity(
    statement: Statement, standing: Standing, signer: Signer | None, *, signature_holds: bool
) -> Ruling | None:
    """Whether the statement is this person's, new, and about this case."""
    if statement.ref != standing.ref:
        return _refuse(Refusal.WRONG_CASE, f"the statement is about {statement.ref}, this case is {standing.ref}")
    if signer is None:
        return _refuse(Refusal.UNKNOWN_SIGNER, f"{statement.by} is not on the roster")
    if signer.is_revoked(standing.now):
        return _refuse(Refusal.SIGNER_REVOKED, f"{statement.by} has been taken off the roster")
    if not signature_holds:
        return _refuse(Refusal.BAD_SIGNATURE, "the signature does not match the statement and the roster's key")
    if role_for(statement.verdict) not in signer.roles:
        role = role_for(statement.verdict).value
        return _refuse(
            Refusal.WRONG_ROLE, f"{statement.verdict.value} is a {role}'s to state, and {statement.by} is none"
        )
    if statement.nonce in standing.nonces:
        return _refuse(Refusal.REPEATED, "this very statement has been sent before")
    if statement.at > standing.now + CLOCK_TOLERANCE:
        return _refuse(Refusal.FROM_THE_FUTURE, f"it is dated {statement.at.isoformat()}, later than now")
    return None


def _authority(statement: Statement, standing: Standing) -> Ruling | None:
    """Whether this verdict can be given now, on this scope, with what the statement says."""
    verdict = statement.verdict
    if standing.frozen and verdict in APPROVALS:
        return _refuse(
            Refusal.FROZEN,
            "S1: the sender is blocked, and nothing is approved before a verifier has called back; look again",
        )
    if standing.frozen and verdict in _FINDINGS and standing.phase not in phases_for(verdict):
        return _refuse(
            Refusal.FROZEN, "S1: the sender is blocked, and the case is going back to verification; say it again there"
        )
    if standing.phase not in phases_for(verdict):
        return _refuse(
            Refusal.WRONG_PHASE, f"{verdict.value} means nothing while the case is in {standing.phase.value}"
        )
    if verdict in _FINDINGS and standing.phase in _IN_FORCE and not standing.frozen:
        return _refuse(Refusal.WRONG_PHASE, f"{verdict.value} came before the restriction; a reviewer can lift it")
    if verdict in ABOUT_MAIL:
        return _about_mail(statement, standing)
    if statement.scope != standing.scope.digest():
        return _refuse(
            Refusal.STALE_SCOPE, "the facts have changed since this was signed; look at the case again and sign anew"
        )
    if verdict in _VERIFIERS and _signed(statement.by, standing.accepted, APPROVALS):
        return _refuse(Refusal.APPROVED_IT, "who approved a case cannot verify it (separation of duties)")
    undone = standing.checks_due - set(statement.checks)
    if verdict is Verdict.AUTHENTIC and undone:
        return _refuse(Refusal.CHECKS_MISSING, " ".join(_WHY_CHECKED[check] for check in sorted(undone)))
    if verdict is Verdict.AUTHENTIC and (Check.DOCUMENT_READ in statement.checks or statement.documents):
        refused = _reading(statement, standing)
        if refused is not None:
            return refused
    if verdict is Verdict.AUTHENTIC and Check.CALLED_BACK in statement.checks:
        refused = _call_back(statement, standing)
        if refused is not None:
            return refused
    if verdict in _NEED_GROUNDS and not statement.grounds:
        return _refuse(Refusal.NO_GROUNDS, f"G3: {verdict.value} needs the clause it rests on (--ground)")
    if verdict in _NEED_REASON and not _reasoned(statement, standing):
        return _refuse(Refusal.NO_REASON, _NEED_REASON[verdict])
    if verdict in ABOUT_SILENCE and statement.order is not None:
        if sentence := cannot_rule(standing.orders, verdict, statement.order):
            return _refuse(Refusal.NOT_THAT_ORDER, sentence)
    elif verdict in _GAG_RULINGS and standing.phase is Phase.LEGAL_REVIEW and standing.gag is not Gag.UNDATED:
        return _refuse(Refusal.HAS_END, "N2: only a gag without an end is given one, or set aside, by a person")
    elif verdict is Verdict.LIFT_GAG and standing.phase is Phase.LEGAL_REVIEW and standing.gag is Gag.NONE:
        return _refuse(Refusal.HAS_END, "N2: the request orders no silence, so there is none to lift")
    if verdict is Verdict.KEEP and not standing.confirmed:
        return _refuse(
            Refusal.NOT_CONFIRMED, "P3: its authority has confirmed no production order, so this hold ends by itself"
        )
    if verdict is Verdict.UPHOLD:
        return _upholding(statement, standing)
    if verdict is Verdict.DATE_GAG:
        if statement.until is None:
            return _refuse(Refusal.NO_END, "N2: a gag must be given a definite end (--until)")
        if statement.until <= standing.now:
            return _refuse(Refusal.NO_END, "N2: the end of the gag must lie ahead; to tell the user now, use tell_user")
    return None


def _upholding(statement: Statement, standing: Standing) -> Ruling | None:
    """Whether this person may decide an appeal against the user: one who had no part in the restriction (X3)."""
    had_part = _signed(statement.by, standing.accepted, _VERIFIERS | APPROVALS) or statement.by in standing.amended_by
    if had_part:
        return _refuse(
            Refusal.APPROVED_IT,
            "X3: who verified, amended or approved a restriction cannot uphold it on appeal; that is another person's",
        )
    if not _reasoned(statement, standing):
        return _refuse(Refusal.NO_REASON, "X3: the user is told why the restriction stays (--reason)")
    if standing.appealed_at is None or statement.at < standing.appealed_at:
        return _refuse(Refusal.STALE_SCOPE, "X3: this was signed before the appeal was made; read it, and sign anew")
    return None


def _about_mail(statement: Statement, standing: Standing) -> Ruling | None:
    """The rules for a message that waits with the case: it counts once its agency confirms that it sent it (S1)."""
    mail = next((mail for mail in standing.mail if mail.message_id == statement.message), None)
    if mail is None:
        return _refuse(Refusal.NO_SUCH_MAIL, "no such message waits with this case (--message)")
    if statement.verdict is Verdict.SET_ASIDE:
        return None if statement.grounds else _refuse(Refusal.NO_GROUNDS, "G3: set_aside needs a clause (--ground)")
    if mail.why is Kept.HOLD_WITHDRAWN:
        return _refuse(Refusal.NOT_TO_VOUCH_FOR, "P3: only a reviewer ends a hold (`withdraw`)")
    if mail.why not in CONFIRMABLE:
        return _refuse(
            Refusal.NOT_TO_VOUCH_FOR,
            "no agency need confirm this message: read it, and set it aside",
        )
    if _signed(statement.by, standing.accepted, APPROVALS):
        return _refuse(Refusal.APPROVED_IT, "who approved a case cannot vouch for its mail (separation of duties)")
    calls = not mail.proven or mail.why is Kept.NOT_VERIFIED
    if Check.CALLED_BACK in statement.checks:
        return _call_back(statement, standing)
    return _refuse(Refusal.CHECKS_MISSING, _WHY_CHECKED[Check.CALLED_BACK]) if calls else None


def _reading(statement: Statement, standing: Standing) -> Ruling | None:
    """Whether what was read can be taken in so (S2): each is a document of the case that only a person can read, with
    nothing else against it, and they have seen its signature as well."""
    if {Check.DOCUMENT_READ, Check.SIGNATURE_SEEN} - set(statement.checks):
        needed = " ".join(_WHY_CHECKED[check] for check in (Check.DOCUMENT_READ, Check.SIGNATURE_SEEN))
        return _refuse(Refusal.CHECKS_MISSING, needed)
    if not statement.documents:
        return _refuse(Refusal.NO_SCAN, "S2: say which of the scans you have read (--document-read NUMBER)")
    if set(statement.documents) - standing.scans:
        return _refuse(
            Refusal.NO_SCAN,
            "S2: only an image, or a PDF without text, and nothing else against it, is taken in by reading it, once",
        )
    return None


def _call_back(statement: Statement, standing: Standing) -> Ruling | None:
    """Whether the number that was called is one to call back on (G1): a verified number of the directory, or, where the
    agency is not listed, one that was found elsewhere than in the request, and it is said where."""
    if statement.called is None:
        return _refuse(Refusal.WRONG_NUMBER, "G1: say which number you called (--called-back NUMBER)")
    if standing.numbers is None:
        if statement.called in standing.numbers_in_mail:
            return _refuse(Refusal.WRONG_NUMBER, "G1: that number stands in the request; find one elsewhere")
        if not _reasoned(statement, standing):
            return _refuse(
                Refusal.NO_REASON, "G1: the agency is not in the directory; say where you found its number (--reason)"
            )
    elif not standing.numbers:
        return _refuse(
            Refusal.WRONG_NUMBER,
            "G1: the directory has no number of this agency; verify one first (dueprocess agency number)",
        )
    elif statement.called not in standing.numbers:
        return _refuse(Refusal.WRONG_NUMBER, "G1: that is no verified number of this agency in the directory")
    return None


def _approval(statement: Statement, standing: Standing) -> Ruling:
    """The rules for an approval: separation of duties, what the process compels, and agreement of two approvers."""
    if _signed(statement.by, standing.accepted, _VERIFIERS):
        return _refuse(Refusal.VERIFIED_IT, "who verified a case cannot approve it (separation of duties)")
    if statement.by in standing.amended_by:
        return _refuse(Refusal.AMENDED_IT, "who amended the facts of a case cannot approve it (separation of duties)")
    emergency = standing.kind is RequestKind.EMERGENCY
    if emergency and not _reasoned(statement, standing):
        return _refuse(
            Refusal.NO_REASON,
            "E1: state the good-faith belief that death or serious injury threatens, and what it rests on (--reason)",
        )
    # Nobody is told before an emergency's disclosure, so a gag without an end can be given one after it.
    unruled = standing.gag is Gag.UNDATED and not _signed_now(standing, ABOUT_SILENCE)
    if not emergency and (unruled or silence_of(standing.orders)[0] is Gag.UNDATED):
        return _refuse(
            Refusal.NO_END,
            "N2: the gag has no end; give it one first (date_gag), or set it aside (tell_user)",
        )
    try:
        scope = standing.scope.narrow(statement.narrowing or Narrowing())
    except ScopeError as error:
        return _refuse(Refusal.BAD_NARROWING, str(error))
    if statement.verdict is Verdict.APPROVE:  # What is approved as it stands is approved with all that it asks for.
        scope = scope.model_copy(update={"live": standing.scope.live})
    if statement.verdict is Verdict.NARROW and scope == standing.scope:
        return _refuse(Refusal.BAD_NARROWING, "R3: this narrowing leaves out nothing; to give it all, approve")
    if standing.kind is RequestKind.RESTRICTION:
        # Nothing is disclosed, so it is no matter of the channels by which data is (F2).
        found = finds_violation(statement) and standing.reason_kept
        if more := unnecessary(scope, standing.now, violation_found=found):
            return _refuse(Refusal.UNNECESSARY, more)
    elif beyond := standing.obstacle or excess(scope):
        return _refuse(Refusal.EXCEEDS_PROCESS, beyond)
    earlier = approvals(standing)
    if any(s.by == statement.by for s in earlier):
        return _refuse(Refusal.ALREADY_APPROVED, "the second approval must be another person's")
    if earlier and standing.scope.narrow(earlier[0].narrowing or Narrowing()) != scope:
        return _refuse(Refusal.DISAGREES, "the first approver approved a different scope; approve the same, or reject")
    return Ruling(
        accepted=True,
        verdict=statement.verdict,
        approvals=len(earlier) + 1,
        approvals_needed=approvals_needed(standing.kind, scope, closer=standing.closer),
        scope=scope.digest(),
    )


def finds_violation(statement: Statement) -> bool:
    """Whether an approval rests on a violation of the terms of service, and gives the reason (N4)."""
    return Clause.N4 in statement.grounds and statement.reason is not None


def approvals(standing: Standing) -> tuple[Statement, ...]:
    """The approvals that count on the scope as it is now: not those of who has amended the facts since, or has been
    taken off the roster before the last of them was given."""
    digest, barred = standing.scope.digest(), standing.amended_by | standing.off_roster
    return tuple(s for s in standing.accepted if s.verdict in APPROVALS and s.scope == digest and s.by not in barred)


def _reasoned(statement: Statement, standing: Standing) -> bool:
    """Whether the statement gives a reason, in words that the ledger keeps."""
    return statement.reason is not None and standing.reason_kept


def _signed(by: str, statements: Sequence[Statement], verdicts: frozenset[Verdict]) -> bool:
    return any(s.by == by and s.verdict in verdicts for s in statements)


def _signed_now(standing: Standing, verdicts: frozenset[Verdict]) -> bool:
    """Whether such a statement was accepted on the scope as it is now."""
    digest = standing.scope.digest()
    return any(s.verdict in verdicts and s.scope == digest for s in standing.accepted)
