"""Sums kept beside the lines: totals at the same cost, however many pledges there are.

``cuts`` says which sums are kept, ``keeping`` keeps them in the transaction that changes the lines, ``joint`` what is
needed to count joint pledges once, ``reading`` answers from them, ``rebuilding`` makes them anew. A cell is the sum of
the current lines that have the same values in one cut; a question reads the cut that has just the dimensions that it
groups and filters by, so it reads about as many cells as its answer has rows.
"""
