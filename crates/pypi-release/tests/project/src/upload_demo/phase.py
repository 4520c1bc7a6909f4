"""The phase of the moon on a day, by the mean length of a lunation."""

import datetime
import sys

NEW_MOON = datetime.date(2000, 1, 6)
LUNATION = 29.530588853
NAMES = (
    "new moon",
    "waxing crescent",
    "first quarter",
    "waxing gibbous",
    "full moon",
    "waning gibbous",
    "last quarter",
    "waning crescent",
)


def phase(day):
    """Names the phase of the moon on a day."""
    share = (day - NEW_MOON).days % LUNATION / LUNATION
    return NAMES[round(share * len(NAMES)) % len(NAMES)]


def main():
    """Prints the phase on the given days, written as YYYY-MM-DD, or today."""
    days = [datetime.date.fromisoformat(text) for text in sys.argv[1:]]
    for day in days or [datetime.date.today()]:
        print(phase(day))
