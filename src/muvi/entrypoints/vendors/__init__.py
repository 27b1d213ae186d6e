"""What each third party needs to be told: one file, one frozen dataclass and its `read` for each vendor.

Outside production every address and credential has a default that belongs to the sandbox.
"""
