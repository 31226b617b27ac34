"""Upkeep: knowledge stays right wherever it is said. Requests from tickets, quotes of what changed, one wording.

Words: a *quote* (引用处) is a place that links an article, says a block or variable of it, or repeats a sentence of
it; when that changes, its quotes are *stale* (待更新). An *approved wording* (统一口径) is a script's text that is put
into canned replies, macros and guidance cards whenever it is published. Never changes a text that nobody tied to it.
"""
