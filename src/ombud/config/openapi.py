"""The description of the API, which needs neither settings nor a database and is the same bytes each time.

``/api/openapi.json`` serves it, ``ombud openapi`` prints it, and the types of the pages are made of it.
"""

import functools
import inspect
import re
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin  # no public name to build on
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler
from litestar.typing import FieldDefinition
from msgspec import UNSET, Struct, UnsetType

from ombud import __version__
from ombud.channels.chat.schemas import VisitorStreamEvents
from ombud.config.rooms import ROOMS
from ombud.config.streams import StreamEvents
from ombud.shared.http import DEPENDENCIES, MEDIA_TYPE, anybody, may

PATH = "/api/openapi.json"
PAGED = re.compile(r'Paged_(?:\w+\.)*(\w+)_(?=")')
EVENTS = "text/event-stream"


class Problem(Struct):
    """What is wrong, as RFC 9457 has it. ``code`` is stable; some codes bring further members."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: dict[str, str] | UnsetType = UNSET


class StructShapes(StructSchemaPlugin):
    """Describes answers as they go over the wire: what has a default is sent all the same.

    Inputs forbid unknown fields; of them, what has a default may be left out. With ``omit_defaults`` a field that has
    its default is not sent: such a field may be missing, and never is null.
    """

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """Describe a struct."""
        schema = super().to_openapi_schema(field_definition, schema_creator)
        shape = field_definition.type_
        if shape.__struct_config__.omit_defaults:
            schema.properties = {name: _never_null(one) for name, one in (schema.properties or {}).items()}
        elif not shape.__struct_config__.forbid_unknown_fields:
            fields = msgspec.structs.fields(shape)
            schema.required = sorted(one.encode_name for one in fields if one.default is not UNSET)
        return schema


def _never_null(schema: Any) -> Any:
    if isinstance(schema, Schema) and schema.one_of:
        schema.one_of = [one for one in schema.one_of if getattr(one, "type", None) != OpenAPIType.NULL]
    return schema


@get("/api/v1/stream", guards=[may("tickets.read")], tags=["realtime"], media_type=EVENTS)
async def get_stream() -> Response[StreamEvents]:
    """Server-sent events of everything that the signed-in person may see, resumable with ``Last-Event-ID``.

    A member of the schema is the name of an event, and its type the data of that event.
    """
    raise NotImplementedError


@get(
    "/widget/v1/stream",
    guards=[anybody],
    tags=["widget"],
    media_type=EVENTS,
    responses={401: ResponseSpec(Problem, media_type=MEDIA_TYPE, generate_examples=False)},
)
async def get_visitor_stream() -> Response[VisitorStreamEvents]:
    """A visitor's own server-sent events, resumable with ``Last-Event-ID``.

    A member of the schema is the name of an event, and its type the data of that event.
    """
    raise NotImplementedError


# Streams are bare ASGI, of which Litestar describes nothing; these stand in for them in the description.
STREAMS: list[ControllerRouterHandler] = [get_stream, get_visitor_stream]


@functools.cache
def describe_api() -> bytes:
    """The OpenAPI document of the whole API, as JSON, its names in order."""
    document = _describe([router for room in ROOMS for router in room.routers])
    streams = _describe(STREAMS)
    document["paths"] |= streams["paths"]
    document["components"]["schemas"] |= streams["components"]["schemas"]
    for operation in (one for path in document["paths"].values() for one in path.values()):
        _tell_problems(operation)
    text = msgspec.json.encode(document, order="deterministic").decode()
    return msgspec.json.format(PAGED.sub(r"PageOf\1", text).encode()) + b"\n"


def _describe(handlers: list[ControllerRouterHandler]) -> dict[str, Any]:
    config = OpenAPIConfig(title="Ombud", version=__version__, description="The API that the workspace itself uses.")
    app = Litestar(handlers, dependencies=DEPENDENCIES, openapi_config=config, plugins=[StructShapes()])
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            _say_permissions(route)
    return app.openapi_schema.to_schema()


def _say_permissions(route: HTTPRoute) -> None:
    for handler in route.route_handlers:
        needed = [guard.permission for guard in handler.resolve_guards() if hasattr(guard, "permission")]
        words = [inspect.getdoc(handler.fn) or "", *(f"Needs the permission `{one}`." for one in needed)]
        handler.description = handler.description or "\n\n".join(word for word in words if word)


def _tell_problems(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("400", None)
    schema = {"$ref": "#/components/schemas/Problem"}
    responses["default"] = {"description": "What is wrong", "content": {MEDIA_TYPE: {"schema": schema}}}


@get(PATH, guards=[anybody], include_in_schema=False, sync_to_thread=True)
def get_document() -> Response[bytes]:
    """The description itself."""
    return Response(describe_api(), media_type="application/vnd.oai.openapi+json")
