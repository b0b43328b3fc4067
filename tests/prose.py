"""Prose that tells of no aid and no sanctions: what surrounds a claim in an article."""

from __future__ import annotations

from random import Random


def _words(written: str) -> list[str]:
    return written.split()


DEEDS = _words(
    """
    remembered described photographed sketched missed noticed forgot counted painted recognised swept circled
    smelled repaired recorded compared praised polished carried borrowed watered lifted tasted dusted folded
    admired mended unlocked measured rented varnished trimmed inherited catalogued weighed tuned whitewashed
    waxed rinsed stitched
    """
)
QUALITIES = _words(
    """
    long broken empty wooden old green painted crooked lost quiet tall narrow dusty yellow heavy round pale
    cracked faded hollow plain smooth rusty crimson gentle damp spare humble striped brittle curious mossy
    slender oval woollen copper marble foggy silver amber tidy clumsy velvet oaken tiny blue wide steep lonely
    bright early late stout second other favourite forgotten double former neighbouring usual
    """
)
THINGS = _words(
    """
    winter clock pavilion river bread staircase letter evening barley bell almanac cloud wall snow bench lion
    quince ceiling umbrella rain boat square dialect chimney atlas weathervane recipe poplar starling theatre
    orchard canal attic vineyard bakery towpath hedge pier valley rooftop quarry lamp ladder teapot violin
    cupboard gate harbour lantern kettle meadow bridge garden basket mirror curtain carpet barrel saddle candle
    thimble wardrobe accordion balcony sofa pigeon heron beetle walnut lilac tulip pumpkin cellar pillow sparrow
    fiddle puddle cobweb drawer
    """
)
PLACES = _words(
    """
    behind near under beside above below past outside inside beyond around along
    """
)
SYLLABLES = _words(
    """
    bal cor dren fel gam hol jes kim lor mav nil pon quil ros sil tam und vel wen yar zel brin cath dor esk fro
    """
)
WHEN = ("before dawn", "that afternoon", "after the concert", "in late autumn", "once more", "until it grew dark",
        "on the way home", "without a word", "all the while", "as children do")  # fmt: skip


def name(random: Random) -> str:
    """A name that nobody bears."""
    return "".join(random.choices(SYLLABLES, k=3)).capitalize()


def thing(random: Random) -> str:
    """Something that is no aid."""
    return f"{random.choice(('the', 'that', 'every', 'her', 'his'))} {random.choice(QUALITIES)} {random.choice(THINGS)}"


def sentence(random: Random) -> str:
    """One sentence in which nobody gives, promises or forbids anything.

    Its words are drawn one by one, so that two texts share few runs of words, as two real ones do.
    """
    deed, other, place = random.choice(DEEDS), random.choice(DEEDS), random.choice(PLACES)
    return random.choice(
        (
            f"{name(random)} {deed} {thing(random)} {place} {thing(random)}, {random.choice(WHEN)}.",
            f"{name(random)} and {name(random)} {deed} {thing(random)}, and {other} {thing(random)}.",
            f"{random.choice(WHEN).capitalize()}, {name(random)} {deed} {thing(random)} {place} {thing(random)}.",
            f"{name(random)} {deed} {thing(random)} and {thing(random)}, but {name(random)} {other} {thing(random)}.",
        )
    )


def paragraph(random: Random, sentences: int = 5) -> str:
    """A few such sentences."""
    return " ".join(sentence(random) for _ in range(sentences))
