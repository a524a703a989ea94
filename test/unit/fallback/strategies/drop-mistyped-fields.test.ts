import { describe, expect, it, test } from '@jest/globals';
import type { Operations } from '../../../../src/domain/operation.js';
import {
  plainCommits,
  plainInfo,
  plainPaths,
  plainRefs,
} from '../../../../src/fallback/strategies/drop-mistyped-fields.js';
import { plainDiscussions } from '../../../../src/fallback/strategies/plain-discussions.js';
import { STRATEGIES } from '../../../../src/fallback/strategies/strategies.js';
import { parseListParameters } from '../../../../src/lists/list-parameters.js';

const PROVIDER = { providerId: 'p', status: 'live', task: 'text-generation' };
const DATE = '2024-05-01T10:00:00.000Z';

describe('plainInfo', () => {
  it.each<[string, unknown[], unknown[]]>([
    ['downloads', ['x', '7', -1, 1.5, null, {}, []], [0, 7]],
    ['likes', ['x', {}], [3]],
    ['usedStorage', ['10 GB', null], [10]],
    ['trendingScore', ['x', null], [0.5, -1]],
    ['createdAt', [7, 'yesterday', null, {}], ['2024-05-01T10:00:00.000Z']],
    ['lastModified', [{}, '', '2025-01-01', '2025-02-30T10:00:00Z'], ['2024-05-01T10:00:00.000Z']],
    ['tags', ['a', {}, null], [['a', 'b']]],
    ['gated', ['x', 1, null, {}], [false, true, 'auto', 'manual']],
    ['private', ['false', 0, null, {}], [false, true]],
    ['disabled', ['x'], [false]],
    ['author', [{}, 7], ['ann', null]],
    ['sha', [{}, 7], ['a'.repeat(40), null]],
    ['pipeline_tag', [{}, ['x']], ['fill-mask', null]],
    ['library_name', [{}], ['transformers']],
    ['cardData', ['x', []], [{ license: 'mit' }, null]],
    ['siblings', ['x', {}], [[{ rfilename: 'a' }]]],
    ['config', ['x', 7, []], [{ model_type: 'bert' }, null]],
    ['transformersInfo', ['x', {}], [{ auto_model: 'AutoModel' }]],
    ['runtime', ['x', [], {}, { stage: 'RUNNING', hardware: 'x' }], [{ stage: 'RUNNING' }, null]],
    [
      'safetensors',
      ['x', { total: 1 }, { parameters: {} }, { total: 'x', parameters: {} }],
      [{ total: 1, parameters: {} }],
    ],
    [
      'inferenceProviderMapping',
      ['x', [{}], { a: {} }, { a: 7 }],
      [[{ provider: 'a', ...PROVIDER }], { a: PROVIDER }, null],
    ],
    ['evalResults', ['x', {}], [[{ dataset: { id: 'o/d', task_id: 't' }, value: 1 }], [{ error: 'x' }]]],
    ['spaces', ['x', {}], [['o/s']]],
    ['models', ['x'], [['o/m']]],
    ['datasets', ['x'], [['o/d']]],
    ['unknown', [], ['x', {}, null, -1]],
  ])('keeps %s only with values of the right type', (name, wrong, right) => {
    for (const value of wrong) expect(plainInfo({ id: 'o/r', [name]: value })).toEqual({ id: 'o/r' });
    for (const value of right) expect(plainInfo({ [name]: value })).toEqual({ [name]: value });
  });

  it('checks the items of tags, siblings and results of evaluations', () => {
    const siblings = [
      { rfilename: 'a', size: 'x', lfs: { sha256: 's', size: '1' }, other: 1 },
      { rfilename: {} },
      null,
    ];
    expect(plainInfo({ tags: ['a', {}, 7], siblings, evalResults: [{}, 'x', null] })).toEqual({
      tags: ['a'],
      siblings: [{ rfilename: 'a', other: 1 }],
      evalResults: [],
    });
  });
});

test('plainPaths drops sizes of the wrong type and incomplete objects', () => {
  const entry = { type: 'file', path: 'a', other: 1 };
  const lastCommit = { id: 'c', date: 7 };
  const lfs = { oid: 'o', size: {} };
  const entries = [{ ...entry, size: 'x', lfs, lastCommit }, { ...entry, size: 5 }, { path: {} }, null, 'x'];
  expect(plainPaths(entries)).toEqual([entry, { ...entry, size: 5 }]);
});

test('plainCommits drops dates and authors of the wrong type', () => {
  const authors = [{ user: {}, avatar: 'x' }, 'x', { user: 'ann' }];
  expect(
    plainCommits([{ id: 'c', title: {}, date: DATE, authors, other: 1 }, { id: 'd', date: 'x' }, { id: 7 }, null]),
  ).toEqual([{ id: 'c', title: '', message: '', date: DATE, authors: [{ user: 'ann' }], other: 1 }]);
  expect(plainCommits([{ id: 'c', date: DATE }])).toMatchObject([{ authors: [] }]);
});

test('plainDiscussions leaves out incomplete discussions and events, and corrects the number of all', () => {
  const repo = { name: 'o/r', type: 'model' };
  const whole = { num: 1, title: 't', createdAt: DATE, status: 'open', isPullRequest: false, repo };
  const page = { discussions: [whole, {}, 'x', { ...whole, repo: 'x' }], start: 0 };
  expect(plainDiscussions({ ...page, count: 4, other: 1 })).toEqual({
    discussions: [whole],
    start: 0,
    count: 1,
    other: 1,
  });
  expect(plainDiscussions({ ...page, start: 'x', count: 'x' })).toMatchObject({ start: 0, count: 1 });
  const event = { id: 'e', type: 'status-change', createdAt: DATE, data: { status: 'closed' } };
  const events = [event, { ...event, data: {} }, { ...event, createdAt: 'x' }, {}, 'x'];
  expect(plainDiscussions({ ...whole, events })).toEqual({ ...whole, events: [event] });
});

test('plainRefs keeps only references with a name and a commit', () => {
  const main = { name: 'main', ref: 'refs/heads/main', targetCommit: 'c', other: 1 };
  const branches = [main, { ...main, name: 7 }, { ...main, ref: {} }, { name: 'x', ref: 'refs/heads/x' }, null, 'x'];
  const refs = { branches, tags: 'x', converts: null, other: 'x' };
  expect(plainRefs(refs)).toEqual({ branches: [main], tags: [], converts: [], other: 'x' });
  expect(plainRefs({ ...refs, pullRequests: {} })).toMatchObject({ pullRequests: [] });
});

test.each(STRATEGIES.map((strategy) => [strategy.type, strategy.decoders] as const))(
  'decoders of %s drop values of the wrong type from infos and lists',
  (_type, decoders) => {
    const json = { id: 'o/r', downloads: 'x', likes: {}, tags: 'x', private: 'x', other: 'x' };
    const reply = (body: unknown) => ({ kind: 'reply', status: 200, headers: {}, json: body }) as never;
    const repo = { type: 'dataset', namespace: 'o', name: 'r' } as const;
    const info: Operations['info'] = { kind: 'info', repo, query: [] };
    expect(decoders.info(info, [reply(json)]).json).toEqual({ id: 'o/r', other: 'x' });
    const list: Operations['list'] = { kind: 'list', query: parseListParameters('dataset', []), page: [] };
    expect(decoders.list(list, [reply([json])]).json.entries).toEqual([{ id: 'o/r', other: 'x' }]);
  },
);
