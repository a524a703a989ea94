import { TokenGate } from '../../../../src/fallback/upstream/token-gate.js';

let now = 0;
let gate: TokenGate;
beforeEach(() => (gate = new TokenGate(() => now)));

it('sends a token until it is rejected', () => {
  expect([gate.admits('a'), gate.admits('a')]).toEqual([true, true]);
  expect(gate.reject('a')).toBe(true);
  expect(gate.admits('a')).toBe(false);
});

it('tries a rejected token with one request every five minutes', () => {
  gate.reject('a');
  now += 299_999;
  expect(gate.admits('a')).toBe(false);
  now += 1;
  expect([gate.admits('a'), gate.admits('a')]).toEqual([true, false]);
  expect(gate.reject('a')).toBe(false); // it is not reported again
  now += 300_000;
  expect(gate.admits('a')).toBe(true);
});

it('sends a changed token at once', () => {
  gate.reject('a');
  expect(gate.admits('b')).toBe(true);
});

it('sends a token again that was accepted after all', () => {
  gate.reject('a');
  now += 300_000;
  gate.admits('a');
  gate.accept('a');
  expect([gate.admits('a'), gate.admits('a')]).toEqual([true, true]);
  expect(gate.reject('a')).toBe(true);
});
