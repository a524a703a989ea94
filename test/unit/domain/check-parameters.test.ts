import { checkOperationParameters } from '../../../src/domain/check-parameters.js';
import { HubError } from '../../../src/domain/hub-error.js';
import type { OperationKind } from '../../../src/domain/operation.js';

const check = (kind: OperationKind, query: string) => () =>
  checkOperationParameters(kind, [...new URLSearchParams(query)]);

it.each<[OperationKind, string, string]>([
  ['tree', 'recursive=maybe', 'Invalid parameter "recursive": must be true or false'],
  ['tree', 'expand=maybe', 'Invalid parameter "expand": must be true or false'],
  ['tree', 'limit=abc', 'Invalid parameter "limit": must be a whole number of at least 1'],
  ['tree', 'limit=0', 'Invalid parameter "limit": must be a whole number of at least 1'],
  ['tree', 'limit=-1', 'Invalid parameter "limit": must be a whole number of at least 1'],
  ['tree', 'cursor=a&cursor=b', 'Invalid parameter "cursor": must not be repeated'],
  ['commits', 'p=-1', 'Invalid parameter "p": must be a whole number of at least 0'],
  ['commits', 'p=x', 'Invalid parameter "p": must be a whole number of at least 0'],
  ['commits', 'p=1&p=2', 'Invalid parameter "p": must not be repeated'],
  ['discussions', 'p=1.5', 'Invalid parameter "p": must be a whole number of at least 0'],
  ['refs', 'include_prs=yes', 'Invalid parameter "include_prs": must be true or false'],
  ['info', 'blobs=2', 'Invalid parameter "blobs": must be true or false'],
  ['revision', 'securityStatus=maybe', 'Invalid parameter "securityStatus": must be true or false'],
])('%s?%s: %s', (kind, query, message) => {
  expect(check(kind, query)).toThrow(new HubError('BadRequest', message));
});

it.each<[OperationKind, string]>([
  ['tree', 'recursive=True&expand=False&limit=1000&cursor=c'],
  ['tree', 'recursive=&limit='],
  ['info', 'blobs=1&expand=likes&expand=tags&expand[]=sha'],
  ['commits', 'p=0&limit=50&expand[]=formatted'],
  ['resolve', 'download=yes&download=true'],
  ['info', 'unknown=a&unknown=b'],
])('%s?%s is valid', (kind, query) => expect(check(kind, query)).not.toThrow());
