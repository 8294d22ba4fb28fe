"""telemelya as a process without its stores: Redis is replaced in memory, and files are not kept.

Runs in telemelya's environment. Usage: python telemelya_server.py PORT
"""

import sys

import uvicorn
from fakeredis import FakeAsyncRedis
from telemelya.server import state
from telemelya.server.app import app
from telemelya.server.media import MediaManager


async def _nothing(_media: MediaManager) -> None:
    return None


def main() -> None:
    """Serves until killed."""
    state.redis.from_url = lambda _url, **options: FakeAsyncRedis(**options)
    MediaManager.connect = MediaManager.close = _nothing
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
