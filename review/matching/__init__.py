"""Is this candidate one that we have? A suggestion is only that: a person decides, and nothing is merged by itself.

``claims`` holds what is compared, as plain values. ``sums``, ``things`` and ``texts`` compare one side of it each;
``aid`` and ``sanctioning`` judge a whole claim against a record. All of these are pure. ``comparable`` fetches what
is compared, in a fixed number of bounded queries, and ``evaluation`` scores the judgement on labelled pairs.
"""

from review.matching.aid import compare_pledge
from review.matching.claims import Case, Claim, Good, Likeness, Sum
from review.matching.sanctioning import compare_measure

__all__ = ["Case", "Claim", "Good", "Likeness", "Sum", "compare_measure", "compare_pledge"]
