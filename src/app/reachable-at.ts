import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { HubConfig } from '../platform/config/hub-config.js';

type Listening = Pick<HubConfig, 'baseUrls' | 'host' | 'port'>;
type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

const ALL_ADDRESSES = new Set(['0.0.0.0', '::']);
const LOOPBACK_ADDRESSES = new Set(['127.0.0.1', '::1']);
const MAX_ADDRESSES = 4;

/** The URLs to show after startup: the configured ones, otherwise one for each address of this machine that the hub listens on. */
export function reachableAt(
  { baseUrls, host, port }: Listening,
  interfaces: Interfaces = networkInterfaces(),
): string[] {
  if (baseUrls.length > 0) return [...baseUrls];
  const urlOf = (name: string): string => `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  if (LOOPBACK_ADDRESSES.has(host)) return [urlOf('localhost')];
  if (!ALL_ADDRESSES.has(host)) return [urlOf(host)];
  const addresses = Object.values(interfaces)
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  return ['localhost', ...addresses.slice(0, MAX_ADDRESSES)].map(urlOf);
}
