"""What every use case speaks: the actor, the clock, the job queue."""
