"""Time is an argument; this is the type of what gives it."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the current moment, aware, in UTC."""
