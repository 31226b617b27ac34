"""Pairs of texts that differ in little: the first one promises, the second one does not."""

import pytest

from tests.service_levels.promises.said import promises

CHINESE = [
    # asked
    ("我们明天给您回电。", "我们明天给您回电吗？"),
    ("我们明天给您回电，您看可以吗？", "我们明天给您回电，还是您打过来？"),
    ("24小时内给您回复。", "是否需要24小时内给您回复。"),
    ("我们今天给您退款，请问还有什么可以帮您？", "我们今天给您退款，对吗？"),
    # done already
    ("明天给您寄出。", "昨天给您寄出了。"),
    ("今天给您退款。", "今天已经给您退款。"),
    ("已安排师傅明天上午上门。", "师傅明天上午上门的事已经取消。"),
    ("我们今天给您处理好。", "我们今天刚刚给您处理好。"),
    ("同事三天内给您处理。", "之前的同事三天内就给您处理。"),
    ("我们11月25日为您办理退款。", "我们11月20日为您办理退款。"),
    # under a condition
    ("我们3天内给您开发票。", "如果您需要，我们3天内给您开发票。"),
    ("如您所愿，我们明天给您换新。", "如不满意，我们明天给您换新。"),
    ("快的话今天，慢的话明天，一定给您退。", "方便的话，我明天给您退。"),
    ("由于超时，我们今天给您补偿。", "一旦超时，我们今天给您补偿。"),
    # said by a rule
    ("按您的要求，我们3天内给您退款。", "按照规定，我们3天内给您退款。"),
    ("您的保修期虽然过了，我们3天内给您免费修好。", "保修期内，我们一般3天内给您免费修好。"),
    ("我们会在5个工作日内退款。", "退款时效为5个工作日。"),
    ("我明天9点给您更新。", "我们每天9点给您更新。"),
    # the customer's duty
    ("我们24小时内回复。", "请您24小时内回复。"),
    ("我们明天到店里给您取。", "您明天可以到店里取。"),
    ("给您申请退款，3小时内到账。", "请您3小时内申请退款。"),
    ("8点前给您回电请您保持手机畅通", "请您8点前保持手机畅通"),
    ("请稍等，马上为您查询。", "请您马上查询。"),
    ("我明天提醒您续费。", "提醒您明天续费。"),
    ("您将在24小时内收到我们的回复。", "您在24小时内回复我们即可。"),
    ("周六我们派车接您。", "周六您派车接我们。"),
    # a third party's
    ("我们安排快递员明天上门取件。", "快递员明天上门取件。"),
    ("专员48小时内联系您。", "商家48小时内联系您。"),
    ("售后部门会在3日内处理。", "城管部门会在3日内处理。"),
    ("您的退款3天内到账。", "储蓄卡3天内到账。"),
    ("明天给您把系统恢复。", "系统明天自动恢复。"),
    ("您的包裹我们明天送到。", "您的包裹预计明天送到。"),
    # denied, doubted
    ("我保证明天给您退款。", "我不能保证明天给您退款。"),
    ("不出三天就给您换好。", "三天内不一定给您换好。"),
    ("我们会尽可能在今天给您处理。", "我们今天可能给您处理。"),
    ("特别安排明天给您送货。", "明天别给您送货。"),
    # said by others
    ("您说机器坏了，我们明天给您换新。", "您说我们明天给您换新。"),
    ("我跟同事说一声，下午给您处理。", "同事说下午给您处理。"),
    ("系统显示包裹丢了，我们明天给您补发。", "系统显示：明天到货。"),
    ("我们会在“3个工作日内”给您退款。", "客服写的是“3个工作日内给您退款”。"),
    ("处理您的问题，专员3小时内给您回电。", "跟您说过了，专员3小时内给您回电。"),
    # no time of ours
    ("我们会在三天内修好。", "我们会在三天内放假。"),
    ("月底前给您补偿一个月会员。", "我们送您一个月会员。"),
    ("3点前发您。", "早一点发现就好了。"),
    ("25号给您寄出。", "家电小秘书25号为您服务。"),
    ("我们明天给您送。", "我理解您明天要用的心情。"),
    ("7月底前我们给您整改。", "7月底的天气真热。"),
]
ENGLISH = [
    # asked
    ("We will call you on Friday.", "Will you call us on Friday?"),
    ("I'll call you at 3, is that OK?", "Shall I call you at 3?"),
    ("Yes, we'll refund you by Friday.", "Can we refund you by Friday?"),
    # done already
    ("We'll ship it tomorrow.", "We shipped it yesterday."),
    ("We will call you on Monday.", "We called you on Monday."),
    ("I have asked billing, and they will refund you within 2 days.", "I have asked billing within 2 days."),
    ("We have scheduled a visit for Friday.", "What do I have scheduled for Friday?"),
    # under a condition
    ("We'll refund you by Friday. If you have questions, ask.", "We'll refund you by Friday if you send it back."),
    ("We'll call you by 5, if that suits you.", "If that suits you, we'll call you by 5."),
    ("I'll call by 5 and if nobody answers I'll write.", "I'll write by 5 if nobody answers."),
    ("Please check your inbox, we'll send the code in 2 minutes.", "Please send the form and we'll pay in 2 days."),
    # said by a rule
    ("As per your request, we'll cancel it today.", "As per our terms, we'll cancel it today."),
    ("We'll reply within 24 hours.", "We normally reply within 24 hours."),
    ("Our team will reply within a day.", "Our policy says our team will reply within a day."),
    ("We will answer by Monday.", "We will normally answer by Monday."),
    # the customer's duty
    ("We will reply by Friday.", "Please reply by Friday."),
    ("You will hear from us within an hour.", "You will need to restart within an hour."),
    ("Give me ten minutes.", "Give me a refund today."),
    ("Let me check and get back to you today.", "Let me know today."),
    # a third party's
    ("We'll have the courier collect it on Friday.", "The courier will collect it on Friday."),
    ("Our support team will contact you today.", "The seller's support team will contact you today."),
    ("I asked our team and they will reply today.", "I asked the bank and they will reply today."),
    ("Your parcel will be shipped on Friday.", "I checked with DPD: your parcel will be delivered on Friday."),
    ("Your account will be restored by noon.", "Your account will be suspended by noon."),
    # denied, doubted, hoped
    ("We can deliver it by Friday.", "We can't deliver it by Friday."),
    ("We will do it today.", "We will not do it today."),
    ("I'm not happy about it, and we'll refund you today.", "I'm not sure we'll refund you today."),
    ("Sorry it didn't arrive, we'll send another one today.", "Nothing will be sent today."),
    ("I promise we'll do it today.", "I hope we'll do it today."),
    # said by others
    ("You asked for a refund, and we'll issue it by Monday.", "You said we'll issue it by Monday."),
    ("We'll call you tomorrow.", '"We\'ll call you tomorrow" is what you wrote.'),
    ("We'll call you tomorrow.", "> We'll call you tomorrow."),
    # no time of ours
    ("I'll be in touch by Friday.", "I'll be in Rome by Friday."),
    ("I'll be back with you in an hour.", "I'll be out for an hour."),
    ("Our office will call you on Friday.", "Our office will be closed on Friday."),
    ("We'll fix it by 6 pm today.", "We're open until 6 pm today."),
    ("We'll reship your order of 15 May tomorrow.", "Thank you for your order of 20 November, we'll keep it."),
    ("Dispatching your parcel today!", "Thanks for your parcel today!"),
    ("New tires will be delivered on Friday.", "The new store opens on Friday."),
    ("Will send it by Thu.", "Will my card go bad by Thu."),
]


@pytest.mark.parametrize(("promise", "other"), [*CHINESE, *ENGLISH])
def test_recognise_pair_finds_the_promise_and_not_the_other(promise: str, other: str) -> None:
    assert len(promises(promise)) == 1
    assert promises(other) == []
