"""What an evaluation of kinds prints: a line for each, and one object for programs."""

import json
from collections.abc import Mapping

from ombud.intelligence.scores import Score


def print_scores(scores: Mapping[str, Score], *, texts: int, scored: int, width: int, as_json: bool) -> None:
    """Print precision and recall by kind; names stand in a column of ``width``."""
    print(f"{texts} texts answered, {scored} scored")
    for kind, one in sorted(scores.items()):
        print(f"  {kind:<{width}} {_sentence(one)}")
    if as_json:
        print(json.dumps({kind: _figures(one) for kind, one in sorted(scores.items())}))


def _sentence(one: Score) -> str:
    return (
        f"precision {one.precision:.3f} ({one.right} of {one.found}), recall {one.recall:.3f} ({one.met} of {one.true})"
    )


def _figures(one: Score) -> dict[str, float]:
    return {"precision": round(one.precision, 4), "recall": round(one.recall, 4), "true": one.true}
