"""What people do in a plan: sign, fitting or not, amend, block a sender, object and appeal."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.signing import sign
from ledger.blocking import Blocking
from policy.statements import Check, SignedStatement, Verdict
from starter.command import Trouble
from starter.vouching import rule_on_mail
from tests.model.case import CLOSE_CALL, Case
from tests.model.guide import Disclosure, Hold, Restriction, Says
from tests.model.judge import Judge
from tests.model.plan import Flaw, OnMail, Sent, Word
from tests.model.rest import settle
from tests.world import EVIDENCE, World

_WORDS = "As the file shows."
_OF_NOTICE = frozenset({"date_gag", "tell_user", "lift_gag", "suspend", "resume"})
_GIVEN_END = timedelta(days=20)


class People:
    """Verifiers, reviewers and users."""

    def __init__(self, world: World, judge: Judge) -> None:
        self._world = world
        self._judge = judge

    async def do_what_is_due(self, case: Case, *, again: bool) -> None:
        """The next honest thing."""
        word = self._due(case)
        if word == "amend":
            await self.amend(case, "vera")
        elif word is not None:
            await self.say(case, Word(0, *word), again=again)

    def _due(self, case: Case) -> tuple[str, str] | str | None:
        model = case.model
        if model.phase == "suspended" or (case.at_notice and model.clocks.stopped):
            return "rita", "resume"
        if isinstance(model, Hold):
            return None if model.genuine else ("vera", "authentic")
        if model.phase == "verification":
            return "amend" if not model.complete else ("vera", "authentic")
        if isinstance(model, Restriction) and model.in_force:
            others = [name for name in ("rita", "ravi", "both") if name not in model.had_part]
            if model.frozen:
                return "vera", "authentic"
            return (others[0] if others else "rita", "uphold" if others else "lift") if model.appealed else None
        if model.silence.endless or (model.phase == "review" and not model.silence.settled):
            return "rita", "date_gag"
        if model.phase != "review":
            return None
        barred = model.approved_by | model.amended_by | model.verified_by
        able = [name for name in ("rita", "ravi", "both") if name not in barred]
        return (able[0], "approve") if able else ("rita", "reject")

    async def say(self, case: Case, word: Word, *, again: bool = False) -> None:
        """A statement, and the same once more."""
        now = self._world.clock.now()
        if word.verdict == "ask" and case.clock(now) < now:
            return  # How long the agency has would depend on a clock that was left behind.
        until = now + _GIVEN_END if word.verdict == "date_gag" else None
        unchecked = word.flaw is Flaw.UNCHECKED and word.verdict != "authentic"
        said = Says(word.by, word.verdict, word.flaw is Flaw.NONE or unchecked, until, word.order)
        signed = await self._signed(case, word, said)
        await self._state(case, signed, wanted=case.model.says(said, self._world.clock.now()))
        if again:
            await settle(self._world, case)
            await self._state(case, signed, wanted=False)

    async def _signed(self, case: Case, word: Word, said: Says) -> SignedStatement:
        now, verdict = self._world.clock.now(), Verdict(word.verdict)
        changed: dict[str, object] = {"at": case.clock(now), "order": word.order}
        if verdict is Verdict.AUTHENTIC:
            target = (Check.TARGET_CHECKED,) if case.sent is Sent.CLOUD_ACT else ()
            done = EVIDENCE[verdict]
            changed["checks"] = (*done, *target) if word.flaw is not Flaw.UNCHECKED else done if target else ()
        match word.flaw:
            case Flaw.STALE:
                changed["scope"] = "0" * 64
            case Flaw.OF_ANOTHER_CASE:
                changed["ref"] = "DP-2020-000001"
            case Flaw.FROM_THE_FUTURE:
                changed["at"] = now + timedelta(days=1)
            case _:
                pass
        honest = await self._world.signed(case.ref, verdict, word.by, until=said.until, reason=_WORDS)
        return self._sign(honest, word.by, word.flaw, changed)

    def _sign(self, honest: SignedStatement, by: str, flaw: Flaw, changed: dict[str, object]) -> SignedStatement:
        key = Ed25519PrivateKey.generate() if flaw is Flaw.FORGED else self._world.keys[by]
        return sign(honest.statement.model_copy(update=changed), key)

    async def _state(self, case: Case, signed: SignedStatement, *, wanted: bool) -> None:
        before = self._judge.steps(case.ref)
        accepted = await self._accepted(case, signed)
        said = f"{case.ref} ({case.sent}): {signed.statement.by} said {signed.statement.verdict.value}"
        assert accepted == wanted, f"{said}; {'accepted' if accepted else 'refused'}, which it must not be"
        if not accepted:
            await settle(self._world, case)
            changed = self._judge.steps(case.ref) - before
            assert set(changed) <= {"decision_recorded"}, f"{said}, which was refused, and changed {dict(changed)}"

    async def _accepted(self, case: Case, signed: SignedStatement) -> bool:
        """Bring a statement to the case, or to its notice."""
        to_notice = signed.statement.verdict.value in _OF_NOTICE and case.at_notice
        try:
            return (await self._world.state(case.ref, signed, 1 if to_notice else None)).accepted
        except Trouble:
            return False  # Its machine has ended.

    async def say_on_mail(self, case: Case, step: OnMail) -> None:
        """A word on the oldest mail that waits."""
        if not case.model.waiting.mail or step.flaw in (Flaw.STALE, Flaw.UNCHECKED):
            return
        mail = case.model.waiting.mail[0]
        (message,) = (known for known, kept in case.mail if kept is mail)
        changed: dict[Flaw, dict[str, object]] = {
            Flaw.OF_ANOTHER_CASE: {"ref": "DP-2020-000001"},
            Flaw.FROM_THE_FUTURE: {"at": self._world.clock.now() + timedelta(days=1)},
        }
        honest = await self._world.signed(case.ref, Verdict(step.verdict), step.by, reason=_WORDS)
        signed = self._sign(honest, step.by, step.flaw, {"message": message} | changed.get(step.flaw, {}))
        known = await self._world.case(case.ref)
        ruling = await rule_on_mail(self._world.settings, self._world.services, known, signed)
        said = Says(step.by, step.verdict, step.flaw is Flaw.NONE)
        wanted = case.model.on_mail(mail, said, self._world.clock.now())
        assert ruling.accepted == wanted, f"{case.ref} ({case.sent}): {step} on {mail}: {ruling}"

    async def amend(self, case: Case, by: str) -> None:
        """A corrected fact."""
        if isinstance(case.model, Hold) or case.model.phase not in ("verification", "review"):
            return
        completes = not case.model.complete
        values = {"officer__badge": "4471"} if completes else {"data__relation": f"As {by} was told by telephone."}
        await self._world.amend(case.ref, by, **values)
        case.model.amended(by, completes=completes)

    async def object(self, case: Case) -> None:
        """The user objects while they can, or appeals."""
        now, model = self._world.clock.now(), case.model
        if isinstance(model, Restriction) and model.in_force and model.told_at:
            await self._world.appeal(case.ref, "I have never hosted such a meeting.")
            model.appeals()
        elif isinstance(model, Disclosure) and model.told_at and not model.objects and not model.outcome:
            stopped = model.clocks.stopped
            if (model.clocks.time(now) if stopped else now) + CLOSE_CALL < model.window_end():
                await self._world.object(case.ref)
                model.objected()

    async def block(self, case: Case, *, ends: bool) -> None:
        """The sender's mailbox is in other hands, or its owner's again."""
        if case.blocked != ends:
            return
        if ends:
            await Blocking(self._world.services.engine).unblock(
                case.sender, self._world.signers["vera"], "returned", self._world.clock.now()
            )
        else:
            await self._world.block(case.sender)
            case.model.blocked()
        case.blocked = not ends
