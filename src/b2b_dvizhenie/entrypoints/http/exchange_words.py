"""What 1C shows its user about an import: how far it is, what it did, which rows were not taken (onec.md §2.5).

The lines are Russian whatever the portal speaks: they are read inside 1C.
"""

from collections.abc import Mapping
from typing import Any

from b2b_dvizhenie.application.exchange import Imported, ImportState
from b2b_dvizhenie.application.exchange.records import RowProblem
from b2b_dvizhenie.entrypoints.exchange_texts import import_error_text
from b2b_dvizhenie.entrypoints.texts import error_text

LANGUAGE = "ru"
_ENTITIES = ("sections", "goods", "offers", "prices", "stocks", "companies", "orders")
_OUTCOMES = ("added", "changed", "removed", "deleted")
_DETAIL = 200


def say(code: str, **params: Any) -> str:
    """The Russian sentence for a code."""
    return error_text(code, params, LANGUAGE)


def counted(counters: Mapping[str, int]) -> str:
    """What an import did in one line: rows read by entity, with what changed of them."""
    parts = []
    for entity in _ENTITIES:
        read = counters.get(f"{entity}.read", 0)
        if not read:
            continue
        changes = [
            say(f"exchange.said.{outcome}", count=counters[f"{entity}.{outcome}"])
            for outcome in _OUTCOMES
            if counters.get(f"{entity}.{outcome}")
        ]
        told = say(f"exchange.said.{entity}", count=read)
        parts.append(f"{told} ({', '.join(changes)})" if changes else told)
    return "; ".join(parts) or say("exchange.said.nothing")


def problem_line(problem: RowProblem) -> str:
    """One row that was not taken: where it stands, which object it is, why."""
    text = say(problem.code, ref=problem.ref, detail=problem.detail)
    place = say("exchange.said.line", line=problem.line) if problem.line else ""
    subject = " ".join(part for part in (place, problem.ref) if part)
    detail = f" ({problem.detail[:_DETAIL]})" if problem.detail and problem.detail not in text else ""
    return f"{subject}: {text}{detail}" if subject else f"{text}{detail}"


def imported_text(answer: Imported) -> str:
    """The lines after `success`: counters, then the first rows with errors."""
    lines = [counted(answer.state.counters)]
    if answer.problem_count:
        lines[0] += "; " + say("exchange.said.errors", count=answer.problem_count)
        lines += [problem_line(problem) for problem in answer.problems]
    return "\n".join(lines)


def progress_text(state: ImportState) -> str:
    """The line after `progress`."""
    if state.state == "waiting" or state.stage == "waiting":
        return say("exchange.said.queued")
    if state.total > 0:
        percent = min(100, state.progress * 100 // state.total)
        return say(
            f"exchange.said.{state.stage}" if state.stage in _STAGES else "exchange.said.reading", percent=percent
        )
    return say("exchange.said.started")


_STAGES = ("reading", "writing")


def failed_text(state: ImportState, filename: str) -> str:
    """The line after `failure`: why the file as a whole was refused."""
    return import_error_text(state.error_code, state.error_detail, filename, LANGUAGE)
