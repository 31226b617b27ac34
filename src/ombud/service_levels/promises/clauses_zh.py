"""Who binds whom in a Chinese clause: our side to do something, or a customer, a third party, a rule, nobody."""

import re
from typing import NamedTuple

from ombud.service_levels.promises.schemas import TimePhrase, Vague

_CLAUSE_END = re.compile(
    r"(?<!\d),|,(?!\d)|、|(?<!\d)~+|~+(?!\d)|(?<!\d):|:(?!\d)| {2,}|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])|—{2,}|--"
)
_YOU = r"(?:您|你|贵司|贵方|贵公司|大家)"
# What our side does to or for the customer: 给您, 退您, 联系您.
_FOR_YOU = re.compile(
    rf"(?:[给为帮替向跟与和同陪回退补寄发还赔换送找]|联系|回复|答复|通知|告知|告诉|致电|提醒|添加|回访|打给|到){_YOU}"
)
_WE = (
    r"我们|我司|我方|我(?!的)|咱们?|俺|这边|本公司|本店|小妹|妹子|小编|小二|客服(?!热线|在线"
    r"|电话|时间)|专员|专人|同事|工程师|技术|主管|经理"
    r"|财务|售后|师傅|团队|部门|老师|仓库|研发|专家|班长|店长"
)
_OURS = re.compile(_WE)
_WILL = re.compile(r"会|将|就|来|去|一定|必|保证|承诺|确保|争取|负责|肯定|准时|务必|包|安排|派|马上|立刻|立即")
_DO = (
    r"回电|回复|答复|回话|回信|回访|联系|致电|打电话|去个?电话?|电话|通知|告知|反馈|退款|退还"
    r"|退回|返还|返回|退|打款|打入|汇入|汇款|转入|转账|划入|补发|补寄|补|寄|发货"
    r"|发送|发出|发放|发(?![现生货往])|处理|解决|办理|办结|办好|办妥|安排|核实|核查|核对|调查"
    r"|排查|查(?!收)|跟进|更换|换(?!言)|维修|检修|修|恢复|开通|上门|送达|送|提交|登记|完成"
    r"|出具"
    r"|出结果|出方案|出报告|搞定|赔付|赔偿|补偿|到账|入账|提供|升级|催|修改|改|申请|结案|付清"
    r"|支付|添加|派人|到场|解冻|解封|取(?!消)|调货|备货|配送|修复|优化|拿出|同步"
    r"|汇报|响应|受理|审核|审批|开具|开票|交付|交给|做好|做完|弄好|弄完|弄|落实|整改|协调|拨打"
    r"|评估|分析|检测|测试|研究|整理|验货|验收|更新|上线|重做|重发|返工|盯着|安装|装"
)
_DOES = re.compile(_DO)
# Verbs that only our side has, so that the subject may be left out: 2小时内回电.
_CORE = (
    r"必?(?:回电|回复|答复|回话|回信|回访|联系|致电|通知|告知|反馈|退款|打款|补发|补寄|寄出"
    r"|发货|发出|处理|解决|办理|办结|办好|办妥|安排|核实|核查|查"
    r"|跟进|更换|维修|检修|修好|修复|恢复|开通|上门|送达|送到|完成|出具|出结果|搞定|赔付|赔偿"
    r"|补偿|到账|催|结案|付清|派人|到场|给结果|给答复"
    r"|给方案|给准信|到位|发放|解封|解冻|原路|退回|退还|返还|给到|响应|受理|落实|拿出|从仓库发|必[达到发回])"
)
_CORE_NEXT = re.compile(
    rf"[ ,]?(?:再|先|全部|统一|准时|一定|给|就|从仓库|免费|专人|为|予以|进行|全额|按时|再次"
    rf"|优先|加急|内|左右|前|之前)*(?:{_CORE})"
)
# 给我十分钟, 等我一下
_OWN_TIME = re.compile(r"(?:给|等|容)我们?$")
_THING_DONE = re.compile(
    r"[ ,]?(?:再|先|一定|准时|务必)?把.{1,14}(?:寄|发|送|退|给|修|改|办|查|处理|恢复|补|换"
    r"|解决|开通|搞定|弄|做|打|转)"
)
_PAST = re.compile(
    r"已[经于为]?|曾|过了|刚刚|刚才|刚(?!好)|昨[天日晚儿]|前[天日]|上周|上个?月|上次|早上就"
    r"|之前(?:就|说|答应|承诺|反映|客服)|原本|本来|当时|^(?!.*把).*(?<!好)了[哦哈呢呀啦的~. 。!]*$"
    r"|没有?(?!问题)(?:给|收|回|联|及|发|人)|成功了|过您|没有?(?:说|答应|承诺|讲)|从[没未]"
    r"|未曾|并未|[下买拍付寄提打]的(?:单|货|款|电话)"
)
_CONDITION = re.compile(
    r"如果|如若|假如|假设|倘若|要是|万一|一旦|只要|除非|只有|否则|不然|要不|(?<![快慢])的话"
    r"|凡|若(?!干)|如(?:有|需|您(?!所)|未|超|在|遇|仍|还"
    r"|无|果|不|是|对|要|发|收|没|确)|才能|才可|逾期|(?<!不)超过|超时|未在"
)
_POLICY = re.compile(
    r"(?:根据|依据|按照?|依照|遵照).{0,14}(?:规定|政策|规则|条款|协议|流程|制度|法》?|合同"
    r"|惯例|标准|时效|要求)|规定|规则|政策|条款|制度|法律|通常"
    r"|一般|正常情况|正常(?=[\d一三五]|是|都|需)|平均|往往"
    r"|普遍|大多|均(?!衡|可)|每[天日周月晚年次个]|周期[为是约]|时效[为是约]|时间[为是约]|期限"
    r"|有效期?|保质期|保修期|营业|服务时间|工作时间|在线时间|上班时间|无理由|规定"
)
_NOT = re.compile(
    r"不能|不可|无法|没法|没办法|没有办法|不会|不一定|不保证|不敢|难以|恐怕|未必|没有权限|不是"
    r"|无权|(?<![特级分个区])别|不用|不必|不支持|不予|不给|不再|不确定"
    r"|没把握|不好说|办不到|做不到|(?<!实在)不行"
    r"|不了|说不准|说不好|谁也|很难|尽量|可能|也许|大概率|希望|但愿|应该|理论上"
)
_ASKED = re.compile(
    rf"(?:^|[^给为帮替向跟与和同对把将])(?:请(?!放心|相信|假|示)|麻烦(?!了)|烦请|劳烦|有劳|辛苦(?!了"
    rf"|等)|恳请|敬请|望{_YOU}|建议|提醒|记得|务必(?=.{{0,4}}{_YOU}))"
)
_YOU_DO = re.compile(
    rf"(?:^|[^给为帮替向跟与和同对把将让还补退寄发回送换赔给系复知告诉电醒加访找])(?:{_YOU})(?!的"
    rf"|放心|好|这[个次边件单款]|那|看(?!到)|会收到|将收到"
    rf"|会在|将在|将会?|收到|那边|预留|注册|绑定|填写|提供|指定|登记|名下|原来?|反馈|反映|购买"
    rf"|退|申请|订购|寄回|手|家|府|公司|单位|处|地址|账|卡|邮箱"
    rf"|微信)"
)
_YOU_SAID = re.compile(
    rf"{_YOU}.{{0,6}}(?:说(?![法明])|提到|提过|表示|转述|问|写|反映过?|记得|觉得|希望|需要|要求)(?!的[^是])"
    rf"|(?:客服|同事|有人|他|她"
    rf"|页面|短信|邮件|系统|上面|那边).{{0,6}}(?:说(?![法明])|写|显示|答应|承诺过)|写的是|显示"
)
_YOU_GET = re.compile(
    rf"{_YOU}(?:将会?|会|就能|就可以|能)?(?:在|于)?.{{0,16}}(?:收到|接到|看到|拿到|用上)(?!.{{0,3}}[后时])"
)
_THIRD = re.compile(
    r"快递员?|物流|配送员|骑手|派送员|顺丰|中通|圆通|申通|韵达|极兔|邮政|京东|菜鸟|站点|驿站"
    r"|银行|支付宝|微信支付|商家|卖家|店家|厂[家商方]|品牌方|供应商|平台|保险公司|系统"
    r"|海关|运营商|第三方|航空公司|酒店方?|机场|营业厅|门店|物业|法院|消协|监管"
)
_SENT_BY_US = re.compile(
    rf"(?:安排|让|叫|派|通知|请|联系|催|由|跟|和|向|给|通过|用|从|找|督促|协调|要求)(?:了?一下"
    rf"|下)?(?:{_THIRD.pattern})"
)
_ASKS = re.compile(r"(?:吗|么|嘛|吧|没有|不呢|呢)?[?]|(?:吗|么)[呢啊呀哈~ ]*$")
_ASKS_FOR = re.compile(r"吗|是否|能否|可否|要不要|需要我|希望我|需不需要")
_ASKS_ITSELF = re.compile(
    r"吗|么(?!么)|是否|能否|可否|是不是|能不能|会不会|要不要|可不可以|有没有|还是|哪|什么|几(?:点"
    r"|天|号|时)|多久|怎么|为何|谁|需要我|希望我"
)
_TAG = re.compile(
    r"(?:这样|您看|你看|您觉得|您)?(?:看)?(?:这样)?(?:安排)?(?:可以|好|行|方便|ok|成|能接受"
    r"|没问题|合适|同意|可)?(?:吗|么|嘛|不|吧|呢"
    r"|的吧)?[?]?|(?:好|行|可以?)不(?:好|行|可以?)?[?]?|(?:怎么样|如何)[?]?"
)
_ON_EVENT = re.compile(
    r"(?<![稍然最今售日天周月时钟午节分号以之初假])(?:之|以)?后(?![天续台面勤期晚方])|(?:收到"
    r"|入库|到货|签收|审核通过|确认)(?:时|起|之日起|当天起)"
    r"|自.{1,10}(?:之日)?起|起(?=\d)|之日起"
)


class Clause(NamedTuple):
    """A part of a sentence between commas."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends in the sentence."""
        return self.start + len(self.text)


def clauses_of(sentence: str) -> list[Clause]:
    """The clauses of a sentence, in order, without what parts them."""
    found, start = [], 0
    for end in _CLAUSE_END.finditer(sentence):
        found.append(Clause(sentence[start : end.start()], start))
        start = end.end()
    found.append(Clause(sentence[start:], start))
    return [clause for clause in found if clause.text.strip()]


def binds(clause: Clause, phrase: TimePhrase) -> bool:
    """Whether our side binds itself in this clause; ``phrase`` is its time."""
    before = clause.text[: phrase.start - clause.start]
    after = clause.text[phrase.end - clause.start :]
    if _OWN_TIME.search(before) or (phrase.is_vague and before.endswith("会")):
        return True
    if after.startswith("的") and not _FOR_YOU.search(after):
        return False
    rest = f"{before}|{after}"
    if _FOR_YOU.search(rest) or _YOU_GET.search(clause.text):
        return True
    if _DOES.search(rest) and (_OURS.search(rest) or _WILL.search(rest)):
        return True
    return bool(_CORE_NEXT.match(after) or _THING_DONE.match(after))


def binds_by_itself(clause: Clause) -> bool:
    """Whether a clause without a time says that we do something for the customer: 我让他给您回电话."""
    nothing = TimePhrase(clause.start, clause.start, Vague())
    return _FOR_YOU.search(clause.text) is not None and not is_nobodys(clause, nothing)


def is_nobodys(clause: Clause, phrase: TimePhrase) -> bool:
    """Whether something in the clause keeps it from being a promise of ours."""
    text = clause.text.strip()
    rest = f"{clause.text[: phrase.start - clause.start]}|{clause.text[phrase.end - clause.start :]}"
    signs = (_PAST, _POLICY, _NOT, _ASKED, _YOU_SAID, _CONDITION)
    if any(sign.search(rest) for sign in signs):
        return True
    return _is_customers(text) or _is_third_partys(text)


def _is_customers(text: str) -> bool:
    """Whether the customer is who acts."""
    return _YOU_DO.search(text) is not None and not _YOU_GET.search(text) and not re.match(_WE, text)


def _is_third_partys(text: str) -> bool:
    third = _THIRD.search(text)
    if third is None or _SENT_BY_US.search(text):
        return False
    return not (_OURS.search(text, 0, third.start()) or _FOR_YOU.search(text, 0, third.start()))


def opens_condition(clause: Clause) -> bool:
    """Whether what follows in the sentence holds only under a condition or a rule."""
    return _CONDITION.search(clause.text) is not None or _POLICY.search(clause.text) is not None


def quotes_customer(clause: Clause) -> bool:
    """Whether what follows is what somebody said."""
    return _YOU_SAID.search(clause.text) is not None


def is_question(sentence: str, clause: Clause) -> bool:
    """Whether a clause is asked; a tail that only wants consent (您看可以吗) leaves what stands before it a promise."""
    if _ASKS_FOR.search(clause.text):
        return True
    if not _ASKS.search(sentence.rstrip()):
        return False
    tail = sentence[clause.end :].strip(", ?")
    is_tag = bool(tail) and _TAG.fullmatch(tail.split(",")[-1].strip()) is not None
    return not is_tag or _ASKS_ITSELF.search(clause.text) is not None


def counts_from_event(before: str) -> bool:
    """Whether a length that follows these words counts from something still to happen."""
    return _ON_EVENT.search(before) is not None
