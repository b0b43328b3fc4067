"""How far a long command is: a bar on a terminal, a line at each tenth elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.management.base import OutputWrapper

WIDTH = 30  # characters of the bar


@dataclass(slots=True)
class Progress:
    """Counts steps up to ``total`` and shows them on ``stream``, a command's standard error."""

    total: int
    stream: OutputWrapper
    done: int = 0
    _shown: int = field(default=0, init=False)  # hundredths on a terminal, tenths elsewhere

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        watched = self.stream.isatty()
        part = (100 if watched else 10) * self.done // self.total
        if part == self._shown:
            return
        self._shown = part
        count = f"{self.done:,} of {self.total:,}"
        if not watched:
            self._write(f"{count}\n")
            return
        full = WIDTH * self.done // self.total
        end = "\n" if self.done >= self.total else ""
        self._write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {count}{end}")

    def _write(self, text: str) -> None:
        self.stream.write(text, style_func=str, ending="")
        self.stream.flush()
