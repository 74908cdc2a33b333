"""Numbers as people read them, under the name that the verbs know."""

from __future__ import annotations

from tertulia.messages.quantities import bytes_text, count_text, measure_text, seconds_text

__all__ = ["bytes_text", "count_text", "measure_text", "seconds_text"]
