"""The labelled set: every base story with its variants, and pairs written by hand, in two halves."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

from ingestion.likeness.evaluating import Pair, Sample
from tests.likeness_set.changes import OTHER, SAME
from tests.likeness_set.stories import Story, base_stories

SPLITS = ("dev", "held_out")


def labelled(split: str) -> tuple[list[Sample], list[Pair]]:
    """The texts and the labelled pairs of one half."""
    stories = [story for story in base_stories() if story.split == split]
    samples, pairs = _by_hand(split)
    for place, story in enumerate(stories):
        other = stories[(place + OFFSET) % len(stories)]
        samples.append(Sample(story.id, story.id, story.headline(), "\n\n".join(story.lines())))
        for change in (*SAME, *OTHER):
            random = Random(f"{story.id} {change.__name__}")  # noqa: S311 - the same choices each time are wanted
            variant = change(story, other, random)
            name = f"{story.id} {change.__name__}"
            samples.append(Sample(name, story.id, variant.title, variant.text))
            pairs.append(Pair(story.id, name, change.__name__.replace("_", " "), same=change in SAME))
    return samples, pairs


OFFSET = 11  # a story of another topic


def _by_hand(split: str) -> tuple[list[Sample], list[Pair]]:
    written = tomllib.loads((Path(__file__).parent / "by_hand.toml").read_text("utf-8"))["pair"]
    samples, pairs = [], []
    for pair in (one for one in written if one["split"] == split):
        one, other = f"{pair['name']} a", f"{pair['name']} b"
        samples += [
            Sample(one, pair["name"], pair.get("title_a", ""), pair["a"]),
            Sample(other, pair["name"], pair.get("title_b", ""), pair["b"]),
        ]
        kind = "by hand, one text" if pair["same"] else "by hand, two texts"
        pairs.append(Pair(one, other, kind, same=pair["same"]))
    return samples, pairs


__all__ = ["SPLITS", "Story", "labelled"]
