"""The log of a fix: what is forgotten when a task definition is planned again."""

from __future__ import annotations

from ecs_guard_aspects.gates.synth.fix.log import FixLog, FixNote, Refusal


def test_a_refusal_is_forgotten_with_its_notes() -> None:
    log = FixLog(refusals={path: Refusal(path, (), "") for path in ("A", "B")})
    kept = [FixNote("A", "ecs-guard has changed it.", False), FixNote("B", "not fixed", False, is_refusal=True)]
    for note in (kept[0], FixNote("A", "not fixed", False, is_refusal=True), kept[1]):
        log.notes[note] = None
    log.forget_refusal("A")
    assert (list(log.refusals), list(log.notes)) == (["B"], kept)


def test_what_was_not_refused_keeps_its_notes() -> None:
    log = FixLog()
    log.notes[FixNote("A", "ecs-guard has changed it.", False)] = None
    log.forget_refusal("A")
    assert len(log.notes) == 1


def test_the_refusals_of_a_stage_are_forgotten_together() -> None:
    log = FixLog(refusals={path: Refusal(path, (), "") for path in ("Prod/A/Td", "Prod", "Production/Td")})
    log.forget_refusals_below("Prod")
    assert list(log.refusals) == ["Production/Td"]
