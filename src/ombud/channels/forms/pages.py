"""The form's pages, rendered on the server."""

from pathlib import Path

from ombud.channels.forms.words import WORDS
from ombud.shared.public_pages import PublicPages

render = PublicPages(Path(__file__).parent / "templates", WORDS, frames="*").render
