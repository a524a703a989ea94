import { ANONYMOUS } from '../../../../src/domain/caller.js';
import {
  fallbackAllowed,
  fallbackDisabled,
  type FallbackPolicy,
  type FallbackCheck,
} from '../../../../src/fallback/resolver/fallback-allowed.js';

const policy: FallbackPolicy = {
  enabled: true,
  requireAuth: false,
  isReserved: (namespace) => namespace === 'acme',
  viaEntry: '1.1 hubfall-me',
};
const question: FallbackCheck = { caller: ANONYMOUS, namespace: 'ns', parameter: undefined, via: [] };
const member = { accountId: '1', name: 'm' };
const others = (count: number): string[] => Array.from({ length: count }, (_, n) => `1.1 hubfall-${n}`);

it.each<[string, Partial<FallbackPolicy>, Partial<FallbackCheck>, boolean]>([
  ['by default', {}, {}, true],
  ['switched off for good', { enabled: false }, {}, false],
  ['fallback=false', {}, { parameter: 'false' }, false],
  ['fallback=true', {}, { parameter: 'true' }, true],
  ['fallback=', {}, { parameter: '' }, true],
  ['members only, anonymous', { requireAuth: true }, {}, false],
  ['members only, a member', { requireAuth: true }, { caller: member }, true],
  ['our own namespace', {}, { namespace: 'acme' }, false],
  ['our own namespace, a member', {}, { namespace: 'acme', caller: member }, false],
  ['no namespace', { isReserved: () => true }, { namespace: '' }, true],
  ['it has been here before', {}, { via: ['1.1 nginx', '1.1 hubfall-me'] }, false],
  ['five hops', {}, { via: others(5) }, true],
  ['six hops', {}, { via: others(6) }, false],
])('%s', (_, p, q, allowed) => expect(fallbackAllowed({ ...policy, ...p }, { ...question, ...q })).toBe(allowed));

it.each([
  ['false', true],
  ['False', true],
  ['0', true],
  ['no', true],
  ['OFF', true],
  ['true', false],
  ['1', false],
  ['', false],
  [undefined, false],
])('fallback=%j switches off: %j', (parameter, off) => expect(fallbackDisabled(parameter)).toBe(off));
