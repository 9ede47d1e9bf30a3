"""Plays one Test Run: the steps in their order up to the stop point, then the Success conditions, and tells what happened as it happens.

The stop point: the step's event goes out as soon as it has ended, the parent cuts the network, and only then the page is read for the last time. Past 'place
order' nothing is done twice: a deed that may have been done and was not seen through is `Uncertain`, and the run ends `unknown`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checkout import conditions as words
from checkout import steps
from checkout.flow import Condition, Flow
from checkout.runner import conditions, moves, reasons
from checkout.runner.ending import Failed, Over, Uncertain
from checkout.runner.masking import Secrets
from checkout.runner.record import Record
from checkout.runner.scene import Scene
from checkout.runner.stage import Driver, NotStarted, Settings, Stage, opened
from checkout.runner.voice import Voice

if TYPE_CHECKING:
    from checkout.runner.film import Film

__all__ = ["Settings", "play"]

AFTER_THE_CUT_SECONDS = 2.0
GRACE_SECONDS = 3.0
MAY_BE_PLACED = "The order may have been placed: please look into the shop."


async def play(flow: Flow, *, values: Mapping[str, str], secrets: Secrets, voice: Voice, settings: Settings, driver: Driver) -> None:
    """Tell everything, `end` last. What raises here is a fault of ours."""
    began = time.monotonic()
    record = Record(flow, secrets)

    def tell(end: dict[str, Any]) -> None:
        voice.say({"type": "end", "stopped_as_defined": False} | end | {"total_ms": round((time.monotonic() - began) * 1000)})

    try:
        async with opened(flow, settings=settings, secrets=secrets, record=record, driver=driver) as stage:
            film = await _filmed(stage, flow) if settings.video else None
            player = Player(flow, stage, record, Scene(stage.page, flow, dict(values), secrets, record), voice)
            end = await player.run()
            if film:
                player.keep("video.webm", "video", await film.stop(stage.page))
            player.keep("network.json", "network", json.dumps(record.network()).encode())
            player.keep("console.json", "console", json.dumps(record.console()).encode())
            tell(end)  # the parent ends us now: the browser need not be closed first
    except NotStarted:
        tell({"status": "inconclusive", "reason": "not-started", "sentence": "The browser did not start on our side. The shop has nothing to do with it."})


async def _filmed(stage: Stage, flow: Flow) -> Film:
    from checkout.runner.film import Film  # the codecs take a while to load

    film = Film(flow.viewport)
    await film.start(stage.page)
    return film


class Player:
    def __init__(self, flow: Flow, stage: Stage, record: Record, scene: Scene, voice: Voice) -> None:
        self.flow, self.stage, self.record, self.scene, self.voice = flow, stage, record, scene, voice
        self.loop = asyncio.get_running_loop()
        self.ends = self.loop.time() + flow.run_seconds
        self.reached = -1

    async def run(self) -> dict[str, Any]:
        """How it ended: status, reason, sentence, stopped_as_defined."""
        try:
            await self._steps()
            await self._conditions()
        except Over as over:
            return {"status": over.status, "reason": over.reason, "sentence": over.sentence}
        stopped = self.flow.stop_after is not None
        sentence = "The run stopped as defined, and all that must hold holds." if stopped else "All steps were done, and all that must hold holds."
        return {"status": "passed", "reason": "", "sentence": sentence, "stopped_as_defined": stopped}

    async def _steps(self) -> None:
        last = len(self.flow.steps) - 1 if self.flow.stop_after is None else self.flow.stop_after
        for index in range(last + 1):
            await self._step(index, stops=index == self.flow.stop_after)
        for index in range(last + 1, len(self.flow.steps)):
            self._tell(index, "skipped", ms=0, seen="It lies past the stop point.")

    async def _step(self, index: int, *, stops: bool) -> None:
        step, began = self.flow.steps[index], self.loop.time()
        commits = steps.past_order(self.flow, index)
        self.voice.say({"type": "begin", "index": index, "commits": commits})
        if commits:
            await self.voice.hear("go")
        self.reached = self.record.step = index
        try:
            ends = min(self.loop.time() + (step.seconds or self.flow.step_seconds), self.ends)
            if self.loop.time() >= self.ends:
                raise Failed("run-limit", expected=f"the run ends within {self.flow.run_seconds} seconds", seen="its time was up")
            await self._in_time(moves.do(self.scene, index, ends=ends), ends)
            if stops or index == len(self.flow.steps) - 1:
                await moves.settle(self.scene, ends=min(self.ends, self.loop.time() + moves.SETTLE_SECONDS))
        except Failed as failed:
            await self._failed(index, failed, began)
        except Error as error:
            await self._failed(index, reasons.of_error(error), began)
        name = _picture(index)
        self._tell(index, "passed", ms=self._since(began), screenshot=name)
        if stops:
            await self._stop()
        self.keep(name, "screenshot", await self.stage.picture())

    async def _in_time(self, deed: Coroutine[Any, Any, None], ends: float) -> None:
        """The deed; or the end of the page's process; or the end of our patience with a page whose scripts never rest, so that it answers nothing."""
        doing, crashing = asyncio.ensure_future(deed), asyncio.ensure_future(self.stage.crashed.wait())
        await asyncio.wait([doing, crashing], timeout=max(0.0, ends - self.loop.time()) + GRACE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        crashing.cancel()
        if doing.done():
            return await doing
        doing.cancel()
        if self.stage.crashed.is_set():
            raise self._not_known("page-crash", "The page crashed the browser.")
        raise Uncertain("no-effect", expected="the page answers", seen="it was busy with its own scripts all the time", silent=True)

    async def _stop(self) -> None:
        """The barrier is not ours: we ask, and wait until it is down. What fails from now on fails because of it."""
        self.record.close()
        self.voice.say({"type": "await_cut"})
        await self.voice.hear("cut")

    async def _failed(self, index: int, failed: Failed, began: float) -> None:
        """Tell the step with its cause and its picture, and end the run."""
        self.record.close()
        if self.stage.is_gone:
            raise self._not_known("browser-crash", "The browser ended before the test did.") from failed
        facts, cause = await reasons.of(self.scene, index, failed)
        seen, blocked = failed.seen, await reasons.who_blocks(self.scene)
        if blocked:
            seen, cause = f"{blocked} answered instead of the shop", ""
        name = _picture(index)
        told = {"expected": failed.expected, "seen": seen, "cause": cause, "facts": facts}
        self._tell(index, "failed", ms=self._since(began), screenshot=name, **told)
        self.keep(name, "screenshot", await self.stage.picture())
        sentence = f"Step {index + 1} failed: expected that {failed.expected}, but {seen}. {cause}".strip()
        if blocked:
            raise self._not_known("blocked", sentence) from failed
        uncertain = isinstance(failed, Uncertain) and steps.past_order(self.flow, index)
        raise Over("unknown" if uncertain else "failed", failed.kind, self._with_order(sentence)) from failed

    async def _conditions(self) -> None:
        cut = self.flow.stop_after is not None
        limit = AFTER_THE_CUT_SECONDS if cut else float(self.flow.step_seconds)
        wrong = []
        for index, condition in enumerate(self.flow.conditions):
            holds = await self._looked_at(condition, min(self.ends, self.loop.time() + limit))
            status = "passed" if holds.holds else "failed"
            self.voice.say({"type": "condition", "index": index, "kind": condition.kind, "status": status, "expected": holds.expected, "seen": holds.seen})
            if not holds.holds:
                wrong.append((condition.kind, holds))
        if not wrong:
            return
        self.record.close()
        self.keep("conditions.jpg", "screenshot", await self.stage.picture())
        if self.stage.is_gone:
            raise self._not_known("browser-crash", "The browser ended before the test did.")
        if blocked := await reasons.who_blocks(self.scene):
            raise self._not_known("blocked", f"{blocked} answered instead of the shop.")
        kind, first = wrong[0]
        _, cause = await reasons.of(self.scene, self.reached, Failed(f"assert-{kind.replace('_', '-')}", expected=first.expected, seen=first.seen))
        sentence = f"It must hold that {first.expected}, but {first.seen}. {cause}".strip()
        raise Over("failed", f"condition-{kind.replace('_', '-')}", self._with_order(sentence))

    async def _looked_at(self, condition: Condition, ends: float) -> conditions.Answer:
        try:
            return await asyncio.wait_for(conditions.check(self.scene, condition, ends=ends), max(0.0, ends - self.loop.time()) + GRACE_SECONDS)
        except TimeoutError:
            return conditions.Answer(False, words.words(condition), "the page does not answer")

    def _not_known(self, reason: str, sentence: str) -> Over:
        """Something that is not the shop's: it says nothing about the shop, unless an order may be under way."""
        if steps.past_order(self.flow, self.reached):
            return Over("unknown", reason, self._with_order(sentence))
        return Over("inconclusive", reason, sentence)

    def _with_order(self, sentence: str) -> str:
        return f"{sentence} {MAY_BE_PLACED}" if steps.past_order(self.flow, self.reached) else sentence

    def _tell(self, index: int, status: str, *, ms: int, screenshot: str = "", **told: Any) -> None:
        step = self.flow.steps[index]
        event = {"type": "step", "index": index, "action": step.action, "label": step.label, "status": status, "ms": ms, "screenshot": screenshot}
        self.voice.say({"expected": "", "seen": "", "cause": "", "facts": {}} | event | told)

    def keep(self, name: str, kind: str, data: bytes) -> None:
        if data:
            self.voice.say({"type": "artefact", "name": name, "kind": kind, "size": len(data), "data": data})

    def _since(self, began: float) -> int:
        return round((self.loop.time() - began) * 1000)


def _picture(index: int) -> str:
    return f"step-{index:02}.jpg"
