import type { Attempt } from '../../../../src/domain/attempt.js';
import type { Source } from '../../../../src/domain/source.js';
import { chooseFailure } from '../../../../src/domain/choose-failure.js';
import { walkChain } from '../../../../src/fallback/resolver/walk-chain.js';
import { SOURCE_TYPES, strategyFor } from '../../../../src/fallback/strategies/strategies.js';
import { expectedFailure, OPERATIONS, outcomeOf, SCENARIOS, type Scenario } from '../../../support/chain-scenarios.js';
import { buildSource } from '../../../support/build-source.js';

/** All chains of one to three scenarios in which each but the last has the verdict "next". */
function* chains(): Generator<Scenario[]> {
  const next = SCENARIOS.filter(({ binds }) => !binds);
  for (const last of SCENARIOS) {
    yield [last];
    for (const a of next) {
      yield [a, last];
      for (const b of next) yield [a, b, last];
    }
  }
}

/** A further source, which is tried only if no earlier one was chosen. */
const FURTHER: Scenario = SCENARIOS.find(({ name }) => name === '404_repo')!;

describe.each(SOURCE_TYPES)('chains of %s sources', (type) => {
  const sources = [0, 1, 2, 3].map((n): Source => buildSource({ key: `db:${n}`, name: `S${n}`, type }));

  it.each(Object.keys(OPERATIONS))('choose the expected source or error for %s', async (name) => {
    const operation = OPERATIONS[name]!;
    let cases = 0;
    const wrong: object[] = []; // One assertion for all chains: 6,000 assertions would take most of the time of this project.
    for (const chain of chains()) {
      const scenarios = [...chain, FURTHER];
      const tried: string[] = [];
      const probe = (source: Source): Promise<Attempt> => {
        const outcome = outcomeOf(scenarios[sources.indexOf(source)]!, operation);
        tried.push(source.name);
        const facts = { source, outcome, method: 'GET', path: '/', ms: 0 };
        return Promise.resolve({ ...strategyFor(type).classify(operation, [outcome]), ...facts });
      };
      const candidates = sources.slice(0, scenarios.length);
      const { attempts, chosen } = await walkChain({
        candidates,
        probe,
        hedgeMs: 0,
        maxConcurrent: 5,
        after: () => () => {},
      });
      const last = chain.at(-1)!;
      const seen = chosen ? chosen.verdict : chooseFailure(attempts, operation.kind).code;
      const expected = last.binds
        ? last.bind === 'respond'
          ? 'serve'
          : 'propagate'
        : expectedFailure(scenarios, operation);
      const expectedCount = last.binds ? chain.length : scenarios.length;
      if (seen !== expected || tried.length !== expectedCount) {
        const label = chain.map(({ name: scenario }) => scenario).join(' → ');
        wrong.push({ label, seen, expected, tried: tried.length, expectedCount });
      }
      cases++;
    }
    expect(wrong).toEqual([]);
    const next = SCENARIOS.filter(({ binds }) => !binds).length;
    expect(cases).toBe(SCENARIOS.length * (1 + next + next * next));
  });
});
