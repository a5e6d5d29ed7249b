"""The names by which servers tell of lists and pages. How they are followed lives in ``listing``."""

from __future__ import annotations

#: Names under which lists are found, besides the noun of what is listed.
LIST_NAMES = (
    "items",
    "data",
    "results",
    "result",
    "content",
    "value",
    "values",
    "records",
    "entries",
    "rows",
    "list",
)
#: Other names of a list, by its noun: what is wrong with a device may well be called so.
OTHER_NAMES = {"logs": ("messages", "warnings")}
#: In small letters, names under which an answer lists what is wrong with it rather than what was asked for.
NOT_ROWS = frozenset({"error", "errors", "warning", "warnings", "message", "messages"})
INNER_PLACES = (
    "links",
    "_links",
    "meta",
    "metadata",
    "pagination",
    "paging",
    "page_info",
    "pageInfo",
    "page",
    "cursors",
)
NEXT_LINKS = ("next", "next_url", "nextUrl", "next_link", "nextLink", "@odata.nextLink")
#: A field with the mark of the next page, and the query parameter that usually carries it.
CURSORS = {
    "next_cursor": "cursor",
    "nextCursor": "cursor",
    "next_page_token": "page_token",
    "nextPageToken": "pageToken",
    "next_token": "token",
    "nextToken": "token",
    "continuation_token": "continuation_token",
    "continuationToken": "continuationToken",
    "next_page": "page",
    "nextPage": "page",
    "next": "cursor",
    "after": "after",
    "endCursor": "after",
}
TOTALS = (
    "total",
    "total_count",
    "totalCount",
    "total_items",
    "totalItems",
    "totalElements",
    "total_results",
)
LAST_PAGES = ("total_pages", "totalPages", "pages", "page_count", "pageCount", "last_page", "lastPage")
OFFSETS = ("offset", "skip", "start")
LIMITS = ("limit", "take", "count", "size")
PAGES = ("page", "page_number", "pageNumber", "current_page", "currentPage")
SIZES = ("page_size", "pageSize", "per_page", "perPage", "size", "limit", "items_per_page", "itemsPerPage")
MORE = ("has_more", "hasMore", "hasMoreItems", "has_next", "hasNext", "hasNextPage", "has_next_page")
#: Every name by which an answer tells how far the list goes.
PAGING = frozenset({*NEXT_LINKS, *CURSORS, *TOTALS, *LAST_PAGES, *MORE, *PAGES})
#: A full page looks like this; a list of such a length may go on without saying so.
ROUND = frozenset(
    {10, 15, 20, 24, 25, 30, 40, 50, 60, 75, 100, 120, 128, 150, 200, 250, 256, 300, 400, 500, 512}
)
