import { CardParser } from '../../../../src/repos/card/card-parser.service.js';

const parser = new CardParser();
const read = (yaml: string) => parser.parse(`---\n${yaml}\n---\n# Text\n`);

describe('CardParser', () => {
  it.each([
    ['strings and lists', 'license: mit\ntags:\n- a\n- b', { license: 'mit', tags: ['a', 'b'] }],
    ['languages and dates as strings', 'language: no\ndate: 2024-01-02', { language: 'no', date: '2024-01-02' }],
    ['numbers as keys', '1: x', { 1: 'x' }],
    ['anchors', 'a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2', { a: { k: 1 }, b: { k: 1 }, c: { k: 1, l: 2 } }],
    ['numbers that JSON does not support as null', 'a: .nan', { a: null }],
    ['the key __proto__', '__proto__: {x: 1}', JSON.parse('{"__proto__":{"x":1}}') as unknown],
    ['an empty block', '', {}],
    ['a comment', '# nothing', {}],
  ])('reads %s', async (_case, yaml, data) => {
    expect(await read(yaml)).toEqual({ data, errors: [] });
  });

  it('returns no data for a card without metadata', async () => {
    expect(await parser.parse('# Text')).toEqual({ errors: [] });
  });

  it.each([
    ['a list', '- a', 2, /must be a list of "name: value"/],
    ['a string', 'hello', 2, /must be a list of "name: value"/],
    ['inconsistent indentation', 'a: 1\nb:\n  c: 1\n d: 2', 5, /./],
    ['an open quote', 'a: 1\nb: "x', 4, /./],
    ['a duplicate key', 'a: 1\nb: {c: 1,\n c: 2}', 4, /"c" is defined twice/],
    ['a tab', 'a:\n\t- b', 3, /^Tab characters/],
    ['an object as a key', '{a: 1}: b', 2, /./],
    ['a NUL character', 'a: "x\\0y"', 2, /character/],
    ['half a surrogate pair', 'a: "\\ud800"', 2, /character/],
    ['an undefined alias', 'a: *b', 2, /alias/i],
    ['exponentially growing aliases', bomb(), 2, /larger than 1 MiB/],
    ['too deep nesting', '['.repeat(20_000), 2, /./],
    ['more than 512 KiB', `a: "${'x'.repeat(600_000)}"`, 2, /longer than 512 KiB/],
    ['more than 40,000 lines', 'k: v\n'.repeat(40_001), 2, /more than 40000 lines/],
    ['more values than a card has', `a: [${'1,'.repeat(200_000)}1]`, 2, /too many values/],
    ['an endless value', 'a: &a\n  b: *a', 2, /nested too deeply/],
  ])('reports %s with its line', async (_case, yaml, line, message) => {
    const { data, errors } = await read(yaml);
    expect(data).toBeUndefined();
    expect(errors[0]).toEqual({ line, message: expect.stringMatching(message) as string });
  });
});

it('invalid metadata becomes a warning', async () => {
  const metadata = await parser.metadata({ type: 'space', sdk: 'docker' }, '---\na: "\n---\n');
  expect(metadata).toMatchObject({
    cardData: null,
    tags: ['docker'],
    cardWarning: expect.stringMatching(/^Line \d: /) as string,
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let n = 1; n < 12; n++)
    lines.push(
      `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join()}]`,
    );
  return lines.join('\n');
}
