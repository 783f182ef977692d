"""Names that outlive a process: case references, workflow ids, and the message names that other clients may send."""

TASK_QUEUE = "dueprocess"


def request_id(ref: str) -> str:
    """The workflow id of a request for data."""
    return f"request/{ref}"


def preservation_id(ref: str) -> str:
    """The workflow id of a preservation hold."""
    return f"preservation/{ref}"


def restriction_id(ref: str) -> str:
    """The workflow id of a restriction of access."""
    return f"restriction/{ref}"


def notice_id(ref: str, n: int) -> str:
    """The workflow id of the notice to account `n`'s user; `n` says nothing about whose account it is."""
    return f"notice/{ref}/{n}"


def notice_desk(n: int) -> str:
    """What the steps begin with by which account `n`'s notice rules on statements."""
    return f"notice-{n}-"


def notice_of(step: str) -> int | None:
    """The account whose notice this step is of; None where it is none's."""
    kind, _, rest = step.partition("-")
    n, _, _ = rest.partition("-")
    return int(n) if kind == "notice" and n.isdecimal() else None


def followup_id(ref: str) -> str:
    """The workflow id of what follows an emergency disclosure."""
    return f"followup/{ref}"
