"""How mail programs of many languages and makers quote, one case each; the texts are ours."""

import pytest

from ombud.channels.email.reply import split_reply
from ombud.channels.email.reply_html import split_html_reply

SHOP = "Shop <s@shop.example>"
OUTLOOK = "{}: Shop <s@shop.example>\n{}: 2026-01-05 09:01\n{}: Bob\n{}: Re: leak\n\nHello"

QUOTES = {
    "gmail de": f"Am Mo., 5. Jan. 2026 um 09:01 Uhr schrieb {SHOP}:\n\n> Guten Tag",
    "gmail fr": f"Le lun. 5 janv. 2026, 09:01, {SHOP} a écrit :\n\n> Bonjour",
    "gmail es": "El lun, 5 ene 2026 a las 9:01, Shop (<s@shop.example>) escribió:\n\n> Hola",
    "gmail it": f"Il giorno lun 5 gen 2026 alle ore 09:01 {SHOP} ha scritto:\n\n> Ciao",
    "gmail pt": f"Em seg., 5 de jan. de 2026 às 09:01, {SHOP}\nescreveu:\n\n> Olá",
    "gmail nl": f"Op ma 5 jan 2026 om 09:01 schreef {SHOP}:\n\n> Hallo",
    "gmail pl": f"pon., 5 sty 2026 o 09:01 {SHOP} napisał(a):\n\n> Dzień dobry",
    "gmail sl": f"V V pon., 5. jan. 2026 ob 09:01 je oseba {SHOP} napisala:\n\n> Pozdravljeni",
    "gmail ca": f"Missatge de {SHOP} del dia dl., 5 de gen. 2026 a les 9:01:\n\n> Hola",
    "gmail ru": f"пн, 5 янв. 2026 г. в 09:01, {SHOP}:\n\n> Здравствуйте",
    "gmail ja": f"2026年1月5日(月) 9:01 {SHOP}:\n\n> こんにちは",
    "gmail ko": f"2026년 1월 5일 (월) 오전 9:01, {SHOP}님이 작성:\n\n> 안녕하세요",
    "gmail zh": f"{SHOP} 于2026年1月5日周一 09:01写道：\n\n> 您好",
    "gmail zh-tw": f"{SHOP} 於 2026年1月5日週一 上午9:01 寫道：\n\n> 您好",
    "outlook de": OUTLOOK.format("Von", "Gesendet", "An", "Betreff"),
    "outlook zh": OUTLOOK.format("发件人", "发送时间", "收件人", "主题"),
    "outlook ja": OUTLOOK.format("差出人", "送信日時", "宛先", "件名"),
    "outlook ko": OUTLOOK.format("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "outlook fi": OUTLOOK.format("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "qq": '--------- 原始邮件 ---------\n发件人: "Shop"<s@shop.example>;\n发送时间: 2026年1月5日\n\n您好',
    "qq on phones": '---Original---\nFrom: "Shop"<s@shop.example>\nDate: Mon, Jan 5, 2026 09:01 AM\n\n您好',
    "qq without dashes": f"原始邮件\n         \n发件人：{SHOP}\n发件时间：2026年1月5日 09:01\n主题：漏水\n\n您好",
    "163": '在 2026-01-05 09:01:10，"Shop" <s@shop.example> 写道：\n\n您好',
    "163 mail master": "---- 回复的原邮件 ----\n| 发件人 | Shop<s@shop.example> |\n| 日期 | 2026年01月05日 |\n您好",
    "163 mail master en": "---- Replied Message ----\n| From | Shop<s@shop.example> |\n| Date | 01/05/2026 |\nHello",
    "139": f"----邮件原文----\n发件人：{SHOP}\n收件人：li <1@139.example>\n主题：漏水\n\n您好",
    "foxmail": " \n发件人： Shop\n发送时间： 2026-01-05 09:01\n收件人： 李伟\n主题： 漏水\n您好",
    "aliyun": f"{'-' * 66}\n发件人：{SHOP}\n发送时间：2026年1月5日 09:01\n收件人：li\n主　题：漏水\n\n您好",
    "daum": f"---------[ 받은 메일 내용 ]---------\n제목 : 누수\n보낸이 : {SHOP}\n\n안녕하세요",
    "yahoo on phones": f"On Mon, Jan 5, 2026 at 9:01, {SHOP} wrote:   Hello",
    "groupwise": f">>> {SHOP} 1/5/2026 9:01 AM >>>\nHello",
    "mutt": f"* {SHOP} [2026-01-05 09:01]:\n> Hello",
    "notes": f"From:\t{SHOP}\nTo:\tBob/ACME@ACME\nDate:\t05.01.2026 09:01\nSubject:\tleak\n\nHello",
    "proton": f"On Monday, January 5th, 2026 at 9:01 AM, {SHOP} wrote:\n\n> Hello",
    "seznam": f"---------- Původní e-mail ----------\nOd: {SHOP}\nDatum: 5. 1. 2026 9:01:10\n\nDobrý den",
}


@pytest.mark.parametrize("program", QUOTES)
def test_split_reply_of_a_program_keeps_the_new_part(program: str) -> None:
    parts = split_reply(f"Tuesday is fine.\n\nBob 王\n\n{QUOTES[program]}")
    assert parts.reply == "Tuesday is fine.\n\nBob 王"
    assert parts.quoted


@pytest.mark.parametrize(
    "text",
    [
        "订单号：123456\n收件人：李伟\n地址：人民路1号\n请尽快发货。",
        "发件人：李伟\n收件人：王芳\n快递单号 SF123 一直没有更新，请查询。",
        "我在3月12日写道要退货，但没有人回复。\n请处理。",
        "On Monday I wrote: it leaks.\nNobody answered.",
        "Datum: 12.03.2026\nBetreff: Reklamation\n\nDas Gerät tropft.",
        "The label says\nOriginal message\nand nothing else. What is it?",
        "Press >>> until 12:30 shows >>>\nthen it stops.",
    ],
)
def test_split_reply_of_a_plain_text_cuts_nothing(text: str) -> None:
    assert split_reply(text).reply == text


def test_split_html_reply_below_a_marked_quote_is_found() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Jan 5, 2026 at 9:01 Shop &lt;s@x.example&gt; wrote:'
        '<br></div><blockquote class="gmail_quote">Is it fine?</blockquote></div><div>Yes it is.</div>'
    )
    assert split_html_reply(html).reply == "Yes it is."


def test_split_html_reply_of_two_marked_quotes_cuts_at_the_first() -> None:
    html = '<p>Yes.</p><div class="gmail_quote">On … wrote</div><p>Bob</p><div class="yahoo_quoted">Hello</div>'
    assert split_html_reply(html).reply == "Yes."
