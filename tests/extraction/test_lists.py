"""Lists and digests: a line for each donor, without a verb."""

from typing import Any

from extraction.contract import Article
from extraction.reader import default_extractor

LIST = "What others sent to Turkey:\n- Greece: 21 rescuers and two ambulances\n- Qatar: 120 rescue workers\n"


def read(text: str) -> tuple[Any, ...]:
    return default_extractor().read(Article(text)).findings


def test_each_line_of_a_list_is_a_claim() -> None:
    assert [(one.donors, one.recipients) for one in read(LIST)] == [(("GR",), ("TR",)), (("QA",), ("TR",))]


def test_one_line_alone_is_no_list() -> None:
    assert read("News from Turkey.\nGreece: 21 rescuers and two ambulances") == ()


def test_a_line_with_a_verb_of_its_own_is_no_list_item() -> None:
    assert read("Turkey\nGreece: 21 rescuers left at noon\nQatar: 120 rescue workers asked for help") == ()
