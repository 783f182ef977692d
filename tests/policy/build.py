"""Short ways to say what the policy's tests are about."""

from datetime import UTC, date, datetime

from hypothesis import settings
from hypothesis import strategies as st

from policy.epoc import Certificate
from policy.facts import Fact, FactField, Source, SourceKind
from policy.request import Identifier, IdentifierKind
from policy.scope import Scope
from policy.vocabulary import DataClass, Judicial, LegalProcess, Threshold

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
D1, D2, D3 = DataClass.BASIC, DataClass.RECORDS, DataClass.CONTENT

#: A European certificate of which a judge is behind whatever it asks for.
OF_A_JUDGE = Certificate(issuer=Judicial.COURT, ground=Threshold.THREE_YEARS)

#: Enough to find what is wrong, and quick enough to run on every change.
searched = settings(max_examples=150)


def fact(field: FactField, value: str, kind: SourceKind = SourceKind.MAIL) -> Fact:
    """A fact that was read in a mail, unless another source is named."""
    return Fact(field=field, value=value, source=Source(kind=kind))


def identifiers(count: int) -> tuple[Identifier, ...]:
    return tuple(Identifier(kind=IdentifierKind.USER_EMAIL, value=f"u{n}@mail.example") for n in range(1, count + 1))


def scope(
    process: LegalProcess | None = LegalProcess.SUBPOENA,
    classes: tuple[DataClass, ...] = (D1,),
    *,
    country: str | None = "US",
    count: int = 1,
    since: date | None = None,
    until: date | None = None,
    review: int = 1,
    certificate: Certificate = OF_A_JUDGE,
) -> Scope:
    return Scope(
        ref="DP-2026-000001",
        round=review,
        process=process,
        country=country,
        classes=classes,
        identifiers=identifiers(count),
        since=since,
        until=until,
        certificate=certificate if process is LegalProcess.EPOC else None,
    )


days = st.dates(date(2026, 1, 1), date(2026, 1, 20))
maybe_days = st.none() | days
class_sets = st.sets(st.sampled_from(DataClass)).map(lambda found: tuple(sorted(found)))
processes = st.none() | st.sampled_from(LegalProcess)
scopes = st.builds(scope, processes, class_sets, count=st.integers(0, 4), since=maybe_days, until=maybe_days)
