"""When the aid record's tasks run; put into the database's schedule on setup, where staff can change them."""

SCHEDULES: list[tuple[str, str, int]] = [
    ("Refresh exchange rates", "pledges.tasks.refresh_rates", 12 * 60 * 60),
    ("Convert pledges that wait for a rate", "pledges.tasks.convert_waiting", 60),
]
