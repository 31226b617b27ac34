"""Names and postal addresses, as suspects: nothing proves them, so they are marked for a person to look at. Pure."""

import re
from collections.abc import Iterator

from ombud.intelligence.personal_data.schemas import Finding

_COMPOUND = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|令狐|慕容|端木|夏侯|长孙|宇文"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤俞施洪季路盛温康邢岳樊庄"
    "鲁齐葛翟殷詹申欧耿关兰焦左柳甘祝包宁符阮纪梅童凌毕单裴霍涂成苗谷曲冉骆牛辛管祁蓝卞伍卜宿刁倪居费柯鲍"
)
# Characters that given names are made of: the commonest of the surveys of the Ministry of Public Security.
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂芬玲红玉梅华建国文辉力志永健世广义兴良海山仁波宁贵福生龙元全胜学"
    "祥才发武新利清飞彬富顺信子昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江"
    "浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘淑惠珠翠雅"
    "芝萍娥珍贞莉凤洁琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇"
    "菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝晶妍茜秋"
    "莹燕峰畅旺坤东瑜鑫小春冬畅淇涵轩宇泽雨欣一诺梓浩子然俊凯帆雷阳鹤景晗曦奕瑄煜"
)
# Those of them that hardly stand in any other word.
_NAMELY = "莹倩婷鑫磊静芳娜娟艳霞燕洁琳帆斌彬浩杰畅峰亮勇刚伟娥莉珍晶琴梅玲丽敏慧军强涛飞辉玉萍丹坤旭"
_TITLE = "先生|女士|小姐|师傅|老师|同学|经理|主管|阿姨|大哥|大姐|总(?![共是计体])|工(?=[,。!? ]|$)"
_LABEL = (
    r"(?:姓名|收件人|收货人|联系人|寄件人|收票人|户名|开户名|持卡人|客户|顾客|配送员|快递员|配送师|师傅|会员|投保人|代理商说"
    r"|我叫|我是|本人|名叫|叫做|全名|name(?: is)?|called)"
)
# Words of everyday speech that begin like a name and are none.
_WORDS = (
    "高兴|高达|高清|高级|高考|高铁|高温|高峰|高新|高利|高明|高雅|安全|安心|方便|方可|方言|方才|周一|周天|周全|周生|周期|金额|金色|金星|金牌|金卡|金山|白天|白色|白云|白玉|"
    "石家|江山|江河|江天|路先|路上|和平|明天|成功|成全|成立|成学|马上|马力|马达|余生|余额|万一|万达|万家|万有|万和|万能|单元|"
    "单一|单子|管家|管子|居家|居民|康福|康佳|温和|温馨|温柔|温家|龙华|龙凤|龙江|龙岗|平安|关爱|关心|关于|江东|江林|石英|石林|"
    "石山|石光|叶子|常州|杜绝|任一|任志|任性|时时|包子|包家|包月|包小|毛利|毛巾|毛坯|全心|顾家|顾全|钱先|钱才|钱会|钱可|钱有|"
    "何时|何以|何必|向东|向上|应有|田园|田家|水力|童真|童子|夏天|夏季|夏凉|秦皇|苏宁|苏州|苏家|宋体|魏武|汤臣|白雪|白兰|康乐|"
    "尹天|盛世|盛夏|鲁西|广平|申时|申通|冠军|付先|付清|付有|付成|罗马|严厉|史诗|施工|成心|成一|成家|成才|万利|万世|季春|季文|"
    "程之|程序|黄河|黄山|黄金|黄红|黄岩|黄色|林子|林业|高一|高二|高三|于一|于先|于东|于中|于和|于您|龙天|江民|江宁|余一|陆军|高飞|高亮|单飞|洪峰|金玉|金刚|方刚|鲁莽|马丽|石刚"
)
_SURNAME = rf"(?:{_COMPOUND}|[{_SURNAMES}])"
_NAME = rf"(?!{_WORDS})(?:(?:{_COMPOUND})[{_GIVEN}]{{1,2}}|[{_SURNAMES}][{_GIVEN}]{{1,2}})"
_CJK = "\u4e00-\u9fff"
_ONE_CHARACTER = 2
_IN_TEXT = re.compile(rf"(?=({_NAME}))")
_LABELLED = re.compile(
    rf"{_LABEL}\s*(?:是|为|叫)?[::\s]*((?:{_COMPOUND}|[{_SURNAMES}])[{_CJK}]{{1,2}}?)(?=[^{_CJK}]|$|{_TITLE}|的|收|您|你)"
)
_TITLED = re.compile(rf"({_SURNAME}[{_GIVEN}]{{0,2}})(?:{_TITLE})")
_WESTERN = re.compile(
    r"\b(?:[Mm]y name is|[Tt]his is|I am|I'm|[Nn]ame:|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)"
    r" ((?:[A-Z][a-z]+(?:[-'][A-Z][a-z]+)?)(?: [A-Z][a-z]+){0,2})"
)

_PROVINCE = (
    r"(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南"
    r"|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)"
)
_PLACE = rf"(?:(?![省市县区到在住是址寄送发])[{_CJK}]){{1,6}}?(?:自治州|自治县|[市县区盟旗]|州(?!市))"
_STREET = (
    rf"(?:(?![省市县区座])[{_CJK}A-Za-z0-9]){{1,10}}?"
    r"(?:路|街道?|大道|道|巷|弄|胡同|里|镇|乡|村|社区|小区|花园|家园|公寓|广场|大厦|苑|园)"
)
_NUMBER = (
    r"(?:第?[0-9A-Za-z一二三四五六七八九十百]+(?:-[0-9A-Za-z]+)?(?:号楼?|弄|栋|幢|座|单元|层|楼|室|房|门|铺|户|院|组|队)"
    r"|[A-Za-z]座)"
)
_ADDRESS = re.compile(
    rf"(?:{_PROVINCE}(?:{_PLACE}){{0,3}}(?:{_STREET}){{0,3}}(?:{_NUMBER}){{0,5}}|(?:{_PLACE}){{1,3}}(?:{_STREET}){{1,3}}(?:{_NUMBER}){{1,5}}"
    rf"|(?:{_STREET}){{1,2}}(?:{_NUMBER}){{2,5}})"
)
# A province by itself is a region, not somebody's address.
_MIN_ADDRESS = 7
_ENGLISH_ADDRESS = re.compile(
    r"\b\d{1,5}[A-Za-z]? (?:[A-Z][a-z]+ ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Close|Way|Place"
    r"|Boulevard|Blvd|Terrace|Square|Gardens|Crescent)\b\.?(?:,? (?:Apt|Flat|Unit|Suite|#) ?\w+)?"
)


def find_suspects(text: str) -> Iterator[Finding]:
    """Postal addresses and names that a text seems to hold; addresses first. ``text`` has narrow signs."""
    for match in _ADDRESS.finditer(text):
        if len(match[0]) >= _MIN_ADDRESS:
            yield Finding("address", *match.span())
    yield from (Finding("address", *match.span()) for match in _ENGLISH_ADDRESS.finditer(text))
    for pattern in (_LABELLED, _TITLED, _WESTERN):
        yield from (Finding("name", *match.span(1)) for match in pattern.finditer(text))
    yield from _in_text(text)


def _in_text(text: str) -> Iterator[Finding]:
    """Names without a word that says so: two characters within a run only if hardly anything else ends so."""
    for match in _IN_TEXT.finditer(text):
        start, end = match.span(1)
        is_within = start and "\u4e00" <= text[start - 1] <= "\u9fff"
        if is_within and end - start == _ONE_CHARACTER and text[end - 1] not in _NAMELY:
            continue
        yield Finding("name", start, end)
