"""The straight line: what happens to a run from its claim to its end.

Test Data gathered, played by the runner, evidence stored, result recorded, the failure confirmed or told. Objects are stored before rows are written, and the
rows, with all that follows from them (`settling`), in the one transaction that ends the run under its claim's fence. Trouble of ours puts a run back, the
shop's never does; and once the order may have been placed nothing puts it back: what then cannot be known ends `unknown`, and asks a person.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone

from checkout import child, claims, evidence, runner_keys, sealing, settling, steps, test_data
from checkout.child import ChildSettings
from checkout.claims import Claim, LeaseLost
from checkout.heartbeat import Heartbeat
from checkout.models import RunnerKey, TestData, TestRun
from checkout.result import RunResult, to_json
from checkout.runner.protocol import Job
from checkout.tally import UNTOLD
from tracefox import vault
from tracefox.blobs import StorageDown

log = structlog.get_logger(__name__)
ROWS_KEPT = 300  # of the network, the console and the guard's decisions; all of them are in the evidence
STORAGE_DOWN = "The test was run, but its evidence could not be stored."
WORKER_TROUBLE = "The test could not be run because of trouble on the machine that runs it."
KEYS_TROUBLE = "The test could not be run because its Test Data could not be unlocked."
NOT_ACKNOWLEDGED = "The test places orders, and nobody acknowledged that. It was not run."


class Replay(Protocol):
    def __call__(
        self, job: Job, *, settings: ChildSettings, on_event: Callable[[dict[str, Any]], None], give_up: threading.Event | None = None
    ) -> RunResult: ...


def run(claim: Claim, *, replay: Replay = child.replay, private: Callable[[RunnerKey], bytes] = runner_keys.private) -> None:
    """Play the run and end it. If there is trouble of ours that may pass, put it back instead, while no order may have been placed."""
    try:
        _run(claim, replay, private)
    except LeaseLost:
        log.warning("run_belongs_to_another", run=str(claim.run_id), fence=claim.fence)
    except StorageDown as error:
        log.error("evidence_not_stored", run=str(claim.run_id), error=str(error))
        _put_back(claim, reason="storage", sentence=STORAGE_DOWN)
    except (vault.KeyMissing, vault.KeysOutOfReach, vault.CannotUnseal) as error:
        log.error("test_data_locked", run=str(claim.run_id), error=str(error))
        _put_back(claim, reason="keys", sentence=KEYS_TROUBLE)
    except Exception:
        log.exception("run_not_made", run=str(claim.run_id))
        _put_back(claim, reason="worker-lost", sentence=WORKER_TROUBLE)


def _run(claim: Claim, replay: Replay, private: Callable[[RunnerKey], bytes]) -> None:
    run = claims.run_of(claim)
    if refusal := _cannot_begin(run):
        _end(claim, run, refusal, [])
        return
    job = _job(run, private)
    close_old_connections()  # none is held while the browser waits for the shop
    with Heartbeat(claim) as heart:
        result = replay(job, settings=child.from_settings(settings), on_event=_listener(claim, run, heart), give_up=heart.give_up)
        if heart.lost:
            raise LeaseLost(f"Run {claim.run_id} was taken back after claim {claim.fence}.")
        if result.status == "inconclusive" and claims.may_retry(claim, reason=result.reason):
            claims.retry_later(claim, reason=result.reason)
            return
        result, stored = _stored(claim, run, result)
    _end(claim, run, result, stored)


def _cannot_begin(run: TestRun) -> RunResult | None:
    """How the run ends without a runner: what it needs is not there."""
    flow = steps.parse(run.flow)
    if flow.places_order and run.test.needs_acknowledgement:
        return RunResult(status="inconclusive", reason="not-acknowledged", sentence=NOT_ACKNOWLEDGED)
    given = test_data.names(run.test)
    if missing := [name for name in steps.test_data_names(flow) if name not in given]:
        named = ", ".join(missing)
        sentence = f"There is no Test Data called {named}. Give its value, and run the test again."
        return RunResult(status="failed", reason=settling.NO_TEST_DATA, sentence=sentence)
    return None


def _job(run: TestRun, private: Callable[[RunnerKey], bytes]) -> Job:
    """What the runner gets: the flow, the boxes that it names and the key that opens them. Nothing else of the workspace."""
    workspace = run.test.site.workspace_id
    wanted = steps.test_data_names(steps.parse(run.flow))
    rows = list(TestData.objects.for_workspace(workspace).filter(test=run.test, name__in=wanted).select_related("key"))
    return Job(
        run=str(run.pk),
        flow=run.flow,
        sealed={row.name: base64.b64encode(bytes(row.sealed)).decode() for row in rows},
        context=sealing.context_of(workspace=workspace, test=run.test_id),
        versions={row.name: row.version for row in rows},
        private_key=base64.b64encode(private(rows[0].key)).decode() if rows else "",
    )


def _listener(claim: Claim, run: TestRun, heart: Heartbeat) -> Callable[[dict[str, Any]], None]:
    """What is done with what the runner tells while it plays. It may not place the order before this has returned."""
    flow = steps.parse(run.flow)

    def hear(event: dict[str, Any]) -> None:
        if event["type"] != "begin":
            return
        index = event["index"]
        if event["commits"] or steps.past_order(flow, index):
            claims.pass_order(claim, reached=index)
        heart.say(f"Step {index + 1} of {len(flow.steps)}", index)

    return hear


def _stored(claim: Claim, run: TestRun, result: RunResult) -> tuple[RunResult, list[evidence.Stored]]:
    """Store the evidence. Of a run that cannot be repeated, the result counts even without it."""
    try:
        return result, evidence.put_objects(run, result.artefacts)
    except StorageDown as error:
        if claims.may_retry(claim, reason="storage"):
            raise
        log.error("evidence_not_stored", run=str(run.pk), error=str(error))
        return replace(result, sentence=f"{result.sentence} Its evidence could not be stored.".strip(), artefacts={}), []


def _end(claim: Claim, run: TestRun, result: RunResult, stored: list[evidence.Stored]) -> None:
    now = timezone.now()
    try:
        with transaction.atomic():
            settling.hold(run)
            claims.finish(claim, **_columns(result))
            evidence.record(run, stored)
            settling.settle(run.pk, now=now)
    except LeaseLost:
        evidence.discard(stored)
        raise
    log.info("run_ended", run=str(run.pk), status=result.status, reason=result.reason, attempts=claim.attempts)


def _columns(result: RunResult) -> dict[str, Any]:
    kept = replace(result, network=result.network[:ROWS_KEPT], console=result.console[:ROWS_KEPT], decisions=result.decisions[:ROWS_KEPT])
    return {
        "status": result.status,
        "reason": result.reason,
        "sentence": result.sentence,
        "reached": result.reached,
        "stopped_as_defined": result.stopped_as_defined,
        "failed_step": result.failed_step.index if result.failed_step else None,
        "total_ms": result.total_ms,
        "result": to_json(kept),
    }


def _put_back(claim: Claim, *, reason: str, sentence: str) -> None:
    """Try the run again later; or end it, when that may not be or was done often enough."""
    try:
        if claims.may_retry(claim, reason=reason):
            claims.retry_later(claim, reason=reason)
            return
        run = claims.run_of(claim)
        if run.past_order:
            ended = RunResult(status="unknown", reason=reason, sentence=f"{sentence} {UNTOLD}", reached=run.reached)
        else:
            ended = RunResult(status="inconclusive", reason=reason, sentence=claims.tried(sentence, times=claim.attempts), reached=run.reached)
        _end(claim, run, ended, [])
    except LeaseLost:
        log.warning("run_belongs_to_another", run=str(claim.run_id), fence=claim.fence)
