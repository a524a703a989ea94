import { avatarLocation } from '../../../../src/fallback/resolver/avatar-location.js';

const onSource = (segments: string[], query: [string, string][] = []) => ({ segments, query });

const locations: [avatarUrl: string, location: ReturnType<typeof avatarLocation>][] = [
  ['/avatars/ab%20c.svg', onSource(['avatars', 'ab c.svg'])],
  [
    'avatars/x.png?v=1&w=%2F',
    onSource(
      ['avatars', 'x.png'],
      [
        ['v', '1'],
        ['w', '/'],
      ],
    ),
  ],
  ['https://hub.example/a/avatars/x.png#top', onSource(['avatars', 'x.png'])],
  ['https://hub.example/elsewhere.png', { url: 'https://hub.example/elsewhere.png' }],
  ['https://hub.example/ab/x.png', { url: 'https://hub.example/ab/x.png' }],
  ['http://hub.example/a/x.png', { url: 'http://hub.example/a/x.png' }],
  ['https://cdn.example/x.png?sig=a%2Fb', { url: 'https://cdn.example/x.png?sig=a%2Fb' }],
  ['//cdn.example/x.png', { url: 'https://cdn.example/x.png' }],
  ['\\\\cdn.example/x.png', { url: 'https://cdn.example/x.png' }],
  ['/http://cdn.example/x.png', undefined],
  ['/a%2Fb/..%2Fx', undefined],
  ['/avatars/%00', undefined],
  ['/avatars/%ff', undefined],
  ['../../x.png', { url: 'https://hub.example/x.png' }],
  ['https://user:secret@cdn.example/x.png', undefined],
  ['javascript:alert(1)', undefined],
  ['data:image/png;base64,AAAA', undefined],
  ['file:///etc/passwd', undefined],
  ['https://', undefined],
];

test('avatar URLs on the source become paths, others absolute URLs, and unsafe ones are ignored', () => {
  const found = locations.map(([avatarUrl]) => [avatarUrl, avatarLocation(avatarUrl, 'https://hub.example/a')]);
  expect(found).toEqual(locations);
});

test('supports sources at the root of their host', () => {
  expect(avatarLocation('/avatars/x.svg', 'https://hub.example')).toEqual(onSource(['avatars', 'x.svg']));
});
