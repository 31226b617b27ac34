"""Texts as customers of a shop write them, in two languages; always the same ones for the same seed."""

import random
from functools import cache

OBJECTS = ["washing machine", "dryer", "oven", "kettle", "fridge", "vacuum cleaner", "洗衣机", "冰箱", "电饭煲", "空调"]
TROUBLES = [
    "leaks water at the front after twenty minutes",
    "does not start, the light blinks three times",
    "arrived with a dent, and the box was open",
    "was charged twice on order {order}",
    "makes a loud noise when it spins",
    "漏水,维修人员还没有来",
    "买了三天就不能用了,订单号 {order}",
    "少了一个配件,请尽快补发",
    "噪音很大,晚上没法用",
]
ENDS = [
    "Please help.",
    "When will it be collected?",
    "Thank you.",
    "麻烦尽快处理。",
    "谢谢。",
    "I wait since {day} days.",
]


def text(dice: random.Random) -> str:
    """One message."""
    numbers = {"order": f"AB-{dice.randrange(2020, 2027)}-{dice.randrange(10_000):04}", "day": dice.randrange(2, 30)}
    thing = dice.choice(OBJECTS)
    return f"{thing}: {dice.choice(TROUBLES)}. {dice.choice(ENDS)}".format(**numbers)


POOL_SIZE = 20_000
LANGUAGES = ("en", "zh")
_SYLLABLES = [first + second for first in "bdfgklmnprstv" for second in ("a", "e", "i", "o", "u", "ar", "en", "il")]
_FIRST_HAN, _HAN = 0x4E00, 900


def vocabulary(language: str) -> list[str]:
    """Words of a made-up language, the commonest first: English ones of three syllables, Chinese ones of two signs."""
    dice = random.Random(f"words of {language}")
    if language == "en":
        made = ("".join(dice.choices(_SYLLABLES, k=3)) for _ in range(8_000))
    else:
        made = ("".join(chr(_FIRST_HAN + dice.randrange(_HAN)) for _ in range(2)) for _ in range(8_000))
    return list(dict.fromkeys(made))


def pool(count: int) -> list[str]:
    """Messages half English, half Chinese, whose words are as unevenly common as those of real ones (Zipf)."""
    dice = random.Random("pool")
    found = []
    for number in range(count):
        language = LANGUAGES[number % 2]
        words = vocabulary_of(language)
        said = dice.choices(words, WEIGHTS[: len(words)], k=dice.randrange(6, 14))
        found.append(text(dice) + (" " + " ".join(said) if language == "en" else "".join(said)))
    return found


@cache
def vocabulary_of(language: str) -> list[str]:
    """The vocabulary, made once."""
    return vocabulary(language)


WEIGHTS = [1 / (rank + 3) for rank in range(8_000)]
