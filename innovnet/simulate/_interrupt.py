"""Ctrl-C during a run: the step at hand is finished, since a half-done step can be neither kept nor gone on from."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Interrupt:
    """Takes note of SIGINT instead of stopping; a second one stops at once. Only in the main thread, and only while the block runs."""

    def __init__(self, *, active: bool) -> None:
        self.asked = False
        self._active = active and threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT))

    def __enter__(self) -> Self:
        if self._active:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._active:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
