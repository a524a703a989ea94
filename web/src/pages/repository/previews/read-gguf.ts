import { fileUrl } from '@/api/repo-urls';
import type { PathAt } from '@/api/files';

/** Facts in the header of a GGUF file. */
export interface GgufHeader {
  /** `Q4_K_M`, if the file names it. */
  readonly quantization: string | undefined;
  /** Keys and values of the metadata; long values are shortened. */
  readonly fields: readonly (readonly [key: string, value: string])[];
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly parameters: number;
  }[];
}

/** A message to the worker. */
export interface GgufRequest {
  readonly url: string;
  /** Bytes of the file. */
  readonly size: number;
}

/** A message of the worker. */
export type GgufReply = GgufHeader | { readonly problem: string };

/** Headers with a large vocabulary take a few seconds over a slow line. */
const MAX_MS = 60_000;

/**
 * Reads the header of a GGUF file with range requests, in a worker that is stopped if it takes too long.
 * @throws Error if the header is invalid
 */
export async function readGguf(at: PathAt, size: number, signal: AbortSignal): Promise<GgufHeader> {
  const worker = new Worker(new URL('./gguf-worker.ts', import.meta.url), { type: 'module' });
  try {
    const reply = await new Promise<GgufReply>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<GgufReply>) => resolve(data);
      worker.onerror = () => reject(new Error('The header cannot be read.'));
      AbortSignal.any([signal, AbortSignal.timeout(MAX_MS)]).addEventListener('abort', () =>
        reject(new Error('Reading the header takes too long.')),
      );
      const { href: url } = new URL(fileUrl(at.repo, at.revision, at.path), location.href);
      worker.postMessage({ url, size } satisfies GgufRequest);
    });
    if ('problem' in reply) throw new Error(`This GGUF header is invalid: ${reply.problem}`);
    return reply;
  } finally {
    worker.terminate();
  }
}
