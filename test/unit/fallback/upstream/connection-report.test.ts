import {
  describeConnection,
  tokenFinding,
  connectionProblem,
  type TestReply,
} from '../../../../src/fallback/upstream/connection-report.js';

const answer = (status: number, body = '{}', location?: string): TestReply => ({ status, body, location });
const failed = (code: string, message = 'words'): TestReply => ({ body: '', failure: { code, message } });

describe('connectionProblem', () => {
  test.each<[string, TestReply, RegExp]>([
    ['a web page', answer(200, '<!DOCTYPE html><title>Log in</title>'), /web page instead of JSON/],
    ['a web page without doctype', answer(200, '\n<html>'), /web page/],
    ['plain text', answer(200, 'ok'), /something other than JSON/],
    ['a bare word of JSON', answer(200, '"ok"'), /something other/],
    ['nothing', answer(200, ''), /something other/],
    ['a redirect', answer(308, '', 'https://www.hub.example/api'), /redirects to https:\/\/www\.hub\.example\/api/],
    ['401', answer(401), /requires credentials \(HTTP 401\)/],
    ['403', answer(403), /requires credentials \(HTTP 403\)/],
    ['404', answer(404), /Check the URL and the source type/],
    ['429', answer(429), /limits the requests/],
    ['502', answer(502), /internal error \(HTTP 502\)/],
    ['418', answer(418), /HTTP 418/],
    ['an unknown host', failed('ENOTFOUND'), /DNS/],
    ['a closed port', failed('ECONNREFUSED'), /refused/],
    ['silence', failed('ETIMEDOUT'), /did not respond in time/],
    ['a reset', failed('ECONNRESET'), /closed/],
    ['an expired certificate', failed('CERT_HAS_EXPIRED'), /TLS certificate has expired/],
    ['http spoken where TLS is', failed('ERR_SSL_WRONG_VERSION_NUMBER'), /TLS handshake failed/],
    [
      'a refused address',
      failed('ADDRESS_REFUSED', 'Connections to this address are not allowed: 169.254.1.1'),
      /169\.254\.1\.1/,
    ],
  ])('%s', (_, given, expected) => {
    expect(connectionProblem(given)).toMatch(expected);
  });

  test.each(['{}', '[]', ' [{"id":"a"}]'])('%s is JSON of a hub', (body) => {
    expect(connectionProblem(answer(200, body))).toBeUndefined();
  });
});

describe('tokenFinding', () => {
  test.each<[TestReply, string]>([
    [answer(200, '{"name":"bot"}'), 'valid'],
    [answer(401), 'rejected'],
    [answer(403), 'unknown'],
    [answer(429), 'unknown'],
    [answer(200, '<html>'), 'unknown'],
    [failed('ECONNRESET'), 'unknown'],
  ])('%j: %s', (given, expected) => {
    expect(tokenFinding(given)).toBe(expected);
  });
});

describe('describeConnection', () => {
  test.each<[string | undefined, 'none' | 'valid' | 'rejected' | 'unknown', string]>([
    [undefined, 'none', 'Connected.'],
    [undefined, 'valid', 'Connected. The token is accepted.'],
    [undefined, 'rejected', 'Connected, but the token was rejected.'],
    [undefined, 'unknown', 'Connected. Whether the token is accepted could not be checked.'],
    ['It did not respond in time', 'unknown', 'It did not respond in time.'],
    ['It requires credentials (HTTP 401)', 'valid', 'It requires credentials (HTTP 401). The token is accepted.'],
    ['It requires credentials (HTTP 401)', 'rejected', 'It requires credentials (HTTP 401). The token was rejected.'],
  ])('%s, token %s', (problem, token, expected) => {
    expect(describeConnection(problem, token)).toBe(expected);
  });
});
