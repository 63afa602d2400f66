"""Sessions made from what the clients' own types declare: see ../generate_sessions.py."""
