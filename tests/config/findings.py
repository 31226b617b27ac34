"""Short words for the tests of the doctor."""

import psycopg

from ombud.config.doctor.findings import Finding


def codes(found: list[Finding], *levels: str) -> list[str]:
    return [finding.code for finding in found if finding.level in (levels or ("warn", "bad"))]


def add(connection: psycopg.Connection, statement: str, *params: object) -> None:
    connection.execute(statement, params)
