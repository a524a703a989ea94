import { avatarLocation } from '../../../../src/fallback/resolver/avatar-location.js';

const own = (segments: string[], query: [string, string][] = []) => ({ segments, query });

test.each([
  ['/avatars/ab%20c.svg', own(['avatars', 'ab c.svg'])],
  [
    'avatars/x.png?v=1&w=%2F',
    own(
      ['avatars', 'x.png'],
      [
        ['v', '1'],
        ['w', '/'],
      ],
    ),
  ],
  ['https://hub.example/a/avatars/x.png#top', own(['avatars', 'x.png'])],
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
])('%s', (named, place) => expect(avatarLocation(named, 'https://hub.example/a')).toEqual(place));

test('a source may live at the root of its host', () => {
  expect(avatarLocation('/avatars/x.svg', 'https://hub.example')).toEqual(own(['avatars', 'x.svg']));
});
