"""Shipped fakes of the ports, proven by the same contract suites as the real adapters."""
