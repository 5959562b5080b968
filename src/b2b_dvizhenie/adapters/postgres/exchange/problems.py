"""Rows that were skipped or repaired: counted without end, kept up to a number a person could still read."""

from collections import Counter

from b2b_dvizhenie.application.exchange.records import RowProblem

KEPT = 5000
KEPT_PER_CODE = 500


class Problems:
    """Problems of one import."""

    def __init__(self) -> None:
        self.kept: list[RowProblem] = []
        self._codes: Counter[str] = Counter()
        self._severities: Counter[str] = Counter()
        self._told: set[tuple[str, str]] = set()

    def add(self, problem: RowProblem) -> None:
        """Count it, and keep it while there are few of its kind."""
        self._severities[problem.severity] += 1
        self._codes[problem.code] += 1
        if self._codes[problem.code] <= KEPT_PER_CODE and len(self.kept) < KEPT:
            self.kept.append(problem)

    def error(self, entity: str, code: str, ref: str, line: int = 0, detail: str = "") -> None:
        """A row, or a part of it, was left out."""
        self.add(RowProblem(entity, code, ref, line, "error", detail[:200]))

    def warn(self, entity: str, code: str, ref: str, line: int = 0, detail: str = "") -> None:
        """A row was taken with a repair."""
        self.add(RowProblem(entity, code, ref, line, "warning", detail[:200]))

    def warn_once(self, entity: str, code: str, ref: str, line: int = 0, detail: str = "") -> None:
        """Like `warn`, but once per code and ref."""
        if (code, ref) not in self._told:
            self._told.add((code, ref))
            self.warn(entity, code, ref, line, detail)

    def absorb(self, other: "Problems") -> None:
        """Add what another one holds."""
        self._severities += other._severities  # noqa: SLF001 - another one of the same kind
        self._codes += other._codes  # noqa: SLF001
        self.kept += other.kept[: KEPT - len(self.kept)]

    def counters(self) -> dict[str, int]:
        """How many there were: `problems.error`, `problems.warning`."""
        return {f"problems.{severity}": count for severity, count in sorted(self._severities.items())}
