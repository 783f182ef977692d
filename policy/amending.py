"""What a person's amendment changes: a value stated, one more, or one fewer, as facts for the record (R1, R4)."""

from collections.abc import Sequence

from policy.facts import REPEATABLE, Change, Fact, FactError, FactField, Source, SourceKind, canonical, clause_of
from policy.frozen import Frozen
from policy.request import current


class Amended(Frozen):
    """One change, as it was typed; the value is not in canonical form yet."""

    field: FactField
    change: Change
    text: str


def amendment(wanted: Sequence[Amended], facts: Sequence[Fact], by: str) -> tuple[Fact, ...]:
    """The facts by which the person (roster id) makes these changes, in order, to the case's `facts`.

    A field that is stated has exactly the values stated in this amendment: those that people stated before are taken
    away, each by a fact of its own, so that the record says who did. What was read stays in the record as it was read.

    Raises:
        FactError: a value is not what its field needs; a field that has one value is to have one more or fewer; the
            value that is to go is not there, or the one to come is; or there is no meeting whose host or time it is.
    """
    said = [_fact(each, by) for each in wanted]
    restated = {(fact.field, fact.value) for fact in said if fact.source.change is Change.STATES}
    made: list[Fact] = []
    for fact in said:
        holding = [known for known in current((*facts, *made)) if known.field is fact.field]
        if fact.source.change is Change.STATES:
            replaced = [known for known in holding if _gives_way(known) and (known.field, known.value) not in restated]
            made += [_taken(known, by) for known in replaced]
        else:
            _check(fact, holding)
        made.append(fact)
    _check_meetings(made, (*facts, *made))
    return tuple(made)


def _gives_way(known: Fact) -> bool:
    """Whether a statement has to take the value away: what was read gives way by itself."""
    return known.field in REPEATABLE and known.source.kind is SourceKind.PERSON


def _fact(each: Amended, by: str) -> Fact:
    value = canonical(each.field, each.text)
    return Fact(field=each.field, value=value, source=Source(kind=SourceKind.PERSON, by=by, change=each.change))


def _taken(known: Fact, by: str) -> Fact:
    source = Source(kind=SourceKind.PERSON, by=by, change=Change.TAKES_AWAY)
    return Fact(field=known.field, value=known.value, source=source)


def _check(fact: Fact, holding: Sequence[Fact]) -> None:
    """Whether there is such a value to take away, or room for one more."""
    values = {known.value for known in holding}
    change, field = fact.source.change, fact.field
    if field not in REPEATABLE:
        raise _error(field, f"has one value; {field.value}=VALUE puts another in its place")
    if change is Change.TAKES_AWAY and fact.value not in values:
        raise _error(field, f"has no value {fact.value}; it has {', '.join(sorted(values)) or 'none'}")
    if change is Change.ADDS and fact.value in values:
        raise _error(field, f"has the value {fact.value} already")


def _check_meetings(made: Sequence[Fact], facts: Sequence[Fact]) -> None:
    """Whether the request names each meeting whose host or time was stated."""
    named = {fact.value for fact in current(facts) if fact.field is FactField.MEETING_ID}
    for fact in made:
        if fact.meeting is not None and fact.meeting not in named:
            raise _error(fact.field, f"the request names no meeting {fact.meeting}")


def _error(field: FactField, sentence: str) -> FactError:
    return FactError(field, clause_of(field), sentence)
