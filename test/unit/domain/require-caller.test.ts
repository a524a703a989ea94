import { describe, expect, it } from '@jest/globals';
import { requireSession, requireSignedIn, requireWriteAccess } from '../../../src/domain/require-caller.js';

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
