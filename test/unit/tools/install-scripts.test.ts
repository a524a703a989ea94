import { readFileSync } from 'node:fs';

const read = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

interface Manifest {
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scripts: Readonly<Record<string, string>>;
}

describe('install scripts of packages', () => {
  const manifest = JSON.parse(read('package.json')) as Manifest;

  // The build, all tests and the image work without them: native packages such as sharp are installed as prebuilt packages for the platform.
  it('do not run', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    expect(Object.values(manifest.allowScripts).filter(Boolean)).toEqual([]);
    const installs = ['docker/Dockerfile', '.ci/run'].flatMap((file) => read(file).match(/^[^#\n]*npm ci.*$/gm) ?? []);
    expect(installs).toHaveLength(3);
    for (const line of installs) expect(line).toContain('--ignore-scripts');
  });

  it('are reviewed in allowScripts of package.json', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as Lock;
    const withScript = Object.keys(packages).filter((path) => packages[path]!.hasInstallScript);
    const names = withScript.map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect([...new Set(names)].sort()).toEqual(Object.keys(manifest.allowScripts).sort());
  });

  it('are not needed by own scripts, of which npm skips the pre and post scripts', () => {
    const names = Object.keys(manifest.scripts);
    expect(names.filter((name) => names.some((other) => name === `pre${other}` || name === `post${other}`))).toEqual(
      [],
    );
  });
});
