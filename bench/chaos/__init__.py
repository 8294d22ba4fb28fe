"""Citizens write while every process and the database's connections are killed: is anything lost, doubled, swapped?

The emulated Telegram and the citizens live in this process; it stands for what is outside, and is never killed.
"""
