"""The tests, a file for each protocol: every file here is loaded."""
