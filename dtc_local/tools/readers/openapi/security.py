"""Parameters that carry a key, a token or a password of the caller: a conversation never says them.

Left out are what the document's own security schemes name, the `Authorization` header, and, where an operation asks
for such a scheme, parameters that are called and described as credentials though no scheme names them.
"""

from __future__ import annotations

import re

from dtc_local.records import Json
from dtc_local.tools.readers.openapi.api import Api, Operation, listed, mapped, words_of

_SURE = frozenset(("apikey", "xapikey", "accesstoken", "authtoken", "xauthtoken", "proxyauthorization", "bearertoken"))
"""Names, in lower-case letters alone, that mean nothing but a credential."""
_LIKELY = frozenset(("token", "key", "secret", "auth", "xtoken", "clientsecret", "sessiontoken"))
"""Names that mean a credential where their description says so."""
_SAYS_SO = re.compile(r"authenticat|authoriz|\bauth\b|api.?key|access token|oauth|bearer|credential", re.I)


class Credentials:
    """What of a document's parameters is the caller's own."""

    def __init__(self, api: Api) -> None:
        self.api = api
        schemes = {name: api.follow(scheme) for name, scheme in api.component("securitySchemes").items()}
        self._schemes = frozenset(schemes)
        self._keys = frozenset(
            (words_of(scheme.get("in")), words_of(scheme.get("name")).lower())
            for scheme in schemes.values()
            if scheme.get("type") == "apiKey"
        )

    def hold(self, operation: Operation, place: str, name: str, description: Json) -> bool:
        """Whether the parameter `name` in `place` (header, query, cookie, formData) carries a credential."""
        if (place, name.lower()) in self._keys or (place == "header" and name.lower() == "authorization"):
            return True
        plain = re.sub(r"[^a-z]", "", name.lower())
        if place == "path" or not self._asked(operation):
            return False
        return plain in _SURE or (plain in _LIKELY and _SAYS_SO.search(words_of(description)) is not None)

    def _asked(self, operation: Operation) -> bool:
        """Whether the operation, or else the document, asks for a security scheme."""
        asked = operation.value.get("security", self.api.value.get("security"))
        return any(self._schemes & mapped(one).keys() for one in listed(asked))
