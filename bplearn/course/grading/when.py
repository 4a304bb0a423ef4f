"""Times: a teacher's and a learning system's clock show local time, the gradebook keeps UTC.

Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError


def zone_named(name: str | None) -> tzinfo | None:
    """Return the time zone of this name; None is the machine's own.

    Raises: ArgumentError for a name that is none.
    """
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ArgumentError(expected_got("--zone", "a time zone such as Europe/Berlin", repr(name))) from None


def in_utc(text: str, zone: str | None, what: str = "--due") -> str:
    """Return a time as the gradebook keeps it: in UTC, without saying so.

    Raises: ArgumentError for what is no time.

    >>> in_utc("2026-03-06 18:00", "Europe/Berlin")
    '2026-03-06T17:00:00'
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentError(expected_got(what, 'a time such as "2026-03-06 18:00"', repr(text))) from None
    return moved_to_utc(when, zone_named(zone)).replace(tzinfo=None).isoformat()


def extensions(students: list[dict[str, str]], zone: str | None) -> dict[tuple[str, str], str]:
    """Return the due dates of single students, in UTC, by (assignment, student): columns such as due_A2 of the roster.

    Raises: ArgumentError for what is no time.

    >>> extensions([{"id": "alo", "due_A2": "2026-03-09 18:00"}], "UTC")
    {('A2', 'alo'): '2026-03-09T18:00:00'}
    """
    return {
        (name.removeprefix("due_"), student["id"]): in_utc(text, zone, f"{name} of {student['id']}")
        for student in students
        for name, text in student.items()
        if name.startswith("due_") and text
    }


def moved_to_utc(when: datetime, zone: tzinfo | None) -> datetime:
    """Return a time in UTC; one without a zone is of this zone, or of the machine's own."""
    if when.tzinfo is None and zone is not None:
        when = when.replace(tzinfo=zone)
    return when.astimezone(UTC)
