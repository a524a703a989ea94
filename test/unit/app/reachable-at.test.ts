import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from '@jest/globals';
import { reachableAt } from '../../../src/app/reachable-at.js';

const address = (family: 'IPv4' | 'IPv6', text: string, internal = false) =>
  ({ family, address: text, internal }) as NetworkInterfaceInfo;
const INTERFACES = {
  lo: [address('IPv4', '127.0.0.1', true), address('IPv6', '::1', true)],
  eth0: [address('IPv4', '192.0.2.7'), address('IPv6', 'fe80::1')],
};

it.each([
  ['0.0.0.0', [], ['http://localhost:8080', 'http://192.0.2.7:8080']],
  ['::', [], ['http://localhost:8080', 'http://192.0.2.7:8080']],
  ['127.0.0.1', [], ['http://localhost:8080']],
  ['::1', [], ['http://localhost:8080']],
  ['192.0.2.7', [], ['http://192.0.2.7:8080']],
  ['2001:db8::1', [], ['http://[2001:db8::1]:8080']],
  ['0.0.0.0', ['https://hub.example.com/hub', 'http://hub.svc'], ['https://hub.example.com/hub', 'http://hub.svc']],
])('a hub that listens at %s with the addresses %j is reachable at %j', (host, baseUrls, urls) => {
  expect(reachableAt({ host, baseUrls, port: 8080 }, INTERFACES)).toEqual(urls);
});
