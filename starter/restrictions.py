"""A restriction of access as `dueprocess show` prints it: what is asked, what is enough, what holds, who appeals."""

from collections.abc import Iterator

from activities.ports import Appeal, AppliedRestriction
from policy.measures import Restriction
from policy.scope import Narrowing
from starter.lines import said


def measure(restriction: Restriction) -> str:
    """A restriction in a few words."""
    spoken_of = f", for {restriction.violation.value}" if restriction.violation else ""
    return f"{restriction.measure.value}{spoken_of}, territory {restriction.reach}".replace("_", " ")


def lesser(restriction: Restriction, narrowing: Narrowing) -> str:
    """What a proposal leaves of a restriction (X2)."""
    smaller = {"measure": narrowing.measure, "territory": narrowing.territory}
    return measure(restriction.model_copy(update={name: value for name, value in smaller.items() if value}))


def restriction_lines(applied: AppliedRestriction | None) -> Iterator[str]:
    """What holds, or held, and for whom."""
    if applied is None:
        return
    numbers = ", ".join(str(account.n) for account in applied.accounts)
    yield f"measure   {measure(applied.restriction)}"
    yield f"holds     from {applied.since:%Y-%m-%d %H:%M:%S} to {applied.until:%Y-%m-%d %H:%M:%S} UTC"
    yield f"concerns  account {numbers}"
    if applied.lifted_at is not None and applied.lifted_for is not None:
        yield f"lifted    {applied.lifted_at:%Y-%m-%d %H:%M:%S} UTC ({applied.lifted_for.value})"


def appeal_lines(appeal: Appeal) -> Iterator[str]:
    """An appeal, and the user's own words."""
    answer = "open" if appeal.answered_at is None else "granted" if appeal.granted else "dismissed"
    yield f"{appeal.made_at:%Y-%m-%d %H:%M:%S}  account {appeal.n}, by {appeal.route.value}: {answer}"
    yield from (f"    | {said(line)}" for line in appeal.text.splitlines())
