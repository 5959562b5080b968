"""The container, context by context: each part builds on the one before it, and may use what that provides."""
