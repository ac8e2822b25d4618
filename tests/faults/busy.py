"""Processes that keep clerks and timers busy."""

from tests.services import diagrams

WHOLE = diagrams.process(
    "whole", diagrams.start(), diagrams.task("fill", "filled"), diagrams.timer("pause", "PT0.2S"),
    diagrams.task("check", "pass"), diagrams.end(), diagrams.flows("begin", "fill", "pause", "check", "done"))
"""Two tasks with a pause between them, and the end."""

BUSY = diagrams.process(
    "busy", diagrams.start(), '<bpmn:exclusiveGateway id="again"/>', diagrams.task("fill", "filled"),
    diagrams.timer("remind", "PT1S", on="fill", interrupting=False), diagrams.task("reminder", "seen", role="supervisor"),
    diagrams.timer("pause", "PT0.2S"), diagrams.task("check", "back", "back_too", "pass"),
    '<bpmn:exclusiveGateway id="way" default="way_again"/>', diagrams.end(), diagrams.end("reminded"),
    diagrams.flows("begin", "again", "fill", "pause", "check", "way", "again"),
    diagrams.flows("remind", "reminder", "reminded"), diagrams.when("way", "done", 'check == "pass"'))
"""A loop of two tasks and a pause, with a reminder that may come in between."""

TOLD = diagrams.process(
    "told", diagrams.words(limits="promised:5"), diagrams.start(), diagrams.task("fill", "filled"),
    diagrams.throw("taken", "accepted"), diagrams.timer("pause", "PT0.2S"), diagrams.task("check", "pass"),
    diagrams.timer("remind", "PT0.3S", on="check", interrupting=False), diagrams.end("reminded"),
    diagrams.throw("given", "granted"), diagrams.end("done", "concluded"),
    diagrams.flows("begin", "fill", "taken", "pause", "check", "given", "done"), diagrams.flows("remind", "reminded"))
"""The same with legal moments, of which others are told, and a reminder that may come in between."""
