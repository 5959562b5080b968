"""The bare limit of the web stack: a Litestar application that does nothing."""

from litestar import Litestar, get


@get("/health/live", sync_to_thread=False)
def nothing() -> dict[str, str]:
    """A constant."""
    return {"status": "ok"}


app = Litestar([nothing], openapi_config=None)
