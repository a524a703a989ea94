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

let far: FakeUpstream;
beforeEach(async () => {
  far = await FakeUpstream.start();
});
afterEach(() => far.close());

const gate = (): { open: () => void; opened: Promise<void> } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

it('records what it saw, undecoded, and knows of nothing until it is told', async () => {
  const body = new URLSearchParams({ paths: 'a b' });
  const answer = await fetch(`${far.url}/a%2Fb/%23?q=%20`, { method: 'POST', body, headers: { 'X-Mine': 'yes' } });
  expect(answer.status).toBe(404);
  expect(far.requests).toMatchObject([{ method: 'POST', url: '/a%2Fb/%23?q=%20', headers: { 'x-mine': 'yes' } }]);
  expect(far.requests[0]?.body.toString()).toBe('paths=a+b');
});

it('answers by turns, with pages and errors of all kinds', async () => {
  far.reply = inSequence(json(200, [1]), text(429, 'slow down'), html());
  expect(await (await fetch(far.url)).json()).toEqual([1]);
  expect((await fetch(far.url)).status).toBe(429);
  for (let n = 0; n < 2; n++) expect((await fetch(far.url)).headers.get('content-type')).toBe('text/html');
});

it('waits for what a test lets happen', async () => {
  const { open, opened } = gate();
  far.reply = afterGate(opened, bytes(200, 'late'));
  const answer = fetch(far.url);
  await far.waitFor(1);
  open();
  expect(await (await answer).text()).toBe('late');
});

it('sends drop by drop', async () => {
  const gates = [gate(), gate()];
  far.reply = drip(['one ', 'two'], (n) => gates[n]?.opened ?? Promise.resolve());
  const answer = await fetch(far.url);
  const reader = answer.body?.getReader();
  gates[0]?.open();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one ');
  gates[1]?.open();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two');
});

it('knows when the asker hung up', async () => {
  far.reply = hang();
  const impatient = new AbortController();
  const answer = fetch(far.url, { signal: impatient.signal });
  const [request] = await far.waitFor(1);
  impatient.abort();
  await expect(answer).rejects.toThrow('aborted');
  expect(await request?.ended).toBe('hung-up');
});

it.each([
  ['a reset', reset()],
  ['a body shorter than announced', truncated('half', 8)],
])('breaks off with %s', async (_name, responder) => {
  far.reply = responder;
  await expect(fetch(far.url).then((answer) => answer.text())).rejects.toThrow(/fetch failed|terminated/);
});

it('can be another host', async () => {
  const elsewhere = await FakeUpstream.start(bytes(200, 'here'), '127.0.0.2');
  expect(elsewhere.url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
  expect(await (await fetch(elsewhere.url)).text()).toBe('here');
  await elsewhere.close();
});
