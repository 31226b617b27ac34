"""The rules that are on, ready to be held against events; read once and kept until one of them changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from ombud.automation.rules.queries import rules_at_work, stamp_of_book
from ombud.automation.rules.rules import Test, because, compiled, named_in
from ombud.automation.rules.schemas import OnEvents, Rule
from ombud.fields.queries import list_named_fields
from ombud.shared.actor import Actor
from ombud.shared.conditions import Condition, Context, parse
from ombud.shared.database import Transaction
from ombud.views.services.asking import Asked


class ReadyRule(Struct):
    """A rule with its condition ready to be asked."""

    rule: Rule
    condition: Condition
    test: Test
    fields: frozenset[str]

    @property
    def actor(self) -> Actor:
        """The rule as the one who acts: the system, by the rule's number."""
        spec = self.rule.spec
        return Actor(kind="system", id=self.rule.id, name=spec.name_en or spec.name_zh, team_ids=None)

    def reasons(self, values: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
        """Which comparisons made it fit."""
        return because(self.condition, values, Context(now=now))


def ready(rule: Rule) -> ReadyRule:
    """A rule made ready."""
    condition = parse(rule.spec.condition)
    fields = rule.spec.when.fields if isinstance(rule.spec.when, OnEvents) else []
    return ReadyRule(rule, condition, compiled(condition), frozenset(fields))


class Book:
    """All rules that are on, by what sets them off."""

    def __init__(self, stamp: UUID | None, rules: Sequence[ReadyRule], asked: Asked) -> None:
        self.stamp = stamp
        self.asked = asked
        self.by_kind: dict[str, list[ReadyRule]] = {}
        self.timed: list[ReadyRule] = []
        for one in rules:
            if isinstance(one.rule.spec.when, OnEvents):
                for kind in dict.fromkeys(one.rule.spec.when.events):
                    self.by_kind.setdefault(kind, []).append(one)
            else:
                self.timed.append(one)


class Shelf:
    """Keeps one book for a reader, and takes another when a rule has changed."""

    def __init__(self) -> None:
        self._book: Book | None = None

    async def book(self, tx: Transaction) -> Book:
        """The book as it is now."""
        stamp = await stamp_of_book(tx)
        if self._book is None or self._book.stamp != stamp:
            self._book = await _read(tx, stamp)
        return self._book


async def _read(tx: Transaction, stamp: UUID | None) -> Book:
    rules = [ready(one) for one in await rules_at_work(tx)]
    names = {name for one in rules for name in named_in(one.condition)}
    return Book(stamp, rules, Asked(names, await list_named_fields(tx)))
