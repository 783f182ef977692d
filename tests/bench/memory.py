"""What an open request takes of the worker's memory."""

from pathlib import Path

from policy.vocabulary import Phase
from tests.bench.lines import Line
from tests.bench.sizes import Sizes
from tests.bench.stage import Stage
from tests.bench.waiting import at_once

_WARM_UP = 20
#: Of the bare kind fewer are enough to tell what one takes.
_BARE_SHARE = 4


async def memory(stage: Stage, sizes: Sizes) -> list[Line]:
    """Open requests that wait in verification, all in the cache of a worker that has just been started."""
    product = await _kilobytes_each(stage, sizes.open_requests, bare=False)
    bare = await _kilobytes_each(stage, sizes.open_requests // _BARE_SHARE, bare=True)
    note = f"{sizes.open_requests} open requests; difference of the worker's resident memory"
    return [
        Line(
            "5 worker memory of an open request",
            product,
            unit="KB",
            target=150,
            product=f"{product:.0f} KB",
            bare=f"{bare:.0f} KB",
            note=note,
        )
    ]


async def _kilobytes_each(stage: Stage, n: int, *, bare: bool) -> float:
    pid = await stage.restart("bare" if bare else "worker")
    await _open(stage, _WARM_UP, bare=bare)
    await stage.clear()
    before = _resident_kilobytes(pid)
    await _open(stage, n, bare=bare)
    after = _resident_kilobytes(pid)
    await stage.clear()
    return (after - before) / n


async def _open(stage: Stage, n: int, *, bare: bool) -> None:
    jobs = await stage.jobs(n, bare=bare)
    await at_once([stage.start(job) for job in jobs])
    await stage.until_phase(jobs, Phase.VERIFICATION)


def _resident_kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
