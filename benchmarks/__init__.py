"""Measurements that are run by hand. Nothing of the program imports them, and no test asserts a time."""
