"""Payment gateways: stateless translation of one vendor each. Persistence and retries belong to the core."""
