"""The embedded run: plain HTTP on this machine."""

from config.settings.base import *  # noqa: F403
