"""``ombud eval knowledge|intent|sentiment|satisfaction`` on files as people have them."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ombud.cli.evaluations import intent, knowledge, labels, meaning, satisfaction, sentiment
from ombud.cli.evaluations.labels import measured
from ombud.cli.evaluations.rows import Row, parted, read_rows
from ombud.shared.installation import InstallationError

Run = Callable[[argparse.Namespace], int]
INTENTS = {
    "card": ("my card has not arrived", "where is my card", "card is late", "the card never came"),
    "rate": ("what exchange rate do you use", "exchange rates today", "is the rate good", "rate of the dollar"),
}


@pytest.fixture(autouse=True)
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model of meaning would take seconds: what is tested here is what is read and written."""
    monkeypatch.setattr(labels, "load_meaning", lambda: None)
    for module in (knowledge, sentiment, satisfaction):
        monkeypatch.setattr(module, "load_meaning", lambda: None)
    assert meaning.vectors_of(None, ["a"]) is None


def evaluate(run: Run, data: Path, train: Path | None = None) -> list[Any]:
    """Run an evaluation; its answers."""
    out = data.parent / "out.jsonl"
    assert run(argparse.Namespace(data=data, out=out, train=train, json=True)) == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def written(path: Path, text: str) -> Path:
    """A file."""
    path.write_text(text, encoding="utf-8")
    return path


def table(folder: Path, name: str = "train.csv", *, times: int = 4) -> Path:
    """A CSV of intents."""
    lines = [f'"{text} {number}",{label}' for number in range(times) for label, of in INTENTS.items() for text in of]
    return written(folder / name, "text,category\n" + "\n".join(lines) + "\n")


def test_eval_intent_answers_each_text_in_order(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", "text\nwhere is the card\nexchange rate please\nqqq zzz\n")
    answers = evaluate(intent.run, data, table(tmp_path))
    assert [one["label"] for one in answers[:2]] == ["card", "rate"]
    assert [one["unknown"] for one in answers] == [False, False, True]
    assert all(0 <= one["confidence"] <= 1 for one in answers)


def test_eval_intent_of_splits_learns_from_train_and_tells_what_is_of_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = [[f"{text} {number}", label] for number in range(4) for label, of in INTENTS.items() for text in of]
    content = {
        "oos_val": [["qqq zzz", "oos"]],
        "val": [["where is my card now", "card"]],
        "train": train,
        "oos_train": [["xxx", "oos"]],
    }
    answers = evaluate(intent.run, written(tmp_path / "clinc.json", json.dumps(content)))
    assert [(one["label"], one["unknown"]) for one in answers[1:]] == [("card", False)]
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["accuracy"], figures["out_of_scope_recall"], figures["texts"]) == (1.0, 1.0, 2)


def test_eval_intent_without_train_learns_from_other_parts_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = evaluate(intent.run, table(tmp_path))
    assert len(answers) == 32
    assert "the other 4 of 5 parts" in capsys.readouterr().out


def test_eval_intent_without_anything_to_learn_from_asks_for_it(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="--train"):
        evaluate(intent.run, written(tmp_path / "data.csv", "text\nhello\n"))


def test_eval_sentiment_writes_labels_as_the_data_does(tmp_path: Path) -> None:
    train = "label,review\n" + "".join(f"1,很好吃 谢谢{n}\n0,太慢了 难吃{n}\n" for n in range(12))
    data = written(tmp_path / "data.csv", "review\n好吃 谢谢\n难吃 太慢\n")
    answers = evaluate(sentiment.run, data, written(tmp_path / "train.csv", train))
    assert [one["label"] for one in answers] == [1, 0]
    assert set(answers[0]) == {"label", "confidence"}


def test_eval_sentiment_at_first_sight_uses_what_comes_along(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", "review\n非常感谢，态度很好，点赞\n骗子公司，垃圾服务\n")
    assert [one["label"] for one in evaluate(sentiment.run, data)] == [1, 0]


def test_eval_satisfaction_learns_from_other_dialogues(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        f"['问{n}|||答', '{said}|||']\t[0, 5]\t{label}"
        for n in range(10)
        for said, label in (("好的谢谢", 2), ("到底怎么回事", 0))
    ]
    answers = evaluate(satisfaction.run, written(tmp_path / "data.txt", "\n".join(lines) + "\n"))
    assert [one["label"] for one in answers[:2]] == [2, 0]
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["macro_f1"] == 1.0


def test_eval_satisfaction_without_classes_asks_for_them(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="--train"):
        evaluate(satisfaction.run, written(tmp_path / "data.txt", "['a|||']\t[0]\n"))
    with pytest.raises(InstallationError, match=":1 is no line"):
        evaluate(satisfaction.run, written(tmp_path / "data.txt", "nonsense\n"))


def test_eval_knowledge_ranks_ten_paragraphs_for_each_question(tmp_path: Path) -> None:
    content = [{"text": f"第{n}个产品的保修期是{n}年", "questions": []} for n in range(12)]
    content[3]["questions"] = ["第3个产品保修几年"]
    content[7]["questions"] = ["保修期7年的是哪个"]
    answers = evaluate(knowledge.run, written(tmp_path / "data.json", json.dumps(content)))
    assert [one["ranked"][0] for one in answers] == [3, 7]
    assert all(len(set(one["ranked"])) == 10 for one in answers)


@pytest.mark.parametrize("content", ["{", '[{"question": 3}]'])
def test_eval_knowledge_of_another_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InstallationError):
        evaluate(knowledge.run, written(tmp_path / "data.json", content))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("text,label\na,x\nb,\n", [Row("a", "x"), Row("b", None)]),
        ('[["a", "x"], ["b"]]', [Row("a", "x"), Row("b", None)]),
        ('{"text": "a", "label": 1}\n{"text": "b"}\n', [Row("a", "1"), Row("b", None)]),
        ('["a"]', [Row("a")]),
    ],
)
def test_read_rows_takes_every_form(tmp_path: Path, content: str, rows: list[Row]) -> None:
    assert read_rows(written(tmp_path / "rows", content)) == rows


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "[]", "{"])
def test_read_rows_of_no_texts_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InstallationError):
        read_rows(written(tmp_path / "rows", content))


def test_parted_keeps_a_file_of_one_split_whole() -> None:
    rows = [Row("a", "x", "test"), Row("b", "y", "oos_test")]
    assert parted(rows) == ([], rows)


def test_measured_counts_as_the_books_do() -> None:
    found = measured(["0", "0", "1", "2"], ["0", "1", "1", "1"])
    assert found.accuracy == 0.5
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert found.recalls == {"0": 0.5, "1": 1.0, "2": 0.0}
    assert measured(["0", "1"], ["0", "1"]).kappa == 1.0
