from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import audit
from accounts.models import AuditEvent, User, Workspace
from tests.factories import NOON, make_client, make_user, make_workspace

pytestmark = pytest.mark.django_db


def events(workspace: Workspace) -> list[AuditEvent]:
    return list(AuditEvent.objects.for_workspace(workspace).order_by("at"))


def record(workspace: Workspace, *, by: User | None = None, **fields: Any) -> AuditEvent:
    return audit.record(workspace=workspace, by=by, **{"action": "client.added", "subject": workspace, "now": NOON, **fields})


def test_an_event_says_who_did_what_when_to_which_thing(workspace, owner):
    client = make_client(workspace=workspace)
    audit.record(workspace=workspace, by=owner, action="client.added", subject=client, now=NOON, name=client.name)
    (event,) = events(workspace)
    assert (event.actor, event.actor_name, event.action, event.at) == (owner, owner.email, "client.added", NOON)
    assert (event.subject_kind, event.subject_id, event.details) == ("client", str(client.pk), {"name": client.name})


def test_a_program_and_the_product_itself_have_names(workspace):
    assert record(workspace, program="API key “CI”").actor_name == "API key “CI”"
    assert record(workspace).actor_name == "Tracefox"


def test_the_trail_of_a_thing_is_its_own_newest_first(workspace, rival):
    thing, other = make_client(workspace=workspace), make_client(workspace=workspace)
    first = record(workspace, subject=thing)
    second = record(workspace, subject=thing, now=NOON + timedelta(hours=1))
    record(workspace, subject=other)
    record(rival, subject=thing)
    assert list(audit.of(thing, workspace=workspace)) == [second, first]


def test_the_trail_does_not_change(workspace, owner):
    record(workspace, by=owner)
    for changed in ({"action": "client.removed"}, {"actor_name": "Somebody else"}, {"details": {"x": 1}}, {"at": NOON + timedelta(days=1)}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            AuditEvent.objects.for_workspace(workspace).update(**changed)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        AuditEvent.objects.for_workspace(workspace).update(actor=make_user())
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        AuditEvent.objects.for_workspace(workspace).update(actor=None, actor_name="")


def test_a_person_who_is_gone_leaves_the_name(workspace):
    person = make_user()
    record(workspace, by=person)
    email = person.email
    person.delete()
    (event,) = events(workspace)
    assert (event.actor, event.actor_name) == (None, email)


def test_no_event_goes_alone(workspace):
    record(workspace)
    with transaction.atomic():
        AuditEvent.objects.for_workspace(workspace).delete()
        with pytest.raises(IntegrityError, match="goes with its workspace"):
            connection.check_constraints()
        transaction.set_rollback(True)
    assert len(events(workspace)) == 1


def test_the_trail_goes_with_its_workspace():
    gone, stays = make_workspace(), make_workspace()
    record(gone)
    record(stays)
    gone_id = gone.pk
    with transaction.atomic():
        gone.delete()
        connection.check_constraints()
    assert not AuditEvent.objects.for_workspace(gone_id).exists()
    assert len(events(stays)) == 1
