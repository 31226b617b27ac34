"""Endpoints of simulated days."""

from litestar import Router, delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from ombud.routing.simulation import queries, services
from ombud.routing.simulation.asking import ScenarioList, SimulationIn, SimulationList, SimulationRun
from ombud.shared.http import SILENT, By, Now, Reading, Tx, may

ONE = "/simulations/{run_id:int}"


@get("/simulation-scenarios", guards=[may("surge.manage")])
async def get_scenarios() -> ScenarioList:
    """The scenarios that ship with the product, with their text to begin one's own from."""
    return services.shipped_scenarios()


@get("/simulations", guards=[may("surge.manage")])
async def get_simulations(reading: Reading) -> SimulationList:
    """The newest simulated days, without their results."""
    return SimulationList(await queries.list_simulations(reading))


@post("/simulations", guards=[may("surge.manage")], status_code=HTTP_201_CREATED, opt=SILENT)
async def post_simulation(tx: Tx, actor: By, now: Now, data: JSONBody[SimulationIn]) -> SimulationRun:
    """Have a day played in the background; ask for it again to see how far it is."""
    return await services.ask_simulation(tx, data, by=actor, now=now)


@get(ONE, guards=[may("surge.manage")])
async def get_simulation(reading: Reading, run_id: FromPath[int]) -> SimulationRun:
    """One with its result, once it is done."""
    return await queries.find_simulation(reading, run_id)


@delete(ONE, guards=[may("surge.manage")], status_code=HTTP_200_OK, opt=SILENT)
async def delete_simulation(tx: Tx, now: Now, run_id: FromPath[int]) -> SimulationRun:
    """Stop one that waits or runs; one that has ended stays as it is."""
    return await services.stop_simulation(tx, run_id, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[get_scenarios, get_simulations, post_simulation, get_simulation, delete_simulation],
        tags=["routing"],
    )
]
