import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from runtime.settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_the_example_lists_every_setting_with_its_default_and_meaning() -> None:
    listed = re.findall(r"^# (.+)\n#?DUEPROCESS_([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    expected = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        expected.append((field.description, name.upper(), shown))
    assert listed == expected


def test_the_example_itself_is_valid_and_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(re.sub(r"^#(DUEPROCESS_)", r"\1", EXAMPLE.read_text(), flags=re.MULTILINE))
    assert Settings() == Settings(_env_file=None)


def test_a_misspelt_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DUEPROCESS_TASK_QUEU=x\n")
    with pytest.raises(ValidationError, match="task_queu"):
        Settings(_env_file=tmp_path / ".env")


def test_secrets_do_not_show() -> None:
    settings = Settings(_env_file=None, codec_keys=SecretStr("k1:c2VjcmV0"))
    assert "c2VjcmV0" not in repr(settings)


def test_each_stand_in_is_called_insecure_and_a_production_setup_is_not(tmp_path: Path) -> None:
    assert len(Settings(_env_file=None, clock_file=tmp_path / "clock", codec_enabled=False).insecurities()) == 10
    database = SecretStr("postgresql+psycopg://app@db.provider.com/dueprocess?sslmode=verify-full")
    production = Settings(
        _env_file=None,
        temporal_profile="production",
        database_url=database,
        database_owner_url=database,
        provider_database_url=database,
        object_store_url="s3://evidence",
        codec_keys=SecretStr("2026-11:c2VjcmV0"),
        smtp_relay_starttls=True,
        public_url="https://legal.provider.com",
        mail_domain="provider.com",
    )
    assert production.insecurities() == []


@pytest.mark.parametrize("file", ["docker-compose.yml", "deploy/compose.env.example"])
def test_the_deployment_uses_the_names_of_the_settings(file: str) -> None:
    used = set(re.findall(r"\bDUEPROCESS_([A-Z0-9_]+)", (EXAMPLE.parent / file).read_text()))
    assert used
    assert used <= {name.upper() for name in Settings.model_fields}
