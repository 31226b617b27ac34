"""Settings come from the environment, and a wrong one stops the start with a line that names it."""

import os
from pathlib import Path

import pytest

from ombud.config.settings import Settings, WrongSetting, default_data, variables


def test_from_env_nothing_given_takes_the_defaults() -> None:
    settings = Settings.from_env({})
    assert (settings.host, settings.port, settings.undo_seconds) == ("127.0.0.1", 8700, 10)
    assert settings.data == default_data()
    assert settings.address == "http://127.0.0.1:8700"


def test_from_env_everything_given_takes_it() -> None:
    given = {
        "OMBUD_DATA": "/srv/desk",
        "OMBUD_HOST": "::",
        "OMBUD_PORT": "80",
        "PUBLIC_URL": "https://desk.example/",
        "DATABASE_URL": "postgresql://u:p@db/desk",
        "BUS_URL": "nats://bus:4222",
        "OMBUD_KEY": "secret",
        "OMBUD_UNDO_SECONDS": "0",
        "OMBUD_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
    }
    settings = Settings.from_env(given)
    assert settings.data == Path("/srv/desk")
    assert settings.address == "https://desk.example"
    assert settings.undo_seconds == 0
    assert settings.proxies == ["10.0.0.0/8", "::1"]
    assert set(given) <= set(variables())


def test_from_env_empty_counts_as_absent() -> None:
    assert Settings.from_env({"OMBUD_PORT": "", "PUBLIC_URL": ""}) == Settings.from_env({})


def test_from_env_unknown_variable_is_somebody_elses() -> None:
    assert Settings.from_env({"OMBUD_TEST_PG": "15"}) == Settings.from_env({})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("OMBUD_PORT", "ab", "OMBUD_PORT='ab' cannot be: expected `int`"),
        ("OMBUD_PORT", "0", "expected `int` >= 1"),
        ("OMBUD_PORT", "65536", "expected `int` <= 65535"),
        ("OMBUD_UNDO_SECONDS", "-1", "OMBUD_UNDO_SECONDS='-1' cannot be"),
        ("PUBLIC_URL", "desk.example", "PUBLIC_URL must begin with http:// or https://"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with postgres:// or postgresql://"),
        ("BUS_URL", "redis://x", "BUS_URL must begin with nats://"),
        ("PUBLIC_URL", "http://[::1", "PUBLIC_URL must begin with http:// or https://"),
        ("PUBLIC_URL", "https://", "PUBLIC_URL must begin with http:// or https://"),
        ("PUBLIC_URL", "https:desk.example", "PUBLIC_URL must begin with http:// or https://"),
        ("BUS_URL", "nats://", "BUS_URL must begin with nats://"),
        ("BUS_URL", "nats://[", "BUS_URL must begin with nats://"),
        ("DATABASE_URL", "postgresql://[x/y", "DATABASE_URL must begin with postgres:// or postgresql://"),
        ("OMBUD_DEMO", "maybe", "OMBUD_DEMO='maybe' cannot be: expected `bool`"),
        ("OMBUD_UNDO_SECONDS", "601", "expected `int` <= 600"),
        ("OMBUD_OUTBOUND_ALLOW", "10.0.0.1/8", "OMBUD_OUTBOUND_ALLOW: 10.0.0.1/8 has host bits set"),
        ("OMBUD_DATA", "~nobody-of-that-name/x", "OMBUD_DATA='~nobody-of-that-name/x' cannot be: there is no user"),
        ("OMBUD_TRUSTED_PROXIES", "10.0.0.0/8,everyone", "OMBUD_TRUSTED_PROXIES: 'everyone'"),
    ],
)
def test_from_env_wrong_value_names_the_variable(name: str, value: str, told: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        Settings.from_env({name: value})
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql:///desk",
        "postgresql://ombud@/desk?host=%2Frun%2Fpostgresql",
        "postgres://ada:secret@db.example:5433/desk?sslmode=require",
        "postgresql://[::1]:5432/desk",
    ],
)
def test_from_env_database_may_be_a_socket_or_a_host(address: str) -> None:
    assert Settings.from_env({"DATABASE_URL": address}).database_url == address


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("", []),
        (" , ,", []),
        ("10.0.0.0/8", ["10.0.0.0/8"]),
        ("10.0.0.0/8, ::1 ,192.0.2.7", ["10.0.0.0/8", "::1", "192.0.2.7"]),
    ],
)
def test_from_env_networks_are_read_one_by_one(given: str, parts: list[str]) -> None:
    settings = Settings.from_env({"OMBUD_TRUSTED_PROXIES": given, "OMBUD_OUTBOUND_ALLOW": given})
    assert (settings.proxies, settings.outbound_networks) == (parts, parts)


def test_from_env_wrong_database_does_not_repeat_its_password() -> None:
    with pytest.raises(WrongSetting) as refused:
        Settings.from_env({"DATABASE_URL": "mysql://me:hunter2@db"})
    assert "hunter2" not in str(refused.value)


def test_from_env_home_sign_is_the_users_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/home")
    assert Settings.from_env({"OMBUD_DATA": "~/desk"}).data == Path("/srv/home/desk")


def test_from_env_relative_folder_becomes_absolute() -> None:
    assert Settings.from_env({"OMBUD_DATA": "desk"}).data == Path.cwd() / "desk"


def test_default_data_root_takes_the_systems_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_data() == Path("/var/lib/ombud")


def test_default_data_user_takes_their_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/srv/home")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_data() == Path("/srv/home/.local/share/ombud")
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert default_data() == Path("/srv/data/ombud")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8700"),  # noqa: S104  # compared, not bound
        ("::", "http://[::1]:8700"),
        ("fd00::1", "http://[fd00::1]:8700"),
        ("desk.local", "http://desk.local:8700"),
    ],
)
def test_address_without_public_url_is_one_that_can_be_opened(host: str, address: str) -> None:
    assert Settings.from_env({"OMBUD_HOST": host}).address == address


def test_for_demo_leaves_the_real_desk_alone() -> None:
    settings = Settings.from_env({"OMBUD_DATA": "/srv/desk", "DATABASE_URL": "postgresql://db/real"}).for_demo()
    assert settings.data == Path("/srv/desk/demo")
    assert settings.database_url == ""


def test_environment_read_again_is_the_same() -> None:
    settings = Settings.from_env({"OMBUD_PORT": "8123", "PUBLIC_URL": "https://desk.example", "OMBUD_DATA": "/srv/a b"})
    assert Settings.from_env(settings.environment()) == settings


def test_environment_holds_no_empty_variable() -> None:
    assert "DATABASE_URL" not in Settings.from_env({}).environment()


def test_listening_takes_what_is_given() -> None:
    settings = Settings.from_env({"OMBUD_PORT": "8123"})
    assert settings.listening(host=None, port=None) == settings
    assert settings.listening(host="0.0.0.0", port=80).port == 80  # noqa: S104  # compared, not bound


def test_listening_port_out_of_range_refuses() -> None:
    with pytest.raises(WrongSetting, match="OMBUD_PORT='70000'"):
        Settings.from_env({}).listening(host=None, port=70000)


def test_using_takes_the_database() -> None:
    assert Settings.from_env({}).using("postgresql://db/x").database_url == "postgresql://db/x"
