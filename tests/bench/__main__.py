"""`make bench`: the product against bare Temporal workflows of the same shape, interleaved on one server."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from runtime.settings import Settings
from tests.bench.histories import histories
from tests.bench.latency import after_kill, latency
from tests.bench.lines import Line
from tests.bench.memory import memory
from tests.bench.sizes import FULL, QUICK, Sizes
from tests.bench.stage import bench_stack, on_stage, own_settings
from tests.bench.throughput import burst, throughput

_REPORT = Path("var/bench/report.json")
_FIGURES = (histories, throughput, latency, burst, after_kill, memory)
#: A log is wide enough for the table, whatever a terminal is.
_out = Console(highlight=False, width=None if sys.stdout.isatty() else 150)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, within a minute")
    parser.add_argument("--only", choices=[figure.__name__ for figure in _FIGURES], help="one figure alone")
    chosen = parser.parse_args()
    sizes = QUICK if chosen.quick else FULL
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = own_settings(Path(folder))
        stack = bench_stack(settings)

        async def body(running: Settings) -> None:
            async with on_stage(running, stack) as stage:
                for figure in _FIGURES:
                    if chosen.only in (None, figure.__name__):
                        began = time.monotonic()
                        lines.extend(await figure(stage, sizes))
                        _out.print(f"{figure.__name__}: {time.monotonic() - began:.0f} s", style="dim")

        whole = asyncio.run(stack.run(body))
    lines.sort(key=lambda line: line.name[0])
    _out.print(_table(lines))
    for line in lines:
        if line.note:
            _out.print(f"{line.name}: {line.note}.", style="dim", markup=False)
    if not whole:
        _out.print("Interrupted: what is missing was not measured, and the last report stays.")
        return 130
    if chosen.only is None:
        _keep(lines, sizes)
    return 0


def _table(lines: list[Line]) -> Table:
    table = Table(title="dueprocess against bare Temporal workflows of the same shape")
    for heading in ("figure", "product", "bare", "measured", "least..most", "target", ""):
        table.add_column(heading, no_wrap=heading in ("figure", "measured"))
    for line in lines:
        spread = "" if line.low is None or line.high is None else f"{line.low:.2f}..{line.high:.2f}"
        target = "" if line.target is None else f"{line.bound} {line.target:g} {line.unit}"
        met = {True: "met", False: "NOT MET", None: ""}[line.met]
        table.add_row(line.name, line.product, line.bare, f"{line.value:.2f} {line.unit}", spread, target, met)
    return table


def _keep(lines: list[Line], sizes: Sizes) -> None:
    report = {"sizes": "quick" if sizes is QUICK else "full", "figures": [line.as_json() for line in lines]}
    _REPORT.parent.mkdir(parents=True, exist_ok=True)
    _REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    _out.print(f"Written to {_REPORT}")


if __name__ == "__main__":
    sys.exit(main())
