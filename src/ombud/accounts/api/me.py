"""What people see and change of themselves."""

from litestar import delete, get, patch, put
from litestar.params import FromPath, JSONBody

from ombud.accounts import queries
from ombud.accounts.api.edge import Edge, person_id_of
from ombud.accounts.schemas import Me, MeChange, PasswordChange, SessionRow
from ombud.accounts.services.links import change_password
from ombud.accounts.services.me import change_me
from ombud.accounts.services.sessions import revoke_session
from ombud.accounts.services.sign_in import prove_password
from ombud.shared.http import By, Now, Tx, signed_in
from ombud.shared.paging import Paged


@patch("/me", guards=[signed_in], operation_id="change_me", summary="Change your own data", tags=["me"])
async def patch_me(data: JSONBody[MeChange], tx: Tx, actor: By, now: Now) -> Me:
    """Change names, language, time zone, theme, signature or preferences."""
    return await change_me(tx, person_id=person_id_of(actor), change=data, by=actor, now=now)


@put(
    "/me/password",
    guards=[signed_in],
    operation_id="change_password",
    summary="Change your password",
    tags=["me"],
    status_code=204,
)
async def put_password(data: JSONBody[PasswordChange], edge: Edge, actor: By, now: Now) -> None:
    """Change the password; all other sessions end. 400 ``wrong_password`` or ``weak_password``."""
    person = await prove_password(edge.database, person_id=person_id_of(actor), password=data.current, now=now)
    await change_password(edge.database, person=person, new=data.new, by=actor, now=now)


@get("/me/sessions", guards=[signed_in], operation_id="list_sessions", summary="Your sessions", tags=["me"])
async def get_sessions(tx: Tx, actor: By, now: Now) -> Paged[SessionRow]:
    """Every browser in which you are signed in, the latest used first."""
    found = await queries.sessions_of(tx, person_id_of(actor), current_id=actor.session_id, now=now)
    return Paged(found)


@delete(
    "/me/sessions/{session_id:int}",
    guards=[signed_in],
    operation_id="revoke_session",
    summary="End one of your sessions",
    tags=["me"],
)
async def delete_session(session_id: FromPath[int], tx: Tx, actor: By, now: Now) -> None:
    """End a session; its pages are signed out within seconds."""
    await revoke_session(tx, session_id=session_id, person_id=person_id_of(actor), by=actor, now=now)


handlers = [patch_me, put_password, get_sessions, delete_session]
