import { expect, test } from '@jest/globals';
import { mergeSlashes } from '../../../../src/platform/http/merge-slashes.js';

test.each([
  ['//api/whoami-v2', '/api/whoami-v2'],
  ['/hub//api/whoami-v2', '/hub/api/whoami-v2'],
  ['///api///models//?search=a//b', '/api/models/?search=a//b'],
  ['//alice/first/resolve/main/a//b', '/alice/first/resolve/main/a//b'],
  ['//alice//first//resolve/main/a', '/alice/first/resolve/main/a'],
  ['//datasets/alice/first/raw//a', '/datasets/alice/first/raw//a'],
  ['//api/models//alice/first/tree/main//a', '/api/models/alice/first/tree/main//a'],
  ['//alice/first.git//info/refs?service=git-upload-pack', '/alice/first.git/info/refs?service=git-upload-pack'],
  ['//resolve//evil.example', '/resolve/evil.example'],
  ['//evil.example/x', '/evil.example/x'],
  ['//evil.example//', '/evil.example/'],
  ['//', '/'],
  ['//?a', '/?a'],
  ['/a/%2F%2Fb', '/a/%2F%2Fb'],
  ['/api/models?next=//evil.example', '/api/models?next=//evil.example'],
  ['http://hub//api', 'http://hub//api'],
  ['*', '*'],
])('mergeSlashes(%s) returns %s', (url, expected) => expect(mergeSlashes(url)).toBe(expected));
