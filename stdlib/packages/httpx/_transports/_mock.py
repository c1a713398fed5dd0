"""`MockTransport`: a function answers."""

from ._base import AsyncBaseTransport, BaseTransport


class MockTransport(AsyncBaseTransport, BaseTransport):
    """Answers with what `handler(request)` returns; for async clients the handler may be async."""

    def __init__(self, handler):
        self.handler = handler

    def handle_request(self, request):
        request.read()
        response = self.handler(request)
        from .._models import Response

        if not isinstance(response, Response):
            raise TypeError("Cannot use an async handler in a sync Client")
        return response

    async def handle_async_request(self, request):
        await request.aread()
        response = self.handler(request)
        if hasattr(response, "__await__"):
            response = await response
        return response
