import { localPath } from './local-path';

/** The hub inserts its path prefix behind the reverse proxy. */
const meta = document.querySelector<HTMLMetaElement>('meta[name="base-path"]');

/** Path prefix of the hub on this host, without trailing slash; empty if it has its own host. */
export const BASE_PATH = (meta?.content ?? '/').replace(/\/$/, '');

/** Address of the hub, as `HF_ENDPOINT`. */
export const HUB_ENDPOINT = location.origin + BASE_PATH;

/** URL of a path of the hub, for requests and for links outside of the router. */
export const hubUrl = (path: string): string => BASE_PATH + path;

/** Path, query and fragment of a URL below the address of the hub, on any of its hosts; undefined for other URLs. */
export function hubPath(url: string): string | undefined {
  const { pathname, search, hash } = new URL(url, location.origin);
  if (pathname !== BASE_PATH && !pathname.startsWith(`${BASE_PATH}/`)) return undefined;
  return localPath({ pathname: pathname.slice(BASE_PATH.length) || '/', search, hash });
}
