"""The form's words in both languages."""

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Write to us",
        "name": "Your name",
        "email": "Your e-mail",
        "phone": "Phone",
        "subject": "Subject",
        "text": "Your message",
        "optional": "optional",
        "send": "Send",
        "website": "Leave this empty",
        "thanks": "Thank you. Your message has arrived.",
        "reference": "Your reference is",
        "keep": "We answer by e-mail. Please keep the reference for questions.",
        "another": "Write another message",
        "other_language": "中文",
        "choose": "Please choose",
        "yes": "Yes",
        "no": "No",
        "answer_problems": {
            "required": "Please answer this.",
            "not_a_number": "Please enter a number.",
            "not_money": "Please enter an amount.",
            "not_a_date": "Please enter a day, like 2026-10-01.",
            "too_small": "This is too little.",
            "too_large": "This is too much.",
            "too_long": "This is too long.",
            "bad_format": "This does not have the form that is asked for.",
        },
        "answer_problem": "Please check this answer.",
        "problem": "Please check the marked fields.",
        "name_problem": "Please tell us your name.",
        "email_problem": "Please enter a full address, like name@example.com.",
        "text_problem": "Please write your message (at most 20,000 characters).",
        "proof_problem": "That was very quick, or the page was open for long. Your text is kept: please send it again.",
        "limit": "Too many messages from your network. Please try again in a few minutes.",
    },
    "zh-CN": {
        "title": "联系我们",
        "name": "您的称呼",
        "email": "您的邮箱",
        "phone": "电话",
        "subject": "主题",
        "text": "您的问题",
        "optional": "选填",
        "send": "提交",
        "website": "请不要填写此项",
        "thanks": "感谢您的来信，我们已收到。",
        "reference": "受理编号：",
        "keep": "我们会通过邮件回复您，咨询进度时请提供受理编号。",
        "another": "再提交一条",
        "other_language": "English",
        "choose": "请选择",
        "yes": "是",
        "no": "否",
        "answer_problems": {
            "required": "请填写此项。",
            "not_a_number": "请输入数字。",
            "not_money": "请输入金额。",
            "not_a_date": "请输入日期，例如 2026-10-01。",
            "too_small": "数值过小。",
            "too_large": "数值过大。",
            "too_long": "内容过长。",
            "bad_format": "格式不符合要求。",
        },
        "answer_problem": "请检查此项内容。",
        "problem": "请检查标出的内容。",
        "name_problem": "请填写您的称呼。",
        "email_problem": "请填写完整的邮箱地址，例如 name@example.com。",
        "text_problem": "请填写您的问题（最多 20000 字）。",
        "proof_problem": "提交过快，或页面打开时间过长。您填写的内容已保留，请再提交一次。",
        "limit": "您所在网络的提交次数过多，请几分钟后再试。",
    },
}


def pick_locale(asked: str, accepted: str, otherwise: str) -> str:
    """The language of a page: the one asked for, else the browser's first that we speak, else the form's own."""
    for wish in [asked, *(part.split(";")[0].strip() for part in accepted.split(","))]:
        if wish.lower().startswith("zh"):
            return "zh-CN"
        if wish.lower().startswith("en"):
            return "en"
    return otherwise
