import { UrlBuilder } from '../../../../src/domain/url-builder.js';
import { registrableDomain } from '../../../../src/platform/http/registrable-domain.js';

const hubAt = (host: string): UrlBuilder =>
  new UrlBuilder({ scheme: 'https', host, prefix: '' }, host, [], registrableDomain);

it.each<[hub: string, within: readonly string[], outside: readonly string[]]>([
  [
    'hub.example.com',
    ['example.com', 's3.example.com', 'a.hub.example.com', 'S3.example.com.'],
    ['example.org', 'badexample.com'],
  ],
  ['hub.ml.example.com:8443', ['s3.example.com', 'ml.example.com'], ['com', 'example.net']],
  ['hub.co.uk', ['s3.hub.co.uk'], ['other.co.uk', 'co.uk']],
  ['hub.example.co.uk', ['s3.example.co.uk'], ['other.co.uk']],
  ['team.github.io', ['a.team.github.io'], ['other.github.io']],
  ['hub.s3.amazonaws.com', ['hub.s3.amazonaws.com'], ['models.s3.amazonaws.com']],
  ['hub.team.svc.cluster.local', ['minio.team.svc.cluster.local'], ['minio.other.svc.cluster.local']],
  ['hub.team.svc', ['minio.team.svc'], ['minio.other.svc']],
  ['hub.corp', ['s3.hub.corp'], ['s3.corp']],
  ['hub', ['s3.hub'], ['s3']],
  ['localhost:8080', ['files.localhost'], ['example.com']],
  ['10.0.0.1:8080', ['10.0.0.1'], ['10.0.0.2', '0.0.1']],
  ['[fd00::1]:8080', ['[fd00::1]'], ['[fd00::2]']],
  ['hub.xn--bcher-kva.example', ['s3.xn--bcher-kva.example'], ['xn--bcher.example']],
])('the domain of %s', (hub, within, outside) => {
  const urls = hubAt(hub);
  expect(within.filter((name) => !urls.sharesDomainWith(name))).toEqual([]);
  expect(outside.filter((name) => urls.sharesDomainWith(name))).toEqual([]);
});
