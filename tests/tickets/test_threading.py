"""Where a mail belongs, told from its traces alone: tokens, answers, doubles, third parties. No desk needed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ombud.customers.schemas import Sender
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.plan import ClaimedRow, Growth, Incoming, KnownTicket, joinable
from ombud.tickets.services.intake.threading import Reference, candidates, drop_doubles, mark_sides
from ombud.tickets.sides.schemas import MailSide

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROSA, SUPPLIER = "rosa@example.com", "parts@supplier.example"
SIDE = MailSide(5, 70, None, [SUPPLIER], [ROSA])


def mail(number: int, *references: str, address: str = ROSA, customer: int | None = 1, **more: Any) -> Incoming:
    """A mail of a batch; its own id is ``m<number>``."""
    verified = more.pop("verified", False)
    sender = Sender("email", address, is_verified=verified, email=address)
    wanted = {"text": f"words {number}", "message_id": f"m{number}"} | more
    message = InboundMessage(sender=sender, at=NOW, references=list(references), **wanted)
    return Incoming(ClaimedRow(number, 1, NOW, "", "email", 1, 1), message, customer_id=customer)


def known(name: str, ticket: int, *, out: bool = False, side: int | None = None, **more: Any) -> Reference:
    """A mail that the desk has already."""
    wanted: dict[str, Any] = {"kind": "message", "author_id": 1, "text": "", "entry_id": ticket * 10}
    wanted |= more
    return Reference(message_id=name, ticket_id=ticket, direction="out" if out else "in", side_id=side, **wanted)


def found_for(one: Incoming, *references: Reference, sides: dict[int, MailSide] | None = None) -> int | None:
    """The ticket that a mail would join."""
    by_name: dict[str, list[Reference]] = {}
    for each in references:
        by_name.setdefault(each.message_id, []).append(each)
    return candidates([one], by_name, sides or {}, {}).get(one.row.id)


def test_mail_that_answers_nothing_known_joins_nothing() -> None:
    assert found_for(mail(1, "somebody-elses@id")) is None
    assert found_for(mail(1)) is None


@pytest.mark.parametrize(
    ("out", "verified", "proven"), [(True, False, True), (False, False, False), (False, True, True)]
)
def test_mail_that_answers_ours_has_had_it_and_one_that_answers_theirs_may_be_forged(
    *, out: bool, verified: bool, proven: bool
) -> None:
    one = mail(1, "a", verified=verified)
    assert found_for(one, known("a", 7, out=out)) == 7
    assert one.is_proven is proven


def test_mail_that_answers_several_belongs_to_the_nearest() -> None:
    one = mail(1, "newest", "older")
    assert found_for(one, known("older", 7, out=True), known("newest", 8, out=True)) == 8


def test_mail_of_an_id_that_stands_twice_belongs_to_the_later_one() -> None:
    assert found_for(mail(1, "a"), known("a", 7, out=True), known("a", 9, out=True)) == 9


def test_signed_token_goes_before_what_the_headers_say() -> None:
    one = mail(1, "a", proven_ticket_ids=[3])
    assert found_for(one, known("a", 7, out=True)) == 3


@pytest.mark.parametrize("verified", [True, False])
def test_token_in_a_subject_is_a_hint_that_proves_nothing_by_itself(*, verified: bool) -> None:
    one = mail(1, "unknown", hinted_ticket_ids=[4], verified=verified)
    assert found_for(one) == 4
    assert (one.is_hinted, one.is_proven) == (True, verified)


def test_third_party_answers_beside_and_not_to_the_customer() -> None:
    one = mail(1, "s", address=SUPPLIER, customer=None)
    assert found_for(one, known("s", 70, out=True, side=5), sides={5: SIDE}) == 70
    assert (one.side, one.is_proven) == (SIDE, True)


def test_mail_beside_goes_there_even_if_it_answers_the_customers_mail_first() -> None:
    one = mail(1, "c", "s", address=SUPPLIER, customer=None)
    known_mails = (known("c", 70, out=True), known("s", 70, out=True, side=5))
    assert found_for(one, *known_mails, sides={5: SIDE}) == 70
    assert one.side is SIDE


def test_colleague_of_the_third_party_answers_beside_without_proof() -> None:
    one = mail(1, "s", address="boss@supplier.example", customer=None)
    assert found_for(one, known("s", 70, out=True, side=5), sides={5: SIDE}) == 70
    assert (one.side, one.is_proven) == (SIDE, False)


def test_customer_who_answers_a_mail_beside_is_never_taken_for_the_supplier() -> None:
    one = mail(1, "s")
    assert found_for(one, known("s", 70, out=True, side=5), sides={5: SIDE}) == 70
    assert one.side is None


def test_answer_to_an_answer_of_the_same_batch_stands_beside_as_well() -> None:
    first = mail(1, "s", address=SUPPLIER, customer=None)
    second = mail(2, "m1", address="boss@supplier.example", customer=None)
    customer = mail(3, "m1")
    stranger = mail(4, "other", address="x@y.example", customer=None)
    batch, references = [first, second, customer, stranger], {"s": [known("s", 70, out=True, side=5)]}
    candidates(batch, references, {5: SIDE}, {})
    mark_sides(batch, references, {5: SIDE})
    assert [one.is_side for one in batch] == [True, True, False, False]
    assert [one.is_proven for one in batch[:2]] == [True, False]


def test_conversation_of_a_chat_is_known_by_its_channel_and_key_alone() -> None:
    here, there = mail(1, "a", conversation="v1"), mail(2, "a", conversation="v2")
    found = candidates([here, there], {"a": [known("a", 7, out=True)]}, {}, {(1, "v1"): 30, (2, "v2"): 31})
    assert found == {1: 30}


# ── doubles ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "double"),
    [
        ({}, True),
        ({"author_id": 2}, False),
        ({"text": "other words"}, False),
        ({"out": True, "author_id": None, "text": ""}, True),
    ],
)
def test_mail_that_we_have_already_is_a_double_if_it_says_the_same(change: dict[str, Any], *, double: bool) -> None:
    one = mail(1)
    drop_doubles([one], {"m1": [known("m1", 7, **({"text": "words 1"} | change))]})
    assert (one.dismissed == "duplicate") is double
    assert one.duplicate_of == (70 if double else None)


def test_mail_to_two_of_our_mailboxes_is_kept_once() -> None:
    first, copy, other = mail(1), mail(2, message_id="m1", text="words 1"), mail(3, message_id="m1", text="forged")
    drop_doubles([first, copy, other], {})
    assert [one.dismissed for one in (first, copy, other)] == ["", "duplicate", ""]


def test_mails_without_an_id_are_never_doubles() -> None:
    batch = [mail(1, message_id="", text="same"), mail(2, message_id="", text="same")]
    drop_doubles(batch, {"": [known("", 7, text="same")]})
    assert [one.dismissed for one in batch] == ["", ""]


def test_mail_of_two_strangers_with_one_id_is_kept_of_each() -> None:
    batch = [mail(n, address=f"p{n}@x.example", customer=None, message_id="m", text="same") for n in (1, 2)]
    drop_doubles(batch, {})
    assert [one.dismissed for one in batch] == ["", ""]


# ── tickets and what they grow by ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("days", "is_open"), [(6, True), (7, True), (8, False)])
def test_solved_ticket_is_joined_for_some_days(days: int, *, is_open: bool) -> None:
    ticket = KnownTicket(1, "solved", 4, 1, None, 1, NOW - timedelta(days=days), [8])
    assert joinable(ticket, now=NOW, reopen_days=7) is is_open
    assert [ticket.knows(one) for one in (1, 8, 2, None)] == [True, True, False, False]


def test_growth_waits_since_a_person_wrote_and_shows_the_newest() -> None:
    automatic, person = mail(1, kind="auto_reply"), mail(2, text="Help\n\nme")
    person.row.received_at = NOW + timedelta(minutes=5)
    grown = Growth(7, 1, [automatic, person])
    assert (grown.from_customer, grown.waiting_since) == ([person], NOW + timedelta(minutes=5))
    assert grown.preview == "Help me"
    assert Growth(7, 1, [automatic]).waiting_since is None
