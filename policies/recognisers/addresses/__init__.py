"""Addresses in text: where one begins and ends, down to the room, and what only reads like one."""
