"""Plans that the demo's agents tell become lists, whole and readable."""

import pytest

from ombud.demo.letters import plan_as_list
from ombud.shared.written import clean_written, text_of_written

EN = (
    "Dear Ann,\nhere is what we do: 1. a visit on Monday; 2. no cost & a year more; 3. I stay on the line. Shall I?\nLu"
)
ZH = "沈女士,您好:方案请您过目:一、周一上门;二、费用全免;三、上门全程我在线,如您同意我即刻锁定。"


EN_LIST = "Dear Ann,\nhere is what we do:\n1. a visit on Monday\n2. no cost & a year more\n3. I stay on the line\n"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (EN, f"{EN_LIST}Shall I?\nLu"),
        (ZH, "沈女士,您好:方案请您过目:\n1. 周一上门\n2. 费用全免\n3. 上门全程我在线\n如您同意我即刻锁定。"),
    ],
)
def test_plan_as_list_keeps_every_word(text: str, plain: str) -> None:
    html = plan_as_list(text)
    assert text_of_written(html) == plain
    assert clean_written(html) == html


@pytest.mark.parametrize("text", ["", "We look into it.", "1. a; 2. b", "At 1.30 or 2.45?", "一、二、三"])
def test_plan_as_list_of_other_words_is_nothing(text: str) -> None:
    assert plan_as_list(text) == ""
