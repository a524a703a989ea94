import { buildOperation } from '../../../../src/domain/build-operation.js';
import type { OperationKind } from '../../../../src/domain/operation.js';
import type { Reply } from '../../../../src/domain/upstream.js';
import { decodeSteps } from '../../../../src/fallback/strategies/decode-steps.js';
import { decodeReplies } from '../../../../src/fallback/strategies/source-strategy.js';
import { SOURCE_TYPES, strategyFor } from '../../../../src/fallback/strategies/strategies.js';

const repo = { type: 'model', namespace: 'o', name: 'r' } as const;
const oid = 'a'.repeat(40);
const listOf = (length: number, entry: (n: number) => unknown): unknown[] =>
  Array.from({ length }, (_, n) => (n % 1000 === 7 ? n : entry(n)));

/** Long replies with entries that are left out and fields that are removed. */
const REPLIES: readonly [OperationKind, unknown][] = [
  [
    'info',
    {
      id: 'o/r',
      siblings: listOf(5000, (n) => ({ rfilename: `${n}`, size: n % 3 ? n : 'x', xetHash: 'x' })),
      tags: listOf(4001, String),
      sha: oid,
      likes: 'many',
    },
  ],
  ['revision', { id: 'o/r', siblings: [], tags: ['a'], xetEnabled: true }],
  ['tree', listOf(6000, (n) => ({ type: 'file', path: `${n}`, oid, size: n, xetHash: 'x' }))],
  ['pathsInfo', listOf(2001, (n) => ({ type: 'file', path: `${n}`, oid, size: -n }))],
  ['commits', listOf(4000, (n) => ({ id: oid, title: `${n}`, authors: 7 }))],
  ['refs', { branches: listOf(3000, (n) => ({ name: `${n}`, ref: 'r', targetCommit: oid })), tags: [], converts: [] }],
  ['likers', listOf(3000, (n) => ({ user: `u${n}`, fullname: 'U' }))],
];

describe.each(SOURCE_TYPES)('replies of a source of type %s', (type) => {
  it.each(REPLIES)('to %s are decoded in steps as they are at once', (kind, json) => {
    const operation = buildOperation(kind, { repo, query: [], rest: ['main'] });
    const replies: readonly [Reply] = [{ kind: 'reply', status: 200, headers: {}, json }];
    const steps = decodeSteps(strategyFor(type), operation, replies);
    let step = steps.next();
    while (!step.done) step = steps.next();
    const expected = decodeReplies(strategyFor(type), operation, replies);
    expect(JSON.stringify(step.value)).toBe(JSON.stringify(expected));
  });
});

it('the parts of a long list are separate steps', () => {
  const [, [, json]] = [0, REPLIES[2]!];
  const operation = buildOperation('tree', { repo, query: [], rest: ['main'] });
  const steps = decodeSteps(strategyFor('huggingface'), operation, [{ kind: 'reply', status: 200, headers: {}, json }]);
  expect([...steps]).toHaveLength(2);
});
