"""The record as flat, documented tables: which columns each has, and its rows in constant memory.

``catalogue.TABLES`` lists them all with what may be given out of each.
"""
