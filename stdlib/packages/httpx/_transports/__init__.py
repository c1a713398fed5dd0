"""What carries requests: sockets (`_async`, `_sync`), a function (`_mock`), an application (`_asgi`, `_wsgi`)."""
