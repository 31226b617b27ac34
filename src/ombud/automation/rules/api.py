"""Endpoints of rules, under ``/api/v1/rules``."""

from litestar import Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from ombud.automation.rules import queries
from ombud.automation.rules.examples import add_example
from ombud.automation.rules.schemas import (
    DryRun,
    DryRunIn,
    ExampleIn,
    RollBack,
    Rule,
    RuleIn,
    RuleList,
    RuleOrder,
    RulePatch,
    RuleRun,
    RuleVersions,
)
from ombud.automation.rules.services import definitions
from ombud.automation.rules.services.trying import try_out
from ombud.shared.http import SILENT, By, Now, Tx, may
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page

MANAGE = [may("rules.manage")]


@get("", guards=MANAGE)
async def list_rules(tx: Tx, now: Now) -> RuleList:
    """All rules in the order in which they are tried, with figures of the last week."""
    return RuleList(await definitions.list_all(tx, now=now))


@post("", guards=MANAGE)
async def post_rule(tx: Tx, actor: By, now: Now, data: JSONBody[RuleIn]) -> Rule:
    """Keep a new rule; 409 ``rule_wakes_itself`` or ``rules_contradict`` where it would go round."""
    made = await definitions.add_rule(tx, data, by=actor, now=now)
    return await definitions.read_rule(tx, made, now=now)


@post("/examples", guards=MANAGE)
async def post_example(tx: Tx, actor: By, now: Now, data: JSONBody[ExampleIn]) -> Rule:
    """Take up a rule that ships, switched off, to be changed as one likes."""
    made = await add_example(tx, data.key, by=actor, now=now)
    return await definitions.read_rule(tx, made, now=now)


@put("/order", guards=MANAGE, status_code=HTTP_200_OK)
async def put_order(tx: Tx, actor: By, now: Now, data: JSONBody[RuleOrder]) -> RuleList:
    """Put rules into an order."""
    await definitions.order_rules(tx, data, by=actor, now=now)
    return RuleList(await definitions.list_all(tx, now=now))


@post("/dry-run", guards=MANAGE, status_code=HTTP_200_OK, opt=SILENT)
async def post_dry_run(tx: Tx, actor: By, now: Now, data: JSONBody[DryRunIn]) -> DryRun:
    """What a rule would do on the newest tickets that one sees; it need not be saved. Nothing is done."""
    return await try_out(tx, data, by=actor, now=now)


@get("/{rule_id:int}", guards=MANAGE)
async def get_rule(tx: Tx, now: Now, rule_id: FromPath[int]) -> Rule:
    """One rule."""
    return await definitions.read_rule(tx, rule_id, now=now)


@patch("/{rule_id:int}", guards=MANAGE)
async def patch_rule(tx: Tx, actor: By, now: Now, rule_id: FromPath[int], data: JSONBody[RulePatch]) -> Rule:
    """Change a rule, which makes a version, or switch it on or off."""
    await definitions.change_rule(tx, rule_id, data, by=actor, now=now)
    return await definitions.read_rule(tx, rule_id, now=now)


@delete("/{rule_id:int}", guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def delete_rule(tx: Tx, actor: By, now: Now, rule_id: FromPath[int]) -> None:
    """Take a rule out of use; what it did stays written."""
    await definitions.archive_rule(tx, rule_id, by=actor, now=now)


@get("/{rule_id:int}/versions", guards=MANAGE)
async def list_versions(tx: Tx, rule_id: FromPath[int]) -> RuleVersions:
    """Versions of a rule, newest first, each with what it changed."""
    return RuleVersions(await definitions.list_versions(tx, rule_id))


@post("/{rule_id:int}/roll-back", guards=MANAGE, status_code=HTTP_200_OK)
async def post_roll_back(tx: Tx, actor: By, now: Now, rule_id: FromPath[int], data: JSONBody[RollBack]) -> Rule:
    """Let an earlier version hold again, as a new one."""
    await definitions.roll_back(tx, rule_id, data.version, by=actor, now=now)
    return await definitions.read_rule(tx, rule_id, now=now)


@get("/{rule_id:int}/runs", guards=MANAGE)
async def list_runs(
    tx: Tx, actor: By, rule_id: FromPath[int], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Paged[RuleRun]:
    """What a rule did on tickets that one sees, newest first; kept for 90 days."""
    await queries.find_rule(tx, rule_id)
    before = decode_cursor(cursor, int) if cursor else None
    found = await queries.list_runs(tx, rule_id, teams=actor.visible_teams(), before=before, limit=checked_limit(limit))
    return page(found, limit, lambda one: one.id)


routers = [
    Router(
        "/api/v1/rules",
        route_handlers=[
            list_rules,
            post_rule,
            post_example,
            put_order,
            post_dry_run,
            get_rule,
            patch_rule,
            delete_rule,
            list_versions,
            post_roll_back,
            list_runs,
        ],
        tags=["rules"],
    )
]
