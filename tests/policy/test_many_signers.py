"""A case with several people who sign in any order, against a small model that knows nothing of how judge() works."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from policy.decisions import judge
from policy.request import Gag
from policy.scope import Narrowing
from policy.statements import Check, Ruling, Signer, Standing, Statement, Verdict
from policy.vocabulary import Clause, LegalProcess, Phase, Role
from tests.policy.build import D1, D2, D3, NOW, scope

_ROSTER = {
    "vera": Signer(id="vera", public_key="", roles=frozenset({Role.VERIFIER})),
    "rita": Signer(id="rita", public_key="", roles=frozenset({Role.REVIEWER})),
    "rolf": Signer(id="rolf", public_key="", roles=frozenset({Role.REVIEWER})),
    "ruth": Signer(id="ruth", public_key="", roles=frozenset({Role.REVIEWER})),
    "both": Signer(id="both", public_key="", roles=frozenset({Role.VERIFIER, Role.REVIEWER})),
    "gone": Signer(id="gone", public_key="", roles=frozenset(Role), revoked_at=NOW),
    "audi": Signer(id="audi", public_key="", roles=frozenset({Role.AUDITOR})),
}
_VERIFIES, _REVIEWS = {"vera", "both"}, {"rita", "rolf", "ruth", "both"}
#: Reviewers more often, or few cases would get as far as a second approval.
_people = st.sampled_from(["rita", "rolf", "ruth"]) | st.sampled_from([*_ROSTER, "stranger"])
#: What an approver may leave out; None approves the whole.
_narrowings = st.sampled_from(
    [None, None, Narrowing(classes=(D1, D2)), Narrowing(classes=(D3,)), Narrowing(identifiers=(2,))]
)
_mostly = st.sampled_from([True, True, True, False])
_seldom = _mostly.map(lambda mostly: not mostly)
_phases = st.sampled_from([*[Phase.LEGAL_REVIEW] * 3, *[Phase.VERIFICATION] * 2, Phase.GAGGED, Phase.PRODUCTION])
_check_sets = st.frozensets(st.sampled_from(Check))
_NUMBER = "0123456789abcdef"
_SCAN = "5" * 64


class ManySigners(RuleBasedStateMachine):
    """The model: who verified, who amended, who approved what and who ruled on the gag since the scope last changed."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = scope(LegalProcess.SEARCH_WARRANT, (D1, D2, D3), count=2)
        self.phase = Phase.VERIFICATION
        self.checks_due = frozenset({Check.SIGNATURE_SEEN})
        self.gag = Gag.NONE
        self.accepted: list[Statement] = []
        self.sent: list[Statement] = []
        self.verified: set[str] = set()
        self.amended: set[str] = set()
        self.revoked: set[str] = set()
        self.ever_approved: set[str] = set()
        self.approvals: dict[str, Narrowing | None] = {}
        self.gag_ruled = False

    @initialize(phase=_phases, foreign=st.booleans(), checks_due=_check_sets, gag=st.sampled_from(Gag))
    def arrive(self, phase: Phase, foreign: bool, checks_due: frozenset[Check], gag: Gag) -> None:
        self.phase, self.checks_due, self.gag = phase, checks_due, gag
        if foreign:
            self.scope = scope(LegalProcess.LETTERS_ROGATORY, (D1, D2, D3), country="VN", count=2)

    def send(self, said: Statement, *, genuine: bool) -> Ruling:
        case = Standing(
            ref=self.scope.ref,
            phase=self.phase,
            now=NOW,
            scope=self.scope,
            gag=self.gag,
            checks_due=self.checks_due,
            numbers=frozenset({_NUMBER}),
            scans=frozenset({_SCAN}),
            amended_by=frozenset(self.amended),
            off_roster=frozenset(self.revoked),
            accepted=tuple(self.accepted),
            nonces=frozenset(s.nonce for s in self.sent),
        )
        signer = _ROSTER.get(said.by)
        if signer and said.by in self.revoked:
            signer = signer.model_copy(update={"revoked_at": NOW})
        ruling = judge(said, case, signer, signature_holds=genuine)
        self.sent.append(said)
        if ruling.accepted:
            self.accepted.append(said)
        return ruling

    def statement(
        self,
        by: str,
        verdict: Verdict,
        narrowing: Narrowing | None = None,
        *,
        checks: frozenset[Check] = frozenset(),
        stale: bool = False,
    ) -> Statement:
        on = self.scope.model_copy(update={"round": self.scope.round - 1}) if stale else self.scope
        return Statement(
            ref=on.ref,
            by=by,
            verdict=verdict,
            scope=on.digest(),
            narrowing=narrowing,
            checks=tuple(checks),
            documents=(_SCAN,) if Check.DOCUMENT_READ in checks else (),
            called=_NUMBER,
            grounds=(Clause.G2,),
            until=NOW + timedelta(days=90) if verdict is Verdict.DATE_GAG else None,
            at=NOW - timedelta(minutes=1),
            nonce=f"nonce-{len(self.sent):012}",
        )

    @rule(
        by=st.sampled_from(["vera", "both"]) | _people,
        checks=_check_sets | st.just(frozenset(Check)),
        genuine=_mostly,
        stale=_seldom,
    )
    def verify(self, by: str, checks: frozenset[Check], genuine: bool, stale: bool) -> None:
        expected = (
            genuine
            and not stale
            and by in _VERIFIES - self.revoked
            and self.phase is Phase.VERIFICATION
            and by not in self.ever_approved
            and all(check in checks for check in self.checks_due)
            and not (Check.DOCUMENT_READ in checks and Check.SIGNATURE_SEEN not in checks)
        )
        said = self.statement(by, Verdict.AUTHENTIC, checks=checks, stale=stale)
        assert self.send(said, genuine=genuine).accepted == expected
        if expected:
            self.verified.add(by)

    @rule(by=_people, narrowing=_narrowings, genuine=_mostly)
    def approve(self, by: str, narrowing: Narrowing | None, genuine: bool) -> None:
        expected = (
            genuine
            and by in _REVIEWS - self.revoked
            and self.phase is Phase.LEGAL_REVIEW
            and by not in self.verified
            and by not in self.amended
            and by not in self.approvals
            and (self.gag is not Gag.UNDATED or self.gag_ruled)
            and all(earlier == narrowing for earlier in self.approvals.values())
        )
        verdict = Verdict.NARROW if narrowing else Verdict.APPROVE
        ruling = self.send(self.statement(by, verdict, narrowing), genuine=genuine)
        assert ruling.accepted == expected
        if expected:
            self.approvals[by] = narrowing
            self.ever_approved.add(by)
            content = narrowing is None or narrowing.classes is None or D3 in narrowing.classes
            assert ruling.settled == (len(self.approvals) >= (2 if content or self.scope.foreign else 1))

    @rule(by=_people, verdict=st.sampled_from([Verdict.DATE_GAG, Verdict.TELL_USER]), genuine=_mostly)
    def rule_on_the_gag(self, by: str, verdict: Verdict, genuine: bool) -> None:
        means_something = self.phase is Phase.GAGGED or (self.phase is Phase.LEGAL_REVIEW and self.gag is Gag.UNDATED)
        expected = genuine and by in _REVIEWS - self.revoked and means_something
        assert self.send(self.statement(by, verdict), genuine=genuine).accepted == expected
        self.gag_ruled = self.gag_ruled or expected

    @rule(index=st.integers(0, 30))
    def repeat(self, index: int) -> None:
        if self.sent:
            assert not self.send(self.sent[index % len(self.sent)], genuine=True).accepted

    @rule(phase=_phases)
    def move(self, phase: Phase) -> None:
        self.phase = phase

    @rule(gag=st.sampled_from(Gag))
    def change_the_scope(self, gag: Gag) -> None:
        """Earlier approvals and rulings on the gag no longer count; who verified or amended stays known."""
        self.scope = self.scope.model_copy(update={"round": self.scope.round + 1})
        self.gag = gag
        self.approvals = {}
        self.gag_ruled = False

    @rule(by=st.sampled_from(["both", "rita"]))
    def amend(self, by: str) -> None:
        """A fact outside the scope, such as the officer's name: only its author's own approval goes."""
        self.amended.add(by)
        self.approvals.pop(by, None)

    @rule(by=_people, really=_seldom)
    def take_off_the_roster(self, by: str, really: bool) -> None:
        """What they verified or ruled stays; an approval that still wants another person's counts no longer."""
        if really:
            self.revoked.add(by)
            self.approvals.pop(by, None)

    @invariant()
    def nobody_did_both(self) -> None:
        did = {side: {s.by for s in self.accepted if s.verdict in side} for side in _SIDES}
        assert not set.intersection(*did.values())


_SIDES = ((Verdict.AUTHENTIC, Verdict.NOT_AUTHENTIC), (Verdict.APPROVE, Verdict.NARROW))

ManySigners.TestCase.settings = settings(max_examples=200, stateful_step_count=30)
TestManySigners = ManySigners.TestCase
