"""Files as articles: pure, and never trusting what they hold."""

from ombud.knowledge.imports.reading.files import read_file

__all__ = ["read_file"]
