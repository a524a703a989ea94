import { describe, expect, it } from '@jest/globals';
import { callerKind, hasPermission, type Caller, type TokenScopes } from '../../../src/domain/caller.js';
import { PERMISSION_NAMES, type Permission } from '../../../src/domain/permissions.js';
import {
  requireFullAccess,
  requirePermission,
  requireSession,
  requireSignedIn,
  requireWriteAccess,
} from '../../../src/domain/require-caller.js';

describe('the permissions of a caller', () => {
  const alice = { accountId: '7', name: 'alice' };
  const callers = {
    anonymous: {},
    reader: { ...alice, role: 'read', tokenId: 1 },
    writer: { ...alice, role: 'write', tokenId: 2 },
    session: { ...alice, role: 'write', sessionId: 3 },
  } as const;
  const outcome = (rule: (caller: object) => { accountId: number }, caller: object): unknown => {
    try {
      return rule(caller).accountId;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['anonymous', 'Unauthorized', 'Unauthorized', 'Unauthorized'],
    ['reader', 7, 'Forbidden', 'Forbidden'],
    ['writer', 7, 7, 'Forbidden'],
    ['session', 7, 7, 7],
  ] as const)('%s: signed in %s, write %s, session %s', (name, ...expected) => {
    const rules = [requireSignedIn, requireWriteAccess, requireSession];
    expect(rules.map((rule) => outcome(rule, callers[name]))).toEqual(expected);
  });
});

/** A fine-grained token with permissions for the account 7, the repository 40, or without an entity. */
function fineGrained(scopes: { account?: Permission[]; repository?: Permission[]; global?: Permission[] }): Caller {
  const { account, repository, global = [] } = scopes;
  const of = (id: number, list?: Permission[]): TokenScopes['accounts'] => new Map(list ? [[id, list]] : []);
  return {
    accountId: '7',
    role: 'fineGrained',
    tokenId: 4,
    scopes: { global, canReadGatedRepos: false, accounts: of(7, account), repositories: of(40, repository) },
  };
}

describe('the permissions of a credential', () => {
  const own = { account: 7, repository: 40 };
  const sibling = { account: 7, repository: 41 };
  const foreign = { account: 8, repository: 50 };

  it.each<[string, Caller, Permission, object, boolean]>([
    ['a session', { accountId: '7', role: 'write', sessionId: 1 }, 'org.write', foreign, true],
    ['a read token', { accountId: '7', role: 'read', tokenId: 1 }, 'repo.content.read', foreign, true],
    ['a read token', { accountId: '7', role: 'read', tokenId: 1 }, 'discussion.write', {}, false],
    ['an anonymous caller', {}, 'repo.content.read', own, false],
    ['a token for a repository', fineGrained({ repository: ['repo.write'] }), 'repo.write', own, true],
    ['a token for a repository', fineGrained({ repository: ['repo.write'] }), 'repo.content.read', own, true],
    ['a token for a repository', fineGrained({ repository: ['repo.write'] }), 'repo.write', sibling, false],
    ['a token for a repository', fineGrained({ repository: ['repo.write'] }), 'repo.write', { account: 7 }, false],
    ['a token to read a repository', fineGrained({ repository: ['repo.content.read'] }), 'repo.write', own, false],
    ['a token to read requests', fineGrained({ repository: ['repo.access.read'] }), 'repo.content.read', own, false],
    ['a token for an account', fineGrained({ account: ['repo.write'] }), 'repo.write', sibling, true],
    ['a token for an account', fineGrained({ account: ['repo.write'] }), 'repo.write', foreign, false],
    ['a token for an account', fineGrained({ account: ['repo.write'] }), 'org.write', { account: 7 }, false],
    ['a token for discussions', fineGrained({ global: ['discussion.write'] }), 'discussion.write', {}, true],
  ])('%s: %j has %s for %j: %s', (_, caller, permission, target, expected) => {
    expect(hasPermission(caller, permission, target)).toBe(expected);
  });

  it('are empty for a token without permissions', () => {
    const empty = fineGrained({ account: [], repository: [] });
    expect(PERMISSION_NAMES.filter((permission) => hasPermission(empty, permission, own))).toEqual([]);
    expect(() => requireWriteAccess(empty)).toThrow('read-only');
  });

  it('is named in the error', () => {
    const caller = fineGrained({ repository: ['repo.write'] });
    expect(() => requirePermission(caller, 'repo.write', { ...sibling, on: 'the model "acme/bert"' })).toThrow(
      'This access token does not have the permission "repo.write" for the model "acme/bert". Create a token that has it in the settings of your account.',
    );
    expect(() => requireFullAccess(caller, 'create organizations')).toThrow(
      'Fine-grained access tokens cannot create organizations.',
    );
  });
});

describe('the kind of a caller', () => {
  it.each<[Caller, string]>([
    [{}, 'anonymous'],
    [{ administrator: 'break-glass' }, 'break-glass'],
    [{ accountId: '7', administrator: 'break-glass' }, 'user'],
    [{ accountId: '7', role: 'write', sessionId: 3, administrator: 'account' }, 'user'],
    [{ accountId: '7', serviceOf: 2 }, 'service-account'],
    [{ accountId: '2', publisher: { id: 1, subject: 'repo:acme/trainer:ref:refs/heads/main' } }, 'trusted-publisher'],
  ])('%j is %s', (caller, expected) => {
    expect(callerKind(caller)).toBe(expected);
  });
});
