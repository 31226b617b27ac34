"""What strangers may do to a help centre: so often and no more, and whatever they send is answered with a page."""

import pytest

from ombud.portal.help_centre.contact import open_files, seal_files
from ombud.portal.help_centre.feedback import read_feedback
from ombud.shared.crypto import KeyRing
from ombud.tickets.schemas import StoredAttachment
from tests.portal.conftest import REFUND, Centre, eventually

SAID = {"name": "Rosa", "email": "rosa@example.com", "subject": "", "text": "How long does a refund take?"}


async def known(centre: Centre) -> str:
    """An article whose passages can be found; its name."""
    made = await centre.article(REFUND)
    await eventually(lambda: centre.desk.sql(bool, "select count(*) > 1 from passage"))
    return await centre.slug(made)


async def spend(centre: Centre, name: str) -> None:
    """Use a limit up for everybody who used it, whatever time the test takes."""
    sql = "update throttle set tokens = 0, refilled_at = refilled_at + interval '1 hour' where key like %(name)s"
    assert await centre.desk.execute(sql, name=f"{name}:%") == 1


async def test_searches_that_are_too_many_get_a_page_that_says_when(centre: Centre) -> None:
    assert (await centre.get("/help/en/search?q=refund")).status_code == 200
    await spend(centre, "help_search")
    refused = await centre.get("/help/en/search?q=refund")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert "<h1>" in refused.text
    # pages are read all the same
    assert (await centre.get("/help/en")).status_code == 200
    assert await centre.desk.sql(int, "select count(*) from knowledge_search") == 1


async def test_search_of_nothing_asks_and_notes_nothing(centre: Centre) -> None:
    for query in ("", "%20%20", "%0A"):
        page = await centre.get(f"/help/en/search?q={query}")
        assert page.status_code == 200
    assert await centre.desk.sql(int, "select count(*) from knowledge_search") == 0


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "' or 1=1 --", "%", "\u202e", "x" * 5_000, "\U0001f600", "{{7*7}}"]
)
async def test_search_of_odd_words_is_answered_and_shows_them_harmless(centre: Centre, text: str) -> None:
    page = await centre.get("/help/zh-CN/search", params={"q": text})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


async def test_feedback_that_is_too_much_is_refused_and_what_was_said_is_kept(centre: Centre) -> None:
    path = f"/help/en/articles/{await known(centre)}/feedback"
    assert (await centre.client.post(path, data={"helped": "yes"})).status_code == 200
    await spend(centre, "help_feedback")
    assert (await centre.client.post(path, data={"helped": "no"})).status_code == 429
    assert await centre.desk.column(bool, "select helped from article_feedback") == [True]


async def test_feedback_of_who_is_signed_in_is_one_word_that_may_change(centre: Centre) -> None:
    path = f"/help/en/articles/{await known(centre)}/feedback"
    await centre.ticket("rosa@example.com")
    browser = await centre.sign_in("rosa@example.com")
    for helped in ("no", "yes"):
        assert (await browser.post(path, data={"helped": helped, "reason": "wrong"})).status_code == 200
    assert await centre.desk.column(bool, "select helped from article_feedback") == [True]
    assert await centre.desk.sql(bool, "select customer_id is not null from article_feedback") is True


async def test_feedback_on_what_is_not_there_or_from_elsewhere_is_refused(centre: Centre) -> None:
    slug = await known(centre)
    assert (await centre.client.post("/help/en/articles/nothing/feedback", data={"helped": "yes"})).status_code == 404
    foreign = {"Sec-Fetch-Site": "cross-site"}
    path = f"/help/en/articles/{slug}/feedback"
    assert (await centre.client.post(path, data={"helped": "yes"}, headers=foreign)).status_code == 403
    assert await centre.desk.sql(int, "select count(*) from article_feedback") == 0


@pytest.mark.parametrize(
    ("sent", "helped", "reason", "version"),
    [
        ({"helped": "yes", "version": "7", "reason": "wrong"}, True, "wrong", 7),
        ({"helped": "no", "version": "-1", "reason": "hack"}, False, "", None),
        ({"helped": "YES", "version": "9" * 30}, False, "", None),
        ({}, False, "", None),
        ({"helped": "no", "reason": "outdated", "version": "x"}, False, "outdated", None),
    ],
)
def test_feedback_is_read_as_far_as_it_makes_sense(
    sent: dict[str, str], helped: bool, reason: str, version: int | None
) -> None:
    found = read_feedback(sent, "en")
    assert (found.helped, found.reason, found.version_id) == (helped, reason, version)


def test_feedback_note_is_bounded_and_of_a_language_that_can_be() -> None:
    found = read_feedback({"note": "\x00 " + "x" * 3_000}, "en'; drop")
    assert (len(found.note) <= 1_000, "\x00" in found.note, found.locale) == (True, False, "")


async def test_form_takes_the_message_when_too_much_was_asked_for_proposals(centre: Centre) -> None:
    await known(centre)
    page = await centre.client.post("/help/en/contact", data={**SAID, "stamp": centre.stamp()})
    assert 'name="step" value="send"' in page.text
    await spend(centre, "help_contact")
    late = await centre.client.post("/help/en/contact", data={**SAID, "stamp": centre.stamp()})
    assert "Your message has arrived" in late.text
    await centre.desk.settled()
    assert await centre.desk.sql(int, "select count(*) from ticket") == 1


async def test_files_of_a_page_are_bound_to_its_showing() -> None:
    keys = KeyRing(b"k" * 32)
    files = [StoredAttachment("token", "bill.pdf", "application/pdf", 9, "sum")]
    sealed = seal_files(keys, files, "stamp-1")
    assert open_files(keys, sealed, "stamp-1") == files
    for wrong in (
        open_files(keys, sealed, "stamp-2"),
        open_files(KeyRing(b"x" * 32), sealed, "stamp-1"),
        open_files(keys, sealed[:-3], "stamp-1"),
        open_files(keys, "é", "stamp-1"),
        open_files(keys, "", "stamp-1"),
        open_files(keys, "x" * 6_000, "stamp-1"),
    ):
        assert wrong == []


@pytest.mark.parametrize(
    "path", ["/help/xx/search?q=a", "/help/en/suggest?q=" + "a" * 900, "/help/en/contact?q=" + "b" * 900]
)
async def test_odd_languages_and_long_words_get_a_page(centre: Centre, path: str) -> None:
    assert (await centre.get(path)).status_code == 200
