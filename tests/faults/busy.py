"""A process that keeps clerks and timers busy: a loop of two tasks and a pause, with a reminder that may come in between."""

from tests.services import diagrams

BUSY = diagrams.process(
    "busy", diagrams.start(), '<bpmn:exclusiveGateway id="again"/>', diagrams.task("fill", "filled"),
    diagrams.timer("remind", "PT1S", on="fill", interrupting=False), diagrams.task("reminder", "seen", role="supervisor"),
    diagrams.timer("pause", "PT0.2S"), diagrams.task("check", "back", "back_too", "pass"),
    '<bpmn:exclusiveGateway id="way" default="way_again"/>', diagrams.end(), diagrams.end("reminded"),
    diagrams.flows("begin", "again", "fill", "pause", "check", "way", "again"),
    diagrams.flows("remind", "reminder", "reminded"), diagrams.when("way", "done", 'check == "pass"'))
