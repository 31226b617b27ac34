"""The widget's scripts as they are served."""

import gzip
from pathlib import Path

import pytest

from ombud.channels.chat.assets import SCRIPTS, Scripts
from ombud.shared.errors import NotFound
from tests.channels.conftest import Desk


@pytest.fixture
def built(tmp_path: Path) -> Scripts:
    (tmp_path / "widget.js").write_text("var a = 1;")
    (tmp_path / "talk-abc.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("no script")
    return Scripts(tmp_path)


def test_get_script_gives_body_and_packed(built: Scripts) -> None:
    script = built.get("widget.js")
    assert gzip.decompress(script.packed) == script.body == b"var a = 1;"


@pytest.mark.parametrize("name", ["missing.js", "secret.txt", "../x.js", "/etc/passwd", "..", "a/widget.js"])
def test_get_script_of_another_name_is_not_found(built: Scripts, name: str) -> None:
    with pytest.raises(NotFound):
        built.get(name)


def test_get_script_after_a_new_build_is_new(built: Scripts, tmp_path: Path) -> None:
    before = built.get("widget.js").version
    (tmp_path / "widget.js").write_text("var a = 22;")
    assert built.get("widget.js").version != before


async def test_widget_is_served_with_tag_and_to_any_origin(
    desk: Desk, built: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SCRIPTS, "_folder", built._folder)
    answer = await desk.client.get("/widget.js")
    tag = answer.headers["etag"]
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-encoding"] == "gzip"
    assert "max-age=600" in answer.headers["cache-control"]
    assert (await desk.client.get("/widget.js", headers={"If-None-Match": tag})).status_code == 304
    versioned = await desk.client.get("/widget.js", params={"v": tag.strip('"')})
    assert "immutable" in versioned.headers["cache-control"]
    assert "immutable" in (await desk.client.get("/widget/talk-abc.js")).headers["cache-control"]
    assert (await desk.client.get("/widget/secret.txt")).status_code == 404
