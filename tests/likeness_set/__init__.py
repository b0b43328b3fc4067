"""Labelled pairs of news texts that are one text, or only look like it. See ``README.md``."""
