"""Every check passes a good sample and really fails on a bad one."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.checks import __main__ as program
from tools.checks import docs, ladder, python_style, shape, tracked, translations, web
from tools.checks.report import Report

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write_file


def project(write: Write, code: str) -> None:
    write("pyproject.toml", '[tool.ruff.lint]\nselect = ["F", "PLC0415"]\n[tool.mypy]\nstrict = true\n')
    write("ombud/__init__.py", '"""A sample."""\n')
    write("ombud/sample.py", code)


def test_format_good_file_passes(write: Write, tmp_path: Path) -> None:
    project(write, "x = 1\n")
    assert python_style.check_format(tmp_path).faults == []


def test_format_bad_file_fails(write: Write, tmp_path: Path) -> None:
    project(write, "x  =  1\n")
    assert any("sample.py" in fault for fault in python_style.check_format(tmp_path).faults)


def test_lint_import_inside_a_function_fails(write: Write, tmp_path: Path) -> None:
    project(write, "def late() -> None:\n    import json\n\n    json.dumps(1)\n")
    assert any("PLC0415" in fault for fault in python_style.check_lint(tmp_path).faults)


def test_types_untyped_function_fails(write: Write, tmp_path: Path) -> None:
    project(write, "def nothing(given):\n    return given\n")
    assert any("no-untyped-def" in fault for fault in python_style.check_types(tmp_path).faults)


def test_types_typed_function_passes(write: Write, tmp_path: Path) -> None:
    project(write, "def same(given: int) -> int:\n    return given\n")
    assert python_style.check_types(tmp_path).faults == []


@pytest.mark.parametrize(
    ("importer", "imported", "is_allowed"),
    [
        ("ombud.tickets.services", "ombud.customers.queries", True),
        ("ombud.tickets.services", "ombud.customers", True),
        ("ombud.tickets.services", "ombud.customers.rules", False),
        ("ombud.tickets.api", "ombud.accounts.sessions", False),
        ("ombud.tickets.api", "ombud.accounts.services.sessions", True),
        ("ombud.channels.email.jobs", "ombud.channels.chat.rules", True),
        ("ombud.automation.jobs", "ombud.channels.email.services", True),
        ("ombud.tickets.api", "ombud.shared.http", True),
        ("ombud.config.app", "ombud.tickets.api", True),
        ("ombud.tickets.api", "ombud", True),
    ],
)
def test_is_allowed_only_by_the_doors(importer: str, imported: str, *, is_allowed: bool) -> None:
    assert ladder.is_allowed(importer, imported) is is_allowed


def sample_package(write: Write, name: str, **modules: str) -> None:
    write(f"{name}/__init__.py", "")
    for module, text in modules.items():
        write(f"{name}/{module}.py", text)


def test_find_cycle_circle_is_named(write: Write, tmp_path: Path) -> None:
    sample_package(
        write, "circled", a="from circled import b\n", b="from circled import c\n", c="from circled import a\n"
    )
    cycle = ladder.find_cycle(ladder.build_graph(tmp_path, "circled"))
    assert {"circled.a", "circled.b", "circled.c"} <= set(cycle)


def test_find_cycle_straight_line_finds_nothing(write: Write, tmp_path: Path) -> None:
    sample_package(write, "straight", a="from straight import b\n", b="from straight import c\n", c="")
    assert ladder.find_cycle(ladder.build_graph(tmp_path, "straight")) == []


def test_find_cycle_under_type_checking_counts(write: Write, tmp_path: Path) -> None:
    hidden = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from hidden import a\n"
    sample_package(write, "hidden", a="from hidden import b\n", b=hidden)
    assert ladder.find_cycle(ladder.build_graph(tmp_path, "hidden")) != []


def test_find_back_doors_names_both_sides(write: Write, tmp_path: Path) -> None:
    sample_package(write, "roomy")
    for room in ("tickets", "customers"):
        write(f"roomy/{room}/__init__.py", "")
    write("roomy/customers/rules.py", "")
    write("roomy/tickets/services.py", "from roomy.customers import rules\n")
    faults = list(ladder.find_back_doors(ladder.build_graph(tmp_path, "roomy")))
    assert len(faults) == 1
    assert faults[0].startswith("roomy.tickets.services enters roomy.customers.rules")


def test_check_ladder_upward_import_fails(write: Write, tmp_path: Path) -> None:
    contract = (
        '[tool.importlinter]\nroot_package = "rungs"\n[[tool.importlinter.contracts]]\n'
        'name = "down"\ntype = "layers"\nlayers = ["rungs.high", "rungs.low"]\n'
    )
    write("pyproject.toml", contract)
    sample_package(write, "rungs", high="", low="from rungs import high\n")
    command = (
        f"import pathlib; from tools.checks import ladder; print(ladder.check_ladder(pathlib.Path({str(tmp_path)!r})))"
    )
    assert "is broken" in run_python(tmp_path, command)


def run_python(folder: Path, command: str) -> str:
    root = Path(__file__).resolve().parents[2]
    path = f"{folder}:{root}:{root / 'src'}"
    return subprocess.run(
        [sys.executable, "-c", command], env={"PYTHONPATH": path}, check=True, capture_output=True, text=True
    ).stdout


def long_function(lines: int, name: str = "long") -> str:
    return f"def {name}() -> None:\n" + "    print()\n" * (lines - 1)


def test_shape_good_project_passes(write: Write, tmp_path: Path) -> None:
    write("ombud/room.py", long_function(5))
    write("tests/test_room.py", long_function(8))
    report = shape.check(tmp_path)
    assert report.faults == []
    assert "functions: 1, median 5 (≤ 9), p95 5 (≤ 35), max 5 (≤ 60), nesting 0 (≤ 3)" in report.figures


def test_shape_long_function_fails(write: Write, tmp_path: Path) -> None:
    write("ombud/room.py", long_function(61))
    assert "ombud/room.py:1 long has 61 lines" in shape.check(tmp_path).faults


def test_shape_many_middling_functions_fail(write: Write, tmp_path: Path) -> None:
    write("ombud/room.py", "".join(long_function(12, f"f{number}") for number in range(5)))
    assert "functions: the median is 12 lines" in shape.check(tmp_path).faults


def test_shape_long_file_fails(write: Write, tmp_path: Path) -> None:
    write("ombud/room.py", "x = 1\n" * 601)
    faults = shape.check(tmp_path).faults
    assert "ombud/room.py has 601 lines" in faults
    assert any("p95 is 601 lines" in fault for fault in faults)


def test_shape_few_tests_fail(write: Write, tmp_path: Path) -> None:
    write("ombud/room.py", "x = 1\n" * 100)
    write("tests/test_room.py", "x = 1\n" * 50)
    missing = round(100 * shape.TEST_RATIO_LEAST) - 50
    assert f"Python: {missing} lines of test are missing" in shape.check(tmp_path).faults


def test_shape_deep_nesting_fails(write: Write, tmp_path: Path) -> None:
    blocks = [
        "def deep() -> None:",
        "    for a in b:",
        "        if a:",
        "            with a:",
        "                while a:",
    ]
    deep = "\n".join([*blocks, "                    pass", ""])
    write("ombud/room.py", deep)
    assert "ombud/room.py:1 deep nests 4 deep" in shape.check(tmp_path).faults


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        ("pass", 0),
        ("if a:\n  pass\nelif b:\n  pass\nelif c:\n  pass\nelse:\n  pass", 1),
        ("if a:\n  pass\nelse:\n  if b:\n    pass\n  c()", 2),
        ("try:\n  if a:\n    pass\nexcept E:\n  pass", 2),
        ("def inner():\n  for a in b:\n    for c in d:\n      pass", 0),
        ("match a:\n  case 1:\n    for b in c:\n      pass", 2),
        ("x = [a for a in b if a]", 0),
    ],
)
def test_nesting_of_counts_blocks(body: str, depth: int) -> None:
    assert shape.nesting_of(ast.parse(body).body) == depth


def test_count_lines_leaves_blank_and_comment_out(write: Write) -> None:
    assert shape.count_lines([write("a.py", "# why\n\nx = 1  # one\n   \n    # two\ny = 2\n")]) == 2


def test_p95_is_the_nearest_rank() -> None:
    assert shape.p95(range(1, 101)) == 95
    assert shape.p95([7]) == 7


def test_web_files_leave_out_what_nobody_wrote(write: Write, tmp_path: Path) -> None:
    for name in (
        "agent/a.ts",
        "agent/b.vue",
        "node_modules/c.ts",
        "agent/dist/d.ts",
        "api/schema.gen.ts",
        "env.d.ts",
        "x.css",
    ):
        write(f"web/{name}", "x\n")
    assert [path.name for path in shape.web_files(tmp_path)] == ["a.ts", "b.vue"]


def test_docs_silent_function_fails(write: Write, tmp_path: Path) -> None:
    write("ombud/__init__.py", '"""Room."""\n')
    write("ombud/room/__init__.py", "")
    write("ombud/room/services.py", "def assign() -> None:\n    pass\n\ndef _inner() -> None:\n    pass\n")
    write("ombud/room/api.py", "def silent() -> None:\n    pass\n")
    faults = docs.check(tmp_path).faults
    assert "ombud/room/__init__.py has no docstring: what is the room for?" in faults
    assert "ombud/room/services.py:1 assign has no docstring" in faults
    assert not any("_inner" in fault or "silent" in fault for fault in faults)


def test_docs_unnamed_setting_and_event_fail(write: Write, tmp_path: Path) -> None:
    write("ombud/room/events.py", 'class TicketOpened(Fact):\n    """It began."""\n')
    write("docs/settings.md", "`OMBUD_DATA` and ombud up")
    faults = docs.check(tmp_path).faults
    assert "docs/ does not name the setting OMBUD_PORT" in faults
    assert "docs/ does not name the event ticket_opened" in faults
    assert "docs/ does not name the setting OMBUD_DATA" not in faults
    assert "docs/ does not name the command ombud up" not in faults


@pytest.mark.parametrize(
    ("text", "is_named"),
    [("`ticket_opened`", True), ("ticket_opened_again", False), ("my.ticket_opened", False), ("ticket_opened.", True)],
)
def test_unnamed_wants_the_whole_word(text: str, *, is_named: bool) -> None:
    assert (docs.unnamed(["ticket_opened"], text) == []) is is_named


def catalogue(write: Write, en: dict[str, object], zh: dict[str, object]) -> None:
    write("web/agent/locales/en.json", json.dumps(en))
    write("web/agent/locales/zh-CN.json", json.dumps(zh))


def test_translations_complete_pass(write: Write, tmp_path: Path) -> None:
    catalogue(write, {"reply": {"send": "Send {count}"}}, {"reply": {"send": "发送 {count}"}})
    write("web/agent/a.vue", "{{ t('reply.send', { count }) }}")
    report = translations.check(tmp_path)
    assert report == Report(figures=["web/agent/locales: en 1, zh-CN 1"], faults=[])


def test_translations_missing_empty_and_differing_fail(write: Write, tmp_path: Path) -> None:
    catalogue(write, {"a": "A", "b": "B", "c": "{count} left"}, {"a": "甲", "b": " ", "d": "丁", "c": "剩 {number}"})
    assert translations.check(tmp_path).faults == [
        "web/agent/locales: zh-CN has no text for b",
        "web/agent/locales: the placeholders of c differ",
        "web/agent/locales: en has no text for d",
    ]


def test_translations_used_key_that_is_nowhere_fails(write: Write, tmp_path: Path) -> None:
    catalogue(write, {"a": "A"}, {"a": "甲"})
    write("web/agent/a.vue", "<i18n-t keypath=\"gone.one\" /> {{ $t('gone.two') }} {{ t(`a`) }} {{ import('b') }}")
    assert translations.check(tmp_path).faults == [
        "web/agent/a.vue uses gone.one, which no catalogue has",
        "web/agent/a.vue uses gone.two, which no catalogue has",
    ]


def test_read_catalogue_folder_takes_file_names_as_prefix(write: Write, tmp_path: Path) -> None:
    write("locales/en/app.json", '{"title": "Desk"}')
    write("locales/en/errors.json", '{"errors": {"gone": "Gone"}}')
    assert translations.read_catalogue(tmp_path / "locales", "en") == {"app.title": "Desk", "errors.gone": "Gone"}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("path = '/ro" + "ot/secret'", "a folder of somebody's machine"),
        ("cd /ho" + "me/ann/ombud", "a folder of somebody's machine"),
        ('"resolved": "https' + '://a.b/c.tgz"', "a registry's address"),
        ("-----BEGIN RSA PRIVATE" + " KEY-----", "a secret"),
        ("key = AKIA" + "ABCDEFGHIJKLMNOP", "a secret"),
        ("<" * 7 + " HEAD", "a mark of an unfinished merge"),
    ],
)
def test_tracked_forbidden_text_fails(repository: Path, write: Write, text: str, what: str) -> None:
    write("file.txt", f"fine\n{text}\n")
    assert tracked.check(repository).faults == [f"file.txt:2 holds {what}"]


@pytest.mark.parametrize(
    "text", ["https://desk.example/work/x", "~/.local/share", "/var/lib/ombud", "a/root/b", "=======\n"]
)
def test_tracked_ordinary_text_passes(repository: Path, write: Write, text: str) -> None:
    write("file.txt", text)
    assert tracked.check(repository).faults == []


def test_tracked_large_file_fails(repository: Path, write: Write) -> None:
    write("large.txt", "x" * (tracked.LARGEST_BYTES + 1))
    assert tracked.check(repository).faults == [f"large.txt has {tracked.LARGEST_BYTES + 1} bytes"]


def test_tracked_ignored_and_binary_files_pass(repository: Path, write: Write) -> None:
    write(".gitignore", "ignored.txt\n")
    write("ignored.txt", "/ro" + "ot/secret")
    write("picture.png", "\0/ro" + "ot/secret")
    assert tracked.check(repository).faults == []


def test_web_without_front_end_passes(tmp_path: Path) -> None:
    assert web.check(tmp_path).faults == []


def test_web_without_its_script_fails(write: Write, tmp_path: Path) -> None:
    write("web/package.json", "{}")
    assert web.check(tmp_path).faults == ["web/package.json has no script named check"]


def test_main_names_what_failed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    checks = {"good": lambda _: Report(figures=["7 of 7"]), "bad": lambda _: Report(faults=["it is broken"])}
    monkeypatch.setattr(program, "CHECKS", checks)
    assert program.main([]) == 1
    told = capsys.readouterr().out
    assert "7 of 7" in told
    assert "! it is broken" in told
    assert told.endswith("checks: bad failed\n")
    assert program.main(["good"]) == 0


def test_main_unknown_check_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["no_such"]) == 2
    assert "There are: format, lint, types, ladder" in capsys.readouterr().out
