import { filePathProblem } from '../../../src/domain/file-path-problem.js';

it.each(['../x', 'a/..', '/x', 'a//b', './a', 'a/', '', '..\\x', 'a\\..\\x', '\\x', 'C:/x', 'c:x'])(
  '%j is not inside the repository',
  (path) => expect(filePathProblem(path)).toBe('is not inside the repository'),
);

it.each(['.git', '.git/config', 'a/.GIT/hooks/x', 'a\\.git\\x', 'git~1/config', '.g\u200cit/config', '.git::$DATA/x'])(
  '%j is reserved for git',
  (path) => expect(filePathProblem(path)).toBe('contains ".git", which is reserved'),
);

it.each(['a', 'a/b.c', '..a', 'a..b/c', '...', '.gitattributes', 'x.git/y', '.github/x', '2024:01', 'a b\\c'])(
  '%j is a path of a file',
  (path) => expect(filePathProblem(path)).toBeUndefined(),
);
