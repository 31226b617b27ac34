"""Endpoints of processes."""

from litestar import Router, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED

from ombud.processes import queries
from ombud.processes.schemas import (
    AdvanceIn,
    Answers,
    ConfirmationIn,
    ConfirmationLinkIn,
    ExampleList,
    GivenLink,
    Process,
    ProcessIn,
    ProcessList,
    ProcessVersionList,
    ProcessView,
    SolutionIn,
    SolutionOutcome,
)
from ombud.processes.services import definitions, running, working
from ombud.processes.services.showing import show_process
from ombud.shared.http import By, Now, Reading, Tx, may

MANAGE = "processes.manage"
TICKET = "/tickets/{ticket_id:int}"


@get("/processes", guards=[may("tickets.read")])
async def get_processes(reading: Reading) -> ProcessList:
    """Processes in their newest versions, archived ones last."""
    return ProcessList(await queries.list_processes(reading))


@post("/processes", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_process(tx: Tx, actor: By, now: Now, data: JSONBody[ProcessIn]) -> Process:
    """Make a process. 400 names the stages that have no exit, are never reached or lead nowhere."""
    return await definitions.make_process(tx, data, by=actor, now=now)


@patch("/processes/{process_id:int}", guards=[may(MANAGE)])
async def patch_process(tx: Tx, actor: By, now: Now, process_id: FromPath[int], data: JSONBody[ProcessIn]) -> Process:
    """Save a new version of a process, or archive it; tickets that are in it stay on their version."""
    return await definitions.change_process(tx, process_id, data, by=actor, now=now)


@get("/processes/{process_id:int}/versions", guards=[may("tickets.read")])
async def get_process_versions(reading: Reading, process_id: FromPath[int]) -> ProcessVersionList:
    """Versions of a process, the newest first."""
    return ProcessVersionList(await queries.list_versions(reading, process_id))


@get("/process-examples", guards=[may(MANAGE)])
async def get_process_examples() -> ExampleList:
    """The processes that ship with Ombud, in both languages."""
    return ExampleList(list(definitions.shipped()))


@post("/process-examples/{key:str}", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_process_example(tx: Tx, actor: By, now: Now, key: FromPath[str]) -> Process:
    """Take over a shipped process, with a type of tickets of its name."""
    return await definitions.take_example(tx, key, by=actor, now=now)


@get(f"{TICKET}/process", guards=[may("tickets.read")])
async def get_process(reading: Reading, actor: By, now: Now, ticket_id: FromPath[int]) -> ProcessView:
    """The process that a ticket goes through, and the solutions that were tried."""
    return await show_process(reading, ticket_id, by=actor, now=now)


@put(f"{TICKET}/process/answers", guards=[may("tickets.write")])
async def put_answers(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[Answers]) -> ProcessView:
    """Answer questions of the present stage."""
    await working.answer(tx, ticket_id, data, by=actor, now=now)
    return await show_process(tx, ticket_id, by=actor, now=now)


@post(f"{TICKET}/process/advance", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_advance(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[AdvanceIn]) -> None:
    """Go on to the next stage. 422 ``stage_open`` names what this one still needs.

    ``visit_id`` is the stay in the stage that one means to leave: 409 ``stage_is_left`` when it is over already.

    The next stage may be another team's: whoever does not see that team does not see the ticket afterwards.
    """
    await running.advance(tx, ticket_id, data, by=actor, now=now)


@post(f"{TICKET}/process/confirmations", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_confirmation(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[ConfirmationIn]
) -> None:
    """Write down what the customer said: solved, not solved, or not reached."""
    await working.confirm(tx, ticket_id, data, by=actor, now=now)


@post(f"{TICKET}/process/confirmation-links", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_confirmation_link(
    tx: Tx, state: State, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[ConfirmationLinkIn]
) -> GivenLink:
    """Let the customer confirm by a link: sent by the ticket's channel, or given to you once, to pass it on."""
    address = state.settings.address
    return await working.ask_to_confirm(tx, ticket_id, data, address=address, by=actor, now=now)


@post(f"{TICKET}/solutions", guards=[may("tickets.write")], status_code=HTTP_201_CREATED)
async def post_solution(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[SolutionIn]
) -> ProcessView:
    """Write down what is tried. 409 ``solution_tried``: the same failed before; ``force`` tries it again."""
    await working.try_solution(tx, ticket_id, data, by=actor, now=now)
    return await show_process(tx, ticket_id, by=actor, now=now)


@put(f"{TICKET}/solutions/{{solution_id:int}}/outcome", guards=[may("tickets.write")])
async def put_solution_outcome(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], solution_id: FromPath[int], data: JSONBody[SolutionOutcome]
) -> None:
    """Say whether it helped; as many failures as the process says move the ticket up."""
    await working.set_outcome(tx, ticket_id, solution_id, data, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_processes, post_process, patch_process, get_process_versions),
            *(get_process_examples, post_process_example),
            *(
                get_process,
                put_answers,
                post_advance,
                post_confirmation,
                post_confirmation_link,
                post_solution,
                put_solution_outcome,
            ),
        ],
        tags=["processes"],
    )
]
