"""For which addresses the listener takes mail (S1)."""

from typing import Any

import pytest
from aiosmtpd.smtp import Envelope

from starter.smtp import Addresses, IntakeHandler

REQUESTS, OURS, AGENCY = "lawenforcement@provider.example", "legal-process@provider.example", "j@police.gov.example"
USERS = "privacy@provider.example"
ADDRESSES = Addresses(requests=REQUESTS, users=USERS, returns=OURS)


@pytest.mark.parametrize(
    ("sender", "recipient", "taken"),
    [
        (AGENCY, REQUESTS, True),
        (AGENCY, REQUESTS.upper(), True),
        ("", REQUESTS, True),
        ("", OURS, True),
        (AGENCY, OURS, False),
        (AGENCY, "postmaster@provider.example", False),
        ("", "postmaster@provider.example", False),
        ("alice@example.org", USERS, True),
    ],
)
async def test_S1_N1_requests_go_to_one_address_users_write_to_another_and_only_returns_come_to_the_third(
    sender: str, recipient: str, taken: bool
) -> None:
    desk: Any = None  # Nothing is kept before the recipient is known.
    handler, envelope = IntakeHandler(desk, ADDRESSES, lambda: None), Envelope()
    envelope.mail_from = sender
    answer = await handler.handle_RCPT(desk, desk, envelope, recipient, [])
    assert answer.startswith("250") == taken
    assert envelope.rcpt_tos == ([recipient] if taken else [])
