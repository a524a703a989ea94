/** Host names of cloud metadata services, which return credentials to any process on the machine. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'metadata.oraclecloud.com',
  'api.metadata.cloud.ibm.com',
  'metadata.packet.net',
  'metadata.platformequinix.com',
  'instance-data',
  'instance-data.ec2.internal',
  'rancher-metadata',
  'rancher-metadata.rancher.internal',
]);

/** Metadata services outside of the link-local ranges. */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  '100.100.100.200', // Alibaba
  '168.63.129.16', // Azure
  '192.0.0.192', // Oracle
  '100.96.0.96', // Volcengine
  '100.80.80.80', // UCloud
  'fd20:ce:0:0:0:0:0:254', // Google
  'fd00:c1:0:0:0:0:a9fe:a9fe', // Oracle
  'fd00:42:0:0:0:0:0:42', // Scaleway
  'fd00:a9fe:a9fe:0:0:0:0:1', // Akamai
]);

/** Reasons why the hub never connects to a host. */
export type HostRefusal = 'a link-local address' | 'the address of a cloud metadata service' | 'a reserved address';

const LINK_LOCAL: HostRefusal = 'a link-local address';
const METADATA: HostRefusal = 'the address of a cloud metadata service';
const RESERVED: HostRefusal = 'a reserved address';

/** Drops the final dots of an absolute host name. */
export function withoutFinalDots(host: string): string {
  let end = host.length;
  while (host[end - 1] === '.') end--;
  return host.slice(0, end);
}

/** The eight groups of an IPv6 address as the URL standard serializes it, without dotted IPv4 part. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const read = (part: string): number[] => (part ? part.split(':').map((group) => parseInt(group, 16)) : []);
  if (tail === undefined) return read(head);
  const front = read(head);
  const back = read(tail);
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
}

const dotted = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');

/** The IPv4 address embedded in an IPv6 address (mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP), if any. */
export function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const [first, second, third, , fifth = 0, sixth, high = 0, low = 0] = groups;
  const prefix = groups.slice(0, 6).join();
  if (['0,0,0,0,0,65535', '0,0,0,0,65535,0', '100,65435,0,0,0,0'].includes(prefix)) return dotted(high, low);
  if (prefix === '0,0,0,0,0,0' && (high > 0 || low > 1)) return dotted(high, low);
  if (first === 0x64 && second === 0xff9b && third === 1) return dotted(high, low);
  if (first === 0x2002) return dotted(second, third);
  if (first === 0x2001 && second === 0) return dotted(high ^ 0xffff, low ^ 0xffff);
  return (fifth & 0xfdff) === 0 && sixth === 0x5efe ? dotted(high, low) : undefined;
}

function refusalOfIpv4(address: string): HostRefusal | undefined {
  if (METADATA_ADDRESSES.has(address)) return METADATA;
  const [first = 0, second] = address.split('.').map(Number);
  if (first === 169 && second === 254) return LINK_LOCAL;
  return first === 0 || first >= 224 ? RESERVED : undefined; // this network, multicast, future use, broadcast
}

function refusalOfIpv6(address: string): HostRefusal | undefined {
  const groups = groupsOf(address);
  const [first = 0, second] = groups;
  if ((first & 0xffc0) === 0xfe80) return LINK_LOCAL;
  if (METADATA_ADDRESSES.has(groups.map((group) => group.toString(16)).join(':'))) return METADATA;
  if (first === 0xfd00 && second === 0xec2) return METADATA; // AWS: several services
  if ((first & 0xff00) === 0xff00 || groups.every((group) => group === 0)) return RESERVED;
  const ipv4 = embeddedIpv4(address);
  return ipv4 === undefined ? undefined : refusalOfIpv4(ipv4);
}

/**
 * The reason why the hub never connects to a host, by its name or address in any notation. Requests to link-local and metadata addresses
 * could reveal credentials of the machine (SSRF). This is the only list: for the URLs of sources, for the targets of their redirects, for
 * addresses that names resolve to, and behind a forward proxy.
 *
 * @param hostname - as in `URL.hostname`
 */
export function hostRefusal(hostname: string): HostRefusal | undefined {
  const host = withoutFinalDots(hostname.toLowerCase());
  if (host.startsWith('[')) return refusalOfIpv6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return refusalOfIpv4(host);
  return METADATA_NAMES.has(host) ? METADATA : undefined;
}
