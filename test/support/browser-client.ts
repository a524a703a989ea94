import { sendRequest, type HttpResponse, type RequestOptions } from './send-request.js';

/** A client that keeps cookies and follows redirects, as a browser does. */
export class BrowserClient {
  readonly cookies = new Map<string, string>();

  /** @param hub - the URL of the hub, which receives the cookies */
  constructor(private readonly hub: string) {}

  /** @param to - a path of the hub, or a URL */
  async request(to: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const url = new URL(to, this.hub);
    const isHub = url.origin === this.hub;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...options.headers, ...(isHub && cookie !== '' && { cookie }) };
    const response = await sendRequest(url.origin, url.pathname + url.search, { ...options, headers });
    if (isHub) for (const line of (response.headers['set-cookie'] ?? '').split(/, (?=[\w-]+=)/)) this.keep(line);
    return response;
  }

  /** Follows redirects. Returns the last response, and the path of its URL. */
  async open(to: string): Promise<{ readonly path: string; readonly response: HttpResponse }> {
    let url = new URL(to, this.hub);
    for (let hop = 0; hop < 10; hop++) {
      const response = await this.request(url.href);
      const { location } = response.headers;
      if (response.status < 300 || response.status >= 400 || location === undefined)
        return { path: url.pathname + url.search, response };
      url = new URL(location, url);
    }
    throw new Error(`Too many redirects from ${to}`);
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (name === '') return;
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
