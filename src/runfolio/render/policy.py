"""The content policy of every page: only the site's own files, nothing inline, nothing from elsewhere."""

from __future__ import annotations

#: SHA-256 of the empty string: Plotly adds one empty style element and fills it through the object model.
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


def policy(has_frames: bool = False) -> str:
    """The value of the policy's meta element; frames only where a page shows HTML artifacts."""
    parts = [
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {_EMPTY_STYLE}",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if has_frames:
        parts.append("frame-src 'self'")
    return "; ".join(parts)
