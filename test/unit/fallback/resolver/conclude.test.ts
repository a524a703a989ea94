import { conclude, propagated } from '../../../../src/fallback/resolver/conclude.js';
import { probeFor, probeKey } from '../../../../src/fallback/resolver/fallback-request.js';
import type { Attempt } from '../../../../src/domain/attempt.js';
import type { Operation } from '../../../../src/domain/operation.js';
import type { Outcome } from '../../../../src/domain/upstream.js';
import { OPERATIONS } from '../../../support/chain-scenarios.js';
import { buildSource } from '../../../support/build-source.js';

const { info, tree, resolveHead, resolveGet } = OPERATIONS as Record<string, Operation> & typeof OPERATIONS;
const source = buildSource({ name: 'S1', url: 'https://s1.example' });
const attempt = (outcome: Outcome, facts: Partial<Attempt>): Attempt => ({
  source,
  outcome,
  verdict: 'next',
  category: 'other',
  repoDenied: false,
  method: 'GET',
  path: '/',
  ms: 1,
  ...facts,
});

describe('conclude', () => {
  it('returns the reply of a successful attempt', () => {
    const outcome: Outcome = { kind: 'reply', status: 200, headers: { etag: '"e"' } };
    for (const operation of [tree!, resolveHead!])
      expect(conclude(attempt(outcome, { verdict: 'serve', category: 'ok' }), operation)).toBe(outcome);
  });

  it.each<[string, Outcome, Partial<Attempt>, object]>([
    [
      'a missing file with the message and commit of the source',
      { kind: 'reply', status: 404, headers: { 'x-error-message': 'No a.txt here', 'x-repo-commit': 'c'.repeat(40) } },
      { verdict: 'propagate', errorCode: 'EntryNotFound' },
      { code: 'EntryNotFound', message: 'No a.txt here', facts: expect.objectContaining({ commit: 'c'.repeat(40) }) },
    ],
    [
      'a missing revision',
      { kind: 'reply', status: 404, headers: {} },
      { verdict: 'propagate', errorCode: 'RevisionNotFound' },
      { code: 'RevisionNotFound', message: 'Revision not found' },
    ],
    [
      'a missing repository',
      { kind: 'reply', status: 404, headers: {} },
      { category: 'not-found' },
      { code: 'RepoNotFound' },
    ],
    [
      'a timeout',
      { kind: 'failure', category: 'timeout', message: 'no response' },
      { category: 'timeout' },
      { code: 'UpstreamTimeout' },
    ],
  ])('throws the error of %s', (_, outcome, facts, error) => {
    expect(() => conclude(attempt(outcome, facts), info!)).toThrow(expect.objectContaining(error) as Error);
  });

  it('names the source of an error that it propagates', () => {
    const missing = attempt({ kind: 'reply', status: 404, headers: {} }, { verdict: 'propagate' });
    expect(propagated(missing).facts.source).toEqual({ name: 'S1', url: 'https://s1.example' });
  });
});

describe('probeFor', () => {
  it('returns an unconditional HEAD for files, and other operations unchanged', () => {
    const conditional = { ...resolveGet, conditions: { range: 'bytes=0-1' } } as Operation;
    expect(probeFor(conditional)).toEqual(resolveHead);
    expect(probeFor(tree!)).toBe(tree);
  });

  it('returns probes whose keys are equal for equal requests to any repository, and differ otherwise', () => {
    expect(probeKey(resolveGet!)).toBe(probeKey(resolveHead!));
    expect(probeKey({ ...info!, repo: { type: 'space', namespace: 'x', name: 'y' } })).toBe(probeKey(info!));
    const others = Object.values(OPERATIONS).filter((operation) => operation !== resolveGet);
    expect(new Set(others.map(probeKey)).size).toBe(others.length);
    expect(probeKey({ ...tree!, query: [['recursive', 'true']] } as Operation)).not.toBe(probeKey(tree!));
  });
});
