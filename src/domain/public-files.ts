/**
 * Files in the root folder that a gated repository shows to all callers, as on huggingface.co (observed in October 2026): they are shown before access is
 * requested.
 */
const PUBLIC_FILES: ReadonlySet<string> = new Set(['README.md', 'LICENSE', 'LICENSE.md', 'LICENSE.txt']);

/** Whether a gate does not apply to a file. */
export const isPublicFile = (path: readonly string[]): boolean => path.length === 1 && PUBLIC_FILES.has(path[0]!);
