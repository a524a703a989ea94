import type { LookupAddress } from 'node:dns';
import {
  addressFault,
  AddressRefused,
  guardedLookup,
  refuseLiteral,
} from '../../../../src/fallback/upstream/address-guard.js';

/** Addresses, and whether a configured source's own host and a host that a source names may have them. */
const ADDRESSES: [string, string, boolean, boolean][] = [
  ['public', '93.184.216.34', true, true],
  ['public, IPv6', '2606:2800:220:1:248:1893:25c8:1946', true, true],
  ['loopback', '127.0.0.1', true, false],
  ['loopback, not the first', '127.8.9.10', true, false],
  ['loopback, IPv6', '::1', true, false],
  ['loopback in IPv6', '::ffff:127.0.0.1', true, false],
  ['loopback in IPv6, in hex', '::ffff:7f00:1', true, false],
  ['loopback in IPv6, the old way', '::127.0.0.1', true, false],
  ['loopback in IPv6, the old way, in hex', '::7f00:1', true, false],
  ['public behind NAT64', '64:ff9b::93.184.216.34', true, true],
  ['private 10', '10.0.0.1', true, false],
  ['private 172', '172.16.0.1', true, false],
  ['private 192', '192.168.1.1', true, false],
  ['private in IPv6', '::ffff:192.168.1.1', true, false],
  ['private behind NAT64', '64:ff9b::10.0.0.1', true, false],
  ['private in 6to4', '2002:0a00:0001::1', true, false],
  ['carrier-grade NAT', '100.64.0.1', true, false],
  ['unique local', 'fd12:3456::1', true, false],
  ['site local', 'fec0::1', true, false],
  ['link-local: metadata', '169.254.169.254', false, false],
  ['link-local in IPv6', '::ffff:169.254.169.254', false, false],
  ['link-local in IPv6, the old way', '::169.254.169.254', false, false],
  ['link-local behind NAT64', '64:ff9b::169.254.169.254', false, false],
  ['link-local, IPv6', 'fe80::1', false, false],
  ['metadata of AWS, IPv6', 'fd00:ec2::254', false, false],
  ['metadata of Alibaba', '100.100.100.200', false, false],
  ['metadata of Alibaba in IPv6', '::ffff:100.100.100.200', false, false],
  ['unspecified', '0.0.0.0', false, false],
  ['unspecified, not quite', '0.1.2.3', false, false],
  ['unspecified, IPv6', '::', false, false],
  ['multicast', '224.0.0.1', false, false],
  ['multicast, IPv6', 'ff02::1', false, false],
  ['broadcast', '255.255.255.255', false, false],
  ['reserved', '240.0.0.1', false, false],
];

it.each(ADDRESSES)('%s: %s', (_, address, ownHost, namedHost) => {
  expect(addressFault(address, 'own-host') === undefined).toBe(ownHost);
  expect(addressFault(address, 'named-host') === undefined).toBe(namedHost);
});

describe('a host written out as an address, in every notation that URLs know', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.0.0.1./',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:0001]/',
    'http://１２７.０.０.１/',
    'http://127。0。0。1/',
    'http://10.0.0.1:8080/',
    'https://169.254.169.254/latest/meta-data',
  ])('%s is refused where a source names it', (url) =>
    expect(() => refuseLiteral(new URL(url), 'named-host')).toThrow(AddressRefused),
  );

  it.each(['http://169.254.169.254/', 'http://2852039166/', 'http://[::ffff:a9fe:a9fe]/', 'http://[fe80::1]/'])(
    '%s is refused even as a source',
    (url) => expect(() => refuseLiteral(new URL(url), 'own-host')).toThrow(AddressRefused),
  );

  it.each(['http://127.0.0.1:9/', 'http://[::1]/', 'https://hub.internal/', 'https://10.0.0.1/'])(
    '%s may be a source',
    (url) => expect(() => refuseLiteral(new URL(url), 'own-host')).not.toThrow(),
  );
});

describe('a name is judged by the addresses that are used', () => {
  const resolve = (policy: 'own-host' | 'named-host', all: boolean): Promise<unknown> =>
    new Promise((done, fail) => {
      guardedLookup(policy)('localhost', { all }, (error, address, family) =>
        error ? fail(error) : done(all ? address : { address, family }),
      );
    });

  it.each([true, false])('one that leads to loopback is refused where a source names it (all: %j)', async (all) => {
    await expect(resolve('named-host', all)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  });

  it('and may be a source', async () => {
    for (const { address } of (await resolve('own-host', true)) as LookupAddress[])
      expect(address).toMatch(/^127\.|^::1$/);
    expect(await resolve('own-host', false)).toEqual({ address: expect.any(String), family: expect.any(Number) });
  });
});
