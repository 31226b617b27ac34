"""What may be done, by name."""

import re
from pathlib import Path

import pytest

from ombud.accounts.permissions import ALL, PROGRAMS, ROLES, SCOPES, Role

DOCUMENT = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()


def row_of(name: str) -> list[str]:
    """The cells of a name's row in the document."""
    line = next(line for line in DOCUMENT.splitlines() if line.startswith(f"| `{name}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("permission", sorted(ALL))
def test_permission_is_documented_in_both_languages(permission: str) -> None:
    _, chinese, lets, *_ = row_of(permission)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert lets


@pytest.mark.parametrize("permission", sorted(ALL - PROGRAMS))
def test_document_says_which_roles_hold_a_permission(permission: str) -> None:
    order: list[Role] = ["administrator", "supervisor", "agent", "read_only", "partner"]
    told = [cell == "✓" for cell in row_of(permission)[3:8]]
    assert told == [permission in ROLES[role] for role in order]


@pytest.mark.parametrize("role", list(ROLES))
def test_role_is_documented_in_both_languages(role: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", row_of(role)[1])


def test_document_names_no_permission_that_does_not_exist() -> None:
    named = set(re.findall(r"`([a-z_]+\.[a-z]+)`", DOCUMENT))
    assert named == ALL


def test_read_only_holds_reads_only() -> None:
    assert all(permission.endswith(".read") for permission in ROLES["read_only"])


def test_partner_reads_no_ticket() -> None:
    assert ROLES["partner"] == {"tasks.work", "releases.read"}


def test_roles_hold_more_the_higher_they_stand() -> None:
    assert ROLES["read_only"] < ROLES["agent"] < ROLES["supervisor"] < ROLES["administrator"]


def test_no_role_holds_what_is_for_programs() -> None:
    assert not any(held & PROGRAMS for held in ROLES.values())


def test_program_is_never_present() -> None:
    assert {"presence.own", "floor.lead", "personal_data.unseal"} == ALL - SCOPES
