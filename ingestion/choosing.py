"""Chooses between the words that a feed gave and those of the article's own page. Pure."""

from __future__ import annotations

import re

FEWEST_WORDS = 8  # of a summary, below which sharing no word with the page means nothing
LEAST_SHARED = 0.3  # of a summary's words that the page of the same article is sure to have
LONGEST_NOTICE = 200  # words; a longer text is an article, whatever it says about cookies

# Words of five letters and more, for shorter ones are in every text; not of scripts that write no spaces.
_WORD = re.compile(r"[^\W\d_\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{5,}")
_NOTICES = re.compile(
    r"subscribe (now |today )?to (continue|read|keep)|subscribers only|(log|sign) in to (continue|read)"
    r"|(continue|keep) reading (with|by)|already a subscriber|enable javascript|javascript is (disabled|required)"
    r"|(accept|use[sd]?|manage) (all )?(of )?cookies|verify (that )?you are (a )?human|checking your browser"
    r"|are you a robot|access denied|unusual traffic"
    r"|réservé aux abonnés|abonnez-vous|accepter les cookies"
    r"|weiterlesen mit|jetzt abonnieren|cookies (zustimmen|akzeptieren)"
    r"|suscríbete|aceptar (las )?cookies|abbonati per|accetta i cookie",
    re.IGNORECASE,
)


def page_is_better(*, given: str, page: str) -> bool:
    """Whether a page's text is to replace the text that its source gave.

    The longer text wins, for a summary is shorter than what it sums up; but not a page that only asks for a
    subscription, a consent or a proof that we are human, and not one that has hardly a word of the summary, for then it
    is about something else.
    """
    if not page.strip() or is_notice(page):
        return False
    return len(page) > len(given) and about_the_same(given, page)


def new_page_is_better(*, given: str, page: str) -> bool:
    """Whether a page's text is to replace what the same page gave before.

    A publisher may take words back, so it may be shorter; but one that has lost more than half of them is most likely
    shown only in part.
    """
    if not page.strip() or is_notice(page):
        return False
    return 2 * len(page) >= len(given) and about_the_same(given, page)


def is_notice(page: str) -> bool:
    """Whether a page's text is only a request to subscribe, consent or log in."""
    return len(page.split()) <= LONGEST_NOTICE and _NOTICES.search(page) is not None


def about_the_same(given: str, page: str) -> bool:
    """Whether a page has enough of the words of a summary to be about the same; so has any for a very short one."""
    wanted = _words(given)
    if len(wanted) < FEWEST_WORDS:
        return True
    return len(wanted & _words(page)) >= LEAST_SHARED * len(wanted)


def _words(text: str) -> set[str]:
    """Words by their beginnings, so that an ending does not part them."""
    return {word.casefold()[:6] for word in _WORD.findall(text)}
