"""What a machine said in a chat leaves by mail when its visitor is gone: the mail says that a machine wrote it."""

from datetime import timedelta

import pytest

from ombud.channels.chat.continuity import label_of, mail_left_visitors
from ombud.channels.email.compose import OutgoingMail
from ombud.channels.email.outgoing import build_mail, claim_mail
from ombud.channels.settings import EmailSettings
from ombud.tickets.schemas import MachineNote
from tests.assistance.answering.scene import Shop
from tests.site import reply_of

KEY = b"k" * 32
SMTP = {"host": "smtp.desk.example", "port": 465}


@pytest.fixture
async def mailbox(shop: Shop) -> int:
    """A mailbox of the shop's brand, by which answers leave for visitors who are gone."""
    return await shop.site.desk.channel("email", address="help@desk.example", smtp=SMTP)


async def mails(shop: Shop, mailbox: int, address: str = "https://desk.example") -> list[OutgoingMail]:
    """The mails that leave some minutes after the visitor has."""
    desk, found = shop.site.desk, []
    await desk.run("update customer set email = 'rosa@example.com'")
    now = desk.now + timedelta(minutes=6)
    settings = EmailSettings(address="help@desk.example")
    async with desk.parts.database.transaction() as tx:
        await mail_left_visitors(tx, address=address, now=now)
        while claimed := await claim_mail(tx, mailbox, KEY, "desk.example", now=now):
            parts = desk.parts
            found.append(await build_mail(tx, claimed, settings, parts.files, parts.key_ring, key=KEY, now=now))
    return found


async def test_answer_that_leaves_by_mail_says_that_a_machine_wrote_it(shop: Shop, mailbox: int) -> None:
    said = await shop.ask("怎么退货？")
    assert said is not None
    [mail] = await mails(shop, mailbox)
    label, source, _, text = mail.text.split("\n")[:4]
    assert label == "以下内容由 AI 生成，原文摘自我们的帮助文章《如何退货》："
    assert source == "https://desk.example/help/zh-CN/articles/returns"
    assert text in said.text
    assert mail.is_automatic
    # in the widget nothing is said twice
    assert (await shop.widget("GET", "messages")).json()["items"][-1]["text"] == said.text


async def test_label_speaks_the_language_of_the_talk(shop: Shop, mailbox: int) -> None:
    await shop.ask("How often do I change the filter of my water purifier?")
    [mail] = await mails(shop, mailbox)
    assert mail.text.startswith("Chosen by AI, word for word from our help article “How often to change")
    assert "/help/en/articles/filter" in mail.text


async def test_word_of_the_machine_about_the_talk_is_labelled_without_a_source(shop: Shop, mailbox: int) -> None:
    await shop.ask("可以带宠物进店参观吗")
    [mail] = await mails(shop, mailbox)
    assert mail.text.startswith("以下内容由 AI 生成：\n\n")
    assert "http" not in mail.text.partition("\n\n")[0]


async def test_persons_answer_leaves_without_a_label(shop: Shop, mailbox: int) -> None:
    await shop.rule(is_on=False)
    ticket_id = await shop.write("怎么退货？")
    browser = await shop.site.browser(shop.lin)
    assert (await browser.post(f"/tickets/{ticket_id}/replies", reply_of("您好，可以退。"))).status_code == 201
    [mail] = await mails(shop, mailbox)
    assert mail.text.startswith("您好，可以退。")
    assert "AI" not in mail.text


async def test_person_and_machine_are_told_apart_mail_by_mail(shop: Shop, mailbox: int) -> None:
    await shop.ask("怎么退货？")
    ticket_id = (await shop.site.desk.tickets())[-1]
    browser = await shop.site.browser(shop.lin)
    await browser.post(f"/tickets/{ticket_id}/replies", reply_of("我来帮您办理。"))
    texts = [one.text for one in await mails(shop, mailbox)]
    assert ["AI" in one for one in texts] == [True, False]


@pytest.mark.parametrize(
    ("note", "locale", "address", "label"),
    [
        (None, "en", "https://d", ""),
        (
            MachineNote("answer", title="T", path="/p"),
            "en",
            "",
            "Chosen by AI, word for word from our help article “T”:",
        ),
        (
            MachineNote("answer", title="T", is_worded=True),
            "en",
            "https://d",
            "Written by AI from our help article “T”:",
        ),
        (MachineNote("card", title="T", path="/p"), "en", "https://d/", "Written by AI:\nhttps://d/p"),
        (MachineNote("hand_over"), "zh-CN", "https://d", "以下内容由 AI 生成："),
        (MachineNote("ask"), "fr", "", "Written by AI:"),
    ],
)
def test_label_names_what_is_known(note: MachineNote | None, locale: str, address: str, label: str) -> None:
    assert label_of(note, locale, address) == label
