"""Whose requests have been found genuine before: others are called back (G1)."""

from sqlalchemy import Select, Text, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.directory import covers
from ledger.tables import blocked_senders, cases, decisions, messages
from policy.statements import Verdict

_FORGED = (Verdict.NOT_AUTHENTIC.value, Verdict.NOT_GENUINE.value)


async def is_known(connection: AsyncConnection, ref: str) -> bool:
    """Whether a verifier has found a request of this case's very address genuine in another case, since the address
    was last blocked, and nobody has found one forged. Erased cases say nothing of their senders any more."""
    return bool((await connection.execute(_KNOWN, {"ref": ref})).scalar_one())


def _query() -> Select[tuple[bool]]:
    ref = bindparam("ref", type_=Text)
    ours = select(func.lower(messages.c.sender)).join_from(cases, messages, cases.c.message_id == messages.c.message_id)
    address = ours.where(cases.c.ref == ref).scalar_subquery()
    others = (
        select(decisions.c.at, decisions.c.verdict)
        .join_from(decisions, cases, decisions.c.ref == cases.c.ref)
        .join(messages, cases.c.message_id == messages.c.message_id)
        .where(decisions.c.ref != ref, decisions.c.accepted, func.lower(messages.c.sender) == address)
    ).subquery()
    blocked = (
        select(func.max(blocked_senders.c.since)).where(covers(blocked_senders.c.sender, address)).scalar_subquery()
    )
    after = func.coalesce(others.c.at > blocked, True)
    genuine = exists().where(others.c.verdict == Verdict.AUTHENTIC.value, after)
    forged = exists().where(others.c.verdict.in_(_FORGED))
    return select(genuine & ~forged)


#: Made once: putting it together takes longer than the database takes to answer it.
_KNOWN = _query()
