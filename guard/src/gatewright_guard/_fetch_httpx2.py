"""GET over httpx2; a file of its own so that the guard can do without the package."""

import ssl

import httpx2


async def get(url: str, headers: dict[str, str], at_most: int) -> tuple[int, bytes]:
    """Status and body of ``url``; of a body longer than ``at_most`` bytes a little more than that.

    The caller limits the time.
    """
    # The platform's trust store, as for the standard library's client; SSL_CERT_FILE names another.
    context = ssl.create_default_context()
    body = b""
    async with (
        httpx2.AsyncClient(verify=context, timeout=None, follow_redirects=False) as client,
        client.stream("GET", url, headers=headers) as answer,
    ):
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > at_most:
                break
        return answer.status_code, body
