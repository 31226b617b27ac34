"""``ombud people``."""

import psycopg
import pytest

from ombud.cli.main import main


@pytest.fixture(autouse=True)
def _settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PUBLIC_URL", "https://desk.example")


def add(*more: str) -> int:
    return main(["people", "add", "bo@example.com", "--name", "Bo", *more])


def test_add_prints_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    assert add("--team", "Support") == 0
    assert capsys.readouterr().out.startswith("https://desk.example/#/link/")


def test_add_keeps_role_and_teams(database_url: str) -> None:
    add("--role", "supervisor", "--team", "Support", "--all-teams")
    with psycopg.connect(database_url) as connection:
        person = connection.execute("select name, role, sees_all_teams from person").fetchone()
        assert person == ("Bo", "supervisor", True)
        assert connection.execute("select team_id from membership").fetchall() == [(1,)]


def test_add_twice_fails_with_advice(capsys: pytest.CaptureFixture[str]) -> None:
    add()
    assert add() == 1
    assert "has this address already" in capsys.readouterr().err


def test_add_to_unknown_team_fails_with_advice(capsys: pytest.CaptureFixture[str], database_url: str) -> None:
    assert add("--team", "Nobody") == 1
    assert "does not exist" in capsys.readouterr().err
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from person").fetchone() == (0,)


def test_add_with_unknown_role_is_wrong_use() -> None:
    with pytest.raises(SystemExit) as caught:
        add("--role", "owner")
    assert caught.value.code == 2


def test_list_prints_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    add()
    main(["people", "add", "ada@example.com", "--name", "Ada", "--role", "administrator"])
    capsys.readouterr()
    assert main(["people", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["ada@example.com\tAda\tadministrator\tinvited", "bo@example.com\tBo\tagent\tinvited"]


def test_link_prints_a_new_link_each_time(capsys: pytest.CaptureFixture[str], database_url: str) -> None:
    add()
    first = capsys.readouterr().out
    assert main(["people", "link", "BO@example.com"]) == 0
    assert capsys.readouterr().out != first
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from one_time_link").fetchone() == (1,)


def test_link_for_nobody_fails_with_advice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "link", "x@example.com"]) == 1
    assert "Nobody who works here has the address x@example.com" in capsys.readouterr().err


def test_link_leaves_second_factor_unless_told(database_url: str) -> None:
    add()
    with psycopg.connect(database_url, autocommit=True) as connection:
        look = "select totp_confirmed_at is null from person"
        connection.execute("update person set totp_secret = 'x', totp_confirmed_at = now()")
        main(["people", "link", "bo@example.com"])
        assert connection.execute(look).fetchone() == (False,)
        main(["people", "link", "bo@example.com", "--reset-second-factor"])
        assert connection.execute(look).fetchone() == (True,)


def test_people_without_action_is_wrong_use() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["people"])
    assert caught.value.code == 2
