"""The roster by command."""

from runtime.settings import Settings
from starter.command import Exit
from starter.desk import key_file
from tests.starter.signing.conftest import Command


async def test_a_person_gets_a_key_that_only_they_can_read(
    command: Command, people: tuple[str, str], world_settings: Settings
) -> None:
    key = key_file(world_settings, "wanda")
    assert key.read_text("ascii").startswith("-----BEGIN PRIVATE KEY-----")
    assert key.stat().st_mode & 0o077 == 0
    listed = await command("reviewer", "list")
    assert "wanda  verifier" in listed.out
    assert "ruth  reviewer" in listed.out


async def test_nobody_is_added_twice_and_no_key_is_overwritten(
    command: Command, people: tuple[str, str], world_settings: Settings
) -> None:
    before = key_file(world_settings, "wanda").read_bytes()
    again = await command("reviewer", "add", "Wanda", "--role", "reviewer")
    assert (again.code, again.err) == (Exit.MISUSED, "Wanda is on the roster already\n")
    assert key_file(world_settings, "wanda").read_bytes() == before


async def test_a_key_that_is_none_and_a_person_who_is_unknown_are_named(command: Command) -> None:
    malformed = await command("reviewer", "add", "max", "--role", "reviewer", "--public-key", "nonsense")
    assert malformed.code == Exit.MISUSED
    assert malformed.err.startswith("max cannot be added: ")
    unknown = await command("reviewer", "revoke", "nobody")
    assert (unknown.code, unknown.err) == (Exit.MISUSED, "nobody is not on the roster\n")


async def test_who_was_revoked_signs_nothing_any_more(command: Command, people: tuple[str, str]) -> None:
    assert (await command("reviewer", "revoke", "ruth")).code == Exit.DONE
    assert "ruth  reviewer, revoked" in (await command("reviewer", "list")).out
    refused = await command("review", "DP-2026-000001", "approve", "--as", "ruth")
    assert refused.code != Exit.DONE


async def test_a_name_that_would_leave_the_folder_of_keys_is_none(command: Command, world_settings: Settings) -> None:
    outside = await command("reviewer", "add", "../evil", "--role", "reviewer")
    assert outside.code == Exit.MISUSED
    assert outside.err.startswith("'../evil' is no name for the roster")
    assert not (world_settings.state_dir / "evil.pem").exists()
