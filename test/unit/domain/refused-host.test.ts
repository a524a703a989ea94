import { isRefusedHost } from '../../../src/domain/refused-host.js';

describe('isRefusedHost', () => {
  test.each([
    ['169.254.169.254', 'metadata address'],
    ['169.254.0.1', 'link-local'],
    ['2852039166', 'metadata address in decimal'],
    ['0xa9.0xfe.0xa9.0xfe', 'metadata address in hexadecimal'],
    ['[fe80::1]', 'link-local'],
    ['[febf::1]', 'end of the link-local range'],
    ['[::ffff:169.254.169.254]', 'IPv4-mapped'],
    ['[::a9fe:a9fe]', 'IPv4-compatible'],
    ['[64:ff9b::a9fe:a9fe]', 'NAT64'],
    ['[2002:a9fe:a9fe::1]', '6to4'],
    ['[fd00:ec2::254]', 'AWS over IPv6'],
    ['100.100.100.200', 'Alibaba'],
    ['metadata.google.internal', 'Google by name'],
    ['METADATA.google.internal.', 'Google by absolute name'],
  ])('is true for %s: %s', (host) => {
    expect(isRefusedHost(new URL(`http://${host}/`).hostname)).toBe(true);
  });

  test.each([
    'huggingface.co',
    'localhost',
    '127.0.0.1',
    '10.0.0.7',
    '169.253.1.1',
    '[::1]',
    '[fec0::1]',
    '[fd00::1]',
    '[2001:db8::a9fe:a9fe]',
    '[1:2:3:4:5:6:7:8]',
    '169.254.example.com',
    'metadata.example.com',
  ])('is false for %s', (host) => {
    expect(isRefusedHost(new URL(`http://${host}/`).hostname)).toBe(false);
  });
});
