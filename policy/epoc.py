"""What a European Production Order Certificate can order, by who stands behind it and for which offence (F2).

Regulation (EU) 2023/1543, arts. 4 and 5: what identifies a user is ordered by any judicial authority and for any
offence; other traffic data and content by a judge, and for grave offences alone. (counsel)
"""

from collections.abc import Collection, Iterator

from policy.findings import Reason
from policy.frozen import Frozen
from policy.vocabulary import Clause, DataClass, Judicial, Threshold

#: Who can order, or validate, what identifies a user (art. 4(1)); what goes beyond is a judge's (art. 4(2)).
_JUDICIAL = frozenset({Judicial.COURT, Judicial.PROSECUTOR})


class Certificate(Frozen):
    """What a certificate says of itself: who issued and who validated it, on which ground of art. 5(4) it asks for
    traffic data or content, whether it asks for records solely to identify a user, and whether it is an emergency."""

    issuer: Judicial | None = None
    validator: Judicial | None = None
    ground: Threshold | None = None
    identifies: bool = False
    urgent: bool = False

    @property
    def validated_later(self) -> bool:
        """Whether an investigating authority has issued it in an emergency, before anyone validated it (art. 4(5))."""
        return self.urgent and self.issuer is Judicial.OTHER and self.validator is None


def identifying(certificate: Certificate) -> frozenset[DataClass]:
    """The classes that this certificate asks for to identify a user, if it asks for them (art. 3(9) and (10)).

    Records other than those are traffic data (art. 3(11)).
    """
    return frozenset({DataClass.BASIC, DataClass.RECORDS} if certificate.identifies else {DataClass.BASIC})


def may_order(certificate: Certificate) -> frozenset[DataClass]:
    """The classes that whoever issued and validated the certificate can order, on its ground (arts. 4 and 5)."""
    behind = {certificate.issuer, certificate.validator}
    if Judicial.COURT in behind and certificate.ground not in (None, Threshold.NONE):
        return frozenset(DataClass)
    return identifying(certificate) if behind & _JUDICIAL or certificate.validated_later else frozenset()


def overreach(certificate: Certificate) -> str:
    """Why the certificate does not reach further than `may_order` says, as a sentence that names the clause."""
    behind = {certificate.issuer, certificate.validator}
    if not (behind & _JUDICIAL or certificate.validated_later):
        return "F2: no judge, court or public prosecutor is known to have issued or validated the certificate (art. 4)"
    if Judicial.COURT not in behind:
        return (
            "F2: a public prosecutor, or an authority whose order nobody has validated yet, orders what identifies a "
            "user; traffic data and content are for a judge, a court or an investigating judge (art. 4(2))"
        )
    return (
        "F2: traffic data and content are ordered for an offence with a maximum sentence of three years at least, one "
        "of art. 5(4)(b) and (c), or to enforce a sentence of four months for such an offence"
    )


def lacking(certificate: Certificate, asked: Collection[DataClass], notified: str | None) -> Iterator[Reason]:
    """What the certificate does not say, and its form has a place for (Annex I).

    `asked` is what it asks for, `notified` the enforcing authority that was notified with it, or that none was.
    """
    beyond = set(asked) - identifying(certificate)
    if certificate.issuer is None:
        yield _needs("what kind of authority issued the certificate: a judge or court, a public prosecutor, or another")
    alone = certificate.issuer is Judicial.OTHER and not certificate.validated_later
    if certificate.validator is None and (alone or (beyond and certificate.issuer in _NEEDS_A_JUDGE)):
        who = "a judge, a court or an investigating judge" if beyond else "a judge, a court or a public prosecutor"
        yield _needs(f"what kind of authority validated the certificate: for what it asks for, {who}")
    if beyond and certificate.ground is None:
        yield _needs("the ground of art. 5(4) on which the certificate asks for traffic data or content")
    if beyond and notified is None:
        yield _needs("the enforcing authority that was notified with the certificate, or that none need be (art. 8)")


_NEEDS_A_JUDGE = frozenset({Judicial.PROSECUTOR, Judicial.OTHER})


def _needs(detail: str) -> Reason:
    return Reason(clause=Clause.F2, detail=detail)
