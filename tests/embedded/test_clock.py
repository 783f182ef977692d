from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.clock import BusinessClock, ClockError


def test_all_who_share_the_file_move_together(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    day_90 = datetime.now(UTC) + timedelta(days=90)
    BusinessClock(file).advance_to(day_90)
    assert timedelta(0) <= BusinessClock(file).now() - day_90 < timedelta(minutes=1)


def test_it_never_moves_backwards(tmp_path: Path) -> None:
    clock = BusinessClock(tmp_path / "clock")
    clock.advance_to(datetime.now(UTC) + timedelta(days=90))
    with pytest.raises(ClockError, match="only moves forwards"):
        clock.advance_to(datetime.now(UTC) + timedelta(days=89))
    assert clock.now() > datetime.now(UTC) + timedelta(days=89, hours=23)


def test_the_real_clock_cannot_be_moved() -> None:
    with pytest.raises(ClockError, match="cannot be moved"):
        BusinessClock(None).advance_to(datetime.now(UTC) + timedelta(days=1))


def test_a_time_without_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClockError, match="time zone"):
        BusinessClock(tmp_path / "clock").advance_to(datetime(2030, 1, 1))  # noqa: DTZ001 - the point of the test


def test_a_damaged_file_is_named_rather_than_taken_for_zero(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("ninety days")
    with pytest.raises(ClockError, match=str(file)):
        BusinessClock(file).now()
