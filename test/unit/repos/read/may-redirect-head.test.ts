import { registrableDomain } from '../../../../src/platform/http/registrable-domain.js';
import { UrlBuilder } from '../../../../src/domain/url-builder.js';
import { mayRedirectHead, mayRedirectTo } from '../../../../src/repos/read/may-redirect-head.js';

// a hub with a configured address that the client has reached as localhost
const urls = new UrlBuilder({ scheme: 'https', host: 'hub.example:8443', prefix: '' }, 'localhost:8080', ['hub.svc']);

it.each([
  ['https://cas-bridge.xethub.hf.co/x?sig=1', true],
  ['https://us.aws.cdn.hf.co/x', true],
  ['https://bucket.s3.amazonaws.com/x', true],
  ['https://source.example/cdn/x', false],
  ['https://SOURCE.example:443/cdn/x', false],
  ['https://huggingface.co/x', false],
  ['https://HuggingFace.co:8443/x', false],
  ['https://hf.co/x', false],
  ['https://hub-ci.huggingface.co/x', false],
  ['http://hub.example:9999/x', false],
  ['http://localhost/x', false],
  ['https://hub.svc/x', false],
])('mayRedirectHead(%j) is %s', (target, expected) =>
  expect(mayRedirectHead(target, 'https://source.example', urls)).toBe(expected),
);

describe('a client with an Authorization header', () => {
  const company = new UrlBuilder(
    { scheme: 'https', host: 'hub.company.example', prefix: '' },
    '10.0.0.1:80',
    ['svc'],
    registrableDomain,
  );
  const client = { urls: company, hadAuthorization: true, mayRepeatCredentials: false };

  it.each([
    ['https://files.hub.company.example/x', false],
    ['https://HUB.company.example:9000/x', false],
    ['https://s3.company.example/x', false],
    ['https://company.example/x', false],
    ['https://10.0.0.1:9000/x', false],
    ['http://minio.svc/x', false],
    ['https://othercompany.example/x', true],
    ['https://10.0.0.2/x', true],
    ['https://us.aws.cdn.hf.co/x', true],
  ])('can be redirected to %s: %j', (target, expected) => {
    expect(mayRedirectTo(target, client)).toBe(expected);
    expect(mayRedirectTo(target, { ...client, hadAuthorization: false })).toBe(true);
  });
});
