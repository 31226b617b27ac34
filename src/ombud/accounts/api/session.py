"""Sign in, sign out, who am I."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import JSONBody

from ombud.accounts import queries
from ombud.accounts.api.edge import Edge, own_page, person_id_of
from ombud.accounts.authentication import no_cookie, origin_of, session_cookie, session_token
from ombud.accounts.permissions import ROLES
from ombud.accounts.schemas import CodeInput, Session, SessionStart, SignInInput
from ombud.accounts.services.sessions import Started, revoke_session
from ombud.accounts.services.sign_in import prove_second_factor, sign_in
from ombud.shared.errors import NotSignedIn
from ombud.shared.http import By, Now, Tx, anybody, signed_in

Asked = Request[Any, Any, Any]


def begun(started: Started, edge: Edge, now: Now) -> Response[SessionStart]:
    """The answer to a proof: where signing in stands, and the cookie."""
    state = SessionStart("signed_in" if started.is_complete else "second_factor")
    return Response(state, status_code=200, cookies=[session_cookie(started, edge.settings, now=now)])


@get("/session", guards=[signed_in], operation_id="get_session", summary="Who is signed in", tags=["session"])
async def get_session(tx: Tx, actor: By) -> Session:
    """The signed-in person, the word for unsafe requests, and what is allowed."""
    person = await queries.me(tx, person_id_of(actor))
    return Session(person, actor.csrf, sorted(ROLES[person.role]))


@post(
    "/session",
    guards=[anybody, own_page],
    operation_id="sign_in",
    summary="Sign in with address and password",
    tags=["session"],
    status_code=200,
)
async def post_session(data: JSONBody[SignInInput], request: Asked, edge: Edge, now: Now) -> Response[SessionStart]:
    """Sign in. 401 ``wrong_credentials``; 429 with ``Retry-After`` after too many tries."""
    origin = origin_of(request, edge.settings)
    started = await sign_in(edge.database, email=data.email, password=data.password, origin=origin, now=now)
    return begun(started, edge, now)


@post(
    "/session/second-factor",
    guards=[anybody, own_page],
    operation_id="prove_second_factor",
    summary="Give the code of the second factor",
    tags=["session"],
    status_code=200,
)
async def post_second_factor(data: JSONBody[CodeInput], request: Asked, edge: Edge, now: Now) -> Response[SessionStart]:
    """Complete a sign-in with a code of the app or a recovery code. 401 ``wrong_code``."""
    token = session_token(request, edge.settings)
    if token is None:
        raise NotSignedIn
    started = await prove_second_factor(edge.database, token=token, code=data.code, keys=edge.keys, now=now)
    return begun(started, edge, now)


@delete(
    "/session",
    guards=[signed_in],
    operation_id="sign_out",
    summary="Sign out",
    tags=["session"],
    status_code=204,
)
async def delete_session(tx: Tx, actor: By, edge: Edge, now: Now) -> Response[None]:
    """End this session and take its cookie away."""
    person_id, session_id = person_id_of(actor), actor.session_id or 0
    await revoke_session(tx, session_id=session_id, person_id=person_id, reason="signed_out", by=actor, now=now)
    return Response(None, status_code=204, cookies=[no_cookie(edge.settings)])


handlers = [get_session, post_session, post_second_factor, delete_session]
