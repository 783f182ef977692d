import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the developer's environment nor a `.env` in the working directory reaches these tests."""
    for name in os.environ:
        if name.startswith("DUEPROCESS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
