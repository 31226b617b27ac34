"""The description of the API says what really goes over the wire."""

import json
import os
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from ombud.channels.chat.schemas import VisitorStreamEvents, WidgetFile
from ombud.cli.main import main
from ombud.config.openapi import describe_api
from ombud.config.streams import SETTINGS_OF, Settings, StreamEvents
from ombud.tickets.schemas import EntryDetails, Reason, ViewCount


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(describe_api())
    return found


def shape(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"].rpartition("/")[2]} if "$ref" in value else set()
    return own.union(*map(references, value.values()))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_describe_api_is_the_same_bytes_in_another_process(seed: str) -> None:
    command = [sys.executable, "-P", "-m", "ombud", "openapi"]
    environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE).stdout == describe_api()


def test_openapi_prints_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert capsys.readouterr().out.encode() == describe_api()


def test_describe_api_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert references(document) <= set(document["components"]["schemas"])


def test_describe_api_names_are_short_and_one_for_each_struct(document: dict[str, Any]) -> None:
    assert [name for name in document["components"]["schemas"] if "_" in name or "." in name] == []
    assert {"PageOfTicketRow", "PageOfWebhookDelivery", "Delivery", "WebhookDelivery"} <= set(
        document["components"]["schemas"]
    )


def test_describe_api_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids)) > 90


def test_describe_api_every_operation_tells_its_problems(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            assert references(operation["responses"]["default"]) == {"Problem"}
            assert "400" not in operation["responses"]


def test_describe_api_fields_of_answers_with_defaults_are_always_there(document: dict[str, Any]) -> None:
    sent = msgspec.to_builtins(WidgetFile("a.png", "image/png", 1, "/a"))
    assert shape(document, "WidgetFile")["required"] == sorted(sent)
    assert {"mail", "reply_by", "routing"} <= set(shape(document, "Ticket")["required"])


def test_describe_api_fields_of_inputs_with_defaults_may_be_left_out(document: dict[str, Any]) -> None:
    assert shape(document, "ReplyIn")["required"] == ["client_key", "text"]
    assert shape(document, "TicketPatch")["required"] == []


def test_describe_api_omitted_defaults_are_neither_required_nor_null(document: dict[str, Any]) -> None:
    assert msgspec.to_builtins(EntryDetails()) == {}
    assert shape(document, "EntryDetails")["required"] == []
    assert '"null"' not in json.dumps(shape(document, "EntryDetails"))
    assert shape(document, "Reason")["required"] == list(msgspec.to_builtins(Reason("by_hand")))


def test_describe_api_null_stays_where_it_is_sent(document: dict[str, Any]) -> None:
    assert {"type": "null"} in shape(document, "Ticket")["properties"]["assignee_id"]["oneOf"]


def test_describe_api_words_are_listed(document: dict[str, Any]) -> None:
    listed = shape(document, "ViewCount")["properties"]["key"]["enum"]
    assert listed == list(ViewCount.__annotations__["key"].__args__)
    assert shape(document, "TicketRow")["properties"]["priority"]["enum"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("path", "events"), [("/api/v1/stream", StreamEvents), ("/widget/v1/stream", VisitorStreamEvents)]
)
def test_describe_api_streams_list_their_events(document: dict[str, Any], path: str, events: type) -> None:
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    assert references(content["text/event-stream"]) == {events.__name__}
    assert shape(document, events.__name__)["required"] == sorted(events.__annotations__)


def test_settings_that_screens_load_again_are_all_used() -> None:
    assert set(SETTINGS_OF.values()) == set(Settings.__args__)  # type: ignore[attr-defined]
