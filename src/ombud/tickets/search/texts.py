"""Kinds of files whose text can be read."""

READABLE = ("txt", "log", "csv", "md", "pdf", "docx")
