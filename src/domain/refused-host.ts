/** Host names of cloud metadata services, which return credentials to any process on the machine. */
const METADATA_NAMES = new Set([
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Metadata services outside of the link-local ranges: Alibaba, Azure, Oracle; AWS and Google over IPv6. */
const METADATA_ADDRESSES = new Set([
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2:0:0:0:0:0:254',
  'fd20:ce:0:0:0:0:0:254',
]);

/** The eight groups of an IPv6 address as the URL standard serializes it, without dotted IPv4 part. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const read = (part: string): number[] => (part ? part.split(':').map((group) => parseInt(group, 16)) : []);
  if (tail === undefined) return read(head);
  const front = read(head);
  const back = read(tail);
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
}

/** The IPv4 address embedded in an IPv6 address (mapped, compatible, NAT64, 6to4), if any. */
function embeddedIpv4(groups: readonly number[]): string | undefined {
  const dotted = ([high = 0, low = 0]: readonly number[]): string =>
    [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const prefix = groups.slice(0, 6).join();
  if (['0,0,0,0,0,65535', '0,0,0,0,0,0', '100,65435,0,0,0,0'].includes(prefix)) return dotted(groups.slice(6));
  return groups[0] === 0x2002 ? dotted(groups.slice(1, 3)) : undefined;
}

/**
 * Whether a source must not have this host. Requests to link-local and metadata addresses could reveal credentials of the machine (SSRF),
 * so they are rejected in any notation. The addresses that a name resolves to are checked when a connection is opened.
 * @param hostname - as in `URL.hostname`
 */
export function isRefusedHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (!host.startsWith('[')) {
    return host.startsWith('169.254.')
      ? /^[\d.]+$/.test(host)
      : METADATA_NAMES.has(host) || METADATA_ADDRESSES.has(host);
  }
  const groups = groupsOf(host.slice(1, -1));
  if (((groups[0] ?? 0) & 0xffc0) === 0xfe80) return true;
  if (METADATA_ADDRESSES.has(groups.map((group) => group.toString(16)).join(':'))) return true;
  const ipv4 = embeddedIpv4(groups);
  return ipv4 !== undefined && isRefusedHost(ipv4);
}
