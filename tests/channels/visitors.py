"""A visitor of the tests: what a widget does, by hand."""

import uuid
from dataclasses import dataclass
from typing import Any

from httpx import Response


@dataclass
class Visitor:
    """A browser with a widget in it."""

    desk: Any
    key: str
    token: str = ""
    id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def begin(self, **data: Any) -> Response:
        answer: Response = await self.desk.client.post(
            f"/widget/v1/{self.key}/visitors", json=data, headers=self.headers
        )
        if answer.status_code == 201:
            self.token, self.id = answer.json()["visitor_token"], answer.json()["visitor_id"]
        return answer

    async def send(self, text: str = "", client_key: str = "", **data: Any) -> Response:
        body = {"client_key": client_key or str(uuid.uuid4()), "text": text, **data}
        answer: Response = await self.desk.client.post("/widget/v1/messages", json=body, headers=self.headers)
        return answer

    async def write(self, text: str, **data: Any) -> int:
        """Send a message that must be taken, and give its ticket."""
        answer = await self.send(text, **data)
        assert answer.status_code == 202, answer.text
        await self.desk.settled()
        statement = "select ticket_id from entry where kind = 'message' and text = %(text)s order by id desc limit 1"
        return int(await self.desk.sql(int, statement, text=text))

    async def page(self, **params: Any) -> dict[str, Any]:
        answer = await self.desk.client.get("/widget/v1/messages", params=params, headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def texts(self) -> list[str]:
        return [one["text"] for one in (await self.page())["items"]]

    async def put(self, path: str, **data: Any) -> Response:
        answer: Response = await self.desk.client.put(f"/widget/v1/{path}", json=data, headers=self.headers)
        return answer

    async def post(self, path: str, **data: Any) -> Response:
        answer: Response = await self.desk.client.post(f"/widget/v1/{path}", json=data, headers=self.headers)
        return answer

    async def upload(self, name: str, content: bytes, kind: str = "application/octet-stream") -> Response:
        answer: Response = await self.desk.client.post(
            "/widget/v1/files", files={"file": (name, content, kind)}, headers=self.headers
        )
        return answer


async def arrive(desk: Any, **data: Any) -> Visitor:
    """A new visitor on the desk's widget."""
    visitor = Visitor(desk, desk.channels["chat"].public_key)
    answer = await visitor.begin(**data)
    assert answer.status_code == 201, answer.text
    return visitor
