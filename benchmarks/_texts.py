"""Texts as customers of a shop write them, in two languages; always the same ones for the same seed."""

import random

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
