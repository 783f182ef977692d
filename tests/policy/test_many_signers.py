"""A case with several people who sign in any order, against a small model that knows nothing of how judge() works."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from policy.decisions import Check, Signer, Standing, Statement, Verdict, judge
from policy.scope import Narrowing
from policy.vocabulary import Clause, LegalProcess, Phase, Role
from tests.policy.build import D1, D2, D3, NOW, scope

_ROSTER = {
    "vera": Signer(id="vera", public_key="", roles=frozenset({Role.VERIFIER})),
    "rita": Signer(id="rita", public_key="", roles=frozenset({Role.REVIEWER})),
    "rolf": Signer(id="rolf", public_key="", roles=frozenset({Role.REVIEWER})),
    "both": Signer(id="both", public_key="", roles=frozenset({Role.VERIFIER, Role.REVIEWER})),
    "gone": Signer(id="gone", public_key="", roles=frozenset(Role), revoked=True),
    "audi": Signer(id="audi", public_key="", roles=frozenset({Role.AUDITOR})),
}
_VERIFIES, _REVIEWS = {"vera", "both"}, {"rita", "rolf", "both"}
_people = st.sampled_from([*_ROSTER, "stranger"])
#: What an approver may leave out; None approves the whole.
_narrowings = st.sampled_from(
    [None, Narrowing(classes=(D1, D2)), Narrowing(classes=(D3,)), Narrowing(identifiers=(2,))]
)


class ManySigners(RuleBasedStateMachine):
    """The model: who verified, and who approved what since the facts last changed."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = scope(LegalProcess.SEARCH_WARRANT, (D1, D2, D3), count=2)
        self.phase = Phase.VERIFICATION
        self.accepted: list[Statement] = []
        self.sent: list[Statement] = []
        self.verified: set[str] = set()
        self.ever_approved: set[str] = set()
        self.approvals: dict[str, Narrowing | None] = {}
        self.settled_by: list[tuple[set[str], bool]] = []

    def send(self, said: Statement, *, genuine: bool) -> bool:
        case = Standing(
            ref=self.scope.ref,
            phase=self.phase,
            now=NOW,
            scope=self.scope,
            accepted=tuple(self.accepted),
            nonces=frozenset(s.nonce for s in self.sent),
        )
        ruling = judge(said, case, _ROSTER.get(said.by), signature_holds=genuine)
        self.sent.append(said)
        if ruling.accepted:
            self.accepted.append(said)
        if ruling.settled and said.verdict in (Verdict.APPROVE, Verdict.NARROW):
            content = said.narrowing is None or said.narrowing.classes is None or D3 in said.narrowing.classes
            self.settled_by.append(({*self.approvals, said.by}, content))
        return ruling.accepted

    def statement(self, by: str, verdict: Verdict, narrowing: Narrowing | None = None, *, stale: bool) -> Statement:
        on = self.scope.model_copy(update={"round": self.scope.round - 1}) if stale else self.scope
        return Statement(
            ref=on.ref,
            by=by,
            verdict=verdict,
            scope=on.digest(),
            narrowing=narrowing,
            checks=(Check.SIGNATURE_SEEN,),
            grounds=(Clause.G2,),
            at=NOW - timedelta(minutes=1),
            nonce=f"nonce-{len(self.sent):012}",
        )

    @rule(by=_people, genuine=st.booleans(), stale=st.booleans())
    def verify(self, by: str, genuine: bool, stale: bool) -> None:
        expected = (
            genuine
            and not stale
            and by in _VERIFIES
            and self.phase is Phase.VERIFICATION
            and by not in self.ever_approved
        )
        assert self.send(self.statement(by, Verdict.AUTHENTIC, stale=stale), genuine=genuine) == expected
        if expected:
            self.verified.add(by)

    @rule(by=_people, narrowing=_narrowings, genuine=st.sampled_from([True, True, True, False]))
    def approve(self, by: str, narrowing: Narrowing | None, genuine: bool) -> None:
        expected = (
            genuine
            and by in _REVIEWS
            and self.phase is Phase.LEGAL_REVIEW
            and by not in self.verified
            and by not in self.approvals
            and all(earlier == narrowing for earlier in self.approvals.values())
        )
        verdict = Verdict.NARROW if narrowing else Verdict.APPROVE
        assert self.send(self.statement(by, verdict, narrowing, stale=False), genuine=genuine) == expected
        if expected:
            self.approvals[by] = narrowing
            self.ever_approved.add(by)

    @rule(index=st.integers(0, 30))
    def repeat(self, index: int) -> None:
        if self.sent:
            assert not self.send(self.sent[index % len(self.sent)], genuine=True)

    @rule(phase=st.sampled_from([Phase.VERIFICATION, Phase.LEGAL_REVIEW, Phase.LEGAL_REVIEW, Phase.PRODUCTION]))
    def move(self, phase: Phase) -> None:
        self.phase = phase

    @rule()
    def change_the_facts(self) -> None:
        """Earlier approvals no longer count; who verified stays known."""
        self.scope = self.scope.model_copy(update={"round": self.scope.round + 1})
        self.approvals = {}

    @invariant()
    def nobody_did_both(self) -> None:
        did = {side: {s.by for s in self.accepted if s.verdict in side} for side in _SIDES}
        assert not set.intersection(*did.values())

    @invariant()
    def nothing_was_approved_without_enough_people(self) -> None:
        for people, content in self.settled_by:
            assert len(people) >= (2 if content else 1)
            assert people <= _REVIEWS


_SIDES = ((Verdict.AUTHENTIC, Verdict.NOT_AUTHENTIC), (Verdict.APPROVE, Verdict.NARROW))

ManySigners.TestCase.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
TestManySigners = ManySigners.TestCase
