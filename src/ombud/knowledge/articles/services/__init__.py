"""Verbs of articles. Those that other rooms call stand here by name."""

from ombud.knowledge.articles.markup import fill_text
from ombud.knowledge.articles.services.publishing import archive, ask_review, publish
from ombud.knowledge.articles.services.writing import make_article, save_draft

__all__ = ["archive", "ask_review", "fill_text", "make_article", "publish", "save_draft"]
