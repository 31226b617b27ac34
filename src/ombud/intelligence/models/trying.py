"""Try an endpoint out: one small question, and in clear words what came of it."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from ombud.intelligence.models import queries
from ombud.intelligence.models.schemas import About, EndpointTrial, Outcome, Source, Task
from ombud.intelligence.models.services import Models, ask, embed
from ombud.shared.actor import Actor

WORD: Final = "parcel"
INSTRUCTIONS: Final = 'The data is one word. Answer with an object whose field "word" is that word, unchanged.'


class Word(Struct, forbid_unknown_fields=True):
    """What a trial asks for."""

    word: Annotated[str, Meta(max_length=100)]


def _is_it(answer: Word) -> str:
    return "" if answer.word.strip().casefold() == WORD else f"It answered “{answer.word}” in place of “{WORD}”."


async def try_endpoint(models: Models, endpoint_id: int, *, by: Actor) -> EndpointTrial:
    """Ask an endpoint one small question, whatever its state is; its answer ends a rest.

    Raises:
        NotFound: it does not exist.
    """
    async with models.database.transaction() as tx:
        endpoint = await queries.get_endpoint(tx, endpoint_id)
    started = models.clock.now()
    if endpoint.kind == "embedding":
        vectors = await embed(models, [WORD], endpoint_id=endpoint_id)
        outcome: Outcome[object] = Outcome(vectors.value, vectors.problem, vectors.detail, vectors.exchange_id)
        answer = f"{len(vectors.value[0])} dimensions" if vectors.value else ""
    else:
        task = Task(INSTRUCTIONS, (Source("word", WORD),), max_tokens=300)
        said = await ask(
            models, "reply", task, Word, check=_is_it, about=About(person_id=by.person_id), endpoint_id=endpoint_id
        )
        outcome, answer = (
            Outcome(said.value, said.problem, said.detail, said.exchange_id),
            said.value.word if said.value else "",
        )
    async with models.database.transaction() as tx:
        after = await queries.get_endpoint(tx, endpoint_id)
    milliseconds = round((models.clock.now() - started).total_seconds() * 1000)
    return EndpointTrial(outcome.value is not None, outcome.problem, outcome.detail, answer, after.output, milliseconds)
