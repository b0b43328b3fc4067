"""Marking findings in their text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.marking import Marked, Piece, cut


def test_a_text_without_findings_is_one_piece() -> None:
    assert cut("Nothing here.", []) == [Piece("Nothing here.")]


def test_a_finding_is_cut_out_at_its_place_counted_in_code_points() -> None:
    text = "🇺🇦 gets €5m."
    start = text.index("€")
    assert cut(text, [Marked(7, start, start + 3)]) == [Piece("🇺🇦 gets "), Piece("€5m", (7,)), Piece(".")]


def test_where_findings_overlap_a_piece_names_all_the_shortest_first() -> None:
    pieces = cut("abcdef", [Marked(1, 0, 5), Marked(2, 2, 4), Marked(3, 3, 6)])
    assert pieces == [
        Piece("ab", (1,)),
        Piece("c", (2, 1)),
        Piece("d", (2, 3, 1)),
        Piece("e", (3, 1)),
        Piece("f", (3,)),
    ]


def test_two_findings_at_one_place_share_it() -> None:
    assert cut("ab", [Marked(2, 0, 2), Marked(1, 0, 2)]) == [Piece("ab", (1, 2))]


def test_offsets_outside_of_the_text_are_brought_back_or_left_out() -> None:
    assert cut("abc", [Marked(1, 1, 99), Marked(2, 50, 60)]) == [Piece("a"), Piece("bc", (1,))]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=6))
def test_the_pieces_of_any_text_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = cut(text, [Marked(key, start, end) for key, (start, end) in enumerate(spans)])
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
