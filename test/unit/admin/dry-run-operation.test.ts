import { toOperation, type DryRunRequest } from '../../../src/admin/dry-run-operation.js';
import { HubError } from '../../../src/domain/hub-error.js';

const request = (more: Partial<DryRunRequest>): DryRunRequest => ({
  op: 'info',
  repo_type: 'model',
  namespace: 'acme',
  name: 'bert',
  ...more,
});
const repo = { type: 'model', namespace: 'acme', name: 'bert' };

describe('toOperation', () => {
  test.each<[Partial<DryRunRequest>, object]>([
    [{ op: 'info' }, { kind: 'info', repo }],
    [{ op: 'refs' }, { kind: 'refs', repo }],
    [
      { op: 'revision', revision: 'refs/pr/1' },
      { kind: 'revision', rest: ['refs/pr/1'] },
    ],
    [{ op: 'commits' }, { kind: 'commits', rest: ['main'] }],
    [{ op: 'tree' }, { kind: 'tree', rest: ['main'] }],
    [
      { op: 'tree', file_path: '/a/b/' },
      { kind: 'tree', rest: ['main', 'a', 'b'] },
    ],
    [
      { op: 'resolve', file_path: 'a b/c#d.json', revision: 'v1' },
      { kind: 'resolve', method: 'HEAD', raw: false, revision: 'v1', path: ['a b', 'c#d.json'], conditions: {} },
    ],
    [
      { op: 'paths_info', paths: ['x', 'y/z'] },
      { kind: 'pathsInfo', rest: ['main'], paths: ['x', 'y/z'] },
    ],
    [
      { op: 'pathsInfo', file_path: 'y/z' },
      { kind: 'pathsInfo', paths: ['y/z'] },
    ],
    [{ namespace: undefined, name: 'gpt2' }, { repo: { type: 'model', namespace: '', name: 'gpt2' } }],
    [
      { op: 'userProfile', name: 'Qwen', repo_type: undefined },
      { kind: 'userProfile', name: 'Qwen' },
    ],
    [{ repo_type: 'dataset' }, { repo: { ...repo, type: 'dataset' } }],
  ])('converts %j', (fields, expected) => {
    expect(toOperation(request(fields))).toMatchObject(expected);
  });

  test.each<Partial<DryRunRequest>>([
    { name: '../x' },
    { name: '' },
    { namespace: 'a/b' },
    { op: 'resolve' },
    { op: 'resolve', file_path: 'a/../b' },
    { op: 'resolve', file_path: 'a//b' },
    { op: 'tree', file_path: 'a\\b' },
    { op: 'userProfile', name: '../x' },
    { revision: '' },
    { revision: '../main' },
  ])('rejects %j', (fields) => {
    expect(() => toOperation(request(fields))).toThrow(HubError);
  });
});
