"""Test Data that comes sealed: the recorder seals in the browser, and this server never has the values in its hands.

A box is bound to workspace, test, name and version, so the sender is told all four before it seals: versions follow on the test's last one, in the order of
the boxes. What is inside cannot be judged here; that it is no real card number is judged before sealing, in the recorder, and after opening, in the runner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.models import User
from checkout import cards, runner_keys, sealing, steps, test_data
from checkout.models import CheckoutTest, RunnerKey, TestData

LONGEST_BOX = sealing.HEADER_SIZE + 4 * test_data.LONGEST_VALUE + sealing.TAG_SIZE


class SealedMeanwhile(Exception):
    """The boxes are bound to versions or to a key that are not next any more."""

    def __init__(self) -> None:
        super().__init__("The Test Data of this test changed meanwhile. Ask for its versions and its key again, and seal again.")


@dataclass(frozen=True, kw_only=True)
class Box:
    name: str
    version: int
    sealed: bytes


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a sender needs to know to seal the next value: `context`, its name and `version` + 1."""

    context: str
    version: int
    key: RunnerKey


def place_for(test: CheckoutTest) -> Place:
    """`runner_keys.KeyNotReady` if there is nothing to seal to yet."""
    key = runner_keys.public(test.site.workspace_id)
    return Place(context=sealing.context_of(workspace=test.site.workspace_id, test=test.pk), version=test.data_version, key=key)


@transaction.atomic
def put(test: CheckoutTest, *, boxes: Sequence[Box], key_id: UUID, by: User | None, now: datetime, program: str = "") -> list[TestData]:
    """Keep these boxes, all of them or none. `BadTestData` for a name or a box that cannot be, `SealedMeanwhile` if somebody was faster."""
    for box in boxes:
        _judge(box)
    workspace = test.site.workspace
    held = CheckoutTest.objects.for_workspace(workspace).select_for_update(of=("self",)).get(pk=test.pk)
    key = RunnerKey.objects.for_workspace(workspace).filter(pk=key_id).first()
    if key is None or [box.version for box in boxes] != list(range(held.data_version + 1, held.data_version + 1 + len(boxes))):
        raise SealedMeanwhile
    if len({*test_data.names(test), *(box.name for box in boxes)}) > test_data.MOST_VALUES:
        raise test_data.BadTestData(f"A test has at most {test_data.MOST_VALUES} values of Test Data. Remove those that no step names.")
    test.data_version = held.data_version + len(boxes)
    test.save(update_fields=["data_version"])
    return [_keep(test, box, key=key, by=by, now=now, program=program) for box in boxes]


def _keep(test: CheckoutTest, box: Box, *, key: RunnerKey, by: User | None, now: datetime, program: str) -> TestData:
    workspace = test.site.workspace
    kept = {"sealed": box.sealed, "version": box.version, "key": key, "changed_by": by, "changed_at": now}
    row, is_new = TestData.objects.for_workspace(workspace).update_or_create(test=test, name=box.name, defaults=kept)
    action = "test_data.added" if is_new else "test_data.replaced"
    audit.record(workspace=workspace, by=by, action=action, subject=test, now=now, program=program, name=box.name)
    return row


def _judge(box: Box) -> None:
    """What can be judged from outside. A name may be shown: it is none of a card."""
    if cards.real_number_in(box.name) or not test_data.NAME.fullmatch(box.name):
        raise test_data.BadTestData("A name of Test Data has two parts of small letters, digits and _, with a dot between them, such as shipping.email.")
    if box.name in steps.BUILT_IN:
        raise test_data.BadTestData(f"{box.name} is made anew for each run. Choose another name.")
    least = sealing.HEADER_SIZE + sealing.TAG_SIZE
    if not box.sealed.startswith(sealing.MAGIC) or not least < len(box.sealed) <= LONGEST_BOX:
        raise test_data.BadTestData(f"What came for {box.name} is no sealed value. Values are sealed by the recorder, before they are sent.")
