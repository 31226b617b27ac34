# ruff: noqa: E501 -- pieces of mails stand as they are sent
import pytest

from ombud.channels.email.reply import REPLY_MARKER, split_reply
from ombud.channels.email.reply_html import split_html_reply

INTRODUCTIONS = [
    "On Mon, Jun 3, 2024 at 4:05 PM Help <help@shop.example> wrote:",
    "On Mon, Jun 3, 2024 at 4:05 PM Help Desk of the Shop\n<help@shop.example> wrote:",
    "Le lun. 3 juin 2024 à 16:05, Help <help@shop.example> a écrit :",
    "Am 03.06.2024 um 16:05 schrieb Help:",
    "Help <help@shop.example> schrieb am Mo., 3. Juni 2024, 16:05:",
    "El lun, 3 jun 2024 a las 16:05, Help (<help@shop.example>) escribió:",
    "Il giorno lun 3 giu 2024 alle ore 16:05 Help <help@shop.example> ha scritto:",
    "Em seg., 3 de jun. de 2024 às 16:05, Help <help@shop.example> escreveu:",
    "Op ma 3 jun 2024 om 16:05 schreef Help <help@shop.example>:",
    "Den mån 3 juni 2024 kl 16:05 skrev Help <help@shop.example>:",
    "man. 3. jun. 2024 kl. 16.05 skrev Help <help@shop.example>:",
    "ma 3. kesäk. 2024 klo 16.05 Help (help@shop.example) kirjoitti:",
    "pon., 3 cze 2024 o 16:05 Help <help@shop.example> napisał(a):",
    "po 3. 6. 2024 v 16:05 odesílatel Help <help@shop.example> napsal:",
    "пн, 3 июн. 2024 г. в 16:05, Help <help@shop.example>:",
    "3 июня 2024, 16:05, Help <help@shop.example> написал(а):",
    "Help <help@shop.example> ezt írta (időpont: 2024. jún. 3., H, 16:05):",
    "Help <help@shop.example>, 3 Haz 2024 Pzt, 16:05 tarihinde şunu yazdı:",
    "Στις Δευ 3 Ιουν 2024 στις 4:05 μ.μ., ο χρήστης Help <help@shop.example> έγραψε:",
    "在 2024年6月3日，16:05，Help <help@shop.example> 写道：",
    "Help <help@shop.example> 于2024年6月3日周一 16:05写道：",
    '在 2024-06-03 16:05:22，"Help" <help@shop.example> 写道：',
    'At 2024-06-03 16:05:22, "Help" <help@shop.example> wrote:',
    "Help <help@shop.example> 於 2024年6月3日 週一 下午4:05寫道：",
    "2024年6月3日(月) 16:05 Help <help@shop.example>:",
    "2024년 6월 3일 (월) 오후 4:05, Help <help@shop.example>님이 작성:",
    "Pada Sen, 3 Jun 2024 pukul 16.05 Help <help@shop.example> menulis:",
    "Vào Th 2, 3 thg 6, 2024 vào lúc 16:05 Help <help@shop.example> đã viết:",
    "Quoting Help <help@shop.example>:",
    "------------------ Original ------------------\nFrom: Help\nDate: Mon, Jun 3, 2024 4:05 PM\nTo: Li\nSubject: Re: Order",
    "-----Original Message-----\nFrom: Help <help@shop.example>\nSent: Monday, June 3, 2024 4:05 PM\nTo: Li\nSubject: Order",
    "From: Help <help@shop.example>\nSent: Monday, June 3, 2024 4:05 PM\nTo: Li\nSubject: Order",
    "Von: Help <help@shop.example>\nGesendet: Montag, 3. Juni 2024 16:05\nAn: Li\nBetreff: Bestellung",
    "De : Help <help@shop.example>\nEnvoyé : lundi 3 juin 2024 16:05\nÀ : Li\nObjet : Commande",
    "De: Help <help@shop.example>\nEnviado el: lunes, 3 de junio de 2024 16:05\nPara: Li\nAsunto: Pedido",
    "Da: Help <help@shop.example>\nInviato: lunedì 3 giugno 2024 16:05\nA: Li\nOggetto: Ordine",
    "Van: Help <help@shop.example>\nVerzonden: maandag 3 juni 2024 16:05\nAan: Li\nOnderwerp: Bestelling",
    "Från: Help <help@shop.example>\nSkickat: den 3 juni 2024 16:05\nTill: Li\nÄmne: Order",
    "Od: Help <help@shop.example>\nWysłano: poniedziałek, 3 czerwca 2024 16:05\nDo: Li\nTemat: Zamówienie",
    "От: Help <help@shop.example>\nОтправлено: 3 июня 2024 г. 16:05\nКому: Li\nТема: Заказ",
    "发件人: Help <help@shop.example>\n发送时间: 2024年6月3日 16:05\n收件人: Li\n主题: 订单",
    "发件人： Help\n发送时间： 2024-06-03 16:05\n收件人： Li\n主题： 订单",
    "寄件者: Help <help@shop.example>\n寄件日期: 2024年6月3日 16:05\n收件者: Li\n主旨: 訂單",
    "差出人: Help <help@shop.example>\n送信日時: 2024年6月3日 16:05\n宛先: Li\n件名: 注文",
    "보낸 사람: Help <help@shop.example>\n보낸 날짜: 2024년 6월 3일\n받는 사람: Li\n제목: 주문",
    '------------------ 原始邮件 ------------------\n发件人: "Help" <help@shop.example>;\n发送时间: 2024年6月3日\n收件人: "Li";\n主题: 订单',
    '---原始邮件---\n发件人: "Help"<help@shop.example>\n发送时间: 2024年6月3日(周一) 下午4:05\n收件人: "Li";\n主题: 订单',
    "---- 回复的原邮件 ----\n| 发件人 | Help<help@shop.example> |\n| 日期 | 2024年06月03日 16:05 |",
    "-------- Ursprüngliche Nachricht --------\nVon: Help\nDatum: 03.06.24 16:05\nAn: Li\nBetreff: Bestellung",
    "-------- Message original --------\nDe : Help\nDate : 03/06/2024 16:05\nÀ : Li\nObjet : Commande",
    "________________________________\nFrom: Help <help@shop.example>\nSent: Monday, June 3, 2024 4:05 PM\nTo: Li\nSubject: Order",
    REPLY_MARKER,
    f"> {REPLY_MARKER}",
]  # fmt: skip


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_split_reply_under_any_introduction_keeps_only_the_new_part(introduction: str) -> None:
    parts = split_reply(f"谢谢，已经收到。\nThank you!\n\n{introduction}\n\n> Your order was sent.\n> Bye\n")
    assert parts.reply == "谢谢，已经收到。\nThank you!"
    assert "Your order was sent." in parts.quoted


@pytest.mark.parametrize("introduction", INTRODUCTIONS[:28])
def test_split_reply_without_quote_marks_keeps_only_the_new_part(introduction: str) -> None:
    assert split_reply(f"Yes, please.\n\n{introduction}\n\nYour order was sent.\n").reply == "Yes, please."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I ordered two lamps. Then I wrote to you:\nnobody answered.",
        "From: the beginning I was happy.\nBut now I am not.",
        "I need:\n\n- one lamp\n- two cables\n\nTo: my home address please.",
        "Date: the 3rd of June is fine for me.",
        "主题很清楚，请问什么时候发货？\n时间: 明天下午",
        "My order from 2024-05-01 10:00 (li@qq.com):\n- lamp\n- cable",
        "Heading\n=======\n\nThe text below the heading.",
        "a > b is wrong,\nI think.",
        "```\n--\nFrom: x\nTo: y\nSubject: z\n```\nThis is code.",
    ],
)
def test_split_reply_of_text_that_only_looks_quoted_keeps_all(text: str) -> None:
    assert split_reply(text).reply == text


def test_split_reply_answered_below_quote_gives_the_answer() -> None:
    assert split_reply("On 3 Jun 2024, Help wrote:\n> Which colour?\n\nThe blue one.").reply == "The blue one."


def test_split_reply_answered_between_quotes_keeps_the_questions() -> None:
    text = "Hello,\n\nOn 3 Jun 2024, Help wrote:\n> Which colour?\n\nBlue.\n\n> Which size?\n\nLarge.\n\n> Bye"
    assert split_reply(text).reply == "Hello,\n\n> Which colour?\n\nBlue.\n\n> Which size?\n\nLarge."


@pytest.mark.parametrize(
    "signature",
    ["-- \nLi Wei\n+86 10 1234", "--\nLi", "Sent from my iPhone", "发自我的iPhone", "从我的iPhone发送", "Von meinem iPhone gesendet",
     "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Get Outlook for Android", "iPhoneから送信", "Отправлено с iPhone"],
)  # fmt: skip
def test_split_reply_with_signature_folds_it(signature: str) -> None:
    parts = split_reply(f"Thanks.\n\n{signature}")
    assert parts.reply == "Thanks."
    assert signature.rsplit("\n", maxsplit=1)[-1] in parts.quoted


def test_split_reply_forwarded_whole_gives_the_forwarded_text() -> None:
    text = "---------- Forwarded message ---------\nFrom: A <a@b.c>\nDate: Mon, 3 Jun 2024\nSubject: X\nTo: d@e.f\n\nThe text."
    assert split_reply(text).reply == "The text."


def test_split_reply_of_nothing_gives_nothing() -> None:
    assert split_reply("").reply == ""
    assert split_reply("\n \n").reply == ""


HTML_QUOTES = [
    '<div class="gmail_quote"><div class="gmail_attr">On Mon, Jun 3, 2024 Help wrote:<br></div><blockquote>old</blockquote></div>',
    '<div class="gmail_quote gmail_quote_container">Help &lt;h@s.cn&gt; 于2024年6月3日 写道：<blockquote class="gmail_quote">old</blockquote></div>',
    '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Help<br><b>Sent:</b> Monday</div><div>old</div>',
    '<div class="moz-cite-prefix">Am 03.06.2024 um 16:05 schrieb Help:</div><blockquote type="cite">old</blockquote>',
    '<div class="yahoo_quoted">On Monday Help wrote:<div>old</div></div>',
    "<includetail><div>------------------ 原始邮件 ------------------</div><div>old</div></includetail>",
    '<div id="isReplyContent">在 2024-06-03 16:05:22，"Help" 写道：<br><blockquote id="isReplyContent">old</blockquote></div>',
    '<div class="protonmail_quote">On Monday Help wrote:<blockquote>old</blockquote></div>',
    '<blockquote style="border-left:2px solid">On Jun 3, 2024, at 16:05, Help wrote:<br>old</blockquote>',
    '<hr id="stopSpelling">Date: Mon, 3 Jun 2024<br>From: h@s.cn<br>To: l@q.cn<br>Subject: x<br>old',
    "<p class=MsoNormal><b>From:</b> Help [mailto:h@s.cn] <br><b>Sent:</b> Friday, June 3, 2024<br><b>To:</b> Li<br><b>Subject:</b> x</p>old",
]  # fmt: skip


@pytest.mark.parametrize("quote", HTML_QUOTES)
def test_split_html_reply_before_any_quote_mark_keeps_only_the_new_part(quote: str) -> None:
    parts = split_html_reply(f"<html><body><div>好的。<br><br>Thanks,<br>Li</div>{quote}</body></html>")
    assert parts.reply == "好的。\n\nThanks,\nLi"
    assert "old" in parts.quoted


def test_split_html_reply_below_quote_gives_the_answer() -> None:
    html = '<div class="moz-cite-prefix">On 3 Jun 2024, Help wrote:</div><blockquote type="cite">old</blockquote><p>Below.</p>'
    assert split_html_reply(html).reply == "Below."
