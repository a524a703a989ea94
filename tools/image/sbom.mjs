// The list of packages in the image, in the CycloneDX format, for vulnerability scanners.
import { packagesIn } from './installed-packages.mjs';

const nameOf = ({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`;

/** The packages that Vite lists with the licenses of the pages. */
const inPages = (licensesOfPages) =>
  [...licensesOfPages.matchAll(/^## (\S+) - (\S+)/gm)].map(([, name, version]) => `${name}@${version}`);

/**
 * Reduces the list of all packages to those in the image: the installed ones, and those inside the web pages, which npm counts as development
 * dependencies.
 * @param all - the output of `npm sbom --sbom-format=cyclonedx` for the complete installation
 * @param name - the name of the hub, because npm uses the name of the folder
 */
export function sbomOf(all, { name, nodeModules, licensesOfPages }) {
  const shipped = new Set([...packagesIn(nodeModules).map(nameOf), ...inPages(licensesOfPages)]);
  const components = all.components
    .filter((component) => shipped.has(nameOf(component)))
    .map((component) => ({ ...component, properties: [] }));
  const refs = new Set([all, ...components].map((entry) => (entry.metadata?.component ?? entry)['bom-ref']));
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((dependency) => refs.has(dependency)) }));
  const metadata = { ...all.metadata, component: { ...all.metadata.component, name } };
  return { ...all, metadata, components, dependencies };
}
