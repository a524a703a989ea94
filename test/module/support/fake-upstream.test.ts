import {
  afterGate,
  bytes,
  drip,
  hang,
  html,
  inSequence,
  json,
  reset,
  text,
  truncated,
} from '../../support/fake-replies.js';
import { FakeUpstream } from '../../support/fake-upstream.js';

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(() => upstream.close());

const gate = (): { open: () => void; opened: Promise<void> } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

it('records requests undecoded and returns 404 by default', async () => {
  const body = new URLSearchParams({ paths: 'a b' });
  const response = await fetch(`${upstream.url}/a%2Fb/%23?q=%20`, {
    method: 'POST',
    body,
    headers: { 'X-Mine': 'yes' },
  });
  expect(response.status).toBe(404);
  expect(upstream.requests).toMatchObject([{ method: 'POST', url: '/a%2Fb/%23?q=%20', headers: { 'x-mine': 'yes' } }]);
  expect(upstream.requests[0]?.body.toString()).toBe('paths=a+b');
});

it('can return a sequence of responses', async () => {
  upstream.reply = inSequence(json(200, [1]), text(429, 'slow down'), html());
  expect(await (await fetch(upstream.url)).json()).toEqual([1]);
  expect((await fetch(upstream.url)).status).toBe(429);
  for (let n = 0; n < 2; n++) expect((await fetch(upstream.url)).headers.get('content-type')).toBe('text/html');
});

it('can delay its response until the test continues', async () => {
  const { open, opened } = gate();
  upstream.reply = afterGate(opened, bytes(200, 'late'));
  const response = fetch(upstream.url);
  await upstream.waitFor(1);
  open();
  expect(await (await response).text()).toBe('late');
});

it('can send its body in chunks', async () => {
  const gates = [gate(), gate()];
  upstream.reply = drip(['one ', 'two'], (n) => gates[n]?.opened ?? Promise.resolve());
  const response = await fetch(upstream.url);
  const reader = response.body?.getReader();
  gates[0]?.open();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one ');
  gates[1]?.open();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two');
});

it('detects that the client has disconnected', async () => {
  upstream.reply = hang();
  const client = new AbortController();
  const response = fetch(upstream.url, { signal: client.signal });
  const [request] = await upstream.waitFor(1);
  client.abort();
  await expect(response).rejects.toThrow('aborted');
  expect(await request?.ended).toBe('disconnected');
});

it.each([
  ['a reset', reset()],
  ['a body shorter than announced', truncated('half', 8)],
])('can fail with %s', async (_name, responder) => {
  upstream.reply = responder;
  await expect(fetch(upstream.url).then((response) => response.text())).rejects.toThrow(/fetch failed|terminated/);
});

it('can listen on another host', async () => {
  const elsewhere = await FakeUpstream.start(bytes(200, 'here'), '127.0.0.2');
  expect(elsewhere.url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
  expect(await (await fetch(elsewhere.url)).text()).toBe('here');
  await elsewhere.close();
});
