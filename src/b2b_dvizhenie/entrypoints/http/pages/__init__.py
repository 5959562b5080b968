"""What each page shows: plain frozen values, computed by route handlers, read by templates.

A view holds facts, not texts: statuses and roles are keys that templates translate, sums are `Money`, instants are
aware datetimes. What the viewer may not see is None or absent here, so it cannot reach the bytes of a page. URLs of
objects come with the view; these fixed addresses are written in templates:

`/` `/login` `/logout` `/preferences` `/search` `/search/suggest` `/catalog` `/cart` `/cart/items` `/checkout` `/orders`
`/documents` `/balance` `/specifications` `/quick-order` `/proposals` `/api-keys` `/account` `/companies/select`
`/notifications` `/panel`.
"""
