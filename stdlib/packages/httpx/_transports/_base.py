"""The two interfaces of a transport."""


class BaseTransport:
    """Carries requests of a `Client`."""

    def handle_request(self, request):
        raise NotImplementedError("The 'handle_request' method must be implemented.")

    def close(self):
        """Lets go of connections."""

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()


class AsyncBaseTransport:
    """Carries requests of an `AsyncClient`."""

    async def handle_async_request(self, request):
        raise NotImplementedError("The 'handle_async_request' method must be implemented.")

    async def aclose(self):
        """Lets go of connections."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc_info):
        await self.aclose()
