import type { LookupAddress } from 'node:dns';
import {
  addressProblem,
  AddressRefused,
  guardedLookup,
  refuseHost,
} from '../../../../src/fallback/upstream/address-guard.js';

/** Addresses, whether the host of a configured source may have them, and whether a host in the reply of a source may. */
const ADDRESSES: [string, string, boolean, boolean][] = [
  ['public', '93.184.216.34', true, true],
  ['public, IPv6', '2606:2800:220:1:248:1893:25c8:1946', true, true],
  ['loopback', '127.0.0.1', true, false],
  ['loopback, not 127.0.0.1', '127.8.9.10', true, false],
  ['loopback, IPv6', '::1', true, false],
  ['loopback in IPv6', '::ffff:127.0.0.1', true, false],
  ['loopback in IPv6, in hex', '::ffff:7f00:1', true, false],
  ['loopback in IPv6, IPv4-compatible', '::127.0.0.1', true, false],
  ['loopback in IPv6, IPv4-compatible, in hex', '::7f00:1', true, false],
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
  ['link-local in IPv6, IPv4-compatible', '::169.254.169.254', false, false],
  ['link-local behind NAT64', '64:ff9b::169.254.169.254', false, false],
  ['link-local, IPv6', 'fe80::1', false, false],
  ['metadata of AWS, IPv6', 'fd00:ec2::254', false, false],
  ['metadata of Alibaba', '100.100.100.200', false, false],
  ['metadata of Alibaba in IPv6', '::ffff:100.100.100.200', false, false],
  ['unspecified', '0.0.0.0', false, false],
  ['unspecified network', '0.1.2.3', false, false],
  ['unspecified, IPv6', '::', false, false],
  ['multicast', '224.0.0.1', false, false],
  ['multicast, IPv6', 'ff02::1', false, false],
  ['broadcast', '255.255.255.255', false, false],
  ['reserved', '240.0.0.1', false, false],
];

it('addressProblem allows addresses by their range and by the kind of host', () => {
  const allowed = ADDRESSES.map(([what, address]) => [
    what,
    address,
    addressProblem(address, 'own-host') === undefined,
    addressProblem(address, 'named-host') === undefined,
  ]);
  expect(allowed).toEqual(ADDRESSES);
});

describe('refuseHost', () => {
  const privateUrls = [
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
    'http://localhost/',
    'http://LOCALHOST.:8080/',
    'http://db.localhost/',
    'https://169.254.169.254/latest/meta-data',
  ];

  it('rejects private addresses in any notation in replies of a source', () => {
    const isRejected = (url: string): boolean => {
      try {
        refuseHost(new URL(url), 'named-host');
        return false;
      } catch (error) {
        return error instanceof AddressRefused;
      }
    };
    expect(privateUrls.filter((url) => !isRejected(url))).toEqual([]);
  });

  it.each([
    'http://169.254.169.254/',
    'http://2852039166/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://168.63.129.16/',
    'http://0250.077.0201.020/',
    'http://metadata.google.internal./',
    'http://instance-data/',
  ])('rejects %s even as a configured source', (url) =>
    expect(() => refuseHost(new URL(url), 'own-host')).toThrow(AddressRefused),
  );

  it.each(['http://127.0.0.1:9/', 'http://[::1]/', 'https://hub.internal/', 'https://10.0.0.1/'])(
    'accepts %s as a configured source',
    (url) => expect(() => refuseHost(new URL(url), 'own-host')).not.toThrow(),
  );
});

describe('guardedLookup', () => {
  const resolve = (policy: 'own-host' | 'named-host', all: boolean): Promise<unknown> =>
    new Promise((done, fail) => {
      guardedLookup(policy)('localhost', { all }, (error, address, family) =>
        error ? fail(error) : done(all ? address : { address, family }),
      );
    });

  it.each([true, false])('rejects a name that resolves to loopback in replies of a source (all: %j)', async (all) => {
    await expect(resolve('named-host', all)).rejects.toMatchObject({
      code: 'ADDRESS_REFUSED',
      message: expect.stringContaining('Set KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS=true to allow it'),
    });
  });

  it('accepts a name that resolves to loopback as a configured source', async () => {
    for (const { address } of (await resolve('own-host', true)) as LookupAddress[])
      expect(address).toMatch(/^127\.|^::1$/);
    expect(await resolve('own-host', false)).toEqual({ address: expect.any(String), family: expect.any(Number) });
  });
});
