"""Whether a reviewer has stopped clocks, as the record has it: a machine asks, and believes no signal (N3)."""

from activities.ports import CaseFile
from contract.ids import notice_desk
from policy.suspension import stands_still


def is_stopped(case: CaseFile, notice: int | None = None) -> bool:
    """Whether the clocks of the case stand still; with `notice`, those of that account's notice, by a word about the
    case or about the notice."""
    desks = ("",) if notice is None else ("", notice_desk(notice))
    return any(
        stands_still(d.signed.statement for d in case.decisions if d.accepted and d.step.startswith(f"{desk}decision-"))
        for desk in desks
    )
