"""Imports of articles from files: read, shown with what is wrong in each, then made or left, and undone as a whole."""
