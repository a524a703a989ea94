import { ANONYMOUS } from '../../../../src/domain/caller.js';
import {
  fallbackAllowed,
  fallbackDisabled,
  maySendTexts,
  type FallbackPolicy,
  type FallbackCheck,
} from '../../../../src/fallback/resolver/fallback-allowed.js';

const policy: FallbackPolicy = {
  enabled: true,
  requireAuth: false,
  isReserved: (namespace) => namespace === 'acme',
  isLocal: () => false,
  viaEntry: '1.1 hubfall-me',
};
const request: FallbackCheck = { caller: ANONYMOUS, namespace: 'ns', parameter: undefined, via: [] };
const member = { accountId: '1', name: 'm' };
const otherHubs = (count: number): string[] => Array.from({ length: count }, (_, n) => `1.1 hubfall-${n}`);

it.each<[string, Partial<FallbackPolicy>, Partial<FallbackCheck>, boolean]>([
  ['a request by default', {}, {}, true],
  ['a disabled fallback', { enabled: false }, {}, false],
  ['fallback=false', {}, { parameter: 'false' }, false],
  ['fallback=true', {}, { parameter: 'true' }, true],
  ['an empty fallback parameter', {}, { parameter: '' }, true],
  ['a required sign-in and an anonymous caller', { requireAuth: true }, {}, false],
  ['a required sign-in and a signed-in caller', { requireAuth: true }, { caller: member }, true],
  ['a reserved namespace', {}, { namespace: 'acme' }, false],
  ['a reserved namespace and a signed-in caller', {}, { namespace: 'acme', caller: member }, false],
  ['an ID without namespace', { isReserved: () => true }, { namespace: '' }, true],
  ['a request that passed this hub already', {}, { via: ['1.1 nginx', '1.1 hubfall-me'] }, false],
  ['five other hubs in Via', {}, { via: otherHubs(5) }, true],
  ['six other hubs in Via', {}, { via: otherHubs(6) }, false],
])('fallbackAllowed for %s', (_, policyChanges, changes, allowed) =>
  expect(fallbackAllowed({ ...policy, ...policyChanges }, { ...request, ...changes })).toBe(allowed),
);

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
])('fallbackDisabled(%j) is %j', (parameter, expected) => expect(fallbackDisabled(parameter)).toBe(expected));

it.each<[text: string, isSent: boolean]>([
  ['acme', false],
  ['Acme/bert', false],
  ['base_model:finetune:acme/bert', false],
  ['https://hub.example.com/acme/bert', false],
  ['bert by acme.', false],
  ['"acme"', false],
  ['acme%2Fbert', false],
  ['acmes/bert', true],
  ['alice/bert', false],
  ['dataset:ALICE/data', false],
  ['alice%2fbert', false],
  ['partner/bert', true],
  ['models by alice', true],
  ['bert/alice', true],
  ['', true],
])('a source of the namespace partner receives %j: %j', (text, isSent) => {
  const local = { ...policy, isReserved: isName('acme'), isLocal: isName('alice', 'partner') };
  expect(maySendTexts(local, { namespace: 'Partner' }, ['other', text])).toBe(isSent);
});

const isName =
  (...names: string[]) =>
  (name: string): boolean =>
    names.includes(name.toLowerCase());
