"""Pages for customers, rendered on the server: they work without scripts and load nothing from anywhere."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "public.css").read_text()
# Jinja escapes nothing in it: it is ours, and the policy names its very digest.
STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors "


class PublicPages:
    """The pages of one room; ``frames`` says which other pages may show them within."""

    def __init__(self, folder: Path, words: dict[str, dict[str, Any]], *, frames: str = "'none'") -> None:
        loader = FileSystemLoader([folder, FOLDER])
        self._pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._words = words
        self._policy = POLICY + frames

    def render(self, name: str, locale: str, status: int, **values: Any) -> Response[str]:
        """One page in one language."""
        html = self._pages.get_template(name).render(words=self._words[locale], locale=locale, style=STYLE, **values)
        headers = {
            "Content-Security-Policy": self._policy,
            "Content-Language": locale,
            "Cache-Control": "no-store",
        }
        return Response(html, status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def pick_locale(asked: str, accepted: str, otherwise: str) -> str:
    """The language of a page: the one asked for, else the browser's first that we speak, else the other one."""
    for wish in [asked, *(part.split(";")[0].strip() for part in accepted.split(","))]:
        if wish.lower().startswith("zh"):
            return "zh-CN"
        if wish.lower().startswith("en"):
            return "en"
    return otherwise
