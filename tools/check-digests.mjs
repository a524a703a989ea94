// Lists the container images in YAML documents that have no digest, for releases:
//   docker compose -f docker/compose.yaml config | node tools/check-digests.mjs
//   helm template hubfall docker/helm/hubfall -f VALUES | node tools/check-digests.mjs
//   kubectl kustomize docker/kubernetes/overlays/production | node tools/check-digests.mjs
// Exits with code 1 if there are any. Images of services that are built locally need none.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** The values of all fields named `image`. */
function imagesIn(value) {
  if (value === null || typeof value !== 'object') return [];
  const own = typeof value.image === 'string' && value.build === undefined ? [value.image] : [];
  return [...own, ...Object.values(value).flatMap(imagesIn)];
}

const documents = parseAllDocuments(readFileSync(0, 'utf8'), { merge: true });
const images = new Set(documents.flatMap((document) => imagesIn(document.toJS())));
const without = [...images].filter((image) => !DIGEST.test(image)).sort();
for (const image of without) console.error(`${image} has no digest. Use name:tag@sha256:…`);
console.log(`${images.size - without.length} of ${images.size} images have a digest.`);
process.exitCode = without.length > 0 || images.size === 0 ? 1 : 0;
