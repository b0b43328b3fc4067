"""What staff do, in a real browser; the screens that there are; pictures of them all (``make screenshots``)."""
