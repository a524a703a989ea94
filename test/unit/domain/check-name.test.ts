import { describe, expect, it } from '@jest/globals';
import { checkAccountName, checkChosenAccountName, checkRepoName } from '../../../src/domain/check-name.js';
import { lookupKey, publicId } from '../../../src/domain/lookup-key.js';

const badRequest = expect.objectContaining({ code: 'BadRequest' });

describe('checkRepoName and checkAccountName', () => {
  it.each(['gpt2', 'Llama-3.1_8B', 'a', '_x', 'x.gitx', 'n'.repeat(96)])('accept %s', (name) => {
    expect(() => checkRepoName(name)).not.toThrow();
    expect(() => checkAccountName(name)).not.toThrow();
  });

  it.each(['', 'a b', 'a/b', 'é', 'a--b', 'a..b', '-a', 'a-', '.a', 'a.', 'a.git', 'a.GIT', 'n'.repeat(97), 'a\n'])(
    'reject %j',
    (name) => {
      expect(() => checkRepoName(name)).toThrow(badRequest);
      expect(() => checkAccountName(name)).toThrow(badRequest);
    },
  );

  it.each(['resolve', 'Tree', 'refs'])('reject %s as a repository name, because it is part of URLs', (name) => {
    expect(() => checkRepoName(name)).toThrow(badRequest);
  });

  it.each(['api', 'Datasets', 'admin', 'metrics'])('reject %s as an account name, because the hub uses it', (name) => {
    expect(() => checkAccountName(name)).toThrow(badRequest);
    expect(() => checkRepoName(name)).not.toThrow();
    expect(() => checkChosenAccountName(name)).toThrow(badRequest);
  });
});

describe('checkChosenAccountName', () => {
  it.each(['ann', 'informatics', 'teams', 'supporter', 'newsroom', 'mailchimp', 'nullius', 'tester', 'rootsy'])(
    'accepts %s',
    (name) => expect(() => checkChosenAccountName(name)).not.toThrow(),
  );

  it.each([
    'root',
    'Support',
    'security',
    'HUBFALL',
    'hub-fall',
    'no-reply',
    ...'www mail info billing anonymous null undefined support-team Security_Bot mailer-daemon me localhost sign-in ftp'.split(
      ' ',
    ),
    ...'none nan ghost daemon usenet uucp sales marketing autodiscover wpad dashboard pricing whoami'.split(' '),
    ...'hubfall-admin ssl-admin it-support ops owner team nobody Support-Ops hub.fall.support'.split(' '),
    'admins',
    'Administrator',
    'ad.min',
    '_admin-x',
  ])('rejects %s, which only administrators can create', (name) => {
    expect(() => checkChosenAccountName(name)).toThrow(badRequest);
    expect(() => checkAccountName(name)).not.toThrow();
  });

  it.each(['alice', 'badminton', 'roots', 'support-vector-machines', 'my-admin'])('accepts %s', (name) => {
    expect(() => checkChosenAccountName(name)).not.toThrow();
  });
});

it('lookupKey is case-insensitive', () => {
  const key = lookupKey({ type: 'dataset', namespace: 'Ns', name: 'NAME' });
  expect(key).toBe('dataset:ns/name');
  expect(lookupKey({ type: 'model', namespace: '', name: 'GPT2' })).toBe('model:gpt2');
});

it('publicId returns 24 hex digits', () => {
  expect(publicId(255)).toBe('0000000000000000000000ff');
});
