import { computed, reactive } from 'vue';
import { errorMessage } from '@/api/use-action';
import type { LfsUpload } from './lfs-upload';
import type { SelectedFile } from './selected-files';
import { UploadRun } from './upload-run';
import { includedFiles, type UploadState, type UploadTarget } from './upload-state';

const NO_UPLOAD = { phase: 'choosing', error: undefined, committed: 0, result: undefined } as const;

/** Progress of an upload in bytes. */
function useProgress(state: UploadState) {
  const total = computed(() => includedFiles(state).reduce((sum, { content }) => sum + content.size, 0));
  const sent = computed(() => {
    const lfsBytes = includedFiles(state)
      .filter((file) => file.mode === 'lfs' && (file.state === 'sending' || file.state === 'ready'))
      .reduce((sum, { done }) => sum + done, 0);
    return state.phase === 'done' ? total.value : Math.min(lfsBytes + state.committed, total.value);
  });
  return { total, sent };
}

function prepareForStart(state: UploadState): void {
  Object.assign(state, { phase: 'sending', error: undefined, committed: 0 });
  for (const file of state.files)
    if (file.state !== 'ready') Object.assign(file, { state: 'waiting', done: 0, error: undefined });
}

function prepareForRetry(state: UploadState): void {
  state.phase = 'choosing';
  for (const file of state.files)
    if (file.state === 'hashing' || file.state === 'sending') Object.assign(file, { state: 'waiting', done: 0 });
}

/** Uploads files in one commit. If something fails, starting again continues with what has already been uploaded. */
export function useUpload() {
  const state = reactive<UploadState>({ files: [], ...NO_UPLOAD });
  const lfsUploads = new Map<string, LfsUpload>();
  let abortController = new AbortController();
  const busy = computed(() => state.phase === 'sending' || state.phase === 'committing');

  function add(files: readonly SelectedFile[]): void {
    for (const { path, content } of files) {
      remove(path); // a file with the same path is replaced
      state.files.push({ path, content, state: 'waiting', done: 0 });
    }
    if (state.phase === 'done') state.phase = 'choosing';
  }

  function remove(path: string): void {
    state.files = state.files.filter((file) => file.path !== path);
    lfsUploads.delete(path);
  }

  function clear(): void {
    Object.assign(state, { files: [], ...NO_UPLOAD });
    lfsUploads.clear();
  }

  async function start(target: UploadTarget): Promise<void> {
    abortController = new AbortController();
    prepareForStart(state);
    try {
      state.result = await new UploadRun(state, target, lfsUploads, abortController.signal).run();
      state.phase = 'done';
    } catch (error) {
      prepareForRetry(state);
      if (!abortController.signal.aborted) state.error = errorMessage(error);
    }
  }

  const stop = (): void => abortController.abort(new DOMException('The upload was cancelled', 'AbortError'));
  return { state, busy, ...useProgress(state), add, remove, clear, start, stop };
}
