"""Files of addresses as people write them, and whose turn it is among their hosts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.address_files import LONGEST_LINE, AddressFileError, Line, digest_of, line_of, read_lines
from ingestion.turns import Turns


def written(tmp_path: Path, content: bytes, name: str = "addresses.txt") -> list[Line]:
    """The lines of a file with this content."""
    path = tmp_path / name
    path.write_bytes(content)
    return list(read_lines(path))


def test_each_line_is_an_address_a_comment_or_nothing(tmp_path: Path) -> None:
    lines = written(tmp_path, b"# from the archive\nhttps://example.org/a\n\n  http://news.example:8080/b  \n")
    assert lines == [
        Line(1, "# from the archive"),
        Line(2, "https://example.org/a", host="example.org"),
        Line(3, ""),
        Line(4, "http://news.example:8080/b", host="news.example:8080"),
    ]


def test_a_mark_at_the_beginning_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    lines = written(tmp_path, b"\xef\xbb\xbfhttps://example.org/a\r\nhttps://example.org/b")
    assert [line.written for line in lines] == ["https://example.org/a", "https://example.org/b"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("ftp://example.org/a", "does not begin with https:// or http://"),
        ("example.org/a", "does not begin with https:// or http://"),
        ("https://user:secret@example.org/", "user name or password"),
        ("https://", "no readable host name"),
        ("https://example.org/" + "a" * 2000, "longer than 2000 characters"),
    ],
)
def test_what_is_no_address_is_said_of_its_line(line: str, fault: str) -> None:
    found = line_of(7, line)
    assert (found.number, found.host, fault in found.fault) == (7, "", True)


@pytest.mark.parametrize("name", ["list.txt", "list.csv"])
def test_lines_that_are_written_down_already_are_passed_over(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"https://example.org/a\n\nhttps://example.org/c\n")
    assert [line.number for line in read_lines(path, after=2)] == [3]
    assert list(read_lines(path, after=3)) == []


def test_a_line_that_is_not_utf_8_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    lines = written(tmp_path, b"https://example.org/caf\xe9\nhttps://example.org/b\n")
    assert "not written in UTF-8" in lines[0].fault
    assert lines[1].host == "example.org"


def test_a_line_without_end_is_one_line_and_not_kept_whole(tmp_path: Path) -> None:
    lines = written(tmp_path, b"x" * (5 * LONGEST_LINE) + b"\nhttps://example.org/b\n")
    assert [line.number for line in lines] == [1, 2]
    assert (len(lines[0].written) <= 200, lines[1].host) == (True, "example.org")


def test_a_file_in_utf_16_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AddressFileError, match="Save it as UTF-8"):
        written(tmp_path, "https://example.org/a\n".encode("utf-16"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AddressFileError, match=r"none\.txt cannot be read: No such file"):
        list(read_lines(tmp_path / "none.txt"))
    with pytest.raises(AddressFileError, match=r"none\.txt cannot be read: No such file"):
        digest_of(tmp_path / "none.txt")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_of_a_csv_file_the_first_column_is_taken(tmp_path: Path, delimiter: str) -> None:
    rows = [["URL", "title"], ["https://example.org/a", '"One; two, three"'], ["https://example.org/b", '"Two\nlines"']]
    content = "\r\n".join([*map(delimiter.join, rows), "https://example.org/c"])
    lines = written(tmp_path, content.encode(), "list.CSV")
    assert [(line.number, line.host) for line in lines] == [
        (1, ""),
        (2, "example.org"),
        (3, "example.org"),
        (5, "example.org"),
    ]
    assert not any(line.fault for line in lines)


def test_a_comma_belongs_to_an_address_in_a_file_that_is_no_csv(tmp_path: Path) -> None:
    (line,) = written(tmp_path, b"https://example.org/article,123.html\n")
    assert line.written == "https://example.org/article,123.html"


def test_a_csv_file_with_an_open_quotation_mark_is_refused_with_the_line(tmp_path: Path) -> None:
    csv.field_size_limit(10_000_000)  # as another part of the process may have left it
    content = b'https://example.org/a,x\n"https://example.org/b,x\n' + b"y" * 200_000
    with pytest.raises(AddressFileError, match="line 2: it cannot be read as CSV"):
        written(tmp_path, content, "list.csv")


@given(st.binary(max_size=300))
def test_any_bytes_give_numbered_lines_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.txt"
    path.write_bytes(content)
    try:
        lines = list(read_lines(path))
    except AddressFileError:
        assert b"\x00" in content[:4] or content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    else:
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        assert all(not (line.host and line.fault) for line in lines)


def turns(**lines: list[int]) -> Turns:
    """Hosts with their lines."""
    made = Turns()
    for host, numbers in lines.items():
        for number in numbers:
            made.add(host, number)
    return made


def test_hosts_take_turns_and_each_gives_its_lines_in_order() -> None:
    given_out = []
    waiting = turns(a=[1, 2, 3], b=[4, 5])
    while (turn := waiting.take(now=10.0)) is not None:
        given_out.append(turn)
        waiting.free(turn[0], at=10.0)
    assert given_out == [("a", 1), ("b", 4), ("a", 2), ("b", 5), ("a", 3)]
    assert waiting.next_at() is None


def test_a_host_has_one_line_at_a_time_and_its_pause_between_two() -> None:
    waiting = turns(a=[1, 2])
    assert waiting.take(now=0.0) == ("a", 1)
    assert (waiting.take(now=0.0), waiting.next_at()) == (None, None), "it is busy"
    waiting.free("a", at=5.0)
    assert (waiting.take(now=4.9), waiting.next_at()) == (None, 5.0)
    assert waiting.take(now=5.0) == ("a", 2)


def test_a_slow_host_does_not_hold_up_the_others() -> None:
    waiting = turns(slow=[1, 2], quick=[3, 4])
    assert waiting.take(now=0.0) == ("slow", 1)
    assert waiting.take(now=0.0) == ("quick", 3)
    waiting.free("quick", at=0.0)
    assert waiting.take(now=0.0) == ("quick", 4)


def test_a_line_to_be_tried_again_comes_after_the_others_of_its_host_and_not_too_early() -> None:
    waiting = turns(a=[1, 2])
    waiting.take(now=0.0)
    waiting.again("a", 1, at=30.0)
    waiting.free("a", at=1.0)
    assert waiting.take(now=1.0) == ("a", 2)
    waiting.free("a", at=2.0)
    assert (waiting.take(now=29.9), waiting.next_at()) == (None, 30.0)
    assert waiting.take(now=30.0) == ("a", 1)


@given(
    st.lists(st.sampled_from("abc"), max_size=30),
    st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_every_line_is_given_out_until_it_is_done(hosts: list[str], fails: list[bool]) -> None:
    waiting, done, now = Turns(), [], 0.0
    for number, host in enumerate(hosts):
        waiting.add(host, number)
    failing = {number for number, fails_once in enumerate(fails) if fails_once}
    while (at := waiting.next_at()) is not None:
        now = max(now, at)
        turn = waiting.take(now)
        assert turn is not None
        host, line = turn
        if line in failing:
            failing.remove(line)
            waiting.again(host, line, at=now + 7)
        else:
            done.append(line)
        waiting.free(host, at=now + 1)
    assert sorted(done) == list(range(len(hosts)))
