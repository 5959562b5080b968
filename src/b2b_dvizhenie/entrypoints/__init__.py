"""The doors: HTTP, worker, CLI. They parse, build the actor, call one use case and render."""
