"""One's own second factor."""

from litestar import delete, post, put
from litestar.params import JSONBody

from ombud.accounts.api.edge import Edge, person_id_of
from ombud.accounts.limits import CODES, count_try_for_good
from ombud.accounts.schemas import CodeInput, Enrolment, PasswordInput, RecoveryCodes
from ombud.accounts.services.second_factor import begin_enrolment, confirm_enrolment, remove_second_factor
from ombud.accounts.services.sign_in import prove_password
from ombud.shared.http import By, Now, Tx, signed_in


@post(
    "/me/second-factor",
    guards=[signed_in],
    operation_id="begin_second_factor",
    summary="Begin to set up a second factor",
    tags=["me"],
    status_code=200,
)
async def post_second_factor(tx: Tx, edge: Edge, actor: By) -> Enrolment:
    """A secret for an authenticator app; it counts once a code of it was given. 409 ``second_factor_on``."""
    return await begin_enrolment(tx, person_id=person_id_of(actor), keys=edge.keys)


@put(
    "/me/second-factor",
    guards=[signed_in],
    operation_id="confirm_second_factor",
    summary="Switch the second factor on",
    tags=["me"],
)
async def put_second_factor(data: JSONBody[CodeInput], edge: Edge, actor: By, now: Now) -> RecoveryCodes:
    """Confirm with a code of the app; the recovery codes are shown this one time. 400 ``wrong_code``."""
    person_id = person_id_of(actor)
    await count_try_for_good(edge.database, ((CODES, str(person_id)),), now=now)
    async with edge.database.transaction() as tx:
        return await confirm_enrolment(tx, person_id=person_id, code=data.code, keys=edge.keys, by=actor, now=now)


@delete(
    "/me/second-factor",
    guards=[signed_in],
    operation_id="remove_second_factor",
    summary="Switch the second factor off",
    tags=["me"],
)
async def delete_second_factor(data: JSONBody[PasswordInput], edge: Edge, actor: By, now: Now) -> None:
    """Switch it off, with the password as a proof. 400 ``wrong_password``."""
    person_id = person_id_of(actor)
    await prove_password(edge.database, person_id=person_id, password=data.password, now=now)
    async with edge.database.transaction() as tx:
        await remove_second_factor(tx, person_id=person_id, by=actor, now=now)


handlers = [post_second_factor, put_second_factor, delete_second_factor]
