"""Every scene is played in both languages: no line is missing, no fact is unknown, what is said fits together."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ombud.demo.cast import draw_buyers
from ombud.demo.desk import Case
from ombud.demo.loader import play_cases
from ombud.demo.material import read_material
from ombud.demo.story import Player, Roster, Story

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC).timestamp()
MATERIAL = read_material()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def plays(key: str, language: str, count: int = 25) -> Iterator[Story]:
    rng = random.Random(5)
    buyers = [one for one in draw_buyers(MATERIAL, rng, count=200, now=NOW) if one.language == language]
    roster = Roster(MATERIAL.staff.people, NOW)
    for number in range(count):
        yield Player(MATERIAL, MATERIAL.scenes[key], buyers[number], roster, rng, NOW - 40 * 86400).play()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", sorted(MATERIAL.scenes))
def test_scene_played_many_times_always_makes_sense(key: str, language: str) -> None:
    for story in plays(key, language):
        assert story.beats[0].by == "customer"
        assert story.subject
        times = [beat.at for beat in story.beats]
        assert times[0] == story.opened
        assert max(times) == times[-1] or story.channel == "chat"
        for beat in story.beats:
            assert beat.by == "change" or beat.text
            assert not re.search(r"[{}¦\[\]]|\w~ ", beat.text)


@pytest.mark.parametrize("key", sorted(MATERIAL.scenes))
def test_scene_in_english_speaks_no_chinese(key: str) -> None:
    for story in plays(key, "en"):
        assert not [beat.text for beat in story.beats if CHINESE.search(beat.text)]


def test_story_speaks_of_one_order_only() -> None:
    for key in ("late", "refund", "charge", "invoice"):
        for story in plays(key, "zh"):
            orders = set(re.findall(r"LJ\d{10}", " ".join(beat.text for beat in story.beats)))
            assert orders <= {story.purchase.order}


def test_story_with_order_in_the_opening_does_not_ask_for_it() -> None:
    asked = 0
    for story in plays("charge", "zh", 60):
        if story.purchase.order in story.beats[0].text:
            asked += sum("订单号" in beat.text for beat in story.beats if beat.by == "person")
    assert asked == 0


def test_story_promises_no_day_that_has_passed() -> None:
    for story in plays("purifier", "en", 40):
        for beat in story.beats:
            for day in re.findall(r"\w+day (\d+ \w+)", beat.text if beat.by == "person" else ""):
                promised = datetime.strptime(f"{day} 2026 +0800", "%d %B %Y %z").timestamp() + 86400
                assert promised > beat.at


def small_desk(seed: int, tickets: int = 3_000) -> list[Case]:
    rng = random.Random(seed)
    buyers = draw_buyers(MATERIAL, rng, count=600, now=NOW)
    return play_cases(MATERIAL, buyers, rng, now=NOW, tickets=tickets)


def texts(cases: list[Case]) -> list[str]:
    return [beat.text for case in cases for beat in case.beats if beat.by in {"customer", "person"}]


def test_play_cases_with_the_same_seed_plays_the_same_desk() -> None:
    assert texts(small_desk(3, 400)) == texts(small_desk(3, 400))
    assert texts(small_desk(3, 400)) != texts(small_desk(4, 400))


def test_play_cases_rarely_says_the_same_thing_twice() -> None:
    bare = [re.sub(r"\d+", "#", text) for text in texts(small_desk(3))]
    share = len(set(bare)) / len(bare)
    print(f"distinct messages without digits: {share:.3f} of {len(bare)}")
    assert share > 0.6


def test_play_cases_leaves_most_old_tickets_closed() -> None:
    old = [case for case in small_desk(3) if case.story.opened < NOW - 14 * 86400]
    assert sum(case.status in {"closed", "archived"} for case in old) / len(old) > 0.95
