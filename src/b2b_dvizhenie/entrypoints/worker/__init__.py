"""The worker: background jobs and schedules."""
