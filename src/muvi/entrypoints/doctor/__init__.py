"""What is configured, reachable and missing, with a remedy for each finding.

A check is a function that looks and says what it found; it writes nothing, here or at a vendor. To add one,
write it into its capability's file, decorate it with `check` and name it in that file's `CHECKS`; a new file
is named in `checkup.py`.
"""
