import { describe, expect, it } from '@jest/globals';
import { parseGitConfig } from '../../../../src/repos/store/git-config.js';
import { gitmodulesError } from '../../../../src/repos/store/submodule-rules.js';

const submodule = (settings: string, name = 'x'): string => `[submodule "${name}"]\n${settings}\n`;

describe('.gitmodules', () => {
  it.each([
    '',
    '# nothing',
    submodule('path = lib\n\turl = https://example.com/lib.git'),
    submodule('url = ../lib.git'),
    submodule('url = git@example.com:lib.git'),
    submodule('url = ssh://git@example.com/lib'),
    submodule('url = https://u:p@example.com:8443/a/../b%20c?q#f'),
    submodule('url = https://[::1]:80'),
    submodule('url = ../../..x'),
    submodule('update = rebase\n branch = -x'),
    submodule('url', 'a..b/..c'),
    '[core]\nurl = -x',
    '[submodule]\nurl = -x',
  ])('may be %j', (text) => {
    expect(gitmodulesError(text)).toBeUndefined();
  });

  it.each([
    [submodule('url = -x'), 'submodule url "-x"'],
    [submodule('url=-x'), 'submodule url'],
    [submodule('URL = "-x"'), 'submodule url'],
    [submodule('url = \\\n-x'), 'submodule url'],
    ['[submodule "x"] url = -x', 'submodule url'],
    ['[SubModule "x"]\r\nurl = -x\r\n', 'submodule url'],
    ['[submodule.x]\nurl = -x', 'submodule url'],
    ['[submodule\t "x"]\nurl = -x', 'submodule url'],
    ['\u00ef\u00bb\u00bf[submodule "x"]\nurl = -x', 'submodule url'],
    [submodule('url = ../..//host'), 'submodule url'],
    [submodule('url = ./../:host'), 'submodule url'],
    [submodule('url = ..\\\\/host'), 'submodule url'],
    [submodule('url = git://host/%0axyz'), 'submodule url'],
    [submodule('url = "../x\\ny"'), 'submodule url'],
    [submodule('url = https://host/%0A'), 'submodule url'],
    [submodule('url = https:///host'), 'submodule url'],
    [submodule('url = https::host/x'), 'submodule url'],
    [submodule('url = http::'), 'submodule url'],
    [submodule('url = https://host/%zz'), 'submodule url'],
    [submodule('url = https://host/a/../../b'), 'submodule url'],
    [submodule('url = https://host:0/'), 'submodule url'],
    [submodule('url = https://host:65536/'), 'submodule url'],
    [submodule('path = -x'), 'submodule path'],
    [submodule('update = !rm'), 'submodule update'],
    [submodule('url = x', '..'), 'submodule name'],
    [submodule('url = x', 'a/../b'), 'submodule name'],
    [submodule('url = x', '..\\\\a'), 'submodule name'],
    [submodule('url = x', ''), 'submodule name'],
    ['[submodule "x"\nurl = y', 'line 1'],
    [submodule('url = "x'), 'line 2'],
    [submodule('url = \\x'), 'line 2'],
    [submodule('url : x'), 'line 2'],
    ['version https://git-lfs.github.com/spec/v1', 'line 1'],
    [submodule('url = x\0'), 'NUL'],
  ])('may not be %j', (text, problem) => {
    expect(gitmodulesError(text)).toContain(problem);
  });
});

it.each([
  ['[A.B]\nkey-1 = v', [['a', 'b', 'key-1', 'v']]],
  ['[a "B.\\"c"]\nk=v', [['a', 'B."c', 'k', 'v']]],
  [
    '[a]\nk\nl =\nm = "" ; x',
    [
      ['a', undefined, 'k', undefined],
      ['a', undefined, 'l', ''],
      ['a', undefined, 'm', ''],
    ],
  ],
  ['[a]\nk =  x  y "  z " # c', [['a', undefined, 'k', 'x  y   z ']]],
  ['[a]\nk = a\\\n  b', [['a', undefined, 'k', 'a  b']]],
  ['[a]\nk = "a;b"\\t', [['a', undefined, 'k', 'a;b\t']]],
])('the configuration %j has the settings %j', (text, settings) => {
  expect(parseGitConfig(text).map(({ section, subsection, key, value }) => [section, subsection, key, value])).toEqual(
    settings,
  );
});
