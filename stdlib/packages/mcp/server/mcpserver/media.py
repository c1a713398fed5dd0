"""Images and sounds that tools return."""

import binascii
import os

from mcp.types import AudioContent, ImageContent


class _Media:
    kind = default_suffix = None
    content = None
    mime_types = {}

    def __init__(self, path=None, data=None, format=None):
        self.path = None if path is None or path == "" else os.fspath(path)
        self.data = data
        self._format = format
        self._mime_type = self._find_mime_type()

    def _find_mime_type(self):
        if self._format:
            return f"{self.kind}/{self._format.lower()}"
        if self.path:
            return self.mime_types.get(os.path.splitext(self.path)[1].lower(), "application/octet-stream")
        return self.mime_types[self.default_suffix]

    def to_content(self):
        """The content of the protocol, with the file read if it is one."""
        data = self.data
        if self.path:
            with open(self.path, "rb") as file:
                data = file.read()
        text = binascii.b2a_base64(data, newline=False).decode()
        return self.content(type=self.kind, data=text, mime_type=self._mime_type)


class Image(_Media):
    """An image: of a file, or of bytes (PNG unless `format` says otherwise)."""

    kind, default_suffix, content = "image", ".png", ImageContent
    mime_types = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
                  ".webp": "image/webp"}

    def __init__(self, path=None, data=None, format=None):
        if path is None and data is None:
            raise ValueError("Either path or data must be provided")
        if path is not None and data is not None:
            raise ValueError("Only one of path or data can be provided")
        super().__init__(path, data, format)

    to_image_content = _Media.to_content


class Audio(_Media):
    """Sound: of a file, or of bytes (WAV unless `format` says otherwise)."""

    kind, default_suffix, content = "audio", ".wav", AudioContent
    mime_types = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".flac": "audio/flac",
                  ".aac": "audio/aac", ".m4a": "audio/mp4"}

    def __init__(self, path=None, data=None, format=None):
        if bool(path) == bool(data):
            raise ValueError("Either path or data can be provided")
        super().__init__(path, data, format)

    to_audio_content = _Media.to_content
