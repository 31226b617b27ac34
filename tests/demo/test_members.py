"""What the demo knows of its customers: values that their fields take, preferences, histories, typed tickets."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ombud.customers.schemas import Preferences
from ombud.demo.joined import join_some
from ombud.demo.loader import load_demo
from ombud.demo.members import HISTORIES, MEMBERS, OF_CUSTOMERS, OF_ORGANISATIONS
from ombud.fields.queries import list_fields
from ombud.fields.schemas import Subject
from ombud.fields.services.values import merged_values
from ombud.shared.database import Database, value, values

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SUBJECTS: dict[Subject, Any] = {"customer": OF_CUSTOMERS, "organisation": OF_ORGANISATIONS}


@pytest.fixture
async def loaded(database: Database) -> Database:
    async with database.transaction() as tx:
        made = await load_demo(tx, now=NOW, tickets=600)
        await join_some(tx, made.administrator_id, now=NOW)
    return database


async def test_load_demo_gives_customers_fields_and_histories_and_tickets_types(loaded: Database) -> None:
    async with loaded.transaction() as tx:
        for subject, defined in SUBJECTS.items():
            fields = await list_fields(tx, subject)
            assert [one.key for one in fields] == [one[0] for one in defined]
            for one in await values(tx, dict[str, Any], f"select fields from {subject} where fields <> '{{}}'"):
                merged_values(fields, {}, one)
        known = await values(tx, dict[str, Any], "select preferences from customer where preferences <> '{}'")
        assert len(known) > MEMBERS // 4
        assert any("quiet_hours" in one for one in known)
        assert all(set(one) <= set(Preferences.__struct_fields__) for one in known)
        assert (await value(tx, int, "select count(*) from record_change where customer_id > 0") or 0) > HISTORIES / 2
        assert (await value(tx, int, "select count(*) from record_change where organisation_id > 0") or 0) > 5

        typed = """
            select bool_and(t.type_id is not null) from ticket_link k join ticket t on t.id = k.ticket_id
            where k.kind = 'split_from'"""
        assert await value(tx, bool, typed)
        changed = "select count(distinct ticket_id) from entry where details ->> 'field' = 'fields.visit_on'"
        assert (await value(tx, int, changed) or 0) > 0
