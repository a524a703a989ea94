import { fileUrl, pathPage } from '@/api/repo-urls';
import type { RepoName } from '@/api/repositories';

/** Where a text lies, so that what it names beside itself can be found. */
export interface MarkdownContext {
  /** The page of a path of the repository. */
  readonly page: (path: string) => string;
  /** The content of a path of the repository. */
  readonly content: (path: string) => string;
  /** The text's own folder; empty for the repository's root. */
  readonly folder: string;
}

/** @param file path of the text in its repository */
export const markdownContext = (repo: RepoName, revision: string, file: string): MarkdownContext => ({
  page: (path) =>
    pathPage(repo, path.endsWith('/') || path === '' ? 'tree' : 'blob', revision, path.replace(/\/$/, '')),
  content: (path) => fileUrl(repo, revision, path),
  folder: file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '',
});

const NOWHERE = 'http://nowhere.invalid';

/** What an address in a text means: a `#` place in the text, one of our pages, or somewhere else. */
export interface Target {
  readonly kind: 'here' | 'own' | 'away';
  readonly address: string;
}

/**
 * Reads an address as its author meant it: relative to the text's own folder, or from the hub's root. Nothing climbs out of the
 * repository. Undefined for what is no address.
 */
export function targetOf(
  address: string,
  place: MarkdownContext | undefined,
  kind: 'page' | 'content',
  origin: string,
): Target | undefined {
  if (address.startsWith('#')) return { kind: 'here', address };
  const root = new URL(`${NOWHERE}/${place ? encodeFolder(place.folder) : ''}`);
  const url = URL.canParse(address, root) ? new URL(address, root) : undefined;
  if (!url) return undefined;
  if (url.origin === origin) return { kind: 'own', address: url.pathname + url.search + url.hash };
  if (url.origin !== NOWHERE) return { kind: 'away', address: url.href };
  if (address.startsWith('/')) return { kind: 'own', address: url.pathname + url.search + url.hash };
  const path = decoded(url.pathname.slice(1));
  return place && path !== undefined ? { kind: 'own', address: place[kind](path) + url.hash } : undefined;
}

const encodeFolder = (folder: string): string => folder.split('/').map(encodeURIComponent).join('/');

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
