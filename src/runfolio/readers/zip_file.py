"""Members of zip files of other tools, in memory and only as large as asked for; nothing is unpacked to disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

_ZSTANDARD = 93
#: The fixed part of what stands before a member's bytes; its name and extra field follow.
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")

#: What a damaged zip file can raise.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    KeyError,
)


class ZipMembers:
    """The members of a zip file by name.

    Args:
        body: the bytes of the file.

    Raises:
        One of `BROKEN_ZIP`, here and in `read`.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            # Of several members of one name the last counts: a writer that goes on appends.
            self.sizes = {item.filename: item for item in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return name in self.sizes

    def read(self, name: str, limit: int) -> bytes:
        """The member's bytes; ValueError where they are more than `limit`, KeyError where there is none."""
        item = self.sizes[name]
        if item.file_size > limit:
            raise ValueError(f"{name} has {item.file_size:,} bytes")
        if item.compress_type == _ZSTANDARD:  # which Python's own module knows from 3.14 on only
            start = item.header_offset
            *_, name_length, extra_length = _LOCAL_HEADER.unpack_from(self._body, start)
            start += _LOCAL_HEADER.size + name_length + extra_length
            packed = self._body[start : start + item.compress_size]
            import pyarrow as pa

            body: bytes = pa.decompress(packed, decompressed_size=item.file_size, codec="zstd", asbytes=True)
            if zlib.crc32(body) != item.CRC:
                raise zipfile.BadZipFile(f"{name} is damaged")
            return body
        with zipfile.ZipFile(io.BytesIO(self._body)) as archive:
            return archive.read(item)
