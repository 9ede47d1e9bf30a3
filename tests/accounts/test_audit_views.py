import pytest
from django.urls import reverse

from accounts import audit, audit_views
from accounts.models import AuditEvent
from tests.factories import NOON, make_site

pytestmark = pytest.mark.django_db


def look(browser, **asked):
    return browser.get(reverse("accounts:audit", args=["agency"]), asked)


def test_an_admin_reads_what_was_done(admin_client, workspace, rival):
    audit.record(
        workspace=workspace, by=None, program="API key “CI”", action="ignore_rule.added", subject=make_site(workspace=workspace), now=NOON, reason="Agreed."
    )
    audit.record(workspace=rival, by=None, action="site.removed", subject=make_site(workspace=rival), now=NOON, reason="A rival's.")
    html = look(admin_client).content.decode()
    for part in ("Ignore rule added", "API key “CI”", "Agreed."):
        assert part in html
    assert "rival" not in html
    assert "Site removed" not in html


def test_the_trail_is_narrowed_to_a_deed_and_comes_in_pages(owner_client, workspace):
    site = make_site(workspace=workspace)
    deeds = [(site, {"number": number}) for number in range(audit_views.ROWS_PER_PAGE + 1)]
    audit.record_all(deeds, workspace=workspace, by=None, action="page.removed", now=NOON)
    audit.record(workspace=workspace, by=None, action="site.moved", subject=site, now=NOON)
    assert len(look(owner_client, action="site.moved").context["events"]) == 1
    assert len(look(owner_client, action="page.removed", page="2").context["events"]) == 1
    assert look(owner_client, action="nonsense", page="999").context["page"].number == 2


def test_an_empty_trail_says_what_will_stand_there(owner_client, workspace):
    assert "Nothing is on record yet" in look(owner_client).content.decode()


def test_the_trail_is_for_those_who_run_the_workspace(member_client, viewer_client, workspace):
    assert [look(browser).status_code for browser in (member_client, viewer_client)] == [403, 403]


def test_what_a_site_wrote_is_text(owner_client, workspace):
    audit.record(workspace=workspace, by=None, action="change.expected", subject=make_site(workspace=workspace), now=NOON, name="<script>alert(1)</script>")
    assert "<script>alert" not in look(owner_client).content.decode()


def test_many_deeds_are_written_in_one_query(workspace, django_assert_num_queries):
    site = make_site(workspace=workspace)
    with django_assert_num_queries(1):
        audit.record_all([(site, {}), (site, {})], workspace=workspace, by=None, action="site.moved", now=NOON)
    assert AuditEvent.objects.for_workspace(workspace).count() == 2
