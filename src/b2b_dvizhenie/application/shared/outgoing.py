"""Where a process may send requests of its own: addresses out of settings, checked when an adapter is built."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def checked_address(url: str) -> str:
    """The address without a slash at its end.

    Raises:
        ValueError: it is neither HTTPS nor plain HTTP to this machine, names no host, or carries a login.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        is_here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_here = False
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_here)
    if parts.username or parts.password or not host or not secure:
        raise ValueError("url must be https:// and a host, without a login")
    return url.rstrip("/")
