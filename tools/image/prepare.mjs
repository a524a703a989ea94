// Prepares a production installation for the image (docker/Dockerfile): node tools/image/prepare.mjs ALL_PACKAGES
// Run it in a folder with package.json, node_modules (npm ci --omit=dev) and dist. Writes THIRD-PARTY-NOTICES.txt and sbom.cdx.json, and
// removes unneeded files from node_modules. The argument is the output of `npm sbom --sbom-format=cyclonedx` for the complete installation.
import { readFileSync, writeFileSync } from 'node:fs';
import { notices } from './notices.mjs';
import { prune, sizeOf } from './prune.mjs';
import { sbomOf } from './sbom.mjs';

const read = (file) => readFileSync(file, 'utf8');
const megabytes = () => `${Math.round(sizeOf('node_modules') / 1e6)} MB`;

const licensesOfPages = read('dist/web/.vite/license.md');
const { name } = JSON.parse(read('package.json'));
const before = megabytes();
writeFileSync('THIRD-PARTY-NOTICES.txt', notices('node_modules', licensesOfPages));
prune('node_modules');
const sbom = sbomOf(JSON.parse(read(process.argv[2])), { name, nodeModules: 'node_modules', licensesOfPages });
writeFileSync('sbom.cdx.json', `${JSON.stringify(sbom, undefined, 2)}\n`);
console.log(`node_modules: ${before} before, ${megabytes()} after`);
