"""Importing the files of a folder at once, as `b2b exchange import` does: the same journal, the same use case."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.exchange.importing import Applied, ImportFile, Progress
from b2b_dvizhenie.application.exchange.receiving import StoredFile
from b2b_dvizhenie.application.exchange.records import RowProblem
from b2b_dvizhenie.application.exchange.requesting import ImportOrder, ImportReader, ImportState, ImportWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.imports import ImportUnknown, NothingToImport, in_order
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

STARTED_BY = "command line"
SHOWN_PROBLEMS = 10


class FileOutcome(Struct, frozen=True):
    """What became of one file. `applied` is None when it was refused; `state` then says why."""

    name: str
    state: ImportState
    applied: Applied | None
    problems: tuple[RowProblem, ...]


class Watcher(Protocol):
    """Told of every file before it is imported and after; draws bars, or nothing."""

    @abstractmethod
    def begins(self, name: str, size: int, progress: Progress) -> None:
        """The file is next; `progress` changes while it is imported."""
        ...

    @abstractmethod
    def ended(self, outcome: FileOutcome) -> None:
        """The file is over."""
        ...


class ImportFolder:
    """Import files one after another, in the order that meets the fewest unknowns."""

    def __init__(
        self, work: ImportWork, states: ImportReader, import_file: Callable[[], ImportFile], clock: Clock
    ) -> None:
        self._work = work
        self._states = states
        self._import_file = import_file
        self._clock = clock

    async def __call__(
        self, actor: Actor, node_id: NodeId, files: Sequence[StoredFile], watcher: Watcher
    ) -> list[FileOutcome]:
        """Import every file; one that is refused does not stop the others.

        Raises:
            Forbidden, NothingToImport.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        if not files:
            raise NothingToImport
        by_name = {file.name: file for file in files}
        outcomes = []
        for name in in_order(by_name):
            file = by_name[name]
            import_id = new_id()
            async with self._work() as work:
                order = ImportOrder(node_id, None, file, STARTED_BY, actor.request_id)
                await work.imports.add(import_id, order, self._clock())
                await work.commit()
            progress = Progress()
            watcher.begins(name, file.bytes, progress)
            applied = await self._import_file()(actor, import_id, progress)
            outcome = await self._outcome(name, import_id, applied)
            watcher.ended(outcome)
            outcomes.append(outcome)
        return outcomes

    async def _outcome(self, name: str, import_id: UUID, applied: Applied | None) -> FileOutcome:
        state = await self._states.state(import_id)
        if state is None:
            raise ImportUnknown
        problems = applied.problems[:SHOWN_PROBLEMS] if applied else ()
        return FileOutcome(name, state, applied, problems)
