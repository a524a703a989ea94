import { isAllowed } from '../../../web/src/components/markdown/remote-media.js';

const HUB = 'https://hub.example.com';
const SOURCE = 'https://huggingface.co';
const original = Object.getOwnPropertyDescriptor(globalThis, 'location');
beforeAll(() => Object.defineProperty(globalThis, 'location', { value: new URL(HUB), configurable: true }));
afterAll(() => {
  if (original) Object.defineProperty(globalThis, 'location', original);
  else Reflect.deleteProperty(globalThis, 'location');
});

test.each([
  ['/alice/model/resolve/main/a.png', SOURCE, [true, true, true]],
  [`${HUB}/alice/model/resolve/main/a.png`, undefined, [true, true, true]],
  ['data:image/png;base64,AAAA', undefined, [true, true, true]],
  [`${SOURCE}/a/b/resolve/main/a.png`, SOURCE, [false, true, true]],
  ['https://cdn-uploads.huggingface.co/a.png', SOURCE, [false, true, true]],
  ['https://huggingface.co.evil.example/a.png', SOURCE, [false, false, true]],
  ['https://nothuggingface.co/a.png', SOURCE, [false, false, true]],
  [`${SOURCE}/a.png`, undefined, [false, false, true]],
])('%s, from the source %s, is loaded with off, sources, all: %j', (url, source, expected) => {
  expect((['off', 'sources', 'all'] as const).map((setting) => isAllowed(url, setting, source))).toEqual(expected);
});
