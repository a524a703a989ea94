import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newPriorities, type OrderedSource } from '../../../src/domain/new-priorities.js';

const env = (fixed: number): OrderedSource => ({ id: `env:${fixed}`, fixed });
const stored = (id: number): OrderedSource => ({ id });

it.each<[string, OrderedSource[], Record<number, number>]>([
  ['no sources', [], {}],
  ['only stored sources', [stored(3), stored(1), stored(2)], { 3: 1, 1: 2, 2: 3 }],
  ['a source on each side of a fixed one', [stored(2), env(5), stored(1)], { 2: 1, 1: 5 }],
  ['sources after a fixed first one', [env(1), stored(1), stored(2)], { 1: 1, 2: 2 }],
  ['sources that fill a gap exactly', [stored(1), stored(2), env(3)], { 1: 1, 2: 2 }],
  ['a source between two fixed ones', [env(5), stored(1), env(6), stored(2)], { 1: 5, 2: 6 }],
])('assigns priorities to %s', (_, order, expected) => {
  const { priorities = new Map() } = newPriorities(order);
  expect(Object.fromEntries(priorities)).toEqual(expected);
});

it.each<[string, OrderedSource[], string | undefined]>([
  ['before the first priority', [stored(1), env(1)], 'env:1'],
  ['between neighbours', [env(5), stored(1), stored(2), env(6)], 'env:6'],
  ['between fixed sources in the wrong order', [env(6), env(5)], 'env:5'],
  ['after the last priority', [env(10_000), stored(1), stored(2)], undefined],
])('reports insufficient priorities %s', (_, order, blockedBy) => {
  expect(newPriorities(order)).toEqual({ blockedBy });
});

it('returns priorities that sort to the requested order, with fixed sources first among equals', () => {
  const place = fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 30 }));
  fc.assert(
    fc.property(fc.array(place, { maxLength: 12 }), (places) => {
      const order = places.map((fixed, n): OrderedSource => ({ id: n, fixed }));
      const { priorities } = newPriorities(order);
      if (!priorities) return;
      const numbered = order.map(({ id, fixed }) => ({
        id,
        priority: fixed ?? priorities.get(id)!,
        env: fixed !== undefined,
      }));
      const sorted = numbered.toSorted((a, b) => a.priority - b.priority || Number(b.env) - Number(a.env));
      expect(sorted).toEqual(numbered);
    }),
  );
});
