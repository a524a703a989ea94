import fc from 'fast-check';
import { JsonTooDeep, JsonTooWide, MAX_JSON_FIELDS, parseJsonSteps } from '../../../src/domain/json-steps.js';

/** The result of all steps, and their number. */
function parse(text: string, batchLength?: number): { value: unknown; steps: number } {
  const parsing = parseJsonSteps(text, batchLength);
  for (let steps = 0; ; steps++) {
    const { done, value } = parsing.next();
    if (done) return { value, steps };
  }
}

/** The value, or the name of the error. */
function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (error) {
    return (error as Error).name;
  }
}

const pretty = fc.tuple(fc.json({ maxDepth: 6 }), fc.integer({ min: 0, max: 3 })).map(([json, spaces]) => {
  return JSON.stringify(JSON.parse(json), undefined, spaces);
});

it('parses what JSON.parse parses', () => {
  fc.assert(
    fc.property(pretty, fc.integer({ min: 0, max: 40 }), (text, batch) => {
      expect(parse(text, batch).value).toEqual(JSON.parse(text));
    }),
  );
});

it('refuses what JSON.parse refuses, for any damage of valid JSON', () => {
  const damage = fc.record({
    at: fc.nat(),
    remove: fc.integer({ min: 0, max: 2 }),
    insert: fc.constantFrom(...'[]{},:"\\ 1-e', ''),
  });
  fc.assert(
    fc.property(pretty, damage, fc.integer({ min: 0, max: 20 }), (text, { at, remove, insert }, batch) => {
      const place = at % (text.length + 1);
      const damaged = text.slice(0, place) + insert + text.slice(place + remove);
      expect(outcome(() => parse(damaged, batch).value)).toEqual(outcome(() => JSON.parse(damaged)));
    }),
    { numRuns: 2_000 },
  );
});

it.each([
  '[1,,2]',
  '[1,2,]',
  '[,1]',
  '{"a":[1,2],}',
  '{"a":[1,2]"b":1}',
  '[[1,2] 3]',
  '[-[1,2]]',
  '[1[1,2]]',
  '{"a" [1,2]}',
  '{[1,2]:1}',
  '[1,2][3,4]',
  '[1,2] x',
  'x [1,2]',
  '[1,2}',
  '1,2',
  '["a]',
  '',
])('refuses %s', (text) => {
  expect(() => parse(text, 0)).toThrow(SyntaxError);
});

it('treats __proto__ as an ordinary name', () => {
  const { value } = parse('{"__proto__":[1,2],"a":{"__proto__":{"b":1},"c":2}}', 0);
  expect(Object.keys(value as object)).toEqual(['__proto__', 'a']);
  expect(Object.keys((value as { a: object }).a)).toEqual(['__proto__', 'c']);
});

it('parses long arrays in many steps, at any depth', () => {
  const list = Array.from({ length: 20_000 }, (_, n) => ({ rfilename: `data/part-${n}.parquet`, size: n }));
  for (const value of [list, { siblings: list }, [{ a: { b: [list] } }], Object.fromEntries(list.entries())]) {
    const { value: parsed, steps } = parse(JSON.stringify(value), 10_000);
    expect(parsed).toEqual(value);
    expect(steps).toBeGreaterThan(50);
  }
});

it.each([
  [100, true],
  [101, false],
])('accepts a depth of %d: %s', (depth, isAccepted) => {
  const text = '['.repeat(depth) + ']'.repeat(depth);
  if (isAccepted) expect(() => parse(text)).not.toThrow();
  else expect(() => parse(text)).toThrow(JsonTooDeep);
});

it('accepts a limited number of fields, and any number of items', () => {
  const object = (count: number): string => `{${Array.from({ length: count }, (_, n) => `"${n}":0`).join()}}`;
  expect(() => parse(object(MAX_JSON_FIELDS))).not.toThrow();
  expect(() => parse(`[${object(MAX_JSON_FIELDS + 1)}]`)).toThrow(JsonTooWide);
  expect(() => parse(`[${'0,'.repeat(MAX_JSON_FIELDS)}0]`)).not.toThrow();
});
