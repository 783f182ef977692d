"""Whom an identifier names (R1), as a condition on the users' table."""

import re
from typing import assert_never

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from gateways.provider.tables import accounts, meetings, sign_ins, users
from policy.request import Identifier, IdentifierKind


def named_by(identifier: Identifier) -> ColumnElement[bool]:
    """The condition that holds for the users that the identifier names.

    An account, by its number or its owner's email, names all of its users. Letter case never matters in emails and
    names. Nothing is guessed: a name is the whole display name, and a meeting needs its id, host and instant, as hosts
    use one id again.
    """
    value = identifier.value.strip()
    match identifier.kind:
        case IdentifierKind.USER_EMAIL:
            return _same(users.c.email, value)
        case IdentifierKind.USER_NAME:
            return _same(users.c.display_name, value)
        case IdentifierKind.USER_IP:
            return users.c.id.in_(select(sign_ins.c.user_id).where(_same(sign_ins.c.ip, value)))
        case IdentifierKind.OWNER_EMAIL:
            return users.c.account_number.in_(select(accounts.c.number).where(_same(accounts.c.owner_email, value)))
        case IdentifierKind.ACCOUNT_NUMBER:
            return users.c.account_number == re.sub(r"[\s-]", "", value)
        case IdentifierKind.MEETING | IdentifierKind.REGISTRATION_URL:
            return users.c.id.in_(select(meetings.c.host_id).where(meeting_named_by(identifier)))
        case _:
            assert_never(identifier.kind)


def meeting_named_by(identifier: Identifier) -> ColumnElement[bool]:
    """The condition that holds for the meetings that the identifier names; none for one that names no meeting."""
    if identifier.kind is IdentifierKind.REGISTRATION_URL:
        return meetings.c.registration_url == identifier.value.strip().rstrip("/")
    number = re.sub(r"[\s-]", "", identifier.value)
    if identifier.host is None or identifier.at is None or not re.fullmatch(r"[0-9]{1,18}", number):
        return false()
    host = users.alias()
    return and_(
        meetings.c.number == int(number),
        meetings.c.host_id.in_(select(host.c.id).where(_same(host.c.email, identifier.host.strip()))),
        or_(meetings.c.scheduled_at <= identifier.at, meetings.c.started_at <= identifier.at),
        meetings.c.ended_at >= identifier.at,
    )


def _same(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    return func.lower(column) == func.lower(value)
