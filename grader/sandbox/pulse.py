"""The pulse of this machine and of its engine: whether they went on while a limit ran, or stood still."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

SECONDS = 0.25
# a beat that is later than this was no matter of a busy machine
LATE = 1.0
PING_SECONDS = 5.0
PING = b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n"
KEPT = 100


class Pulse:
    """Beats four times a second in a thread of its own, and keeps note of the beats that came late or failed.

    `beat` says whether what else must go on does; how long it takes counts. `now` is a clock in seconds.
    """

    def __init__(self, beat: Callable[[], bool] = lambda: True, *, now: Callable[[], float] = time.monotonic) -> None:
        self._beat, self._now = beat, now
        self._last = now()
        self._gaps: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to beat; more than once is as good as once."""
        with self._lock:
            if self._thread.ident is None:
                self._last = self._now()
                self._thread.start()

    def end(self) -> None:
        """Beat no longer; what was noted stays."""
        self._ended.set()

    def stood_still(self, since: float) -> float:
        """Return how many seconds after a time of the clock were lost, 0 when all went on."""
        waiting = self._now() - self._last
        gaps = [*self._gaps, *([(self._last, self._now())] if self._thread.is_alive() and waiting > LATE else [])]
        return sum(end - max(begin, since) for begin, end in gaps if end > since)

    def _run(self) -> None:
        while not self._ended.wait(SECONDS):
            self.tick()

    def tick(self) -> None:
        """Take one beat."""
        goes_on = self._beat()
        now = self._now()
        if not goes_on or now - self._last > SECONDS + LATE:
            self._gaps.append((self._last, now))
        self._last = now


def answers_at(address: str) -> bool:
    """Tell whether an engine answers at its Unix socket; whoever is not there at all is asked elsewhere."""
    try:
        with socket.socket(socket.AF_UNIX) as own:
            own.settimeout(PING_SECONDS)
            own.connect(address)
            own.sendall(PING)
            return bool(own.recv(1))
    except (FileNotFoundError, PermissionError):
        return True
    except OSError:
        return False


def socket_of(client: str, host: str) -> str:
    """Return where the engine of a client listens on this machine, by what its variable for the `host` says; "" elsewhere."""
    if Path(client).name != "docker" or not hasattr(socket, "AF_UNIX"):
        return ""
    if host:
        return host.removeprefix("unix://") if host.startswith("unix://") else ""
    return "/var/run/docker.sock"
