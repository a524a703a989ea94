import { parse } from 'tldts';

/**
 * The domain that belongs to the owner of a host: one label more than its public suffix, such as `example.co.uk` or `hub.github.io`. Public
 * suffixes are not known for names in private networks, such as `hub.team.svc.cluster.local`, so their parent is used, unless that is a
 * single label. An address is its own domain.
 */
export function registrableDomain(hostname: string): string {
  const { isIp, isIcann, isPrivate, domain } = parse(hostname, { allowPrivateDomains: true, validateHostname: false });
  if (isIp) return hostname;
  if (isIcann || isPrivate) return domain ?? hostname;
  const parent = hostname.split('.').slice(1);
  return parent.length < 2 ? hostname : parent.join('.');
}
