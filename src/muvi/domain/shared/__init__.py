"""What every capability shares: money, ids, time, text, the actor of a command, and the error families."""
