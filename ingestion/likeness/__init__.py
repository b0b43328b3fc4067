"""Which texts are nearly the same. Pure: texts in, numbers and answers out; no database, no clock.

``words`` folds a text into words, ``sketching`` makes the numbers under which an index finds texts that share many
words, ``comparing`` says of two texts whether they are one, and ``figures`` whether they differ in what they state.
"""

from ingestion.likeness.comparing import Text, read_text, same_text
from ingestion.likeness.sketching import BANDS, sketch

__all__ = ["BANDS", "Text", "read_text", "same_text", "sketch"]
