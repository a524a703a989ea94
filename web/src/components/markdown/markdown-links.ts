import { hubPath, hubUrl } from '@/api/base-path';
import { fileUrl, pathPage } from '@/api/repo-urls';
import { pathOfHubUrl } from './hub-links';
import type { RepoName } from '@/api/repositories';
import { localPath } from '@/api/local-path';

/** Where a Markdown file is, to resolve its relative links and images. */
export interface MarkdownContext {
  /** URL of the page that shows a path of the repository. */
  readonly page: (path: string) => string;
  /** URL of the content of a path of the repository. */
  readonly content: (path: string) => string;
  /** Folder of the file with a trailing slash; empty for the repository's root. */
  readonly folder: string;
  /** URL of the source of an external repository. */
  readonly source?: string;
}

/**
 * @param file path of the Markdown file in its repository
 * @param source URL of the source of an external repository
 */
export const markdownContext = (repo: RepoName, revision: string, file: string, source?: string): MarkdownContext => ({
  page: (path) =>
    hubUrl(pathPage(repo, path.endsWith('/') || path === '' ? 'tree' : 'blob', revision, path.replace(/\/$/, ''))),
  content: (path) => fileUrl(repo, revision, path),
  folder: file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '',
  ...(source !== undefined && { source }),
});

const PLACEHOLDER_ORIGIN = 'http://nowhere.invalid';

/** A resolved link: an anchor in the text, a page of this hub, or an external URL. */
export interface LinkTarget {
  readonly kind: 'anchor' | 'internal' | 'external';
  readonly url: string;
}

/**
 * Resolves a link of a Markdown file: relative to the file's folder, or from the hub's root. `..` cannot leave the repository.
 *
 * @returns undefined for an invalid URL
 */
export function resolveLink(
  href: string,
  context: MarkdownContext | undefined,
  kind: 'page' | 'content',
  origin: string,
): LinkTarget | undefined {
  if (href.startsWith('#')) return { kind: 'anchor', url: href };
  const root = new URL(`${PLACEHOLDER_ORIGIN}/${context ? encodeFolder(context.folder) : ''}`);
  const url = URL.canParse(href, root) ? new URL(href, root) : undefined;
  if (!url) return undefined;
  const path = url.origin === origin ? hubPath(url.href) : undefined;
  if (path !== undefined) return { kind: 'internal', url: hubUrl(path) };
  const ofHub = pathOfHubUrl(url);
  if (ofHub !== undefined) return { kind: 'internal', url: hubUrl(ofHub) };
  if (url.origin !== PLACEHOLDER_ORIGIN) return { kind: 'external', url: url.href };
  if (href.startsWith('/')) return { kind: 'internal', url: hubUrl(localPath(url)) };
  const inRepository = decodePath(url.pathname.slice(1));
  return context && inRepository !== undefined
    ? { kind: 'internal', url: context[kind](inRepository) + url.hash }
    : undefined;
}

const encodeFolder = (folder: string): string => folder.split('/').map(encodeURIComponent).join('/');

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
