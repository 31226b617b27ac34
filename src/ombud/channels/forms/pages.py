"""The form's pages, rendered on the server."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response

from ombud.channels.forms.words import WORDS

FOLDER = Path(__file__).parent / "templates"
PAGES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
STYLE = (FOLDER / "form.css").read_text()
# Jinja escapes nothing in it: it is ours, and the policy names its very digest.
STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors *"
)


def render(name: str, locale: str, status: int, **values: Any) -> Response[str]:
    """One page in one language."""
    words = WORDS[locale]
    html = PAGES.get_template(name).render(words=words, locale=locale, style=STYLE, **values)
    headers = {"Content-Security-Policy": POLICY, "Content-Language": locale, "Cache-Control": "no-store"}
    return Response(html, status_code=status, media_type="text/html; charset=utf-8", headers=headers)
