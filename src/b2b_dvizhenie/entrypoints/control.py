"""The line between a supervising process and its child: "I am at …", "I am ready" one way, "I am gone" the other.

It is one half of a socket pair whose number the child gets by `--control-fd`. When the parent dies, even by kill -9,
the kernel closes its half and the child ends itself: nothing is left behind.
"""

import os
import signal
import threading
import time
from contextlib import suppress

READY = b"ready"
SAY = b"say "
_LAST_WORDS = 4.0


class Control:
    """The child's half; without a number (started by hand) it does nothing."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        if descriptor is not None:
            threading.Thread(target=self._watch, args=(descriptor,), daemon=True, name="parent-watch").start()

    def ready(self) -> None:
        """Tell the parent that work has begun."""
        self._write(READY)

    def say(self, text: str) -> None:
        """Tell the parent what this process is at before it is ready."""
        self._write(SAY + " ".join(text.split()).encode())

    def _write(self, line: bytes) -> None:
        if self._descriptor is not None:
            with suppress(OSError):  # the parent is gone; the watch ends this process
                os.write(self._descriptor, line + b"\n")

    def _watch(self, descriptor: int) -> None:
        try:
            while os.read(descriptor, 64):
                pass
        except OSError:
            pass  # a reset line is a closed one
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_LAST_WORDS)
        os._exit(1)
