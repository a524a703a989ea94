import { once } from 'node:events';
import type { Source } from '../../../../src/domain/source.js';
import type { Outcome } from '../../../../src/domain/upstream.js';
import { FairPool } from '../../../../src/platform/async/fair-pool.js';
import { eventually } from '../../../support/eventually.js';
import { bytes, drip, hang, html, inSequence, json, reset, text, truncated } from '../../../support/fake-replies.js';
import type { Responder } from '../../../support/fake-upstream.js';
import { bytesOf, UpstreamFixture } from '../../../support/upstream-fixture.js';

let fixture: UpstreamFixture;
beforeEach(() => (fixture = new UpstreamFixture()));
afterEach(() => fixture.close());

const MIB = 1024 * 1024;
const jsonHeaders = { 'content-type': 'application/json' };

/** Sends data until the client closes the connection; `sent` returns the number of bytes. */
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

describe('a JSON response', () => {
  it.each([
    ['an object', jsonHeaders, '{"id":"o/r"}', { id: 'o/r' }],
    ['a list', { 'content-type': 'application/json; charset=utf-8' }, '[]', []],
    ['a +json type', { 'content-type': 'application/problem+json' }, '{}', {}],
    ['a type in a different case', { 'content-type': 'Application/JSON' }, '{}', {}],
  ])('is parsed: %s', async (_, headers, body, value) => {
    const upstream = await fixture.startUpstream(bytes(200, body, headers));
    expect((await fixture.reply(fixture.sourceAt(upstream))).json).toEqual(value);
  });

  it.each<[string, Responder, string, string]>([
    ['a captive portal', html(), 'invalid', 'web page'],
    ['text', text(200, 'hello'), 'invalid', 'text/plain'],
    ['no type', bytes(200, '{}'), 'invalid', 'It responded without JSON'],
    ['a type with a similar name', bytes(200, '{}', { 'content-type': 'application/jsonp' }), 'invalid', 'jsonp'],
    ['broken JSON', bytes(200, '{"id":', jsonHeaders), 'invalid', 'invalid JSON'],
    ['an empty body', bytes(200, '', jsonHeaders), 'invalid', 'invalid JSON'],
    ['more than 16 MiB', bytes(200, Buffer.alloc(16 * MIB + 1, ' '), jsonHeaders), 'invalid', 'larger than'],
    ['a truncated body', truncated('{"id":', 100, jsonHeaders), 'network', 'connection failed'],
    ['a connection reset', reset(), 'network', 'ECONNRESET'],
  ])('fails with %s', async (_, reply, category, message) => {
    const upstream = await fixture.startUpstream(reply);
    const source = fixture.sourceAt(upstream);
    const failure = await fixture.failure(source);
    expect(failure).toMatchObject({ category });
    expect(failure.message).toContain(message);
    expect(fixture.healthOf(source)).toMatchObject({ requests: 1, failures: 1, lastError: failure.message });
  });

  it('can have exactly 16 MiB', async () => {
    const body = Buffer.alloc(16 * MIB, ' ');
    body.write('{}');
    const upstream = await fixture.startUpstream(bytes(200, body, jsonHeaders));
    expect((await fixture.reply(fixture.sourceAt(upstream))).json).toEqual({});
  });

  it('is not received beyond the limit if it is endless', async () => {
    const { reply, sent } = endless(200, jsonHeaders);
    const upstream = await fixture.startUpstream(reply);
    expect(await fixture.failure(fixture.sourceAt(upstream))).toMatchObject({ category: 'invalid' });
    await upstream.requests[0]!.ended;
    expect(sent()).toBeLessThan(40 * MIB);
  });
});

describe('the memory for JSON of more than 1 MiB', () => {
  const text = Buffer.from(`{"padding":"${'x'.repeat(3 * MIB)}"}`);
  const declared = bytes(200, text, { 'content-type': 'application/json' });
  const chunked: Responder = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(text);
  };
  const read = (source: Source, n: number): Promise<Outcome> =>
    fixture.send(source, {}, { client: `account ${n}`, deadlineAt: performance.now() + 3000 });

  it.each([
    ['declared', declared],
    ['chunked', chunked],
  ])('is limited for all clients together, and released when the replies are sent: %s', async (_, reply) => {
    fixture.replies.pool = new FairPool(12 * MIB);
    const source = fixture.sourceAt(await fixture.startUpstream(reply));
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => read(source, n)));
    const replies = outcomes.flatMap((outcome) => (outcome.kind === 'reply' ? outcome : []));
    expect(replies.length).toBeGreaterThanOrEqual(2);
    expect(replies.length).toBeLessThan(8);
    for (const outcome of outcomes)
      if (outcome.kind === 'failure') expect(outcome).toMatchObject({ category: 'busy', retryAfter: 5 });
    expect(fixture.replies.pool.inUse).toBe(replies.length * text.length);
    for (const { hold } of replies) hold!.claim()();
    expect(fixture.replies.pool.inUse).toBe(0);
    expect((await read(source, 8)).kind).toBe('reply');
  });

  it('is only used as far as bytes have arrived, and released when the source fails', async () => {
    const source = fixture.sourceAt(
      await fixture.startUpstream((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(text.subarray(0, 1.5 * MIB));
      }),
    );
    const outcome = read(source, 0);
    await eventually(() => fixture.replies.pool.inUse === 2 * MIB);
    expect(await outcome).toMatchObject({ kind: 'failure', category: 'timeout' });
    expect(fixture.replies.pool.inUse).toBe(0);
  });
});

describe('an error message', () => {
  it.each<[string, Responder, string | undefined]>([
    ['from a header', json(404, { error: 'body' }, { 'x-error-message': 'header' }), 'header'],
    ['from "error"', json(404, { error: 'no such thing' }), 'no such thing'],
    ['from "detail"', json(404, { detail: 'no such thing' }), 'no such thing'],
    ['from a text', text(404, ' no such thing\n'), 'no such thing'],
    ['of a web page', html(404), undefined],
    ['of an empty body', bytes(500, ''), undefined],
    ['of JSON without a message', json(500, { error: 7 }), '{"error":7}'],
    ['of a long text', text(500, 'x'.repeat(2000)), 'x'.repeat(500)],
  ])('is extracted: %s', async (_, reply, message) => {
    const upstream = await fixture.startUpstream(reply);
    expect((await fixture.reply(fixture.sourceAt(upstream))).message).toBe(message);
  });

  it.each(['text/plain', 'text/html'])('does not require the whole response (%s)', async (type) => {
    const { reply, sent } = endless(500, { 'content-type': type });
    const upstream = await fixture.startUpstream(reply);
    expect(await fixture.reply(fixture.sourceAt(upstream))).toMatchObject({ status: 500 });
    await upstream.requests[0]!.ended;
    expect(sent()).toBeLessThan(20 * MIB);
  });
});

describe('a stream response', () => {
  it('is passed on unparsed, regardless of its type', async () => {
    const upstream = await fixture.startUpstream(html(200, '<p>a file</p>'));
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    expect(reply.json).toBeUndefined();
    expect((await bytesOf(reply)).toString()).toBe('<p>a file</p>');
  });

  it('ends in an error if it is truncated', async () => {
    const upstream = await fixture.startUpstream(truncated('abc', 100));
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    await expect(bytesOf(reply)).rejects.toThrow();
  });

  it('has no stream for HEAD', async () => {
    const upstream = await fixture.startUpstream(bytes(200, 'abc'));
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream', method: 'HEAD' });
    expect(reply).toMatchObject({ status: 200, headers: { 'content-length': '3' } });
    expect(reply.stream).toBeUndefined();
  });

  it('can be destroyed after all of it has arrived', async () => {
    const upstream = await fixture.startUpstream(bytes(200, 'abc'));
    const { stream } = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' });
    await upstream.requests[0]!.ended;
    stream!.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' })).status).toBe(200);
  });

  it('aborts the request when it is destroyed', async () => {
    const { reply } = endless(200, {});
    const upstream = await fixture.startUpstream(reply);
    (await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' })).stream!.destroy();
    expect(await upstream.requests[0]!.ended).toBe('disconnected');
  });
});

describe('a request without a response', () => {
  it('times out if the source sends nothing', async () => {
    fixture = new UpstreamFixture({ timeoutMs: 40 });
    const upstream = await fixture.startUpstream(hang());
    const source = fixture.sourceAt(upstream);
    expect(await fixture.failure(source)).toMatchObject({ category: 'timeout' });
    expect(await upstream.requests[0]!.ended).toBe('disconnected');
    expect(fixture.healthOf(source)).toMatchObject({ failures: 1 });
  });

  it('times out at the deadline if the source sends slowly', async () => {
    fixture = new UpstreamFixture({ timeoutMs: 40 });
    const never = new Promise(() => undefined);
    const upstream = await fixture.startUpstream(
      drip(['{', '"id":1}'], (n) => (n === 0 ? Promise.resolve() : never), jsonHeaders),
    );
    expect(
      await fixture.failure(fixture.sourceAt(upstream), {}, { deadlineAt: performance.now() + 120 }),
    ).toMatchObject({
      category: 'timeout',
    });
    expect(await upstream.requests[0]!.ended).toBe('disconnected');
  });

  it('fails immediately at a closed port', async () => {
    const upstream = await fixture.startUpstream(hang());
    const { url } = upstream;
    await upstream.close();
    expect(await fixture.failure(fixture.sourceAt({ url }))).toMatchObject({ category: 'network' });
  });
});

describe('a connection that is reset', () => {
  it('before the response causes one retry, as it may have been idle', async () => {
    const upstream = await fixture.startUpstream(inSequence(reset(), json(200, { id: 'o/r' })));
    const source = fixture.sourceAt(upstream);
    expect((await fixture.reply(source)).json).toEqual({ id: 'o/r' });
    expect(fixture.healthOf(source)).toMatchObject({ requests: 1, failures: 0 });
  });

  it('twice causes no second retry', async () => {
    const upstream = await fixture.startUpstream(reset());
    await fixture.failure(fixture.sourceAt(upstream));
    expect(upstream.requests).toHaveLength(2);
  });
});

describe('a client that disconnects', () => {
  it('cancels the request, which is not counted', async () => {
    const upstream = await fixture.startUpstream(hang());
    const source = fixture.sourceAt(upstream);
    for (let n = 1; n <= 6; n++) {
      const client = new AbortController();
      const failure = fixture.failure(source, {}, { signal: client.signal });
      await upstream.waitFor(n);
      client.abort();
      expect(await failure).toMatchObject({ category: 'aborted' });
      expect(await upstream.requests[n - 1]!.ended).toBe('disconnected');
    }
    expect(fixture.healthOf(source)).toMatchObject({ requests: 0, failures: 0, breaker: 'closed', lastError: null });
  });

  it('before its turn causes no request', async () => {
    const upstream = await fixture.startUpstream(json(200, {}));
    expect(await fixture.failure(fixture.sourceAt(upstream), {}, { signal: AbortSignal.abort() })).toMatchObject({
      category: 'aborted',
    });
    expect(upstream.requests).toHaveLength(0);
  });

  it('during a download ends the stream', async () => {
    const client = new AbortController();
    const upstream = await fixture.startUpstream(
      drip(['abc', 'def'], (n) => (n === 0 ? Promise.resolve() : new Promise(() => undefined))),
    );
    const reply = await fixture.reply(fixture.sourceAt(upstream), { expects: 'stream' }, { signal: client.signal });
    const body = bytesOf(reply);
    client.abort();
    await expect(body).rejects.toThrow('aborted');
    expect(await upstream.requests[0]!.ended).toBe('disconnected');
  });
});

describe('concurrent requests', () => {
  it('from one client are limited to 20 per source; the others wait', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let [active, max] = [0, 0];
    const upstream = await fixture.startUpstream(async (response, request) => {
      max = Math.max(max, ++active);
      await gate;
      active--;
      return json(200, {})(response, request);
    });
    const source = fixture.sourceAt(upstream);
    const replies = Array.from({ length: 50 }, (_, n) =>
      fixture.reply(source, { method: n % 2 ? 'GET' : 'HEAD' }, { client: 'account a' }),
    );
    await upstream.waitFor(20);
    const other = await fixture.startUpstream(json(200, {}));
    await fixture.reply(fixture.sourceAt(other, { key: 'db:2' })); // another source has its own limit
    expect(upstream.requests).toHaveLength(20);
    open();
    expect(await Promise.all(replies)).toHaveLength(50);
    expect({ requests: upstream.requests.length, max }).toEqual({ requests: 50, max: 20 });
  });

  it('for metadata do not wait for downloads', async () => {
    const upstream = await fixture.startUpstream((response, request) =>
      request.url.includes('resolve') ? void response.writeHead(200).write('x') : json(200, {})(response, request),
    );
    const source = fixture.sourceAt(upstream);
    const segments = ['o', 'r', 'resolve', 'main', 'a'];
    await fixture.reply(source);
    const readers = await Promise.all(
      Array.from({ length: 40 }, () => fixture.reply(source, { segments, expects: 'stream' })),
    );
    expect((await fixture.reply(source)).json).toEqual({});
    for (const { stream } of readers) stream!.destroy();
  });
});
