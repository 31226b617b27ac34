"""The documented way to verify a webhook is right, in both languages: the code is taken from the page and run."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ombud.automation.webhooks import rules

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "how-to").glob("verify-a-webhook*.md"))
SECRET, BODY = "whsec_abc", b'{"id":7,"kind":"ticket_opened"}'
Verify = Callable[[str, dict[str, str], bytes], bool]


def block(page: Path, language: str) -> str:
    return page.read_text().split(f"```{language}\n", 1)[1].split("```", 1)[0]


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def is_genuine(page: Path) -> Verify:
    namespace: dict[str, Any] = {}
    exec(block(page, "python"), namespace)  # noqa: S102 – the documentation itself is under test
    found: Verify = namespace["is_genuine"]
    return found


def headers(at: int, secret: str = SECRET) -> dict[str, str]:
    return {"x-ombud-timestamp": str(at), "x-ombud-signature": rules.signature(secret, at, BODY)}


def test_pages_are_written_in_both_languages() -> None:
    assert [page.name for page in PAGES] == ["verify-a-webhook.md", "verify-a-webhook.zh-CN.md"]


def test_documented_python_takes_what_we_sign(is_genuine: Verify) -> None:
    assert is_genuine(SECRET, headers(int(time.time())), BODY)


@pytest.mark.parametrize("away", [-301, 302, -86_400])
def test_documented_python_refuses_a_replay(is_genuine: Verify, away: int) -> None:
    assert not is_genuine(SECRET, headers(int(time.time()) + away), BODY)


def test_documented_python_refuses_what_others_made(is_genuine: Verify) -> None:
    now = int(time.time())
    good = headers(now)
    assert not is_genuine(SECRET, headers(now, "whsec_other"), BODY)
    assert not is_genuine(SECRET, good, BODY + b" ")
    assert not is_genuine(SECRET, good | {"x-ombud-timestamp": str(now + 1)}, BODY)
    assert not is_genuine(SECRET, {}, BODY)
    assert not is_genuine(SECRET, {"x-ombud-timestamp": "soon"}, BODY)


def test_documented_javascript_agrees(page: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed here")
    now = int(time.time())
    cases = [(SECRET, headers(now)), ("whsec_x", headers(now)), (SECRET, headers(now - 400)), (SECRET, {})]
    calls = ", ".join(
        f"isGenuine({json.dumps(secret)}, {json.dumps(given)}, {json.dumps(BODY.decode())})" for secret, given in cases
    )
    program = tmp_path / "verify.mjs"
    program.write_text(block(page, "js") + f"\nconsole.log(JSON.stringify([{calls}]));\n")
    done = subprocess.run([node, str(program)], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [True, False, False, False]
