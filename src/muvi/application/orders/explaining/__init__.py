"""Why an order is as it is, for support staff."""
