import { BadRequestException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { HUB_ERROR_CODES, HubError, type HubErrorCode } from '../../../../src/domain/hub-error.js';
import { toHubError } from '../../../../src/platform/http/to-hub-error.js';
import { toErrorResponse } from '../../../../src/platform/http/hub-error.filter.js';

const SOURCE = { name: 'Modèle 型', url: 'https://hub.example.com' };
const REPORT = [{ name: 'HF', status: 500, category: 'server' }] as const;

/** Error code, status, and whether the response has it as `X-Error-Code` (contract B.3; KohakuHub sends `NotImplemented`, and this hub `Offline`). */
const CODES: [HubErrorCode, number, boolean][] = [
  ['RepoNotFound', 404, true],
  ['RevisionNotFound', 404, true],
  ['EntryNotFound', 404, true],
  ['NotFound', 404, false],
  ['Moved', 307, false],
  ['GatedRepo', 401, true],
  ['Disabled', 403, false],
  ['Unauthorized', 401, false],
  ['Forbidden', 403, false],
  ['QuotaExceeded', 403, false],
  ['BadRequest', 400, false],
  ['Conflict', 409, false],
  ['PreconditionFailed', 412, false],
  ['RangeNotSatisfiable', 416, false],
  ['RequestTimeout', 408, false],
  ['PayloadTooLarge', 413, false],
  ['RateLimited', 429, false],
  ['UpstreamFailed', 502, false],
  ['UpstreamUnavailable', 503, false],
  ['UpstreamTimeout', 504, false],
  ['ServiceDisabled', 503, false],
  ['NotImplemented', 501, true],
  ['Overloaded', 503, false],
  ['StorageFull', 507, false],
  ['StorageUnavailable', 503, false],
  ['ContentMissing', 500, false],
  ['Offline', 424, true],
];

describe('toErrorResponse', () => {
  it('returns the status and headers of each code', () => {
    const rows = CODES.map(([code]) => {
      const { status, headers, body } = toErrorResponse(new HubError(code, 'Why'));
      return {
        code,
        status,
        errorCode: headers['X-Error-Code'],
        hasMessage: body.error === headers['X-Error-Message'],
      };
    });
    expect(rows).toEqual(
      CODES.map(([code, status, named]) => ({ code, status, errorCode: named ? code : undefined, hasMessage: true })),
    );
  });

  it('is tested for every code', () => {
    expect(CODES.map(([code]) => code).sort()).toEqual([...HUB_ERROR_CODES].sort());
  });

  it('challenges unauthenticated callers, but not callers without access to a gated repository', () => {
    const challenge = (code: HubErrorCode): unknown =>
      toErrorResponse(new HubError(code, 'x')).headers['WWW-Authenticate'];
    expect(challenge('Unauthorized')).toBe('Bearer realm="Authentication required"');
    expect(challenge('GatedRepo')).toBeUndefined();
  });

  it('shows the names of pages in the header, which clients print', () => {
    const { headers, body } = toErrorResponse(new HubError('BadRequest', 'See Admin → Cache.'));
    expect([headers['X-Error-Message'], body.error]).toEqual(['See Admin > Cache.', 'See Admin → Cache.']);
  });

  it('returns the text that clients expect for a disabled repository', () => {
    const { headers, body } = toErrorResponse(new HubError('Disabled', 'switched off by its owner'));
    expect([headers['X-Error-Message'], body.error]).toEqual(Array(2).fill('Access to this resource is disabled.'));
  });

  it.each<[HubErrorCode, number | undefined, (string | undefined)[]]>([
    ['RateLimited', 54.2, ['55', '"api";r=0;t=55']],
    ['RateLimited', 0, ['1', '"api";r=0;t=1']],
    ['RateLimited', undefined, ['10', '"api";r=0;t=10']],
    ['UpstreamUnavailable', 15, ['15', undefined]],
    ['UpstreamUnavailable', undefined, [undefined, undefined]],
  ])('%s with a wait of %p s has Retry-After and RateLimit %j', (code, retryAfter, expected) => {
    const { headers } = toErrorResponse(new HubError(code, 'x', { retryAfter }));
    expect([headers['Retry-After'], headers['RateLimit']]).toEqual(expected);
  });

  it('includes the facts of the error', () => {
    const entry = toErrorResponse(
      new HubError('EntryNotFound', 'Entry not found', { commit: 'a'.repeat(40), source: SOURCE }),
    );
    expect(entry.headers).toMatchObject({
      'X-Repo-Commit': 'a'.repeat(40),
      'X-Source': 'Mod%C3%A8le %E5%9E%8B',
      'X-Source-URL': 'https://hub.example.com',
    });
    const range = toErrorResponse(new HubError('RangeNotSatisfiable', 'x', { size: 7 }));
    expect(range.headers['Content-Range']).toBe('bytes */7');
    const failed = toErrorResponse(new HubError('UpstreamFailed', 'x', { sources: REPORT, detail: 'more' }));
    expect(failed.body).toEqual({ error: 'x', detail: 'more', sources: REPORT });
    expect(toErrorResponse(new HubError('GatedRepo', 'x', { status: 403 })).status).toBe(403);
  });

  it('does not distinguish missing from hidden repositories', () => {
    const searched = new HubError('RepoNotFound', 'Repository not found', {
      sources: REPORT,
      source: SOURCE,
      detail: 'd',
    });
    const text = (error: HubError): string => JSON.stringify(toErrorResponse(error));
    expect(text(searched)).toBe(text(new HubError('RepoNotFound', 'Repository not found')));
  });

  it('sanitizes messages in headers', () => {
    const { headers, body } = toErrorResponse(new HubError('EntryNotFound', 'no 型\r\nX-Evil: 1'));
    expect(headers['X-Error-Message']).toBe('no %E5%9E%8B X-Evil: 1');
    expect(body.error).toBe('no 型\r\nX-Evil: 1');
  });
});

describe('toHubError', () => {
  const exposed = (status: number): Error => Object.assign(new Error('parser message'), { status, expose: true });

  it.each<[string, unknown, number, string]>([
    [
      'unknown route',
      new NotFoundException('Cannot GET /x'),
      404,
      "Sorry, we can't find the page you are looking for.",
    ],
    ['malformed URL', new URIError('URI malformed'), 400, 'The URL contains an invalid percent-encoding'],
    ['invalid body', new BadRequestException('Unexpected end'), 400, 'Unexpected end'],
    ['body too large', exposed(413), 413, 'The request body is too large for this endpoint'],
    ['unknown charset', exposed(415), 415, 'parser message'],
    ['not ready', new ServiceUnavailableException('Not ready'), 503, 'Not ready'],
  ])('converts the framework error: %s', (_, error, status, message) => {
    const response = toErrorResponse(toHubError(error) as HubError);
    expect([response.status, response.body.error]).toEqual([status, message]);
  });

  it.each([new Error('secret'), exposed(500), 'text', undefined])('does not expose %p', (error) => {
    expect(toHubError(error)).toBeUndefined();
  });
});
