"""Messages to people outside of the portal: channels, what a sender answers, what is refused."""

from b2b_dvizhenie.domain.messaging.messages import Channel, Message, channel_of
from b2b_dvizhenie.domain.messaging.outcomes import Accepted, Outcome, Rejected, Uncertain

__all__ = ["Accepted", "Channel", "Message", "Outcome", "Rejected", "Uncertain", "channel_of"]
