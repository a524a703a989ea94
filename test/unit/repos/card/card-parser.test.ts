import { CardParser } from '../../../../src/repos/card/card-parser.service.js';

const reader = new CardParser();
const read = (yaml: string) => reader.parse(`---\n${yaml}\n---\n# Text\n`);

describe('reading the metadata of a card', () => {
  it.each([
    ['texts and lists', 'license: mit\ntags:\n- a\n- b', { license: 'mit', tags: ['a', 'b'] }],
    [
      'languages and dates as they are written',
      'language: no\ndate: 2024-01-02',
      { language: 'no', date: '2024-01-02' },
    ],
    ['numbers as names', '1: x', { 1: 'x' }],
    ['anchors', 'a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2', { a: { k: 1 }, b: { k: 1 }, c: { k: 1, l: 2 } }],
    ['numbers that JSON lacks as null', 'a: .nan', { a: null }],
    ['a name that objects have by nature', '__proto__: {x: 1}', JSON.parse('{"__proto__":{"x":1}}') as unknown],
    ['nothing', '', {}],
    ['a comment', '# nothing', {}],
  ])('%s', (_case, yaml, data) => {
    expect(read(yaml)).toEqual({ data, errors: [] });
  });

  it('finds none in a card without', () => {
    expect(reader.parse('# Text')).toEqual({ errors: [] });
  });

  it.each([
    ['a list', '- a', 2, /must be a list of "name: value"/],
    ['a lone text', 'hello', 2, /must be a list of "name: value"/],
    ['an indentation that is off', 'a: 1\nb:\n  c: 1\n d: 2', 5, /./],
    ['an open quote', 'a: 1\nb: "x', 4, /quote/i],
    ['a name that is there twice', 'a: 1\nb: {c: 1,\n c: 2}', 4, /"c" is defined twice/],
    ['a tab', 'a:\n\t- b', 3, /tab/i],
    ['a name that is none', '{a: 1}: b', 2, /./],
    ['NUL, which no database takes', 'a: "x\\0y"', 2, /character/],
    ['half a character', 'a: "\\ud800"', 2, /character/],
    ['an alias of nothing', 'a: *b', 2, /alias/i],
    ['aliases that multiply', bomb(), 2, /alias/i],
    ['too deep a nest', '['.repeat(20_000), 2, /./],
    ['too much', `a: "${'x'.repeat(300_000)}"`, 2, /longer than 256 KiB/],
  ])('says what is wrong with %s, and on which line', (_case, yaml, line, message) => {
    const { data, errors } = read(yaml);
    expect(data).toBeUndefined();
    expect(errors[0]).toEqual({ line, message: expect.stringMatching(message) as string });
  });
});

it('what is broken is a warning in place of facts', () => {
  const facts = reader.metadata({ type: 'space', sdk: 'docker' }, '---\na: "\n---\n');
  expect(facts).toMatchObject({
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
