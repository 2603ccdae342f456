"""The runtime of one process: executions, their events, their history, the clients that watch them.

What lives here turns the engine's tick records into what people and programs see, and nothing else:
no SQL, no HTTP, no web framework. A socket, a tree library and a clock come in as protocols. May
import `engine`, `plugins`, `models` and `kit`.
"""
