"""Paths of the checkout app, all of them behind a workspace."""

from __future__ import annotations

from django.urls import path

from checkout import data_views, run_views, step_views, views

app_name = "checkout"
TEST = "w/<slug:workspace>/tests/<uuid:test_id>/"
STEP = TEST + "steps/<int:index>/"
CONDITION = TEST + "conditions/<int:index>/"
RUN = "w/<slug:workspace>/runs/<uuid:run_id>/"

urlpatterns = [
    path("w/<slug:workspace>/tests/", views.test_list, name="test-list"),
    path("w/<slug:workspace>/tests/add/", views.test_add, name="test-add"),
    path(TEST, views.test_detail, name="test-detail"),
    path(TEST + "settings/", views.test_settings, name="test-settings"),
    path(TEST + "schedule/", views.test_schedule, name="test-schedule"),
    path(TEST + "pause/", views.test_pause, name="test-pause"),
    path(TEST + "resume/", views.test_resume, name="test-resume"),
    path(TEST + "remove/", views.test_remove, name="test-remove"),
    path(TEST + "past-order/", views.past_order, name="past-order"),
    path(TEST + "export/<slug:form>/", views.export, name="export"),
    path(TEST + "steps/add/", step_views.step_add, name="step-add"),
    path(STEP, step_views.step_edit, name="step-edit"),
    path(STEP + "move/", step_views.step_move, name="step-move"),
    path(STEP + "remove/", step_views.step_remove, name="step-remove"),
    path(STEP + "stop/", step_views.stop_here, name="stop-here"),
    path(STEP + "run/", run_views.run_to_here, name="run-to-here"),
    path(TEST + "stop/move/", step_views.stop_move, name="stop-move"),
    path(TEST + "conditions/add/", step_views.condition_add, name="condition-add"),
    path(CONDITION, step_views.condition_edit, name="condition-edit"),
    path(CONDITION + "remove/", step_views.condition_remove, name="condition-remove"),
    path(TEST + "data/", data_views.data_edit, name="data-edit"),
    path(TEST + "data/remove/", data_views.data_remove, name="data-remove"),
    path(TEST + "run/", run_views.run_now, name="run-now"),
    path(TEST + "runs/", run_views.test_runs, name="test-runs"),
    path(RUN, run_views.run_detail, name="run-detail"),
    path(RUN + "progress/", run_views.run_progress, name="run-progress"),
    path(RUN + "evidence/<str:name>/", run_views.run_evidence, name="run-evidence"),
]
