"""Finds in requests what points to content elsewhere: files, links, earlier answers, searches.

The model reads that as well, so the size of such a request does not bound its input.
"""

import re

ESCAPED_LETTER = rb"|\\u00[4-7]"  # who writes letters like that may hide a name; nobody else does
NO_DATA = rb"(?!data:)"


def pointers(pattern: bytes) -> re.Pattern[bytes]:
    """Matches `pattern` in a JSON text; a quote in it is one of JSON's own, since those in strings are escaped."""
    return re.compile(pattern + ESCAPED_LETTER)


ANTHROPIC = pointers(
    rb'"type"\s*:\s*"(?:url|file|(?:web_search|web_fetch|code_execution|mcp_toolset)\w*)"|"mcp_servers"\s*:'
)
RESPONSES = pointers(
    rb'"(?:previous_response_id|conversation|file_id|file_url|server_url|connector_id|vector_store_ids)"\s*:\s*["{\[]'
    rb'|"image_url"\s*:\s*"' + NO_DATA + rb'|"prompt"\s*:\s*\{\s*"(?:id|version|variables)"'
    rb'|"type"\s*:\s*"(?:web_search\w*|file_search|code_interpreter|item_reference)"'
)
CHAT = pointers(
    rb'"(?:file_id|file_url)"\s*:\s*"|"(?:image_)?url"\s*:\s*"' + NO_DATA
    + rb'|"(?:web_search_options|search_parameters|plugins)"\s*:\s*[{\[]'
)  # fmt: skip
GEMINI = pointers(
    rb'"(?:fileUri|file_uri|cachedContent|cached_content)"\s*:\s*"'
    rb'|"(?:google_?[sS]earch|google_?[mM]aps|url_?[cC]ontext|file_?[sS]earch)\w*"\s*:\s*\{'
)
