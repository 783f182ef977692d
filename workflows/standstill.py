"""A machine whose clocks a reviewer has stopped, because a court is asked first (N3, U2)."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from policy.statements import Verdict
    from policy.suspension import Pause
    from policy.vocabulary import Phase, Queue
    from workflows.desk import Desk
    from workflows.machine import Machine

CLOCK_VERDICTS = frozenset({Verdict.SUSPEND, Verdict.RESUME})


def show_standstill(machine: Machine, notice: int | None = None) -> None:
    """Nothing runs out here, so it is a reviewer's to end."""
    about = f" --notice {notice}" if notice is not None else ""
    machine.show(
        Phase.SUSPENDED,
        Queue.REVIEWER,
        "a court's decision; every clock stands still (N3)",
        f"`dueprocess review {machine.ref} resume --reason WORDS{about} --as NAME`: what time was left is left then.",
    )


async def stand_still(machine: Machine, desk: Desk) -> Pause:
    """Wait, with every clock stopped, until a reviewer lets them go on."""
    since = machine.now()
    show_standstill(machine)
    while True:
        await workflow.wait_condition(desk.waiting)
        ruling = desk.next()
        if ruling is not None and ruling.verdict is Verdict.RESUME:
            return Pause(since=since, until=machine.now())
