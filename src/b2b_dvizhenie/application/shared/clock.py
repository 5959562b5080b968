"""Time is an argument: domain functions take `now`, use cases take a Clock.

Nothing below the doors asks the machine for the time, so every rule about deadlines, validity and age can be tested
at any moment, and one request sees one time wherever it matters.
"""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the current moment, aware, in UTC."""
