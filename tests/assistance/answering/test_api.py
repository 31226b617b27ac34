"""Where answering is on, what agents and visitors see of it, trials and figures."""

from typing import Any

from ombud.assistance.answering.schemas import AnswerRule
from ombud.assistance.answering.services.proposing import propose
from ombud.assistance.answering.services.trying import fail_trial, try_next
from ombud.knowledge.articles.schemas import Reader
from ombud.tickets.schemas import Address, Entry, EntryDetails
from tests.assistance.answering.scene import Shop
from tests.site import reply_of

PUBLIC = Reader("public", frozenset(), None)
RULE = {"is_on": True, "threshold": 0.5}


async def rules(shop: Shop) -> list[dict[str, Any]]:
    """The places as the settings show them."""
    answer = await (await shop.site.browser(shop.lead)).get("/answering/rules")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def asked(shop: Shop, text: str = "怎么退货？") -> tuple[int, Entry]:
    """A question that was answered: its ticket and the answer."""
    said = await shop.ask(text)
    assert said is not None
    return said.ticket_id, said


async def test_every_place_is_off_until_it_is_turned_on(shop: Shop) -> None:
    box = await shop.site.desk.channel("email", address="help@desk.example")
    found = {(one["place"], one["channel_id"]): one for one in await rules(shop)}
    assert found["help_centre", None]["is_on"] is False
    assert found["mail", box]["is_on"] is False
    assert found["widget", shop.chat]["is_on"] is True


async def test_change_rule_needs_the_version_that_was_read(shop: Shop) -> None:
    browser = await shop.site.browser(shop.lead)
    [rule] = [one for one in await rules(shop) if one["channel_id"] == shop.chat]
    path = f"/answering/rules/{shop.chat}"
    first = await browser.put(path, {**RULE, "version": rule["version"]})
    assert (first.status_code, first.json()["threshold"]) == (200, 0.5)
    again = await browser.put(path, {**RULE, "version": rule["version"]})
    assert (again.status_code, again.json()["code"]) == (409, "answer_rule_changed")


async def test_change_rule_refuses_what_is_not_there(shop: Shop) -> None:
    browser = await shop.site.browser(shop.lead)
    assert (await browser.put("/answering/rules/9999", {**RULE, "version": 0})).status_code == 404
    bad = await browser.put("/answering/rules/0", {**RULE, "version": 0, "category_ids": [99]})
    assert (bad.status_code, bad.json()["fields"]) == (400, {"category_ids": "unknown"})
    lin = await shop.site.browser(shop.lin)
    assert (await lin.put("/answering/rules/0", {**RULE, "version": 0})).status_code == 403


async def test_rule_that_is_the_same_changes_nothing(shop: Shop) -> None:
    before = await shop.rule()
    assert (await shop.rule()).version == before.version


async def test_try_question_says_what_a_place_would_do_and_keeps_nothing(shop: Shop) -> None:
    browser = await shop.site.browser(shop.lead)
    shop.site.app.state.knowing = shop.knowing
    answer = (await browser.post(f"/answering/rules/{shop.chat}/question", {"text": "怎么退货"})).json()
    assert (answer["state"], answer["answer"]["slug"]) == ("answered", "returns")
    person = (await browser.post(f"/answering/rules/{shop.chat}/question", {"text": "转人工"})).json()
    assert (person["state"], person["reason"], person["answer"]) == ("person", "asked", None)
    assert await shop.site.desk.sql("select count(*) from machine_answer") == 0


async def test_agent_sees_the_talk_with_question_article_and_confidence(shop: Shop) -> None:
    ticket_id, _ = await asked(shop)
    await shop.ask("转人工")
    browser = await shop.site.browser(shop.lin)
    found = (await browser.get(f"/tickets/{ticket_id}/machine-talk")).json()
    assert (found["talk"]["state"], found["talk"]["reason"]) == ("handed_off", "asked")
    first = found["answers"][0]
    assert (first["question"], first["slug"], first["helped"]) == ("怎么退货？", "returns", False)
    assert first["confidence"] > 0.3
    other = await shop.site.desk.team("Other")
    stranger = await shop.site.browser(await shop.site.desk.person("Ida", other))
    assert (await stranger.get(f"/tickets/{ticket_id}/machine-talk")).status_code == 404


async def test_answer_counts_as_a_use_of_its_article_and_feedback_of_it(shop: Shop) -> None:
    _, said = await asked(shop)
    sql = "select count(*) from article_use where article_id = %(id)s and person_id is null and place = 'widget'"
    assert await shop.site.desk.sql(sql, id=shop.articles["returns"]) == 1
    await shop.widget("PUT", f"messages/{said.id}/helped", {"helped": True})
    assert await shop.site.desk.sql("select helped from article_feedback") is True


async def test_widget_shows_the_source_and_takes_the_word_that_it_helped(shop: Shop) -> None:
    ticket_id, said = await asked(shop)
    page = (await shop.widget("GET", "messages")).json()
    machine = page["items"][-1]["machine"]
    assert (machine["kind"], machine["title"], machine["helped"]) == ("answer", "如何退货", None)
    assert machine["path"] == "/help/zh-CN/articles/returns"
    assert page["queue"]["state"] == "machine"
    assert page["items"][0]["machine"] is None
    for _ in range(2):
        assert (await shop.widget("PUT", f"messages/{said.id}/helped", {"helped": True})).status_code == 204
    assert await shop.site.desk.column(ticket_id, "category") == "solved"
    assert (await shop.widget("GET", "messages")).json()["items"][-1]["machine"]["helped"] is True


async def test_widget_passes_on_what_did_not_help(shop: Shop) -> None:
    ticket_id, said = await asked(shop)
    assert (await shop.widget("PUT", f"messages/{said.id}/helped", {"helped": False})).status_code == 204
    assert (await shop.talk())["reason"] == "not_helped"
    assert (await shop.widget("GET", "messages")).json()["queue"]["state"] == "waiting"
    assert (await shop.said(ticket_id))[-1].text.startswith("正在为您转接人工客服")


async def test_widget_takes_no_word_on_what_is_no_answer_of_its_own_talk(shop: Shop) -> None:
    _, said = await asked(shop)
    assert (await shop.widget("PUT", f"messages/{said.id - 1}/helped", {"helped": True})).status_code == 404
    shop.__post_init__()
    assert (await shop.widget("PUT", f"messages/{said.id}/helped", {"helped": True})).status_code == 404


async def test_widget_config_says_whether_a_machine_answers(shop: Shop) -> None:
    key = await shop.site.desk.sql("select public_key from channel where id = %(id)s", id=shop.chat)
    assert (await shop.widget("GET", f"{key}/config")).json()["is_machine_on"] is True
    await shop.rule(is_on=False)
    assert (await shop.widget("GET", f"{key}/config")).json()["is_machine_on"] is False


async def test_form_that_asks_for_more_keeps_the_ticket_open_for_people(shop: Shop) -> None:
    ticket_id, said = await asked(shop)
    sql = "insert into checklist_item (ticket_id, position, text, created_at) values (%(id)s, 1, 'Call', now())"
    await shop.site.desk.run(sql, id=ticket_id)
    await shop.site.desk.run("update setting set value = 'true' where name = 'checklist_holds'")
    await shop.site.desk.run("insert into setting values ('checklist_holds', 'true') on conflict do nothing")
    await shop.widget("PUT", f"messages/{said.id}/helped", {"helped": True})
    assert ((await shop.talk())["state"], await shop.is_held(ticket_id)) == ("helped", False)


async def test_propose_answers_where_the_help_centre_is_on(shop: Shop) -> None:
    database, now = shop.site.desk.parts.database, shop.site.desk.now
    assert await propose(database, shop.knowing, "怎么退货", "help_centre", PUBLIC, now=now) is None
    await shop.rule(channel_id=None)
    found = await propose(database, shop.knowing, "怎么退货", "form", PUBLIC, now=now)
    silent = await propose(database, shop.knowing, "我要投诉你们", "form", PUBLIC, now=now)
    assert found is not None
    assert (found.slug, found.id, silent) == ("returns", 1, None)
    assert await shop.site.desk.sql("select count(*) from machine_answer where place = 'form'") == 2


async def trial(shop: Shop) -> dict[str, Any]:
    """The newest trial of the chat as the settings show it."""
    browser = await shop.site.browser(shop.lead)
    found: dict[str, Any] = (await browser.get(f"/answering/rules/{shop.chat}/trial")).json()["newest"]
    return found


async def solved_ticket(shop: Shop, question: str, reply: str) -> None:
    """A ticket of before, answered by a person and solved."""
    shop.__post_init__()
    ticket_id = await shop.write(question)
    browser = await shop.site.browser(shop.lin)
    answer = await browser.post(f"/tickets/{ticket_id}/replies", reply_of(reply, solve=True))
    assert answer.status_code in {200, 201}, answer.text


async def test_trial_compares_with_what_people_answered(shop: Shop) -> None:
    await shop.rule(is_on=False)
    await solved_ticket(shop, "怎么退货？", "您好，签收后7天内可以申请退货，请打开“我的订单”，选择“申请退货”。")
    await solved_ticket(shop, "怎么开发票？", "净水机的滤芯建议每六个月更换一次。")
    await solved_ticket(shop, "夜间噪音问题", "好的")
    browser = await shop.site.browser(shop.lead)
    assert (await browser.post(f"/answering/rules/{shop.chat}/trial", {"most": 50})).status_code == 202
    assert (await trial(shop))["state"] == "asked"
    assert await try_next(shop.site.desk.parts.database, shop.knowing, clock=shop.site.desk.parts.clock) == 1
    found = await trial(shop)
    verdicts = {one["question"]: (one["verdict"], one["reason"]) for one in found["examples"]}
    assert verdicts == {
        "怎么退货？": ("right", ""),
        "怎么开发票？": ("wrong", ""),
        "夜间噪音问题": ("open", "promise"),
    }
    assert (found["looked_at"], found["proposed"], found["state"]) == (3, None, "done")
    assert await try_next(shop.site.desk.parts.database, shop.knowing, clock=shop.site.desk.parts.clock) == 0


async def test_trial_of_a_place_without_a_rule_makes_one_that_is_off(shop: Shop) -> None:
    browser = await shop.site.browser(shop.lead)
    assert (await browser.post("/answering/rules/0/trial", {"most": 50})).status_code == 202
    assert [one["is_on"] for one in await rules(shop) if one["place"] == "help_centre"] == [False]
    async with shop.site.desk.parts.database.transaction() as tx:
        assert await fail_trial(tx, now=shop.site.desk.now) == 1
    assert (await browser.get("/answering/rules/0/trial")).json()["newest"]["state"] == "failed"


async def figures(shop: Shop, days: int = 7) -> dict[str, Any]:
    """The figures of the last four weeks."""
    found: dict[str, Any] = (await (await shop.site.browser(shop.lead)).get(f"/answering/figures?days={days}")).json()
    return found


async def test_figures_count_what_stayed_solved(shop: Shop) -> None:
    await asked(shop)
    await shop.ask("谢谢")
    shop.__post_init__()
    await asked(shop, "怎么开发票？")
    await shop.ask("转人工")
    shop.site.desk.later(days=8)
    found = await figures(shop)
    total = found["total"]
    assert (total["asked"], total["answered"], total["handed_off"]) == (3, 2, 1)
    assert (total["due"], total["solved"], total["not_helped"]) == (2, 1, 1)
    assert found["reasons"] == [{"reason": "asked", "count": 1}]
    by_article = {one["article_id"]: one["line"]["solved"] for one in found["articles"]}
    assert by_article == {shop.articles["returns"]: 1, shop.articles["invoice"]: 0}


async def test_figures_take_back_what_came_again(shop: Shop) -> None:
    await asked(shop)
    await shop.ask("谢谢")
    shop.site.desk.later(days=2)
    await shop.write("还是有问题")
    shop.site.desk.later(days=8)
    assert (await figures(shop))["total"]["solved"] == 0
    assert (await figures(shop, days=1))["total"]["solved"] == 1


async def test_figures_of_the_present_are_not_due_yet(shop: Shop) -> None:
    await asked(shop)
    await shop.ask("谢谢")
    shop.site.desk.later(hours=1)
    total = (await figures(shop))["total"]
    assert (total["answered"], total["due"], total["solved"]) == (1, 0, 0)


async def test_figures_go_out_as_a_file(shop: Shop) -> None:
    await asked(shop)
    shop.site.desk.later(hours=1)
    browser = await shop.site.browser(shop.lead)
    answer = await browser.get("/answering/figures/file?kind=csv")
    assert "Stayed solved" in answer.text
    assert "如何退货" in answer.text


async def test_figures_are_for_leads(shop: Shop) -> None:
    assert (await (await shop.site.browser(shop.lin)).get("/answering/figures")).status_code == 403


class Wording:
    """A model's words, as a test wants them."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    async def word(self, *_: Any, **__: Any) -> str | None:
        return self.text


async def worded(shop: Shop, text: str | None) -> Entry:
    shop.worded_by(Wording(text))
    return (await asked(shop))[1]


async def test_model_may_put_the_words_of_an_article_together(shop: Shop) -> None:
    said = await worded(shop, "可以的，签收后7天内，在“我的订单”里申请。")
    assert said.details.machine is not None
    assert (said.text, said.details.machine.is_worded) == ("可以的，签收后7天内，在“我的订单”里申请。", True)


async def test_model_that_adds_a_figure_or_a_promise_is_not_heard(shop: Shop) -> None:
    for text in ("签收后30天内都可以退货。", "我们明天下午3点给您退款。", None):
        shop.__post_init__()
        said = await worded(shop, text)
        assert said.details.machine is not None
        assert (said.details.machine.is_worded, "签收后7天内" in said.text) == (False, True)


async def mailed(shop: Shop, auto_answer: str = "allowed") -> int:
    """A mail to a mailbox that answers."""
    smtp = {"host": "smtp.desk.example", "port": 465}
    box = await shop.site.desk.channel("email", address="help@desk.example", smtp=smtp)
    await shop.rule(channel_id=box, threshold=0.2)
    details = EntryDetails(from_=Address("rosa@example.com"), auto_answer=auto_answer)
    message = shop.site.desk.mail("签收三天了，怎么退货？", subject="退货", details=details)
    await shop.site.desk.deliver(box, message)
    await shop.look()
    return (await shop.site.desk.tickets())[-1]


async def test_mail_is_answered_with_label_source_and_the_way_to_a_person(shop: Shop) -> None:
    ticket_id = await mailed(shop)
    [said] = await shop.said(ticket_id)
    assert said.text.startswith("本回复由 AI 生成")
    assert "https://desk.example/help/zh-CN/articles/returns" in said.text
    assert "转人工" in said.text
    assert await shop.site.desk.sql("select (envelope ->> 'is_automatic')::boolean from outbox") is True


async def test_mail_that_a_machine_wrote_is_not_answered(shop: Shop) -> None:
    ticket_id = await mailed(shop, "bulk")
    assert await shop.said(ticket_id) == []
    assert (await shop.kept())["reason"] == "machine_wrote"


async def test_rule_of_a_place_has_the_shape_of_its_struct() -> None:
    assert AnswerRule("widget", 1, "Chat").is_on is False
