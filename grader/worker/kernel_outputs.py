"""What a cell shows, gathered from Jupyter messages as they come, so that it never takes more room than it may."""

from __future__ import annotations

import base64
import binascii
import re
import threading
from typing import Any

import numpy as np

CELL_TEXT = 20_000
LEAST_TEXT = 1_000
NOTEBOOK_TEXT = 600_000
CELL_ITEMS = 64
CELL_PICTURES = 20
PICTURE_BYTES = 1024 * 1024
NOTEBOOK_PICTURES = 80
NOTEBOOK_BYTES = 16 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
# other forms in which the same is shown, beside plain text and a picture: whole, or not at all
RICH = ("text/html", "text/markdown", "text/latex", "image/svg+xml")
RICH_TEXT = 20_000
CELL_RICH, NOTEBOOK_RICH = 40_000, 200_000
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)", re.DOTALL)
_FIGURES = ("image/png", "image/svg+xml", "image/jpeg", "application/pdf")


class Text:
    """Printed text of which head and tail stay; a carriage return goes back to the start of the line, as on a screen."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._head: list[str] = []
        self._tail = ""
        self._line = ""
        self._left = room // 2
        self._lost = 0

    def write(self, text: str) -> None:
        """Append what was printed."""
        for start in range(0, len(text), 1024 * 1024):
            *lines, rest = (self._line + text[start : start + 1024 * 1024]).split("\n")
            self._keep("".join(f"{overwritten(line)}\n" for line in lines))
            # the line may still be overwritten, so it waits; of an endless one the end is enough
            self._line = overwritten(rest, whole=False)
            if len(self._line) > 2 * self._room:
                self._keep(self._line[: -self._room])
                self._line = self._line[-self._room :]

    def __str__(self) -> str:
        tail, lost = self._tail + overwritten(self._line), self._lost
        if len(tail) > self._room - self._room // 2 + self._left:
            kept = self._room - self._room // 2 + self._left
            lost, tail = lost + len(tail) - kept, tail[-kept:]
        note = f"\n[... {lost} characters left out ...]\n" if lost else ""
        return "".join(self._head) + note + tail

    def _keep(self, text: str) -> None:
        taken, text = text[: self._left], text[self._left :]
        if taken:
            self._head.append(taken)
            self._left -= len(taken)
        room = self._room - self._room // 2
        tail = self._tail + text
        self._lost += max(len(tail) - room, 0)
        self._tail = tail[-room:]


class Outputs:
    """The outputs of one cell after another; messages may come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text_left, self._rich_left = NOTEBOOK_TEXT, NOTEBOOK_RICH
        self._pictures_left, self._bytes_left = NOTEBOOK_PICTURES, NOTEBOOK_BYTES
        self.begin()

    def begin(self) -> None:
        """Forget what is there: a new cell begins."""
        with self._lock:
            self.figures = 0
            self.idle: dict[str, threading.Event] = {}
            self._room = min(CELL_TEXT, max(LEAST_TEXT, self._text_left // 4))
            self._rich_room = min(CELL_RICH, self._rich_left)
            self._items: list[dict[str, Any]] = []
            self._dropped = 0
            self._clear_next = False

    def take(self, message: Any) -> None:
        """Take in a message of the kernel's iopub channel."""
        kind, content = message["header"]["msg_type"], message["content"]
        with self._lock:
            if kind == "stream":
                self._print(str(content["text"]), str(content.get("name")))
            elif kind == "error":
                self._add({"kind": "error", "text": "\n".join(map(str, content["traceback"])), "of": "error"})
            elif kind in ("display_data", "execute_result"):
                self._show(content, "result" if kind == "execute_result" else "display")
            elif kind == "update_display_data":
                self._update(content)
            elif kind == "clear_output":
                self._clear_next = bool(content.get("wait"))
                if not self._clear_next:
                    self._clear()
            elif kind == "status" and content["execution_state"] == "idle":
                self.idle.setdefault(message["parent_header"].get("msg_id", ""), threading.Event()).set()

    def wait(self, request: str, seconds: float) -> None:
        """Wait until the kernel has said that the request is through, after which no more messages of it come."""
        with self._lock:
            event = self.idle.setdefault(request, threading.Event())
        event.wait(seconds)

    def finish(self, room: int) -> list[dict[str, Any]]:
        """Return the outputs of the cell as they travel; pictures get at most `room` bytes."""
        with self._lock:
            if self._dropped:
                note = f"[... {self._dropped} more outputs left out ...]\n"
                self._items.append({"kind": "text", "text": note, "of": "stderr"})
            outputs = [self._travelling(item, room) for item in self._items]
            self._items = []
        squeeze(outputs, self._room)
        self._text_left = max(self._text_left - sum(len(each["text"]) for each in outputs), 0)
        return outputs

    def _travelling(self, item: dict[str, Any], room: int) -> dict[str, Any]:
        text = _ESCAPES.sub("", str(item["text"])).encode(errors="replace").decode()
        png = item.get("png")
        whole = {"kind": item["kind"], "text": text, "png": None, "of": item["of"], "rich": self._rich(item)}
        if png is None:
            return whole
        if not self._pictures_left or len(png) > min(self._bytes_left, room):
            return {**whole, "kind": "text", "text": f"{text} [a picture more than can be kept]"}
        self._pictures_left -= 1
        self._bytes_left -= len(png)
        return {**whole, "png": np.frombuffer(png, dtype=np.uint8)}

    def _rich(self, item: dict[str, Any]) -> dict[str, str]:
        """Return the other forms of an output for which there is room."""
        kept: dict[str, str] = {}
        for kind, text in item.get("rich", {}).items():
            if len(text) <= self._rich_room:
                self._rich_room -= len(text)
                self._rich_left -= len(text)
                kept[kind] = text.encode(errors="replace").decode()
        return kept

    def _print(self, text: str, stream: str) -> None:
        self._clear_if_due()
        if not self._items or not isinstance(self._items[-1]["text"], Text):
            self._add({"kind": "text", "text": Text(self._room), "of": stream})
        if self._items and isinstance(self._items[-1]["text"], Text):
            self._items[-1]["text"].write(text)
            # what is printed to both is one text, as on a screen
            self._items[-1]["of"] = "stdout" if stream == "stdout" else self._items[-1]["of"]

    def _show(self, content: Any, of: str) -> None:
        data = content["data"]
        self.figures += any(kind in data for kind in _FIGURES)
        name = (content.get("transient") or {}).get("display_id")
        self._add({**self._shown(data), "display": name, "of": of})

    def _update(self, content: Any) -> None:
        name = (content.get("transient") or {}).get("display_id")
        for index, item in enumerate(self._items):
            if name and item.get("display") == name:
                self._items[index] = {**self._shown(content["data"]), "display": name, "of": item["of"]}

    def _shown(self, data: Any) -> dict[str, Any]:
        text = _bounded(str(data.get("text/plain", "")), self._room)
        rich = {kind: data[kind] for kind in RICH if isinstance(data.get(kind), str) and len(data[kind]) <= RICH_TEXT}
        raw = data.get("image/png")
        if not isinstance(raw, str):
            return {"kind": "text", "text": f"{text}\n", "rich": rich}
        kept = sum(item.get("png") is not None for item in self._items)
        if kept >= CELL_PICTURES:
            text = f"{text} [only the first {CELL_PICTURES} pictures of a cell are kept]\n"
            return {"kind": "text", "text": text, "rich": rich}
        png = _decoded(raw)
        if png is None:
            text = f"{text} [a picture over {PICTURE_BYTES // 2**20} MB is not kept]\n"
            return {"kind": "text", "text": text, "rich": rich}
        return {"kind": "png", "text": text, "png": png, "rich": rich}

    def _add(self, item: dict[str, Any]) -> None:
        self._clear_if_due()
        if isinstance(item["text"], str):
            item["text"] = _bounded(item["text"], self._room)
        # room for the error that ends a cell is always left
        if len(self._items) < CELL_ITEMS or item["kind"] == "error":
            self._items = [*self._items[: 2 * CELL_ITEMS], item]
        else:
            self._dropped += 1

    def _clear_if_due(self) -> None:
        if self._clear_next:
            self._clear()

    def _clear(self) -> None:
        self._items, self._dropped, self._clear_next = [], 0, False


def overwritten(line: str, *, whole: bool = True) -> str:
    """Return what a screen shows of a line with carriage returns in it.

    With `whole=False` more may follow: a last return stays.
    """
    if "\r" not in line:
        return line
    end = "\r" if not whole and line.endswith("\r") else ""
    shown = ""
    for part in line.rstrip("\r").split("\r")[-1000:]:
        shown = part + shown[len(part) :]
    return shown + end


def squeeze(outputs: list[dict[str, Any]], room: int) -> None:
    """Shorten the texts of outputs so that together they have little more than `room` characters: first and last stay."""
    if sum(len(each["text"]) for each in outputs) <= room:
        return
    allowed = [0] * len(outputs)
    for order in (range(len(outputs)), reversed(range(len(outputs)))):
        left = room // 2
        for index in order:
            more = min(len(outputs[index]["text"]) - allowed[index], left)
            allowed[index] += more
            left -= more
    for each, most in zip(outputs, allowed, strict=True):
        each["text"] = _bounded(each["text"], most)


def _bounded(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    head, tail = room // 2, room - room // 2
    end = text[-tail:] if tail else ""
    return f"{text[:head]}\n[... {len(text) - room} characters left out ...]\n{end}"


def _decoded(raw: str) -> bytes | None:
    if len(raw) > PICTURE_BYTES * 4 // 3 + 1000:
        return None
    try:
        png = base64.b64decode(raw)
    except (binascii.Error, ValueError):
        return None
    return png if png.startswith(PNG) and len(png) <= PICTURE_BYTES else None
