"""Personal data on the demo desk: of nobody, and found."""

import asyncio
from pathlib import Path

import psycopg

from ombud.demo.personal import papers_of
from ombud.intelligence.personal_data.finding import find_personal_data
from tests.demo.test_risky import load

SHOWN = """
    select distinct s ->> 'kind' from entry e cross join jsonb_array_elements(e.personal_data) s
    where e.direction = 'in'"""


def test_papers_of_nobody_prove_themselves() -> None:
    for place in range(40):
        papers = papers_of(place)
        text = f"{papers['id_number']} / {papers['bank_card']} / {papers['passport']}"
        assert [one.kind for one in find_personal_data(text)] == ["id_number", "bank_card", "passport"]


def test_demo_desk_shows_messages_with_personal_data(database_url: str, tmp_path: Path) -> None:
    asyncio.run(load(database_url, tmp_path))
    with psycopg.connect(database_url) as connection:
        kinds = {one[0] for one in connection.execute(SHOWN).fetchall()}
    assert {"id_number", "bank_card", "passport", "phone"} <= kinds
