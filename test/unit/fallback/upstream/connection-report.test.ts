import {
  describeConnection,
  tokenFinding,
  connectionProblem,
  type TestReply,
} from '../../../../src/fallback/upstream/connection-report.js';

const response = (status: number, body = '{}', location?: string): TestReply => ({ status, body, location });
const failure = (code: string, message = 'message'): TestReply => ({ body: '', failure: { code, message } });

describe('connectionProblem', () => {
  const replies: [what: string, reply: TestReply, message: RegExp][] = [
    ['a web page', response(200, '<!DOCTYPE html><title>Log in</title>'), /web page instead of JSON/],
    ['a web page without doctype', response(200, '\n<html>'), /web page/],
    ['plain text', response(200, 'ok'), /something other than JSON/],
    ['a JSON string', response(200, '"ok"'), /something other/],
    ['an empty body', response(200, ''), /something other/],
    ['a redirect', response(308, '', 'https://www.hub.example/api'), /redirects to https:\/\/www\.hub\.example\/api/],
    ['401', response(401), /requires credentials \(HTTP 401\)/],
    ['403', response(403), /requires credentials \(HTTP 403\)/],
    ['404', response(404), /Check the URL and the source type/],
    ['429', response(429), /limits the requests/],
    ['502', response(502), /internal error \(HTTP 502\)/],
    ['418', response(418), /HTTP 418/],
    ['an unknown host', failure('ENOTFOUND'), /DNS/],
    ['a closed port', failure('ECONNREFUSED'), /refused/],
    ['a timeout', failure('ETIMEDOUT'), /did not respond in time/],
    ['a reset', failure('ECONNRESET'), /closed/],
    ['a company CA', failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), /KOHAKU_HUB_CA_FILE/],
    ['an expired certificate', failure('CERT_HAS_EXPIRED'), /TLS certificate has expired/],
    ['HTTP on a TLS port', failure('ERR_SSL_WRONG_VERSION_NUMBER'), /TLS handshake failed/],
    [
      'a refused address',
      failure('ADDRESS_REFUSED', 'Connections to this address are not allowed: 169.254.1.1'),
      /169\.254\.1\.1/,
    ],
  ];

  test('describes each problem', () => {
    expect(replies.map(([what, reply]) => [what, connectionProblem(reply)])).toEqual(
      replies.map(([what, , message]) => [what, expect.stringMatching(message)]),
    );
  });

  test.each(['{}', '[]', ' [{"id":"a"}]'])('accepts the JSON %s', (body) => {
    expect(connectionProblem(response(200, body))).toBeUndefined();
  });
});

describe('tokenFinding', () => {
  test.each<[TestReply, string]>([
    [response(200, '{"name":"bot"}'), 'valid'],
    [response(401), 'rejected'],
    [response(403), 'unknown'],
    [response(429), 'unknown'],
    [response(200, '<html>'), 'unknown'],
    [failure('ECONNRESET'), 'unknown'],
  ])('for %j is %s', (reply, expected) => {
    expect(tokenFinding(reply)).toBe(expected);
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
  ])('with the problem %j and a token that is %s', (problem, token, expected) => {
    expect(describeConnection(problem, token)).toBe(expected);
  });
});
