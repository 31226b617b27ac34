"""What the pages say exists: commands, settings, links, files, endpoints, events; and both languages say the same."""

import json
import re
import shutil
import subprocess
import time
from argparse import ArgumentParser, _SubParsersAction
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest

from ombud.channels.chat.tokens import verify_jwt
from ombud.cli.main import build_parser
from ombud.config.openapi import describe_api
from ombud.config.settings import variables
from ombud.shared.events import Fact
from tests.docs.pages import PAIRS, ROOT, anchor, blocks, code, headings, name, pages, unresolved
from tools.launch import node_folder

EVERY_PAGE = pytest.mark.parametrize("page", pages(), ids=name)
BOTH_LANGUAGES = pytest.mark.parametrize(("english", "chinese"), PAIRS)
PICTURES = "docs/pictures/"
# The launcher's own, and what the tests and the front end's development server read.
LAUNCHER = {"build"}
OTHER_VARIABLES = {"OMBUD_TEST_PG", "OMBUD_URL"}
COMMAND = re.compile(r"(?:^|[\s`/])ombud ((?:--)?[a-z][^|`;&<>]*)")
VARIABLE = re.compile(r"(?<![\w/])(?:OMBUD_[A-Z_]+|PUBLIC_URL|DATABASE_URL|BUS_URL)\b")
ENDPOINT = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (/(?:api|widget|forms|health|metrics)[\w/{}.:-]*)")
CURL = re.compile(r"curl .*?(?:\$DESK|https://desk\.example)(/[^\s\"?]*)")
FILE = re.compile(
    r"(?:src|web|tests|docs|tools|migrations|config|tickets|channels|routing|realtime|shared)/[\w./-]+\.\w+"
)
SECRET = "k" * 40


@cache
def openapi() -> dict[str, Any]:
    """The document that a desk serves under /api/openapi.json."""
    document: dict[str, Any] = json.loads(describe_api())
    return document


def offers(method: str, path: str) -> bool:
    """Whether the document has an endpoint for a path, in which numbers and names stand for parameters."""
    return any(method.lower() in found and fits(shape, path) for shape, found in openapi()["paths"].items())


def fits(shape: str, path: str) -> bool:
    """Whether a path has the shape of a documented one: ``{id}`` stands for anything."""
    ours, theirs = path.strip("/").split("/"), shape.strip("/").split("/")
    return len(ours) == len(theirs) and all(a == b or b.startswith("{") for a, b in zip(ours, theirs, strict=True))


def complaint(line: str) -> str:
    """What is wrong with a written command: a word or an option that the program does not know."""
    parser: ArgumentParser = build_parser()
    for word in line.split():
        groups = [one for one in parser._actions if isinstance(one, _SubParsersAction)]
        if word.startswith("--"):
            if word.partition("=")[0] not in parser._option_string_actions:
                return word
        elif groups and word in groups[0].choices:
            parser = groups[0].choices[word]
        elif groups:
            return "" if word in LAUNCHER else word
    return ""


def written_commands(page: Path) -> list[str]:
    """All commands that a page names."""
    return [found.split(" #")[0].strip() for line in code(page.read_text()) for found in COMMAND.findall(line)]


@EVERY_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in unresolved(page) if PICTURES not in link] == []


@pytest.mark.skipif(not (ROOT / PICTURES).is_dir(), reason="the pictures are not taken yet")
@EVERY_PAGE
def test_pictures_are_there(page: Path) -> None:
    assert [link for link in unresolved(page) if PICTURES in link] == []


@EVERY_PAGE
def test_commands_named_exist_with_their_options(page: Path) -> None:
    wrong = {line: complaint(line) for line in written_commands(page)}
    assert {line: word for line, word in wrong.items() if word} == {}


def test_commands_are_found_and_judged() -> None:
    assert "up --demo" in written_commands(ROOT / "README.md")
    assert complaint("up --demo") == complaint("mail parse FILE --json") == complaint("build") == ""
    assert complaint("fly") == "fly"
    assert complaint("mail burn") == "burn"
    assert complaint("up --moon") == "--moon"


@EVERY_PAGE
def test_settings_named_exist(page: Path) -> None:
    assert set(VARIABLE.findall(page.read_text())) <= {*variables(), *OTHER_VARIABLES}


@EVERY_PAGE
def test_endpoints_named_are_in_the_openapi_document(page: Path) -> None:
    named = [found for line in code(page.read_text()) for found in ENDPOINT.findall(line)]
    assert [one for one in named if not offers(*one)] == []


@EVERY_PAGE
def test_curl_examples_call_what_exists(page: Path) -> None:
    wrong = []
    for line in (line for line in code(page.read_text()) if line.strip().startswith("curl ")):
        found = CURL.search(line)
        method = re.search(r"-X (\w+)", line)
        used = method[1] if method else "POST" if " -d " in line else "GET"
        if found is None or not offers(used, found[1]):
            wrong.append(line)
    assert wrong == []


def test_curl_examples_are_found() -> None:
    lines = [line for line in code((ROOT / "docs/api.md").read_text()) if line.startswith("curl ")]
    assert len(lines) > 5
    assert offers("PUT", "/api/v1/channels/7/outgoing/1/delivery")
    assert not offers("GET", "/api/v1/moon")
    assert not offers("DELETE", "/api/v1/tickets")


@EVERY_PAGE
def test_files_named_exist(page: Path) -> None:
    named = {found for line in code(page.read_text()) for found in FILE.findall(line) if "<" not in line}
    places = (ROOT, ROOT / "src/ombud", page.parent)
    wanted = {one for one in named if "zh-CN" not in one and PICTURES not in one}
    assert {one for one in wanted if not any((place / one).exists() for place in places)} == set()


@EVERY_PAGE
def test_json_examples_are_json(page: Path) -> None:
    for language, block in blocks(page.read_text()):
        if language == "json":
            assert json.loads(block)


@BOTH_LANGUAGES
def test_both_languages_have_the_same_structure(english: str, chinese: str) -> None:
    first, second = (ROOT / english).read_text(), (ROOT / chinese).read_text()
    assert [depth for depth, _ in headings(first)] == [depth for depth, _ in headings(second)]
    assert [language for language, _ in blocks(first)] == [language for language, _ in blocks(second)]
    for row in (r"^\|", r"^- ", r"^\d+\. "):
        assert len(re.findall(row, first, re.MULTILINE)) == len(re.findall(row, second, re.MULTILINE)), row


@BOTH_LANGUAGES
def test_pages_of_two_languages_link_to_each_other(english: str, chinese: str) -> None:
    assert Path(chinese).name in (ROOT / english).read_text()
    assert Path(english).name in (ROOT / chinese).read_text()
    assert re.search(r"[\u4e00-\u9fff]{4}", (ROOT / chinese).read_text())


def test_every_english_handbook_has_a_chinese_one() -> None:
    assert [path.name for path in sorted((ROOT / "docs/en").iterdir())] == [
        path.name for path in sorted((ROOT / "docs/zh").iterdir())
    ]


def facts() -> list[type[Fact]]:
    """All facts of the rooms; loading the application has loaded them."""
    return [kind for kind in Fact.__subclasses__() if kind.__module__.startswith("ombud.")]


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.kind_name())
def test_event_is_documented_with_its_data(fact: type[Fact]) -> None:
    text = (ROOT / "docs/events.md").read_text() + (ROOT / "docs/accounts.md").read_text()
    row = next(line for line in text.splitlines() if line.startswith(f"| `{fact.kind_name()}` |"))
    own = {one.name for one in msgspec.structs.fields(fact)} - {"ticket_id", "team_id"}
    assert {one for one in own if not re.search(rf"\b{one}\b", row.rsplit("|", 2)[1])} == set()


def test_events_page_names_no_event_that_does_not_exist() -> None:
    named = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/events.md").read_text(), re.MULTILINE)
    assert set(named) <= {fact.kind_name() for fact in facts()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_documented_python_signs_visitors(language: str) -> None:
    page = dict(blocks((ROOT / f"docs/{language}/administrator.md").read_text()))
    namespace: dict[str, Any] = {}
    exec(page["python"], namespace)  # noqa: S102 – the documentation itself is under test
    token = namespace["visitor_token"](SECRET, "c-42", "Anna 安娜", "anna@example.com")
    claims = verify_jwt(token, SECRET, now=datetime.now(UTC))
    assert (claims.sub, claims.name, claims.email) == ("c-42", "Anna 安娜", "anna@example.com")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_documented_javascript_signs_visitors(language: str, tmp_path: Path) -> None:
    page = dict(blocks((ROOT / f"docs/{language}/administrator.md").read_text()))
    script = tmp_path / "sign.mjs"
    call = f'console.log(visitorToken("{SECRET}", "c-42", "Anna 安娜", "anna@example.com"))'
    script.write_text(f"{page['js']}\n{call}\n")
    node = shutil.which("node") or node_folder(Path(jwt.__file__).parents[4]) / "bin" / "node"
    done = subprocess.run([str(node), str(script)], capture_output=True, text=True, check=True)
    claims = verify_jwt(done.stdout.strip(), SECRET, now=datetime.now(UTC))
    assert (claims.sub, claims.name) == ("c-42", "Anna 安娜")
    assert jwt.decode(done.stdout.strip(), SECRET, algorithms=["HS256"])["exp"] > time.time() + 3_000


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    folder = ROOT / "docs/decisions"
    names = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [int(one[:4]) for one in names] == list(range(1, len(names) + 1))
    assert all(f"]({one})" in (folder / "README.md").read_text() for one in names)


def test_anchor_is_what_readers_of_markdown_make() -> None:
    assert anchor("One event, walked") == "one-event-walked"
    assert anchor("`GET /metrics`") == "get-metrics"


def test_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[here](#a-page) [there](moon.md) [nowhere](#moon) [out](https://a.example)\n`[code](x.md)`"
    )
    assert list(unresolved(page)) == ["moon.md", "#moon"]
