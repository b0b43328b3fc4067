"""Another reader by its dotted path: whatever keeps the protocol ``Extractor`` can be put beside the rules."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from extraction.contract import Article, Extractor, Reading
from extraction.reader import default_extractor

LONGEST_VERSION = 60  # characters that a stored finding keeps


class NoReaderError(ValueError):
    """What a dotted path names is no reader, or it gave no reading; the text says why."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A reader from outside: what it raises or gives instead of a reading is told in a sentence."""

    reader: Extractor

    @property
    def version(self) -> str:
        """That of the reader."""
        return self.reader.version

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        """Raises :class:`NoReaderError` if the reader fails or gives no :class:`Reading`."""
        try:
            reading: object = self.reader.read(article, explain=explain)
        except Exception as error:  # whoever wrote the reader decides what it may raise; it is told to who asked for it
            start = " ".join(article.text.split())[:60]
            raise NoReaderError(f"{self.version} failed on “{start}…”: {type(error).__name__}: {error}") from error
        if not isinstance(reading, Reading):
            raise NoReaderError(f"{self.version} gave a {type(reading).__name__} instead of a Reading.")
        return reading


def named_reader(path: str) -> Extractor:
    """The reader that ``path`` names, or this project's rules for an empty path.

    ``path`` is ``package.module.name``; the name is a reader, or a class or function that gives one without arguments.
    Raises :class:`NoReaderError` with a sentence for the person who gave the path.
    """
    if not path:
        return default_extractor()
    found = _imported(path)
    if isinstance(found, type) or not hasattr(found, "read"):
        found = _made(path, found)
    version = getattr(found, "version", None)
    if not isinstance(version, str) or not 0 < len(version) <= LONGEST_VERSION:
        raise NoReaderError(f"{path} is no reader: its version should be a text of 1 to {LONGEST_VERSION} characters.")
    if not callable(getattr(found, "read", None)):
        raise NoReaderError(f"{path} is no reader: it has no method read(article, explain=False).")
    reader: Extractor = found  # type: ignore[assignment]  # its two members were looked at above
    return reader if reader is default_extractor() else Guarded(reader)


def _imported(path: str) -> object:
    module, _, name = path.rpartition(".")
    if not module:
        raise NoReaderError(f"{path} is no dotted path; write it as package.module.name.")
    try:
        found = import_module(module)
    except Exception as error:  # a module may raise anything while it is imported; it is told to who asked for it
        raise NoReaderError(f"The module {module} cannot be imported: {type(error).__name__}: {error}") from error
    if not hasattr(found, name):
        raise NoReaderError(f"The module {module} has no {name}.")
    made: object = getattr(found, name)
    return made


def _made(path: str, maker: object) -> object:
    if not callable(maker):
        raise NoReaderError(f"{path} is no reader: it is of type {type(maker).__name__}, without version and read.")
    try:
        return maker()
    except Exception as error:  # whoever wrote the reader decides what it may raise; it is told to who asked for it
        raise NoReaderError(f"{path} made no reader: {type(error).__name__}: {error}") from error
