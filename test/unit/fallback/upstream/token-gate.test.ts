import type { TokenCheck } from '../../../../src/fallback/upstream/harmless-probe.js';
import { TokenGate } from '../../../../src/fallback/upstream/token-gate.js';

let now = 0;
let gate: TokenGate;
let results: TokenCheck[];
let checks = 0;
let mayCheckAgain: boolean;
beforeEach(() => {
  checks = 0;
  mayCheckAgain = true;
  results = [];
  gate = new TokenGate(
    () => now,
    async () => {
      checks += 1;
      return results.shift() ?? 'valid';
    },
    () => mayCheckAgain,
  );
});

it('sends a token until it is rejected', async () => {
  expect([await gate.admits('a'), await gate.admits('a')]).toEqual([true, true]);
  expect(gate.reject('a')).toBe(true);
  expect(await gate.admits('a')).toBe(false);
});

it('tries a rejected token with one request every five minutes', async () => {
  gate.reject('a');
  now += 299_999;
  expect(await gate.admits('a')).toBe(false);
  now += 1;
  expect([await gate.admits('a'), await gate.admits('a')]).toEqual([true, false]);
  expect(gate.reject('a')).toBe(false); // it is not reported again
  now += 300_000;
  expect(await gate.admits('a')).toBe(true);
});

it('sends a changed token at once', async () => {
  gate.reject('a');
  expect(await gate.admits('b')).toBe(true);
});

it('sends a token again that was accepted after all', async () => {
  gate.reject('a');
  now += 300_000;
  await gate.admits('a');
  gate.accept('a');
  expect([await gate.admits('a'), await gate.admits('a')]).toEqual([true, true]);
  expect(gate.reject('a')).toBe(true);
});

it.each<[first: TokenCheck, second: TokenCheck, result: TokenCheck]>([
  ['valid', 'rejected', 'rejected'],
  ['valid', 'failed', 'valid'],
  ['unknown', 'valid', 'valid'],
])('checks a token every five minutes: %s, then %s', async (first, second, result) => {
  results = [first, second];
  expect([await gate.stateOf('a'), await gate.stateOf('a'), checks]).toEqual([first, first, 1]);
  now += 300_000;
  expect([await gate.stateOf('a'), checks]).toEqual([result, 2]);
});

it('checks a token once for concurrent requests, and again after a failure or a change', async () => {
  results = ['failed', 'valid', 'valid'];
  expect(await Promise.all([gate.stateOf('a'), gate.stateOf('a')])).toEqual(['failed', 'failed']);
  expect([await gate.stateOf('a'), await gate.stateOf('b'), checks]).toEqual(['valid', 'valid', 3]);
});

it('a token that a check has rejected is accepted by a check only', async () => {
  gate.reject('a', true);
  results = ['rejected', 'valid'];
  expect(gate.accept('a')).toBe(false);
  now += 300_000;
  expect([await gate.admits('a'), await gate.admits('a'), checks]).toEqual([false, false, 1]);
  now += 300_000;
  expect([await gate.admits('a'), await gate.admits('a'), checks]).toEqual([true, true, 2]);
});

it('does not repeat a check while the request budget is reserved for people', async () => {
  mayCheckAgain = false;
  expect([await gate.stateOf('a'), checks]).toEqual(['valid', 1]); // the first one is needed for the reply to a person
  now += 600_000;
  results = ['rejected'];
  expect([await gate.stateOf('a'), checks]).toEqual(['valid', 1]);
  mayCheckAgain = true;
  expect([await gate.stateOf('a'), checks]).toEqual(['rejected', 2]);
});
