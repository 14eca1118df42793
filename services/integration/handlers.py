"""What integration does when something happened elsewhere."""

from libs.common.handlers import Handlers

HANDLERS: Handlers = {}
