"""A small share of the soak: every kind of life twice, every server killed once."""

from pathlib import Path

from tests.bench.stage import own_settings
from tests.soak.run import soak


async def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    settings = own_settings(tmp_path / "stack")
    report = await soak(settings, tmp_path, requests=10, kills=3, seed=7, limit=90)
    assert report.verdict.broken == []
    assert report.verdict.unfinished == []
    assert report.counts
    assert sum(report.kills.values()) >= 2
