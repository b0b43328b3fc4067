"""Whatever the text, the reader answers, and quotes only what stands in it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extraction.contract import Article
from extraction.jsonl import as_scored_line, finding_as_dict, finding_from_dict
from extraction.reader import default_extractor

PIECES = [
    "Germany",
    "the Dutch prime minister",
    "it",
    "we",
    "which",
    "Ukraine",
    "Moscow",
    "western powers",
    "said",
    "will send",
    "pledged",
    "imposed",
    "was",
    "by",
    "to",
    "for",
    "and",
    ",",
    ".",
    "\n",
    "“",
    "’s",
    "€50m",
    "$1.2bn",
    "5,000",
    "tanks",
    "sanctions",
    "on",
    "an asset freeze",
    "from",
    "up to",
    "€20m to €100m",
    "(£32bn)",
    "humanitarian aid",
    "each",
    "not",
    "U.S.",
    "1.2.3,4",
    "the package includes",
    "respectively",
    ")",
    "(",
    "\u2028",
    "🚀",
    "İ",
    "ß",
]

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(text: str, title: str = "") -> None:
    reading = default_extractor().read(Article(text, title), explain=True)
    for finding in reading.findings:
        assert finding.quote == text[finding.start : finding.end] != ""
        assert 0 <= finding.confidence <= 1
        assert finding_from_dict(finding_as_dict(finding)) == finding
    as_scored_line("any", reading)


@quick
@given(st.text(max_size=400), st.text(max_size=40))
def test_any_text_gets_an_answer(text: str, title: str) -> None:
    check(text, title)


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_heap_of_telling_words_gets_an_answer_that_quotes_the_text(pieces: list[str]) -> None:
    check(" ".join(pieces))


def test_long_texts_without_an_end_of_sentence_are_read() -> None:
    for piece in ("Germany sent ", "$1 ", "a", "1,", "(", "and France, ", "€1m to "):
        check(piece * 5000)


def test_reading_twice_gives_the_same() -> None:
    text = "Norway will give Moldova €5 million in aid. It also sanctioned two Russian banks."
    assert default_extractor().read(Article(text)) == default_extractor().read(Article(text))
