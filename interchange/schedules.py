"""When files of the published record are made; put into the database's schedule on setup, where staff can change it."""

# Hourly, though the files are made once a day: what broke off at night is made up for an hour later.
SCHEDULES: list[tuple[str, str, int]] = [
    ("Make the downloads of the day", "interchange.tasks.make_downloads", 60 * 60),
]
