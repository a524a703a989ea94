import { hostRefusal } from '../../../src/domain/refused-host.js';

describe('hostRefusal', () => {
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
    ['metadata.google.internal..', 'Google with two dots'],
    ['metadata.azure.internal', 'Azure by name'],
    ['rancher-metadata', 'Rancher by name'],
    ['168.63.129.16', 'Azure'],
    ['168.63.129.16.', 'Azure with a dot'],
    ['2822734096', 'Azure in decimal'],
    ['0250.077.0201.020', 'Azure in octal'],
    ['0xa83f8110', 'Azure in hexadecimal'],
    ['[::ffff:168.63.129.16]', 'Azure, IPv4-mapped'],
    ['[::ffff:0:168.63.129.16]', 'Azure, IPv4-translated'],
    ['[64:ff9b:1::a83f:8110]', 'Azure behind local NAT64'],
    ['[2001:0:1:2:3:4:57c0:7eef]', 'Azure behind Teredo'],
    ['[fd12::5efe:a83f:8110]', 'Azure by ISATAP'],
    ['192.0.0.192', 'Oracle'],
    ['[fd00:c1::a9fe:a9fe]', 'Oracle over IPv6'],
    ['[fd20:ce::254]', 'Google over IPv6'],
    ['[fd00:42::42]', 'Scaleway over IPv6'],
    ['[fd00:ec2::23]', 'credentials of AWS pods over IPv6'],
    ['0.0.0.0', 'unspecified'],
    ['[::]', 'unspecified IPv6'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['[ff02::1]', 'multicast IPv6'],
  ])('refuses %s: %s', (host) => {
    expect(hostRefusal(new URL(`http://${host}/`).hostname)).toBeDefined();
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
    '168.63.129.17',
    '[::ffff:10.0.0.7]',
    '[fd00:ec3::254]',
    '[2001:4860::8888]',
  ])('does not refuse %s', (host) => {
    expect(hostRefusal(new URL(`http://${host}/`).hostname)).toBeUndefined();
  });
});
