"""Workflow ids: what other clients address a case by, so they never change."""

from contract.ids import notice_id, preservation_id, request_id


def test_a_case_is_addressed_by_its_reference_and_by_nothing_personal() -> None:
    assert request_id("DP-2026-000001") == "request/DP-2026-000001"
    assert preservation_id("DP-2026-000001") == "preservation/DP-2026-000001"
    assert notice_id("DP-2026-000001", 2) == "notice/DP-2026-000001/2"
