from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scans.schedule import next_scan_at, offset
from tests.factories import NOON

DAY = timedelta(days=1)
intervals = st.integers(min_value=15, max_value=60 * 24 * 31).map(lambda minutes: timedelta(minutes=minutes))
moments = st.integers(min_value=-(10**8), max_value=10**9).map(lambda seconds: NOON + timedelta(seconds=seconds))


@given(site_id=st.uuids(), every=intervals, now=moments)
def test_the_next_slot_lies_ahead_and_no_further_than_one_interval(site_id, every, now):
    assert now < next_scan_at(site_id=site_id, every=every, now=now) <= now + every


@given(site_id=st.uuids(), every=intervals, now=moments)
def test_slots_follow_each_other_at_exactly_the_interval(site_id, every, now):
    first = next_scan_at(site_id=site_id, every=every, now=now)
    assert next_scan_at(site_id=site_id, every=every, now=first + timedelta(seconds=9), previous=first) == first + every


@given(site_id=st.uuids(), every=intervals, now=moments, missed=st.integers(min_value=1, max_value=200))
def test_after_an_outage_one_slot_is_filled_and_the_missed_ones_are_let_go(site_id, every, now, missed):
    overdue = next_scan_at(site_id=site_id, every=every, now=now)
    recovered = overdue + missed * every
    following = next_scan_at(site_id=site_id, every=every, now=recovered, previous=overdue)
    assert recovered < following <= recovered + every


@given(site_id=st.uuids(), every=intervals, added=moments)
def test_the_slot_after_the_first_scan_leaves_at_least_half_an_interval(site_id, every, added):
    following = next_scan_at(site_id=site_id, every=every, now=added, previous=added)
    assert added + every / 2 < following <= added + every * 3 / 2


def test_ten_thousand_daily_sites_are_spread_over_the_day():
    hours = Counter(int(offset(site_id=UUID(int=number), every=DAY).total_seconds() // 3600) for number in range(10_000))
    assert len(hours) == 24
    assert max(hours.values()) < 1.3 * 10_000 / 24


def test_a_site_keeps_its_place_for_ever():
    site_id = UUID("8e4f5f0a-5a53-4c0e-9d0e-2f4f4a1f0001")
    assert offset(site_id=site_id, every=DAY) == offset(site_id=site_id, every=DAY)
    assert next_scan_at(site_id=site_id, every=DAY, now=NOON) == next_scan_at(site_id=site_id, every=DAY, now=NOON + timedelta(seconds=1))


def test_daylight_saving_and_leap_days_move_no_slot():
    site_id = UUID(int=7)
    for before in (datetime(2028, 2, 28, 12, tzinfo=ZoneInfo("UTC")), datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Dublin"))):
        first = next_scan_at(site_id=site_id, every=DAY, now=before)
        assert next_scan_at(site_id=site_id, every=DAY, now=first, previous=first) - first == DAY
