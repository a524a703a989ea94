import { fetch, type Agent, type Response } from 'undici';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { trustingAgent } from './trusting-agent.js';

const TIMEOUT_MS = 15_000;
const ALL_ADDRESSES = new Set(['0.0.0.0', '::']);

/** An address of a hub, and how to connect to it. */
export interface HubAddress {
  readonly url: string;
  readonly agent: Agent;
}

/** A request to the hub. */
export interface HubCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: object | string;
}

/** Sends a request to a hub. Redirects are not followed. */
export function callHub(
  { url, agent }: HubAddress,
  { method = 'GET', path, headers = {}, body }: HubCall,
): Promise<Response> {
  const type: Readonly<Record<string, string>> = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
  return fetch(url + path, {
    method,
    headers: { ...type, ...headers },
    body: typeof body === 'object' ? JSON.stringify(body) : (body ?? null),
    dispatcher: agent,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** The server software that responds at an address. */
export interface Software {
  readonly api?: unknown;
  readonly version?: unknown;
}

/** @returns `undefined` if the response is not that of a hub */
export async function softwareAt(address: HubAddress): Promise<Software | undefined> {
  const response = await callHub(address, { path: '/api/version' });
  const text = await response.text();
  try {
    const software = JSON.parse(text) as Software;
    return software.api === 'hubfall' ? software : undefined;
  } catch {
    return undefined;
  }
}

/** The hub with this configuration that runs on this machine. */
export class LocalHub implements HubAddress {
  private constructor(
    readonly url: string,
    readonly agent: Agent,
    private readonly adminToken: string | undefined,
  ) {}

  /** @returns `undefined` if it does not run */
  static async find({ host, port, admin, certificateAuthorities }: HubConfig): Promise<LocalHub | undefined> {
    const name = ALL_ADDRESSES.has(host) ? '127.0.0.1' : host;
    const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
    const hub = new LocalHub(url, trustingAgent(certificateAuthorities), admin.enabled ? admin.token : undefined);
    const software = await softwareAt(hub).catch(() => undefined);
    return software && hub;
  }

  /** Another address, which is perhaps that of this hub. */
  at(url: string): HubAddress {
    return { url, agent: this.agent };
  }

  get isAdministered(): boolean {
    return Boolean(this.adminToken);
  }

  /**
   * Sends a request of the administrator.
   * @throws Error with the hub's message if it is not successful
   */
  async asAdmin<T>(call: HubCall): Promise<T> {
    const response = await callHub(this, {
      ...call,
      headers: { ...call.headers, 'x-admin-token': this.adminToken! },
    });
    return readJson<T>(response);
  }
}

/** @throws Error with the hub's message if the response is not successful */
export async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  let message = `HTTP ${response.status}`;
  try {
    message = (JSON.parse(text) as { error?: string }).error ?? message;
  } catch {
    // not the hub's
  }
  throw new Error(message);
}
