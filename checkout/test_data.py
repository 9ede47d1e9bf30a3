"""Test Data: the values that a test types. Sealed the moment they enter; from then on they can be replaced and removed, and never read.

Every value passes the judgement of card numbers before anything else happens to it. What is kept is a box for the runner, bound to workspace, test, name and
version; versions only grow, so an old box does not open in the place of a newer one. No value is in a log, an audit event, a text form or an exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts import audit
from accounts.models import User
from checkout import cards, runner_keys, sealing, steps
from checkout.models import CheckoutTest, RunnerKey, TestData

LONGEST_VALUE = 2000
LONGEST_NAME = 80
MOST_VALUES = 60
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")


class BadTestData(ValueError):
    """A name or a value that cannot be Test Data. The message is a sentence for people and holds no value."""


class NoSuchTestData(Exception):
    """The test has no Test Data of this name."""


@sensitive_variables("value")
def put(test: CheckoutTest, *, name: str, value: str, by: User | None, now: datetime, program: str = "", key: RunnerKey | None = None) -> TestData:
    """Add a value, or replace the one of this name. `runner_keys.KeyNotReady` if there is nothing to seal it to yet."""
    return put_many(test, values={name: value}, by=by, now=now, program=program, key=key)[0]


@sensitive_variables("values", "value")
def put_many(
    test: CheckoutTest, *, values: Mapping[str, str], by: User | None, now: datetime, program: str = "", key: RunnerKey | None = None
) -> list[TestData]:
    """The same for several values at once: all of them, or none."""
    for name, value in values.items():
        _judge(name, value)
    key = key or runner_keys.public(test.site.workspace_id)  # before the row is held: it may take a moment
    with transaction.atomic():
        _lock(test)
        if len({*names(test), *values}) > MOST_VALUES:
            raise BadTestData(f"A test has at most {MOST_VALUES} values of Test Data. Remove those that no step names.")
        return [_put(test, name, value, by=by, now=now, program=program, key=key) for name, value in values.items()]


@transaction.atomic
def remove(test: CheckoutTest, *, name: str, by: User | None, now: datetime, program: str = "") -> None:
    _lock(test)
    deleted, _ = TestData.objects.for_workspace(test.site.workspace_id).filter(test=test, name=name).delete()
    if not deleted:
        raise NoSuchTestData(f"This test has no Test Data called {name[:LONGEST_NAME]}.")
    audit.record(workspace=test.site.workspace, by=by, action="test_data.removed", subject=test, now=now, program=program, name=name)


def names(test: CheckoutTest) -> list[str]:
    """What the test has values for, in alphabetical order."""
    return list(TestData.objects.for_workspace(test.site.workspace_id).filter(test=test).order_by("name").values_list("name", flat=True))


def missing(test: CheckoutTest) -> list[str]:
    """What the steps name and nobody gave a value for, in the order of its first use."""
    given = names(test)
    return [name for name in steps.test_data_names(steps.parse(test.flow)) if name not in given]


@sensitive_variables("value")
def _judge(name: str, value: str) -> None:
    cards.refuse({name: value}, where="Test Data")
    if not NAME.fullmatch(name):
        raise BadTestData("A name of Test Data has two parts of small letters, digits and _, with a dot between them, such as shipping.email.")
    if name in steps.BUILT_IN:
        raise BadTestData(f"{name} is made anew for each run. Choose another name.")
    if not isinstance(value, str) or not value:
        raise BadTestData(f"Give a value for {name}.")
    if len(value) > LONGEST_VALUE:
        raise BadTestData(f"The value of {name} is {len(value)} characters long; at most {LONGEST_VALUE} fit.")
    if "\0" in value:
        raise BadTestData(f"The value of {name} holds a character that no field takes. Type it instead of pasting it.")


@sensitive_variables("value")
def _put(test: CheckoutTest, name: str, value: str, *, by: User | None, now: datetime, program: str, key: RunnerKey) -> TestData:
    workspace = test.site.workspace
    if key.workspace_id != workspace.pk:
        raise RunnerKey.DoesNotExist(f"The key {key.pk} is of another workspace.")
    test.data_version += 1
    test.save(update_fields=["data_version"])
    place = sealing.context(sealing.context_of(workspace=workspace.pk, test=test.pk), name=name, version=test.data_version)
    box = sealing.seal(value, public_key=bytes(key.public_key), context=place)
    kept = {"sealed": box, "version": test.data_version, "key": key, "changed_by": by, "changed_at": now}
    row, is_new = TestData.objects.for_workspace(workspace).update_or_create(test=test, name=name, defaults=kept)
    action = "test_data.added" if is_new else "test_data.replaced"
    audit.record(workspace=workspace, by=by, action=action, subject=test, now=now, program=program, name=name)
    return row


def _lock(test: CheckoutTest) -> None:
    """Hold the test's row until the transaction ends: versions are given out one at a time."""
    held = CheckoutTest.objects.for_workspace(test.site.workspace_id).select_for_update(of=("self",)).get(pk=test.pk)
    test.data_version = held.data_version
