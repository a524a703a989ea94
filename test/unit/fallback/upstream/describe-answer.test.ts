import {
  describeFinding,
  findToken,
  whatIsWrong,
  type TestAnswer,
} from '../../../../src/fallback/upstream/describe-answer.js';

const answer = (status: number, body = '{}', location?: string): TestAnswer => ({ status, body, location });
const failed = (code: string, message = 'words'): TestAnswer => ({ body: '', failure: { code, message } });

describe('whatIsWrong', () => {
  test.each<[string, TestAnswer, RegExp]>([
    ['a web page', answer(200, '<!DOCTYPE html><title>Log in</title>'), /web page, not a hub's JSON/],
    ['a web page without doctype', answer(200, '\n<html>'), /web page/],
    ['plain text', answer(200, 'ok'), /something else than a hub's JSON/],
    ['a bare word of JSON', answer(200, '"ok"'), /something else/],
    ['nothing', answer(200, ''), /something else/],
    ['a redirect', answer(308, '', 'https://www.hub.example/api'), /redirects to https:\/\/www\.hub\.example\/api/],
    ['401', answer(401), /asks for credentials \(HTTP 401\)/],
    ['403', answer(403), /asks for credentials \(HTTP 403\)/],
    ['404', answer(404), /URL and source type/],
    ['429', answer(429), /limits our requests/],
    ['502', answer(502), /trouble of its own \(HTTP 502\)/],
    ['418', answer(418), /HTTP 418/],
    ['an unknown host', failed('ENOTFOUND'), /DNS/],
    ['a closed port', failed('ECONNREFUSED'), /refused/],
    ['silence', failed('ETIMEDOUT'), /did not answer in time/],
    ['a reset', failed('ECONNRESET'), /closed/],
    ['an expired certificate', failed('CERT_HAS_EXPIRED'), /TLS certificate has expired/],
    ['http spoken where TLS is', failed('ERR_SSL_WRONG_VERSION_NUMBER'), /TLS failed/],
    ['a refused address', failed('ADDRESS_REFUSED', 'refused to connect: 169.254.1.1'), /169\.254\.1\.1/],
  ])('%s', (_, given, expected) => {
    expect(whatIsWrong(given)).toMatch(expected);
  });

  test.each(['{}', '[]', ' [{"id":"a"}]'])('%s is JSON of a hub', (body) => {
    expect(whatIsWrong(answer(200, body))).toBeUndefined();
  });
});

describe('findToken', () => {
  test.each<[TestAnswer, string]>([
    [answer(200, '{"name":"bot"}'), 'valid'],
    [answer(401), 'rejected'],
    [answer(403), 'unknown'],
    [answer(429), 'unknown'],
    [answer(200, '<html>'), 'unknown'],
    [failed('ECONNRESET'), 'unknown'],
  ])('%j: %s', (given, expected) => {
    expect(findToken(given)).toBe(expected);
  });
});

describe('describeFinding', () => {
  test.each<[string | undefined, 'none' | 'valid' | 'rejected' | 'unknown', string]>([
    [undefined, 'none', 'It answers as a hub does.'],
    [undefined, 'valid', 'It answers as a hub does, and accepts the token.'],
    [undefined, 'rejected', 'It answers as a hub does, but rejects the token.'],
    [undefined, 'unknown', 'It answers as a hub does, but it could not be found out whether the token is good.'],
    ['it did not answer in time', 'unknown', 'It did not answer in time.'],
    ['it asks for credentials (HTTP 401)', 'valid', 'It asks for credentials (HTTP 401), but accepts the token.'],
    ['it asks for credentials (HTTP 401)', 'rejected', 'It asks for credentials (HTTP 401), and rejects the token.'],
  ])('%s, token %s', (wrong, token, expected) => {
    expect(describeFinding(wrong, token)).toBe(expected);
  });
});
