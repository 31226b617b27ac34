import pytest

from ombud.demo.manners import QUESTION, THANKS, answer_to


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("您好,麻烦您提供一下订单号好吗?", "say_order"),
        ("Could you give me the order number, please?", "say_order"),
        ("方便拍张照片吗?", "say_photo"),
        ("Please send a picture of the damage.", "say_photo"),
        ("请问您哪天方便上门?", "say_time"),
        ("Which day would suit you?", "say_time"),
        ("请留一下您的联系方式", "say_contact"),
        ("请问型号是什么?", "say_model"),
        ("还报这个代码吗?", "say_yes"),
        ("换新还是补偿,您倾向哪种?", "say_choice"),
        ("请断电10分钟再试", "say_tried"),
        ("Please unplug it and try again.", "say_tried"),
        ("能帮到您就好!有任何问题都可以找我。", "say_bye"),
        ("整机保修三年,凭订单记录即可,不用纸质保修卡。", "say_clear"),
        ("已经给您安排明天上午上门", "say_fine"),
        ("I have booked a technician for tomorrow.", "say_fine"),
        ("请稍等,我核实一下", "say_wait"),
        ("One moment, I will check this.", "say_wait"),
        ("非常抱歉给您添麻烦了", "say_insist"),
        ("I am so sorry about this.", "say_insist"),
        ("不客气,祝您生活愉快!", "say_bye"),
        ("You're welcome. Have a nice day!", "say_bye"),
    ],
)
def test_answer_to_text_answers_what_was_asked(text: str, answer: str) -> None:
    assert answer_to(text, order_known=False) == answer


def test_answer_to_question_for_a_known_order_does_not_repeat_it() -> None:
    assert answer_to("请问订单号是多少?", order_known=True) == "say_yes"


@pytest.mark.parametrize("mark", ["?", "？", "? ", "？\n"])
def test_question_is_known_by_either_mark(mark: str) -> None:
    assert QUESTION.search(f"您要换货还是退款{mark}")


@pytest.mark.parametrize("text", ["好，解决了", "好,解决了", "好了！", "好了!", "谢谢", "It works"])
def test_thanks_are_known_by_either_mark(text: str) -> None:
    assert THANKS.search(text)
