"""`make soak`: many requests through their whole lives while the servers under them are killed."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.stage import own_settings
from tests.soak.oracle import PROMISES
from tests.soak.run import Report, soak

_REPORT = Path("var/soak/report.json")
_MOST_KILLS = 30
_out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=100, help="how many (100)")
    parser.add_argument("--kills", type=int, help=f"how many (one for every 5 requests, 3 to {_MOST_KILLS})")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments (1)")
    parser.add_argument(
        "--limit", type=float, default=1800, help="seconds after which it is judged as it stands (1800)"
    )
    chosen = parser.parse_args()
    kills = chosen.kills if chosen.kills is not None else min(_MOST_KILLS, max(3, chosen.requests // 5))
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        run = soak(
            own_settings(folder / "stack"),
            folder,
            requests=chosen.requests,
            kills=kills,
            seed=chosen.seed,
            limit=chosen.limit,
        )
        try:
            report = asyncio.run(run)
        except KeyboardInterrupt:
            _out.print("Interrupted; nothing was judged.")
            return 130
    _tell(report)
    _REPORT.parent.mkdir(parents=True, exist_ok=True)
    _REPORT.write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")
    _out.print(f"Written to {_REPORT}")
    return 0 if report.counts and not report.verdict.broken else 1


def _tell(report: Report) -> None:
    table = Table(title=f"{report.requests} requests, killed: {report.kills}, seed {report.seed}")
    for heading in ("", "promise", "looked at", "broken"):
        table.add_column(heading)
    for promise, words in PROMISES.items():
        broken = sum(sentence.startswith(promise) for sentence in report.verdict.broken)
        table.add_row(promise, words, str(report.verdict.looked[promise]), str(broken))
    _out.print(table)
    for sentence in (*report.verdict.broken, *(f"not finished: {case}" for case in report.verdict.unfinished)):
        _out.print(sentence, markup=False)
    counts = "the run counts" if report.counts else "too few for the run to count"
    _out.print(f"{report.verdict.finished} of {report.requests} cases finished: {counts}.")
    if report.bound is not None:
        _out.print(f"No promise was broken: at most {report.bound:.1%} of cases break one (3/n, 95 %).")


if __name__ == "__main__":
    sys.exit(main())
