"""The HTTP door: portal pages, JSON API, the 1C exchange, health."""
