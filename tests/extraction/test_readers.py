"""A reader by its dotted path, and what is said of a path that names none."""

from __future__ import annotations

import pytest

from extraction.contract import Article, Reading
from extraction.reader import default_extractor
from extraction.readers import NoReaderError, named_reader


class Other:
    """A reader that finds nothing."""

    version = "other-1"

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        return Reading(())


class Nameless(Other):
    """A reader that does not say who it is."""

    version = ""


class Mute:
    """Something with a version that cannot read."""

    version = "mute-1"


class Failing(Other):
    """Its service does not answer."""

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        raise TimeoutError("no answer")


class Chatty(Other):
    """Gives words instead of a reading."""

    def read(self, article: Article, *, explain: bool = False) -> Reading:
        return "I found a pledge."  # type: ignore[return-value]


ready = Other()
number = 7


def broken() -> Other:
    """Fails, as a reader without its key would."""
    raise RuntimeError("no key was given")


@pytest.mark.parametrize("name", ["Other", "ready"])
def test_a_class_and_an_instance_are_both_taken(name: str) -> None:
    assert named_reader(f"{__name__}.{name}").version == "other-1"


def test_no_path_means_the_rules_of_this_project() -> None:
    assert named_reader("") is default_extractor()
    assert named_reader("extraction.reader.default_extractor") is default_extractor()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("Other", "is no dotted path"),
        ("nowhere.Other", "The module nowhere cannot be imported"),
        (".nowhere.Other", "The module .nowhere cannot be imported"),
        (f"{__name__}.Another", "has no Another"),
        (f"{__name__}.number", "it is of type int, without version and read"),
        (f"{__name__}.broken", "made no reader: RuntimeError: no key was given"),
        (f"{__name__}.Nameless", "its version should be a text of 1 to 60 characters"),
        (f"{__name__}.Mute", "it has no method read"),
    ],
)
def test_a_path_that_names_no_reader_is_told_in_a_sentence(path: str, words: str) -> None:
    with pytest.raises(NoReaderError) as caught:
        named_reader(path)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Failing", "other-1 failed on “Norway gives…”: TimeoutError: no answer"),
        ("Chatty", "other-1 gave a str instead of a Reading."),
    ],
)
def test_a_reader_that_gives_no_reading_is_told_of_in_a_sentence(name: str, words: str) -> None:
    reader = named_reader(f"{__name__}.{name}")
    with pytest.raises(NoReaderError) as caught:
        reader.read(Article("Norway  gives"))
    assert str(caught.value) == words
