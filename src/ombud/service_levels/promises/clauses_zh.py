"""Who binds whom in a Chinese clause: our side to do something, or a customer, a third party, a rule, nobody."""

import re
from typing import NamedTuple

from ombud.service_levels.promises.schemas import TimePhrase, Vague

# 给您回电请保持畅通: what is asked of the customer begins a clause without a comma, too.
_REQUEST = (
    r"(?<=[\u4e00-\u9fff])(?<![申邀宴聘派叫])(?=请(?:您|你|保持|注意|耐心|放心|留意|查收|稍))"
    r"|(?<=稍等|片刻|一下)(?=我|小妹|这边|马上|立)"
)
_CLAUSE_END = re.compile(
    _REQUEST + r"|"
    r"(?<!\d),|,(?!\d)|、|(?<!\d)~+|~+(?!\d)|(?<!\d):|:(?!\d)| {2,}|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])|—{2,}|--"
)
_YOU = r"(?:您|你|贵司|贵方|贵公司|大家)"
# What our side does to or for the customer: 给您, 退您, 联系您.
_FOR_YOU = re.compile(
    rf"(?:[给为帮替向跟与和同陪回退补寄发还赔换送找接约]|协助|帮助|指导|陪同|联系|回复|答复|通知|告知|告诉|致电"
    rf"|提醒|添加|回访|打给|到){_YOU}"
)
_WE = (
    r"我们|我司|我方|我(?!的)|咱们?|俺|这边|本公司|本店|小妹|妹子|小编|小二|客服(?!热线|在线"
    r"|电话|时间)|专员|专人|同事|工程师|技术|主管|经理"
    r"|财务|法务|教练|管家|售后|师傅|团队|(?:相关|售后|技术|财务|客服|法务|产品|仓储|维修|质检|运营|业务)部门?"
    r"|老师|仓库|研发|专家|班长|店长"
)
_OURS = re.compile(_WE)
# Who writes, whatever else the clause names: 系统故障我们两小时内修复.
_OURSELVES = re.compile(r"(?<![给跟和向对系知])(?:我们|我司|我方|我(?!的)|咱们?|这边|本公司|本店)")
_WE_ACT = re.compile(rf"{_OURSELVES.pattern}(?:会|将|就|来|一定|马上|在|于|给|帮|为|尽快|安排|今|明|后|下|\d)")
_WILL = re.compile(
    r"会(?![员计议场谈])|将(?!近|来)|就|来|去|一定|必|保证|承诺|确保|争取|负责|肯定|准时|务必|包|安排|派|马上"
    r"|立刻|立即"
)
_DO = (
    r"回电|回复|答复|回话|回信|回访|联系|致电|打电话|去个?电话?|电话|通知|告知|反馈|退款|退还"
    r"|退回|返还|返回|退|打款|打入|汇入|汇款|转入|转账|划入|补发|补寄|补|寄|发货"
    r"|发送|发出|发放|发(?![现生货往])|处理|解决|办理|办结|办好|办妥|安排|核实|核查|核对|调查"
    r"|排查|查(?!收)|跟进|更换|换(?!言)|维修|检修|修|恢复|开通|上门|送达|送|提交|登记|完成"
    r"|出具"
    r"|出结果|出方案|出报告|搞定|赔付|赔偿|补偿|到账|入账|提供|升级|催|修改|改|申请|结案|付清"
    r"|支付|添加|派(?![送件])|到场|解冻|解封|取(?!消)|调货|备货|配送|修复|优化|拿出|同步"
    r"|汇报|响应|受理|审核|审批|开具|开票|交付|交给|做好|做完|弄好|弄完|弄|落实|整改|协调|拨打"
    r"|评估|分析|检测|测试|研究|整理|验货|验收|更新|上线|重做|重发|返工|盯着|安装|装|上传"
)
_DOES = re.compile(_DO)
# Verbs that only our side has, so that the subject may be left out: 2小时内回电.
_CORE = (
    r"必?(?:回电|回复|答复|回话|回信|回访|联系|致电|通知|告知|反馈|退款|打款|补发|补寄|寄出"
    r"|发货|发出|处理|解决|办理|办结|办好|办妥|安排|核实|核查|查"
    r"|跟进|更换|维修|检修|修好|修复|恢复|开通|上门|送达|送到|完成|出具|出结果|搞定|赔付|赔偿"
    r"|补偿|到账|催|结案|付清|派人|到场"
    r"|给出?.{0,4}(?:方案|结果|结论|意见|说法|回应|交代|答复)|出(?:具?方案|结论|报告)|给准信|到位|发放|解封|解冻|原路|退回|退还|返还|给到|响应|受理|落实|拿出|从仓库发|必[达到发回])"
)
_CORE_NEXT = re.compile(
    rf"[ ,]?(?:会|将|可以?|能够?|有人|有专人|会有人|会有专人|由|电话|短信|主动|重新|直接|再"
    rf"|先|全部|统一|准时|一定|给|就|从仓库|免费|专人|为|予以|进行|全额|按时|再次"
    rf"|优先|加急|内|左右|前|之前)*(?:{_CORE})(?!.{{0,3}}的[\u4e00-\u9fff](?<![呢哈哦呀啦]))"
)
# 给我十分钟, 等我一下
_OWN_TIME = re.compile(r"(?:给|等|容)我们?$")
_THING_DONE = re.compile(
    r"[ ,]?(?:再|先|一定|准时|务必)?把.{1,14}(?:寄|发|送|退|给|修|改|办|查|处理|恢复|补|换"
    r"|解决|开通|搞定|弄|做|打|转)"
)
_PAST = re.compile(
    r"已[经于为]?(?!.{0,6}(?:安排|通知|协调|派|约|联系|让|叫))|曾|过了|刚刚|刚才|刚(?!好)|昨[天日晚儿]"
    r"|前[天日]|上周|上个?月"
    r"|上次|早上就|^之前的|之前(?:就|说|答应|承诺|反映|客服)|原本|本来|当时|^(?!.*把).*(?<!好)了[哦哈呢呀啦的~. 。!]*$"
    r"|没有?(?!问题)(?:给|收|回|联|及|发|人)|未接|成功了|过您|没有?(?:说|答应|承诺|讲)|从[没未]"
    r"|未曾|并未|(?:收|接)到您(?!.{0,12}[后起时])|(?:看|查|注意|了解)到您|得知|发现"
    r"|(?:理解|明白|知道|体谅|清楚|听说|希望|看到|以为|担心)(?:您|你|到)|才(?=[送到来给回])"
    r"|^(?!.*[会将必定能]).*[到来过给]的[呢哦~ .。!]*$"
    r"|[下买拍付寄提打]的(?:单|货|款|电话)|是(?!会|将|可以|能)[^会将能]*的[呢哈哦呀啦~ .。!]*$"
)
# What follows in the sentence holds under a condition only.
_CONDITION = re.compile(
    r"如果|如若|假如|假设|倘若|要是|万一|一旦|只要|除非|只有|否则|不然|(?<![快慢])的话|(?<![非平])凡(?:是"
    r"|属|在|购)|若(?!干)"
    r"|^[ ]*如(?![下图期约上此同何常实愿数今一]|您所)|如(?:有|需|未|遇|仍|果|没)"
)
# What follows in the sentence is said by a rule.
_RULE = re.compile(
    r"(?:根据|依据|按照?|依照|遵照).{0,14}(?:规定|政策|规则|条款|协议|流程|制度|法》?|合同|惯例|标准|时效)"
    r"|(?:规定|政策|规则|条款|协议|合同|制度|法律|承诺书)(?:里|中|上|上面|明确|写明|写|说|是|为|约定)*$"
)
_POLICY = re.compile(
    r"规定|规则|政策|条款|制度|法律|通常|一般|正常情况|正常(?=[\d一三五]|是|都|需)|平均|往往"
    r"|普遍|大多|均(?!衡|可)|要不"
    r"|每[天日周月晚年次个]|周期[为是约]|时效[为是约]|时间[为是约]|期限|有效期?|保质期|保修期"
    r"|营业|服务时间|工作时间|在线时间"
    r"|上班时间|无理由|包[退换](?!货)|才能|才可|逾期|(?<!不)超过|超时|未在|为您服务(?!单)"
)
_NOT = re.compile(
    r"不能|不可|无法|没法|没办法|没有办法|不会|不一定|不保证|不敢|难以|恐怕|未必|没有权限|不是"
    r"|无权|(?<![特级分个区])别|不用|不必"
    r"|不支持|不予|不给|不再|不确定|没把握|不好说|办不到|做不到|(?<!实在)不行|不了|说不准|说不好"
    r"|谁也|很难|尽量|(?<!尽)可能|也许"
    r"|大概率|希望|但愿|应该|理论上"
)
_ASKED = re.compile(
    rf"(?:^|[^给为帮替向跟与和同对把将申邀聘])(?:请(?!放心|相信|假|示)|麻烦(?!了)|烦请|劳烦|有劳|辛苦(?!了"
    rf"|等)|恳请|敬请|望{_YOU}"
    rf"|建议|^(?:温馨)?提醒|(?:需要?|得|要)您|提醒{_YOU}?(?:注意|尽|在|请)|(?<![会我])记得|务必(?=.{{0,4}}{_YOU}))"
)
# The customer as who acts: at the beginning of a clause, or right behind its time.
_YOU_DO = re.compile(
    rf"(?:^|\|)[ ]*(?:亲爱?的?|那么?|所以|但是?|不过|因此|到时候?|届时|然后|其实|现在|也是|先)?(?:{_YOU})"
    r"(?!.{0,4}的|放心|好|这[个次边件单款]|那"
    r"|看(?!到)|会收到|将收到|会在|将在|将会?|收到|预留|注册|绑定|填写|提供|指定|登记|名下"
    r"|原来?|反馈|反映|购买|退|申请|订购|寄回)"
)
_SAYS = r"(?:说(?![法明一])|提到|提过|表示|转述|问(?!题)|写|反映过?|(?<!的)(?:希望|需要|要求))(?!的[^是])"
_SAID = re.compile(
    rf"{_YOU}.{{0,6}}{_SAYS}|(?<![跟和与向对])(?:客服|同事|有人|他|她|页面|短信|邮件|系统|上面|那边).{{0,6}}"
    rf"(?:说(?![法明一])|写|显示|答应|承诺过)|写的是|显示"
)
_SAID_SO = re.compile(
    rf"(?:{_SAID.pattern})(?:了|过|道|我们)?$|(?:自动回复|原话|内容|提示|留言|如下)(?:是|为)?$"
    rf"|(?:说|讲|告知|告诉|答应|承诺|约|通知)(?:过|好)(?:了"
    rf"|的)?(?:{_YOU})?(?:了|的)?$"
)
# What the customer may do: 今天就可以取.
_MAY = re.compile(r"可以(?!给|为|帮|安排|恢复|完成|解决|处理|修|发|送|到账|退)|可自行|可到|可去|即可|可凭")
_YOU_GET = re.compile(rf"{_YOU}(?:将会?|会|就能|能)?(?:在|于)?.{{0,16}}(?:收到|接到|拿到|用上)(?!.{{0,3}}[后时])")
_THIRD = re.compile(
    r"快递员?|物流|派送|派件|揽收|配送人?员|储蓄卡|信用卡|借记卡|白条|零钱|网银|骑手|派送员"
    r"|顺丰|中通|圆通|申通|韵达|极兔|邮政|京东|菜鸟|站点|驿站"
    r"|银行|支付宝|微信支付|商家|卖家|店家|厂[家商方]|品牌方|供应商|平台|保险公司|系统"
    r"|海关|运营商|第三方|航空公司|酒店方?|机场|营业厅|门店|物业|法院|消协|监管|城管|供电局"
    r"|交警|医院|学校|社区|街道|居委会|政府|公安|警方|民警|主办方|协会|海关"
)
# Underway, it is the carrier's: 您的快件预计明天送达.
_ARRIVES = re.compile(r"(?:快件|包裹|货物?|订单|快递|宝贝|商品).{0,16}(?:送达|派送|到达|送到|到货|签收|投递)")
_SENT_BY_US = re.compile(
    rf"(?:安排|让|叫|派|通知|请|联系|催|跟|和|向|给|通过|用|从|找|督促|协调|要求)(?:了?一下"
    rf"|下)?(?:{_THIRD.pattern})"
)
_ASKS = re.compile(r"(?:吗|么|嘛|吧|没有|不呢|呢)?[?]|(?:吗|么)[呢啊呀哈~ ]*$")
_ASKS_FOR = re.compile(r"吗|是否|能否|可否|要不要|需要我|希望我|需不需要")
_ASKS_ITSELF = re.compile(
    r"吗|么(?!么)|是否|能否|可否|是不是|能不能|会不会|要不要|可不可以|有没有|还是|哪|什么|几(?:点"
    r"|天|号|时)|多久|怎么|为何|谁|需要我|希望我"
)
# What comes after such a tail was asked, too; any other leaves it said: 我明天给您回电,您看可以吗?
_ASKS_ALL = re.compile(r"还是|^(?:对|是|没错|不)[吗吧么嘛]")
_ON_EVENT = re.compile(
    r"(?<![稍然最今售日天周月时钟午节分号以之初假])(?:之|以)?后"
    r"(?=$|[, |\d一二两三四五六七八九十半的我将会在再就即立马第为给安方])"
    r"|(?:收到|入库|到货|签收|审核通过|确认)(?:时|起|之日起|当天起)|(?:待|等)[^, ]{2,12}(?:完成?"
    r"|完毕|通过|确认|好)(?=[, ]|$)|等(?:收到|您).{0,12}(?=\d|[一二两三四五六七八九十])|自.{1,10}(?:之日)?起"
    r"|起(?=\d)|之日起"
)
# What we do not do for anybody: closing, resting, what only begins or ends.
_IDLE = re.compile(
    r"放假|休息|休假|下班|上班|停[业工运机电水]|闭店|关[门闭店停]|开门|营业|开会|搬|到期|结束"
    r"|开始|开幕|举[行办]|涨价|失效|过期|下架|扣[款费除]|收取|在线|值班|上新|促销|打折"
)
_BOUND = re.compile(r"会(?![员计议场谈])|将|一定|保证|承诺|确保|争取|必须|肯定|务必")


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


_LENGTH_END = re.compile(r"[内里后右]$|^不")
_ROUGHLY = re.compile(r"(?:需要?|要|大概|大约|预计|最多|最快|最晚|最迟|约|再等|再过)$")


def _is_amount(clause: Clause, phrase: TimePhrase, before: str, after: str) -> bool:
    """Whether a length is how much of something, and not how soon: 送您一个月会员."""
    said = clause.text[phrase.start - clause.start : phrase.end - clause.start]
    if not phrase.is_relative or _LENGTH_END.search(said):
        return False
    if _CORE_NEXT.match(after) or _FOR_YOU.match(after) or _BOUND.match(after):
        return False
    return not (_OWN_TIME.search(before) or _ROUGHLY.search(before))


def binds(clause: Clause, phrase: TimePhrase) -> bool:
    """Whether our side binds itself in this clause; ``phrase`` is its time."""
    before = clause.text[: phrase.start - clause.start]
    after = clause.text[phrase.end - clause.start :]
    if _OWN_TIME.search(before) or (phrase.is_vague and before.endswith("会")):
        return True
    if _is_amount(clause, phrase, before, after) or (after.startswith("的") and not _FOR_YOU.search(after)):
        return False
    rest = f"{before}|{after}"
    is_for_customer = _FOR_YOU.search(rest) or _YOU_GET.search(clause.text)
    return bool(
        is_for_customer or _is_ours(before, rest, phrase) or _CORE_NEXT.match(after) or _THING_DONE.match(after)
    )


def _is_ours(before: str, rest: str, phrase: TimePhrase) -> bool:
    """Whether somebody of ours is said to do something."""
    if _OURS.search(before) and _BOUND.search(rest) and not (phrase.is_vague or _IDLE.search(rest)):
        return True
    return _DOES.search(rest) is not None and (_OURS.search(rest) or _WILL.search(rest)) is not None


def binds_by_itself(clause: Clause) -> bool:
    """Whether a clause without a time says that we do something for the customer: 我让他给您回电话."""
    nothing = TimePhrase(clause.start, clause.start, Vague())
    return _FOR_YOU.search(clause.text) is not None and not is_nobodys(clause, nothing)


def is_nobodys(clause: Clause, phrase: TimePhrase) -> bool:
    """Whether something in the clause keeps it from being a promise of ours."""
    text = clause.text.strip()
    rest = f"{clause.text[: phrase.start - clause.start]}|{clause.text[phrase.end - clause.start :]}"
    signs = (_PAST, _CONDITION, _RULE, _POLICY, _NOT, _ASKED, _SAID)
    if any(sign.search(rest) for sign in signs):
        return True
    return _is_customers(clause.text, rest) or _is_third_partys(text)


def _is_customers(text: str, rest: str) -> bool:
    """Whether the customer is who acts; ``rest`` has a bar in place of the time."""
    if _MAY.search(text) and not _OURSELVES.search(text):
        return True
    return _YOU_DO.search(rest) is not None and not (_YOU_GET.search(text) or _WE_ACT.search(text))


def _is_third_partys(text: str) -> bool:
    if _ARRIVES.search(text) and not (_OURSELVES.search(text) or _FOR_YOU.search(text)):
        return True
    third = _THIRD.search(text)
    if third is None or _SENT_BY_US.search(text) or _OURSELVES.search(text):
        return False
    return not (_OURS.search(text, 0, third.start()) or _FOR_YOU.search(text, 0, third.start()))


def voids_the_rest(clause: Clause) -> bool:
    """Whether what follows in the sentence holds only under a condition, by a rule, or in somebody's words."""
    return any(sign.search(clause.text) for sign in (_CONDITION, _RULE, _SAID_SO))


def is_question(sentence: str, clause: Clause) -> bool:
    """Whether a clause is asked; a later one that only wants consent (您看可以吗) leaves it a promise."""
    if _ASKS_FOR.search(clause.text):
        return True
    if not _ASKS.search(sentence.rstrip()):
        return False
    tail = sentence[clause.end :].strip(", ?")
    return not tail or bool(_ASKS_ALL.search(tail) or _ASKS_ITSELF.search(clause.text))


def counts_from_event(before: str) -> bool:
    """Whether a length that follows these words counts from something still to happen."""
    event = _ON_EVENT.search(before)
    # 经核实后 has happened.
    return event is not None and "经" not in before[max(0, event.start() - 6) : event.start()]
