import { once } from 'node:events';
import { bytes, drip, hang, html, inSequence, json, reset, text, truncated } from '../../../support/fake-replies.js';
import type { Responder } from '../../../support/fake-upstream.js';
import { bytesOf, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture()));
afterEach(() => fixture.close());

const MIB = 1024 * 1024;
const typed = { 'content-type': 'application/json' };

/** Sends until the asker has had enough; tells how much it got rid of. */
function endless(status: number, headers: Record<string, string>): { reply: Responder; sent: () => number } {
  let sent = 0;
  const chunk = Buffer.alloc(256 * 1024, ' ');
  const reply: Responder = async (response) => {
    response.writeHead(status, headers);
    const closed = once(response, 'close');
    while (!response.destroyed && sent < 300 * MIB) {
      sent += chunk.length;
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
    }
    response.end();
  };
  return { reply, sent: () => sent };
}

describe('where JSON is due', () => {
  it.each([
    ['an object', typed, '{"id":"o/r"}', { id: 'o/r' }],
    ['a list', { 'content-type': 'application/json; charset=utf-8' }, '[]', []],
    ['JSON of a kind', { 'content-type': 'application/problem+json' }, '{}', {}],
    ['another spelling', { 'content-type': 'Application/JSON' }, '{}', {}],
  ])('%s is read', async (_, headers, body, value) => {
    const far = await fixture.startUpstream(bytes(200, body, headers));
    expect((await fixture.reply(fixture.sourceAt(far))).json).toEqual(value);
  });

  it.each<[string, Responder, string, string]>([
    ['a captive portal', html(), 'invalid', 'web page'],
    ['text', text(200, 'hello'), 'invalid', 'text/plain'],
    ['no type at all', bytes(200, '{}'), 'invalid', 'without a type'],
    ['a type that only begins so', bytes(200, '{}', { 'content-type': 'application/jsonp' }), 'invalid', 'jsonp'],
    ['broken JSON', bytes(200, '{"id":', typed), 'invalid', 'JSON is broken'],
    ['nothing', bytes(200, '', typed), 'invalid', 'JSON is broken'],
    ['more than 16 MiB', bytes(200, Buffer.alloc(16 * MIB + 1, ' '), typed), 'invalid', 'larger than'],
    ['less than it announced', truncated('{"id":', 100, typed), 'network', 'connection failed'],
    ['a reset', reset(), 'network', 'ECONNRESET'],
  ])('%s is a failure', async (_, reply, category, words) => {
    const far = await fixture.startUpstream(reply);
    const source = fixture.sourceAt(far);
    const failure = await fixture.failure(source);
    expect(failure).toMatchObject({ category });
    expect(failure.message).toContain(words);
    expect(fixture.healthOf(source)).toMatchObject({ requests: 1, failures: 1, lastError: failure.message });
  });

  it('exactly 16 MiB are taken', async () => {
    const body = Buffer.alloc(16 * MIB, ' ');
    body.write('{}');
    const far = await fixture.startUpstream(bytes(200, body, typed));
    expect((await fixture.reply(fixture.sourceAt(far))).json).toEqual({});
  });

  it('of an endless one no more than the limit is received', async () => {
    const { reply, sent } = endless(200, typed);
    const far = await fixture.startUpstream(reply);
    expect(await fixture.failure(fixture.sourceAt(far))).toMatchObject({ category: 'invalid' });
    await far.requests[0]!.ended;
    expect(sent()).toBeLessThan(40 * MIB);
  });
});

describe('an error', () => {
  it.each<[string, Responder, string | undefined]>([
    ['in a header', json(404, { error: 'body' }, { 'x-error-message': 'header' }), 'header'],
    ['as error', json(404, { error: 'no such thing' }), 'no such thing'],
    ['as detail', json(404, { detail: 'no such thing' }), 'no such thing'],
    ['as text', text(404, ' no such thing\n'), 'no such thing'],
    ['as a web page', html(404), undefined],
    ['not at all', bytes(500, ''), undefined],
    ['as JSON without words', json(500, { error: 7 }), '{"error":7}'],
    ['at length', text(500, 'x'.repeat(2000)), 'x'.repeat(500)],
  ])('says %s what is wrong', async (_, reply, message) => {
    const far = await fixture.startUpstream(reply);
    expect((await fixture.reply(fixture.sourceAt(far))).message).toBe(message);
  });

  it.each(['text/plain', 'text/html'])('of a huge page (%s) little is received', async (type) => {
    const { reply, sent } = endless(500, { 'content-type': type });
    const far = await fixture.startUpstream(reply);
    expect(await fixture.reply(fixture.sourceAt(far))).toMatchObject({ status: 500 });
    await far.requests[0]!.ended;
    expect(sent()).toBeLessThan(20 * MIB);
  });
});

describe('a stream', () => {
  it('is handed on unread, whatever its type', async () => {
    const far = await fixture.startUpstream(html(200, '<p>a file</p>'));
    const reply = await fixture.reply(fixture.sourceAt(far), { expects: 'stream' });
    expect(reply.json).toBeUndefined();
    expect((await bytesOf(reply)).toString()).toBe('<p>a file</p>');
  });

  it('that is cut short ends in an error', async () => {
    const far = await fixture.startUpstream(truncated('abc', 100));
    const reply = await fixture.reply(fixture.sourceAt(far), { expects: 'stream' });
    await expect(bytesOf(reply)).rejects.toThrow();
  });

  it('of a HEAD there is none', async () => {
    const far = await fixture.startUpstream(bytes(200, 'abc'));
    const reply = await fixture.reply(fixture.sourceAt(far), { expects: 'stream', method: 'HEAD' });
    expect(reply).toMatchObject({ status: 200, headers: { 'content-length': '3' } });
    expect(reply.stream).toBeUndefined();
  });

  it('that is dropped when all of it has come does no harm', async () => {
    const far = await fixture.startUpstream(bytes(200, 'abc'));
    const { stream } = await fixture.reply(fixture.sourceAt(far), { expects: 'stream' });
    await far.requests[0]!.ended;
    stream!.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await fixture.reply(fixture.sourceAt(far), { expects: 'stream' })).status).toBe(200);
  });

  it('that is dropped ends the request', async () => {
    const { reply } = endless(200, {});
    const far = await fixture.startUpstream(reply);
    (await fixture.reply(fixture.sourceAt(far), { expects: 'stream' })).stream!.destroy();
    expect(await far.requests[0]!.ended).toBe('hung-up');
  });
});

describe('time', () => {
  it('a source that is silent is given up', async () => {
    fixture = new UpstreamFixture({ timeoutMs: 40 });
    const far = await fixture.startUpstream(hang());
    const source = fixture.sourceAt(far);
    expect(await fixture.failure(source)).toMatchObject({ category: 'timeout' });
    expect(await far.requests[0]!.ended).toBe('hung-up');
    expect(fixture.healthOf(source)).toMatchObject({ failures: 1 });
  });

  it('a slow drip is not cut by the time for headers, but by the deadline', async () => {
    fixture = new UpstreamFixture({ timeoutMs: 40 });
    const never = new Promise(() => undefined);
    const far = await fixture.startUpstream(
      drip(['{', '"id":1}'], (n) => (n === 0 ? Promise.resolve() : never), typed),
    );
    expect(await fixture.failure(fixture.sourceAt(far), {}, { deadlineAt: performance.now() + 120 })).toMatchObject({
      category: 'timeout',
    });
    expect(await far.requests[0]!.ended).toBe('hung-up');
  });

  it('a port where nobody listens fails at once', async () => {
    const far = await fixture.startUpstream(hang());
    const { url } = far;
    await far.close();
    expect(await fixture.failure(fixture.sourceAt({ url }))).toMatchObject({ category: 'network' });
  });
});

describe('a connection that dies', () => {
  it('before the answer, as an idle one may: it is asked once more', async () => {
    const far = await fixture.startUpstream(inSequence(reset(), json(200, { id: 'o/r' })));
    const source = fixture.sourceAt(far);
    expect((await fixture.reply(source)).json).toEqual({ id: 'o/r' });
    expect(fixture.healthOf(source)).toMatchObject({ requests: 1, failures: 0 });
  });

  it('again: once more is enough', async () => {
    const far = await fixture.startUpstream(reset());
    await fixture.failure(fixture.sourceAt(far));
    expect(far.requests).toHaveLength(2);
  });
});

describe('a client that hangs up', () => {
  it('cancels the request and counts for nothing', async () => {
    const far = await fixture.startUpstream(hang());
    const source = fixture.sourceAt(far);
    for (let n = 1; n <= 6; n++) {
      const client = new AbortController();
      const failure = fixture.failure(source, {}, { signal: client.signal });
      await far.waitFor(n);
      client.abort();
      expect(await failure).toMatchObject({ category: 'aborted' });
      expect(await far.requests[n - 1]!.ended).toBe('hung-up');
    }
    expect(fixture.healthOf(source)).toMatchObject({ requests: 0, failures: 0, breaker: 'closed', lastError: null });
  });

  it('before it was served is not asked for', async () => {
    const far = await fixture.startUpstream(json(200, {}));
    expect(await fixture.failure(fixture.sourceAt(far), {}, { signal: AbortSignal.abort() })).toMatchObject({
      category: 'aborted',
    });
    expect(far.requests).toHaveLength(0);
  });

  it('while its file comes ends the stream', async () => {
    const client = new AbortController();
    const far = await fixture.startUpstream(
      drip(['abc', 'def'], (n) => (n === 0 ? Promise.resolve() : new Promise(() => undefined))),
    );
    const reply = await fixture.reply(fixture.sourceAt(far), { expects: 'stream' }, { signal: client.signal });
    const body = bytesOf(reply);
    client.abort();
    await expect(body).rejects.toThrow('aborted');
    expect(await far.requests[0]!.ended).toBe('hung-up');
  });
});

describe('in flight at the same time', () => {
  it('are at most 20 questions to one source; the others wait for their turn', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let [now, most] = [0, 0];
    const far = await fixture.startUpstream(async (response, request) => {
      most = Math.max(most, ++now);
      await gate;
      now--;
      return json(200, {})(response, request);
    });
    const source = fixture.sourceAt(far);
    const asked = Array.from({ length: 50 }, (_, n) => fixture.reply(source, { method: n % 2 ? 'GET' : 'HEAD' }));
    await far.waitFor(20);
    const other = await fixture.startUpstream(json(200, {}));
    await fixture.reply(fixture.sourceAt(other, { key: 'db:2' })); // another source has its own
    expect(far.requests).toHaveLength(20);
    open();
    expect(await Promise.all(asked)).toHaveLength(50);
    expect({ requests: far.requests.length, most }).toEqual({ requests: 50, most: 20 });
  });

  it('downloads do not keep questions waiting', async () => {
    const far = await fixture.startUpstream((response, request) =>
      request.url.includes('resolve') ? void response.writeHead(200).write('x') : json(200, {})(response, request),
    );
    const source = fixture.sourceAt(far);
    const segments = ['o', 'r', 'resolve', 'main', 'a'];
    await fixture.reply(source);
    const readers = await Promise.all(
      Array.from({ length: 40 }, () => fixture.reply(source, { segments, expects: 'stream' })),
    );
    expect((await fixture.reply(source)).json).toEqual({});
    for (const { stream } of readers) stream!.destroy();
  });
});
