/**
 * Clients that do not repeat `Authorization` and `Cookie` at the target of a redirect on another host: curl since 7.58 (2018), the Hugging Face
 * clients, `requests`, `httpx`, `aiohttp`, the Fetch standard (browsers, Node.js) and git-lfs.
 */
const CAREFUL_CLIENTS =
  /^curl\/|\bhf_hub\/|^Mozilla\/|^node\b|\bundici\b|^git-lfs\/|\bpython-(?:requests|httpx)\/|\baiohttp\/|^Go-http-client\//i;

/**
 * Whether a client may repeat its credentials at the target of a redirect. wget, wget2, aria2c and Python's urllib do so, also on another
 * host (tested by `test/clients/credentials.test.ts`). Unknown clients may do so as well.
 */
export const repeatsCredentials = (userAgent: string | undefined): boolean => !CAREFUL_CLIENTS.test(userAgent ?? '');
